import { all, drop, find, set, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { keyPolicy } from "../good-buckets.ts";
import type { Json } from "../good-stack.ts";
import { container, containerPath, deployment, podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { acme } from "./object-storage.ts";

const mode = `${container} connects to a database that may be any: set PGSSLMODE to verify-full.`;
const region = "eu-central-1";

/** The buckets of data belong to another capability. */
const ofOthers: Change = (stack) => {
  for (const { type, props } of stack)
    if (type === "aws:s3/bucket:Bucket") (props.tags as Json)["apg:capability"] = "computer-vision";
};

const backupBucket = "apg-audio-backup-test";
const key = 'Key "backup-key"';
const used = (principal: Json): Change =>
  set(
    "backup-key",
    "policy",
    JSON.stringify({ ...keyPolicy, Statement: [keyPolicy.Statement[0], { ...keyPolicy.Statement[1], ...principal }] }),
  );

/** A bucket of data is encrypted by the key of the backups. */
const shared: Change = (stack) => {
  find(stack, `${acme}-encryption`).propertyDependencies = {
    bucket: [find(stack, acme).urn],
    rules: [find(stack, "backup-key").urn],
  };
};

export const clientCases: RuleCases[] = [
  {
    rule: "database-clients-verify-the-server",
    good: [
      {
        when: "the container says it itself",
        change: all(
          unset("settings", "data.PGSSLMODE"),
          set("deployment", `${containerPath}.env.1`, { name: "PGSSLMODE", value: "verify-full" }),
        ),
      },
      {
        when: "it uses no database",
        change: all(set("deployment", `${containerPath}.env`, []), unset("settings", "data.PGSSLMODE")),
      },
    ],
    bad: [
      {
        when: "it encrypts without verifying, and trusts nobody in particular",
        change: all(set("settings", "data.PGSSLMODE", "require"), unset("settings", "data.PGSSLROOTCERT")),
        on: "deployment",
        says: [
          mode,
          `${container} has no certificate to verify its database by: set PGSSLROOTCERT to a file of a mounted one.`,
        ],
      },
      {
        when: "the certificate is in no volume of a Secret",
        change: set("settings", "data.PGSSLROOTCERT", "/tmp/ca.crt"),
        on: "deployment",
        says: [
          `${container} has /tmp/ca.crt, which is in no mounted Secret or ConfigMap, to verify its database by: set PGSSLROOTCERT to a file of a mounted one.`,
        ],
      },
      {
        when: "an init container does not verify",
        change: set("deployment", `${podPath}.initContainers`, [
          { name: "migrate", env: [{ name: "DATABASE_URL", valueFrom: { secretKeyRef: { name: "d", key: "url" } } }] },
        ]),
        on: "deployment",
        says: [
          `Container "migrate" of ${deployment} connects to a database that may be any: set PGSSLMODE to verify-full.`,
          `Container "migrate" of ${deployment} has no certificate to verify its database by: set PGSSLROOTCERT to a file of a mounted one.`,
        ],
      },
    ],
  },
  {
    rule: "applications-know-their-bucket",
    of: "data",
    good: [
      {
        when: "a server other than AWS' is used",
        change: all(set("settings", "data.S3_ENDPOINT", "https://s3.test"), drop("api-identity")),
      },
      {
        when: "there are no buckets for it, and it asks for none",
        change: all(ofOthers, unset("settings", "data.S3_BUCKET")),
      },
    ],
    bad: [
      {
        when: "it does not know any, and may reach none",
        change: all(unset("settings", "data.S3_BUCKET"), set("api-identity", "serviceAccount", "other")),
        on: "deployment",
        says: [
          `${deployment} does not know its bucket: set S3_BUCKET.`,
          `${deployment} has no identity to reach its bucket by: declare a PodIdentityAssociation for the service account api.`,
        ],
      },
      {
        when: "the bucket is in another region",
        change: set("settings", "data.S3_REGION", "eu-west-1"),
        on: "deployment",
        says: [`${deployment} looks for Bucket "${acme}" in eu-west-1: set S3_REGION to ${region}.`],
      },
      {
        when: "the bucket is another capability's",
        change: ofOthers,
        on: "deployment",
        says: [`${deployment} uses the bucket ${acme}, which this stack does not declare: declare it.`],
      },
      {
        when: "it is the backups'",
        change: set("settings", "data.S3_BUCKET", backupBucket),
        on: "deployment",
        says: [`${deployment} uses the bucket ${backupBucket}, which this stack does not declare: declare it.`],
      },
    ],
  },
  {
    rule: "backups-have-a-key-of-their-own",
    of: "data",
    good: [
      {
        when: "the key is named by its alias",
        change: (stack) => {
          const encryption = find(stack, `${backupBucket}-encryption`);
          delete encryption.propertyDependencies;
          set(
            `${backupBucket}-encryption`,
            "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
            `arn:aws:kms:${region}:123456789012:alias/backup`,
          )(stack);
          stack.push({
            urn: "urn:alias",
            type: "aws:kms/alias:Alias",
            name: "alias",
            props: { name: "alias/backup", targetKeyId: "0123" },
            propertyDependencies: { targetKeyId: [find(stack, "backup-key").urn] },
          });
        },
      },
    ],
    bad: [
      {
        when: "data is encrypted by it as well",
        change: shared,
        on: backupBucket,
        says: [`${key} of Bucket "${backupBucket}" also encrypts Bucket "${acme}": give backups a key of their own.`],
      },
      {
        when: "it is in one region",
        change: set("backup-key", "multiRegion", false),
        on: backupBucket,
        says: [
          `${key} of Bucket "${backupBucket}" is in one region only: set multiRegion to true, and declare a ReplicaKey.`,
        ],
      },
      {
        when: "the account's own roles may use it",
        change: used({ Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*" }),
        on: backupBucket,
        says: [
          `${key} may be used by arn:aws:iam::123456789012:root in statement Use: let only roles of backups use it.`,
        ],
      },
      {
        when: "an application may read by it",
        change: used({
          Principal: {
            AWS: ["arn:aws:iam::123456789012:role/backup", "arn:aws:iam::123456789012:role/apg-audio-test-api"],
          },
        }),
        on: backupBucket,
        says: [
          `${key} may be used by arn:aws:iam::123456789012:role/apg-audio-test-api in statement Use: let only roles of backups use it.`,
        ],
      },
      {
        when: "it has AWS' own policy",
        change: unset("backup-key", "policy"),
        on: backupBucket,
        says: [`${key} may be used by all of the account: set policy, and name the backups' roles in it.`],
      },
      {
        when: "it is a key that nobody sees",
        change: (stack) => {
          const encryption = find(stack, `${backupBucket}-encryption`);
          delete encryption.propertyDependencies;
          set(`${backupBucket}-encryption`, "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId", "0123")(stack);
        },
        on: backupBucket,
        says: [`Bucket "${backupBucket}" is encrypted by a key that this stack does not declare: declare the Key.`],
      },
    ],
  },
];
