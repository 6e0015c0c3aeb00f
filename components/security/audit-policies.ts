// Who may use the audit log's key, and who may write into its bucket.
import { guardStatements } from "../cloud/bucket-guard.ts";
import { logGroupArn, logsKeyStatement } from "../cloud/log-groups.ts";
import { bucketArn, policyDocument } from "../cloud/policy-document.ts";
import type { Statement } from "../cloud/policy-document.ts";
import type { AccountArgs } from "../cloud/account.ts";

/** The audit log as it will be; everything in it follows from names. */
export interface PlannedAudit {
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** Name of the bucket. */
  bucket: string;
  /** ARN of the trail. */
  trailArn: string;
  /** Name of the log group. */
  logGroup: string;
}

const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
const config = { Service: "config.amazonaws.com" };

/** What AWS' own services do with the key: the trail, the recorder and the log group encrypt by it. */
export function auditKeyStatements({ account, trailArn, logGroup }: PlannedAudit): Statement[] {
  const { accountId, region } = account;
  return [
    {
      Sid: "Trail",
      Effect: "Allow",
      Principal: cloudTrail,
      Action: ["kms:GenerateDataKey", "kms:DescribeKey"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "Recorder",
      Effect: "Allow",
      Principal: config,
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    logsKeyStatement(region, accountId, [logGroup]),
  ];
}

/** Policy of the audit bucket: the trail writes into it, auditors read, and nobody deletes (CV-LOG-07, AUD-SEC-08). */
export function auditBucketPolicy({ account, bucket, trailArn }: PlannedAudit): string {
  return policyDocument([
    ...guarded(account, bucket),
    // A version under lock is safe by that; without this an object could still be hidden by a delete marker.
    {
      Sid: "DenyDeletion",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
      Resource: `${bucketArn(bucket)}/*`,
    },
    ...delivery(bucket, cloudTrail, `AWSLogs/${account.accountId}/*`, { "aws:SourceArn": trailArn }),
  ]);
}

/** Policy of the bucket of what AWS Config records. */
export function recorderBucketPolicy(account: AccountArgs, bucket: string): string {
  const { accountId } = account;
  return policyDocument([
    ...guarded(account, bucket),
    ...delivery(bucket, config, `AWSLogs/${accountId}/Config/*`, { "aws:SourceAccount": accountId }),
  ]);
}

// AWS' own services say by which key they encrypt.
function guarded({ administrators, readers = [] }: AccountArgs, bucket: string): Statement[] {
  return guardStatements({ bucket, writers: administrators, readers, namedKey: true });
}

/** What a service of AWS does that puts its files into a bucket. */
function delivery(
  bucket: string,
  Principal: { Service: string },
  files: string,
  source: Record<string, string>,
): Statement[] {
  return [
    {
      Sid: "DeliveryCheck",
      Effect: "Allow",
      Principal,
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn(bucket),
      Condition: { StringEquals: source },
    },
    {
      Sid: "Delivery",
      Effect: "Allow",
      Principal,
      Action: "s3:PutObject",
      Resource: `${bucketArn(bucket)}/${files}`,
      Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", ...source } },
    },
  ];
}

/** Whose the role is that writes the trail into the log group, and what it may. */
export function logWriterPolicies({ account, trailArn, logGroup }: PlannedAudit): {
  trust: string;
  policies: string[];
} {
  return {
    trust: policyDocument([
      {
        Sid: "Trail",
        Effect: "Allow",
        Principal: cloudTrail,
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
    ]),
    policies: [
      policyDocument([
        {
          Sid: "Write",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `${logGroupArn(account.region, account.accountId, logGroup)}:log-stream:*`,
        },
      ]),
    ],
  };
}
