import { replicaName } from "./naming.ts";
import { bucketArn, policyDocument } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";

/** Buckets that fit into one policy of 6144 characters, whatever their names, and policies that a role may have. */
const bucketsPerPolicy = 10;
const policiesPerRole = 10;

/** The most buckets that one role can be given. */
export const mostBuckets = bucketsPerPolicy * policiesPerRole;

/** What a user of objects does. No versions are deleted by it: they stay recoverable until they expire (CV-OBJ-05). */
export const objectActions = [
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:PutObject",
  "s3:DeleteObject",
  "s3:AbortMultipartUpload",
  "s3:ListMultipartUploadParts",
];
export const bucketActions = ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"];

/** The account and region of keys that a policy names by their alias, as their ids are known only when they exist. */
export interface KeyPlace {
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the keys. */
  region: string;
}

/** Lets a workload read and write the objects of some buckets, in as many policies as they need (CV-OBJ-03). */
export function workloadPolicies(buckets: readonly string[], aliases: readonly string[], place: KeyPlace): string[] {
  return chunks(buckets, bucketsPerPolicy).map((some) =>
    policyDocument([
      { Sid: "Buckets", Effect: "Allow", Action: bucketActions, Resource: some.map(bucketArn) },
      { Sid: "Objects", Effect: "Allow", Action: objectActions, Resource: some.map(objectsOf) },
      keyStatement("Keys", ["kms:Decrypt", "kms:GenerateDataKey"], some, aliases, place),
    ]),
  );
}

/** Lets S3 copy some buckets into the other region, and nothing else (CV-OBJ-07). */
export function replicationPolicies(
  buckets: readonly string[],
  aliases: readonly string[],
  source: KeyPlace,
  destination: KeyPlace,
  objectLock: boolean,
): string[] {
  return chunks(buckets, bucketsPerPolicy).map((some) =>
    policyDocument([
      {
        Sid: "ReadConfiguration",
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: some.map(bucketArn),
      },
      {
        Sid: "ReadVersions",
        Effect: "Allow",
        Action: [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
          ...(objectLock ? ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] : []),
        ],
        Resource: some.map(objectsOf),
      },
      {
        Sid: "WriteCopies",
        Effect: "Allow",
        Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
        Resource: some.map((bucket) => objectsOf(replicaName(bucket))),
      },
      keyStatement("Decrypt", ["kms:Decrypt"], some, aliases, source),
      keyStatement("Encrypt", ["kms:Encrypt", "kms:GenerateDataKey"], some.map(replicaName), aliases, destination),
    ]),
  );
}

/** Lets S3 take the role for buckets of this account. */
export function replicationTrust(accountId: string): string {
  return policyDocument([
    {
      Sid: "Replication",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ]);
}

/** The keys of the aliases, used through S3 for these buckets alone: with bucket keys S3 tells the key the bucket. */
export function keyStatement(
  Sid: string,
  Action: string[],
  buckets: readonly string[],
  aliases: readonly string[],
  { accountId, region }: KeyPlace,
): Statement {
  return {
    Sid,
    Effect: "Allow",
    Action,
    Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
    Condition: {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": [...aliases] },
      StringEquals: {
        "kms:ViaService": `s3.${region}.amazonaws.com`,
        "kms:EncryptionContext:aws:s3:arn": buckets.map(bucketArn),
      },
    },
  };
}

function objectsOf(bucket: string): string {
  return `${bucketArn(bucket)}/*`;
}

/** The values in lists of at most that many. */
export function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size));
}
