// Rights and config; keys, and what watches the account, have files of their own.
import { add, all, drop, set, setWithin, unknownText } from "../fixtures.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";
import { keyCases } from "./keys.ts";
import { auditCases } from "./audit.ts";
import { detectionCases } from "./detection.ts";
import { registryCases } from "./registry.ts";

export const securityCases: RuleCases[] = [
  ...keyCases,
  ...auditCases,
  ...detectionCases,
  ...registryCases,
  {
    rule: "policies-of-iam-name-what-they-allow",
    of: "security",
    good: [
      {
        when: "a role has an inline policy that does",
        change: set("deploy-role", "inlinePolicies", [
          {
            name: "read",
            policy: JSON.stringify({
              Statement: [
                {
                  Effect: "Allow",
                  Action: "eks:*",
                  Resource: "arn:aws:eks:eu-central-1:123456789012:cluster/apg-test",
                },
              ],
            }),
          },
        ]),
      },
    ],
    bad: [
      {
        when: "it allows every action",
        change: setWithin("deploy-policy", "policy", "Statement.0.Action", "*"),
        on: "deploy-policy",
        says: ['Policy "deploy-policy" allows every action in statement Read: list them.'],
      },
      {
        when: "it allows a whole service",
        change: setWithin("deploy-policy", "policy", "Statement.0.Action", ["ec2:*", "eks:DescribeCluster"]),
        on: "deploy-policy",
        says: [
          'Policy "deploy-policy" allows ec2:* on everything in statement Read: list the actions, and name the resources.',
        ],
      },
      {
        when: "it allows everything but some",
        change: setWithin("deploy-policy", "policy", "Statement.0.NotAction", "iam:*"),
        on: "deploy-policy",
        says: ['Policy "deploy-policy" allows everything but some in statement Read: list what it allows.'],
      },
      {
        when: "nobody knows what it allows",
        change: set("deploy-policy", "policy", unknownText),
        on: "deploy-policy",
        says: [undecidable('Policy "deploy-policy"', "policy")],
      },
    ],
  },
  {
    rule: "roles-name-who-may-take-them",
    of: "security",
    bad: [
      {
        when: "everybody may",
        change: setWithin("deploy-role", "assumeRolePolicy", "Statement.0.Principal", "*"),
        on: "deploy-role",
        says: ['Role "deploy-role" may be taken by everybody by statement Pipeline: name the principals.'],
      },
      {
        when: "every repository may",
        change: setWithin("deploy-role", "assumeRolePolicy", "Statement.0.Condition", {
          StringLike: { "token.actions.githubusercontent.com:sub": "*" },
        }),
        on: "deploy-role",
        says: [
          'Role "deploy-role" may be taken by every user of an identity provider by statement Pipeline: add a condition on its :sub.',
        ],
      },
      {
        when: "every user may",
        change: setWithin("deploy-role", "assumeRolePolicy", "Statement.0.Condition"),
        on: "deploy-role",
        says: [
          'Role "deploy-role" may be taken by every user of an identity provider by statement Pipeline: add a condition on its :sub.',
        ],
      },
    ],
  },
  {
    rule: "nobody-is-made-an-administrator",
    of: "security",
    bad: [
      {
        when: "a role is",
        change: set("deploy-attachment", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        on: "deploy-attachment",
        says: [
          'RolePolicyAttachment "deploy-attachment" gives AdministratorAccess: write a policy with the actions that are needed.',
        ],
      },
      {
        when: "a role is by itself",
        change: set("deploy-role", "managedPolicyArns", ["arn:aws:iam::aws:policy/IAMFullAccess"]),
        on: "deploy-role",
        says: ['Role "deploy-role" gives IAMFullAccess: write a policy with the actions that are needed.'],
      },
    ],
  },
  {
    rule: "nobody-has-an-access-key",
    proves: "nothing",
    of: "security",
    bad: [
      {
        when: "a user has one",
        change: add(resource("aws:iam/accessKey:AccessKey", "robot", { user: "robot" })),
        on: "robot",
        says: ['AccessKey "robot" lives until somebody remembers it: remove it, and use a role.'],
      },
    ],
  },
  {
    rule: "emergency-roles-need-mfa-and-end-soon",
    of: "security",
    bad: [
      {
        when: "a password is enough",
        change: setWithin("emergency-role", "assumeRolePolicy", "Statement.0.Condition"),
        on: "emergency-role",
        says: [
          'Role "emergency-role" may be taken without MFA by statement People: add the condition aws:MultiFactorAuthPresent true.',
        ],
      },
      {
        when: "it lasts a day",
        change: set("emergency-role", "maxSessionDuration", 43200),
        on: "emergency-role",
        says: ['Role "emergency-role" lasts 43200 s: set maxSessionDuration to 3600.'],
      },
    ],
  },
  {
    rule: "emergency-access-is-there-and-pages",
    of: "foundation",
    good: [
      {
        when: "another stack of the account pages",
        change: all(
          drop("emergency-page"),
          set("config", "configured.security", { compliance: { accountWide: false } }),
        ),
      },
    ],
    bad: [
      {
        when: "there is none",
        change: drop("emergency-role"),
        on: "eks",
        says: ['Cluster "eks" has no way in for emergencies: declare a Role called break-glass.'],
      },
      {
        when: "nobody is paged",
        change: drop("emergency-page"),
        on: "eks",
        says: [
          'Role "emergency-role" is taken unnoticed: declare an EventRule on its AssumeRole with a topic as EventTarget.',
        ],
      },
      {
        when: "another role pages",
        change: setWithin("emergency", "eventPattern", "detail.requestParameters.roleArn", [
          "arn:aws:iam::123456789012:role/other",
        ]),
        on: "eks",
        says: [
          'Role "emergency-role" is taken unnoticed: declare an EventRule on its AssumeRole with a topic as EventTarget.',
        ],
      },
    ],
  },
  {
    rule: "config-holds-no-secret-in-plain-text",
    of: "security",
    bad: [
      {
        when: "a password is in it",
        change: set("config", ["plain", "apg:databasePassword"], "correct horse"),
        on: "config",
        says: [
          "Stack config has what its name calls a secret under apg:databasePassword: set it by pulumi config set --secret.",
        ],
      },
      {
        when: "a key of AWS is within an entry",
        change: set("config", ["plain", "apg:storage"], JSON.stringify({ servers: [{ id: "AKIA0123456789ABCDEF" }] })),
        on: "config",
        says: [
          "Stack config has an AWS access key under apg:storage.servers.0.id: set it by pulumi config set --secret.",
        ],
      },
    ],
  },
];
