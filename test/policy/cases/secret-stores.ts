import { add, all, copy, drop, find, set, unknownText, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { resource } from "../resource.ts";
import { namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";

const store = 'ClusterSecretStore "apg-secrets-audio-processing"';

const policy = (statement: Record<string, unknown>): Change =>
  set("reading", "policy", JSON.stringify({ Statement: [{ Sid: "Read", Effect: "Allow", ...statement }] }));

/** The secret of the password does not rotate, for the reason that the tag says. */
const unrotated = (reason: string): Change =>
  all(drop("password-rotation"), (stack) => {
    (find(stack, "password").props.tags as Record<string, string>)["apg:rotation"] = reason;
  });

export const secretStoreCases: RuleCases[] = [
  {
    rule: "secret-stores-hold-no-keys",
    of: "secrets",
    good: [
      {
        when: "it is Vault",
        change: set("store", "spec.provider", {
          vault: { server: "https://vault", auth: { kubernetes: { role: "apg" } } },
        }),
      },
    ],
    bad: [
      {
        when: "it has access keys, and no region",
        change: all(
          set("store", "spec.provider.aws.auth", { secretRef: { accessKeyIDSecretRef: { name: "keys" } } }),
          unset("store", "spec.provider.aws.region"),
        ),
        on: "store",
        says: [
          `${store} has no region: set spec.provider.aws.region.`,
          `${store} has access keys: remove auth.secretRef, and give the service account an identity.`,
        ],
      },
      {
        when: "it is another service of AWS",
        change: set("store", "spec.provider.aws.service", "ParameterStore"),
        on: "store",
        says: [`${store} is not AWS Secrets Manager: set spec.provider.aws.service to SecretsManager.`],
      },
      {
        when: "Vault is signed in to by a token",
        change: set("store", "spec.provider", { vault: { auth: { tokenSecretRef: { name: "token" } } } }),
        on: "store",
        says: [`${store} is signed in to by tokenSecretRef: use auth.kubernetes alone.`],
      },
      {
        when: "it is something else",
        change: set("store", "spec.provider", { fake: { data: [] } }),
        on: "store",
        says: [`${store} is neither AWS Secrets Manager nor Vault: set spec.provider.aws or spec.provider.vault.`],
      },
    ],
  },
  {
    rule: "cluster-secret-stores-serve-named-namespaces",
    of: "secrets",
    good: [
      {
        when: "a label says which",
        change: set("store", "spec.conditions", [
          { namespaceSelector: { matchLabels: { "apg.io/capability": "audio-processing" } } },
        ]),
      },
    ],
    bad: [
      ...[[], [{ namespaces: [namespace] }, { namespaceSelector: {} }]].map((conditions) => ({
        when: `its conditions are ${JSON.stringify(conditions)}`,
        change: set("store", "spec.conditions", conditions),
        on: "store",
        says: [`${store} can be used by every namespace: name those that may in spec.conditions.`],
      })),
    ],
  },
  {
    rule: "policies-read-secrets-by-name",
    of: "secrets",
    good: [
      {
        when: "it reads no value",
        change: policy({ Action: "secretsmanager:DescribeSecret", Resource: "*" }),
      },
      {
        when: "it is of the role for emergencies, for the environment's",
        change: all(
          policy({
            Action: "secretsmanager:GetSecretValue",
            Resource: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:apg-test*",
          }),
          set("reading", "name", "apg-test-break-glass"),
        ),
      },
      { when: "it forbids to", change: policy({ Effect: "Deny", Action: "*", Resource: "*" }) },
    ],
    bad: [
      ...[
        ["*", "*"],
        ["secretsmanager:Get*", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:apg-test/*"],
        ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:apg-??????-??????"],
      ].map(([action, named]) => ({
        when: `it allows ${action} with ${named}`,
        change: policy({ Action: action, Resource: named }),
        on: "reading",
        says: [
          `RolePolicy "reading" lets somebody read more than one secret in statement Read: name single ARNs instead of ${named}.`,
        ],
      })),
      {
        when: "it allows all but something",
        change: policy({ NotAction: "iam:*", NotResource: "arn:aws:s3:::bucket" }),
        on: "reading",
        says: [
          'RolePolicy "reading" lets somebody read more than one secret in statement Read: name single ARNs instead of NotResource.',
        ],
      },
      {
        when: "a role has such a policy of its own",
        change: add(
          resource("aws:iam/role:Role", "wide", {
            name: "wide",
            inlinePolicies: [
              {
                name: "all",
                policy: JSON.stringify({
                  Statement: { Effect: "Allow", Action: "secretsmanager:*", Resource: "arn:aws:secretsmanager:*:*:*" },
                }),
              },
            ],
          }),
        ),
        on: "wide",
        says: [
          'Role "wide" lets somebody read more than one secret in statement 1: name single ARNs instead of arn:aws:secretsmanager:*:*:*.',
        ],
      },
    ],
  },
  {
    rule: "emergencies-have-a-written-procedure",
    of: "secrets",
    bad: [
      {
        when: "there is none",
        change: drop("runbooks"),
        on: "break-glass",
        says: ['Role "break-glass" has no written procedure: declare a ConfigMap apg-runbooks with break-glass.md.'],
      },
      {
        when: "it is not complete",
        change: set("runbooks", ["data", "break-glass.md"], "## Trigger\n\nAn emergency.\n"),
        on: "break-glass",
        says: [
          'Role "break-glass" has a break-glass.md that lacks the heading "## Steps", the heading "## Check", the heading "## Undo", the heading "## Owner": write it.',
        ],
      },
    ],
  },
  {
    rule: "third-party-keys-are-in-the-store",
    of: "secrets",
    good: [
      {
        when: "config names it by itself",
        change: set("config", "configured", { thirdParty: ["speech"] }),
      },
    ],
    bad: [
      {
        when: "another is named",
        change: set("config", "configured.secrets.thirdParty.1", { name: "maps" }),
        on: "config",
        says: ["The key of maps is not in the cloud store: declare a secret whose name ends with third-party/maps."],
      },
      {
        when: "it is encrypted with AWS' own key",
        change: unset("speech", "kmsKeyId"),
        on: "config",
        says: ['Secret "speech" is encrypted with AWS\' own key: set kmsKeyId to a customer managed key.'],
      },
      {
        when: "it reaches no pod",
        change: drop("speech-external"),
        on: "config",
        says: ['Secret "speech" reaches no pod: declare an ExternalSecret for it.'],
      },
      {
        when: "what the ExternalSecret takes is not known",
        change: set("speech-external", "spec.dataFrom.0.extract.key", unknownText),
        on: "speech-external",
        says: [
          `ExternalSecret "${namespace}/third-party/speech" cannot be decided at preview: spec.dataFrom[0].extract.key is unknown; make it known, by a value from config or from an output that the provider gives at preview.`,
        ],
      },
    ],
  },
  {
    rule: "kept-secrets-have-a-key-of-the-platform",
    of: "secrets",
    good: [{ when: "the key is about to be made", change: set("password", "kmsKeyId", unknownText) }],
    bad: [
      ...[unset("password", "kmsKeyId"), set("password", "kmsKeyId", "alias/aws/secretsmanager")].map((change, at) => ({
        when: at === 0 ? "no key is named" : "AWS' own is",
        change,
        on: "password",
        says: ['Secret "password" is encrypted with AWS\' own key: set kmsKeyId to a customer managed key.'],
      })),
    ],
  },
  {
    rule: "critical-secrets-are-in-another-region",
    of: "secrets",
    good: [
      {
        when: "it is not critical",
        change: all(unset("password", "replicas"), set("password", ["tags", "apg:critical"], "false")),
      },
    ],
    bad: [
      {
        when: "there is no copy, and it is soon gone",
        change: all(unset("password", "replicas"), set("password", "recoveryWindowInDays", 7)),
        on: "password",
        says: [
          'Secret "password" is in one region alone: add a replica in another one.',
          'Secret "password" can be restored for 7 days after it is deleted: set recoveryWindowInDays to 30.',
        ],
      },
      {
        when: "the copy is in the same region",
        change: set("password", "replicas.0.region", "eu-central-1"),
        on: "password",
        says: ['Secret "password" is in one region alone: add a replica in another one.'],
      },
      {
        when: "the copy has no key of its own",
        change: unset("password", "replicas.0.kmsKeyId"),
        on: "password",
        says: ['Secret "password" has a copy in eu-west-1 without a key of its own: set the replica\'s kmsKeyId.'],
      },
    ],
  },
  {
    rule: "secrets-rotate",
    of: "secrets",
    good: [
      {
        when: "it is said as a rate",
        change: set("password-rotation", "rotationRules", { scheduleExpression: "rate(30 days)" }),
      },
      {
        when: "it names the secret",
        change: set("password-rotation", "secretId", `apg-test/${namespace}/postgres-role-migrate`),
      },
    ],
    bad: [
      {
        when: "it does not",
        change: unrotated("none because of us"),
        on: "password",
        says: ['Secret "password" does not rotate (none because of us): declare a SecretRotation for it.'],
      },
      {
        when: "it does so too seldom, or never",
        change: all(
          set("password-rotation", "rotationRules.automaticallyAfterDays", 31),
          set("password-rotation", "rotationEnabled", false),
        ),
        on: "password",
        says: [
          'SecretRotation "password-rotation" is off: remove rotationEnabled.',
          'SecretRotation "password-rotation" rotates Secret "password" every 31 days: set rotationRules.automaticallyAfterDays to at most 30.',
        ],
      },
      {
        when: "nobody knows when",
        change: set("speech-rotation", "rotationRules", { scheduleExpression: "cron(0 8 1 * ? *)" }),
        on: "speech",
        says: [
          'SecretRotation "speech-rotation" rotates Secret "speech" nobody knows when: set rotationRules.automaticallyAfterDays to at most 90.',
        ],
      },
      {
        when: "nobody knows which secret is rotated",
        change: all(
          (stack) => void delete find(stack, "password-rotation").propertyDependencies,
          copy("password-rotation", "other"),
        ),
        on: "password-rotation",
        says: [
          'SecretRotation "password-rotation" cannot be decided at preview: secretId is unknown; make it known, by a value from config or from an output that the provider gives at preview.',
        ],
      },
    ],
  },
];
