import { all, drop, find, set } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { bucketPolicy } from "../good-buckets.ts";
import type { Json } from "../good-stack.ts";
import { namespace } from "./case.ts";
import { acme, adrift, globex, undecidable } from "./object-storage.ts";
import type { RuleCases } from "./case.ts";

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const policy = `BucketPolicy "${globex}-policy"`;

/** Changes a statement of a bucket's policy, which is JSON. */
const statement =
  (index: number, change: Json): Change =>
  (stack) => {
    const document = bucketPolicy(globex);
    Object.assign((document.Statement as Json[])[index]!, change);
    find(stack, `${globex}-policy`).props.policy = JSON.stringify(document);
  };

/** The policy as an object whose ARNs are not known yet, as of a bucket that is new. */
const unknownArns: Change = (stack) => {
  const found = find(stack, `${globex}-policy`);
  const document = bucketPolicy(globex);
  for (const each of document.Statement as Json[]) each.Resource = [unknownText, unknownText];
  found.props.policy = document;
  found.propertyDependencies = { policy: [find(stack, globex).urn] };
};

const objects = (change: Json) =>
  set("api-policy", "policy", {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Objects", Effect: "Allow", Action: ["s3:GetObject"], Resource: `arn:aws:s3:::${acme}/*`, ...change },
    ],
  });
const plainTls = `Bucket "${globex}" answers requests without TLS: deny s3:* in its BucketPolicy where aws:SecureTransport is false.`;
const oldTls = `Bucket "${globex}" answers requests over old TLS: deny s3:* in its BucketPolicy where s3:TlsVersion is less than 1.3.`;

export const objectAccessCases: RuleCases[] = [
  {
    rule: "buckets-refuse-plain-connections",
    of: "data",
    good: [
      { when: "the policy is an object whose ARNs are the bucket's own, not known yet", change: unknownArns },
      { when: "principals are named the long way", change: statement(0, { Principal: { AWS: "*" } }) },
      {
        when: "the condition is a switch",
        change: statement(0, { Condition: { bool: { "aws:securetransport": false } } }),
      },
    ],
    bad: [
      { when: "there is no policy", change: drop(`${globex}-policy`), on: globex, says: [plainTls, oldTls] },
      {
        when: "it denies old TLS of 1.2",
        change: statement(1, { Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } }),
        on: globex,
        says: [oldTls],
      },
      {
        when: "it denies for the objects only",
        change: statement(0, { Resource: `arn:aws:s3:::${globex}/*` }),
        on: globex,
        says: [plainTls],
      },
      {
        when: "it denies only some",
        change: statement(0, { Principal: { AWS: "arn:aws:iam::123456789012:root" } }),
        on: globex,
        says: [plainTls],
      },
      {
        when: "a second condition makes it rare",
        change: statement(0, {
          Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:PrincipalAccount": "1" } },
        }),
        on: globex,
        says: [plainTls],
      },
      {
        when: "the text is not known yet",
        change: set(`${globex}-policy`, "policy", unknownText),
        on: `${globex}-policy`,
        says: [undecidable(policy, "policy")],
      },
      {
        when: "nobody can say whose the policy is",
        change: adrift(`${globex}-policy`),
        on: `${globex}-policy`,
        says: [undecidable(policy, "bucket")],
      },
    ],
  },
  {
    rule: "bucket-policies-name-whom-they-let-in",
    of: "data",
    bad: [
      ...[{ Principal: "*" }, { Principal: { AWS: ["*"] } }].map((change) => ({
        when: `the principal is ${JSON.stringify(change.Principal)}, though under a condition`,
        change: statement(2, change),
        on: `${globex}-policy`,
        says: [`${policy} lets everybody in by statement AllowDistribution: name the principals.`],
      })),
      {
        when: "all but one are let in",
        change: statement(2, { Sid: null, NotPrincipal: { AWS: "arn:aws:iam::1:root" } }),
        on: `${globex}-policy`,
        says: [`${policy} lets everybody in by statement 3: name the principals.`],
      },
      {
        when: "the text is no JSON",
        change: set(`${globex}-policy`, "policy", "{"),
        on: `${globex}-policy`,
        says: [`${policy} is malformed: policy must be JSON.`],
      },
    ],
  },
  {
    rule: "object-policies-name-their-buckets",
    of: "data",
    good: [
      {
        when: "the ARN is a bucket's, not known yet",
        change: (stack) => {
          objects({ Resource: unknownText })(stack);
          find(stack, "api-policy").propertyDependencies = { policy: [find(stack, acme).urn] };
        },
      },
      { when: "it is about something else", change: objects({ Action: "kms:Decrypt", Resource: "*" }) },
    ],
    bad: [
      {
        when: "it allows everything",
        change: objects({ Action: "s3:*", Resource: "*" }),
        on: "api-policy",
        says: [
          'Policy "api-policy" allows s3:* in statement Objects: list the actions.',
          'Policy "api-policy" allows * in statement Objects: name the bucket.',
        ],
      },
      {
        when: "it allows every bucket of a kind",
        change: objects({ Resource: ["arn:aws:s3:::apg-*/*"] }),
        on: "api-policy",
        says: ['Policy "api-policy" allows arn:aws:s3:::apg-*/* in statement Objects: name the bucket.'],
      },
      {
        when: "it allows all but some",
        change: objects({ Action: [], NotAction: "iam:*" }),
        on: "api-policy",
        says: ['Policy "api-policy" allows all but some actions in statement Objects: list the actions.'],
      },
      {
        when: "nobody can say what it allows",
        change: objects({ Resource: unknownText }),
        on: "api-policy",
        says: [undecidable('Policy "api-policy"', "policy.Statement[0].Resource")],
      },
      {
        when: "AWS' own policy is attached",
        change: set("api-attachment", "policyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess"),
        on: "api-attachment",
        says: [
          'RolePolicyAttachment "api-attachment" gives access to every bucket: attach a policy that names the buckets instead of arn:aws:iam::aws:policy/AmazonS3FullAccess.',
        ],
      },
      {
        when: "a role has it inside",
        change: set("api-role", "inlinePolicies", [
          {
            name: "all",
            policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: `arn:aws:s3:::${acme}` } }),
          },
        ]),
        on: "api-role",
        says: ['Role "api-role" allows s3:* in statement 1: list the actions.'],
      },
    ],
  },
  {
    rule: "bucket-roles-belong-to-service-accounts",
    of: "data",
    bad: [
      {
        when: "the account is everybody's",
        change: set("api-identity", "serviceAccount", "default"),
        on: "api-identity",
        says: [
          'PodIdentityAssociation "api-identity" gives its role to every pod without an account of its own: name a service account.',
          `PodIdentityAssociation "api-identity" is for the service account default, which Namespace "${namespace}" does not have: declare it.`,
        ],
      },
      {
        when: "there is none",
        change: all(
          drop("api-identity"),
          ...[globex, "apg-audio-backup-test"].map((name) => set(name, ["tags", "apg:purpose"], "replica")),
        ),
        on: acme,
        says: [`Bucket "${acme}" is reached by no pod's own identity: declare a PodIdentityAssociation.`],
      },
    ],
  },
];
