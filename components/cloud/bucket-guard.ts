import { thresholds } from "../../checklist/thresholds.ts";
import { bucketArn } from "./policy-document.ts";
import type { Statement } from "./policy-document.ts";

/** Who may do what with a bucket, besides the roles' own policies. */
export interface BucketAccess {
  /** Name of the bucket. */
  bucket: string;
  /** ARNs of the roles that may read and write. */
  writers: string[];
  /** ARNs of the roles that may only read. */
  readers: string[];
  /** Whether uploads may name the key; those of backups do, and can use no other. */
  namedKey: boolean;
}

const everyone = "*";
const reads = ["s3:GetObject*", "s3:ListBucket*", "s3:ListMultipartUploadParts"];
const writes = [
  "s3:PutObject*",
  "s3:DeleteObject*",
  "s3:RestoreObject",
  "s3:AbortMultipartUpload",
  "s3:BypassGovernanceRetention",
  "s3:Replicate*",
];

/** Refuses what is not encrypted on its way, whoever asks (CV-OBJ-03, CV-DATA-02). */
export function transportStatements(bucket: string): Statement[] {
  const all = { Effect: "Deny" as const, Principal: everyone, Action: "s3:*", Resource: everythingOf(bucket) };
  return [
    { Sid: "DenyPlainHttp", ...all, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    {
      Sid: "DenyOldTls",
      ...all,
      Condition: { NumericLessThan: { "s3:TlsVersion": thresholds.objects.minTls } },
    },
  ];
}

/**
 * What holds for a bucket whatever the roles' policies say. It allows nothing: it denies, by conditions on the ARN of the
 * caller's role, so that it can be written before the roles exist and does not break when one is made anew.
 */
export function guardStatements({ bucket, writers, readers, namedKey }: BucketAccess): Statement[] {
  const objects = `${bucketArn(bucket)}/*`;
  const upload = { Effect: "Deny" as const, Principal: everyone, Action: "s3:PutObject", Resource: objects };
  const others = (Sid: string, Action: string[], allowed: string[]): Statement => ({
    Sid,
    Effect: "Deny",
    Principal: everyone,
    Action,
    Resource: everythingOf(bucket),
    Condition: {
      ArnNotEquals: { "aws:PrincipalArn": allowed },
      // AWS' own services have no role; what they may is said by statements that allow.
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    },
  });
  return [
    ...transportStatements(bucket),
    // Nothing said is well: then the bucket's own key is used.
    {
      Sid: "DenyOtherEncryption",
      ...upload,
      Condition: {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      },
    },
    {
      Sid: "DenyCustomerKeys",
      ...upload,
      Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
    },
    ...(namedKey
      ? []
      : [
          {
            Sid: "DenyOtherKeys",
            ...upload,
            Condition: { Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" } },
          },
        ]),
    others("DenyOtherWriters", writes, writers),
    others("DenyOtherReaders", reads, [...writers, ...readers]),
  ];
}

function everythingOf(bucket: string): string[] {
  return [bucketArn(bucket), `${bucketArn(bucket)}/*`];
}
