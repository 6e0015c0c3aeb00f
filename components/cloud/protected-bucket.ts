import type * as pulumi from "@pulumi/pulumi";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketLogging } from "@pulumi/aws/s3/bucketLogging.js";
import { BucketObjectLockConfiguration } from "@pulumi/aws/s3/bucketObjectLockConfiguration.js";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls.js";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketReplicationConfig } from "@pulumi/aws/s3/bucketReplicationConfig.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import { thresholds } from "../../checklist/thresholds.ts";

/** A bucket and what surrounds it. */
export interface ProtectedBucketParts {
  /** Name of the bucket. */
  bucket: string;
  /** Region of the bucket. */
  region: string;
  /** Key that encrypts what is put into it. @default S3's own, for what a service writes that can use no other */
  kmsKeyArn?: pulumi.Input<string>;
  /** Text of its policy. */
  policy: pulumi.Input<string>;
  /** Days until an object is deleted. */
  expireDays: number;
  /** Days until an object is cold. */
  archiveAfterDays: number;
  /** Bucket of the same region that takes its access logs. */
  accessLogs?: string | undefined;
  /** Days that nobody can delete an object without a right of its own. */
  lockDays?: number | undefined;
  /** Years that nobody at all can delete an object, the account's root included; instead of `lockDays`. */
  lockYears?: number | undefined;
  /** Tags of the bucket. */
  tags: { [tag: string]: string };
}

/** A bucket with versions, which is what replication needs of both ends. */
export interface ProtectedBucket {
  /** The bucket. */
  bucket: Bucket;
  /** Its versions. */
  versioning: BucketVersioning;
  /** Its policy, which must be there before AWS' own services write into it. */
  policy: BucketPolicy;
}

/** Declares a bucket that is private, encrypted, versioned and cleaned up (CV-OBJ-01, CV-OBJ-03 to CV-OBJ-06). */
export function protectedBucket(
  name: string,
  parts: ProtectedBucketParts,
  protect: boolean,
  opts: pulumi.CustomResourceOptions,
): ProtectedBucket {
  const { region, tags } = parts;
  const retention = defaultRetention(parts);
  const bucket = new Bucket(
    name,
    // Never emptied by a deletion: a bucket that holds objects is not deleted.
    {
      bucket: parts.bucket,
      region,
      forceDestroy: false,
      ...(retention !== undefined && { objectLockEnabled: true }),
      tags,
    },
    { ...opts, protect },
  );
  const of = { bucket: bucket.bucket, region };

  const block = new BucketPublicAccessBlock(
    name,
    { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    opts,
  );
  new BucketOwnershipControls(name, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, opts);
  new BucketServerSideEncryptionConfiguration(
    name,
    {
      ...of,
      rules: [
        {
          ...(parts.kmsKeyArn === undefined
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
            : {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: parts.kmsKeyArn },
                bucketKeyEnabled: true,
              }),
        },
      ],
    },
    opts,
  );
  const versioning = new BucketVersioning(
    name,
    { ...of, versioningConfiguration: { status: "Enabled" } },
    { ...opts, protect },
  );
  new BucketLifecycleConfiguration(
    name,
    { ...of, rules: [lifecycleRule(parts)] },
    { ...opts, dependsOn: [versioning] },
  );
  // S3 refuses two changes of a bucket's access at one time.
  const policy = new BucketPolicy(name, { ...of, policy: parts.policy }, { ...opts, dependsOn: [block] });
  if (parts.accessLogs !== undefined)
    new BucketLogging(name, { ...of, targetBucket: parts.accessLogs, targetPrefix: `${parts.bucket}/` }, opts);
  if (retention !== undefined)
    new BucketObjectLockConfiguration(
      name,
      { ...of, rule: { defaultRetention: retention } },
      { ...opts, dependsOn: [versioning] },
    );
  return { bucket, versioning, policy };
}

function defaultRetention({ lockDays, lockYears }: ProtectedBucketParts) {
  if (lockYears !== undefined) return { mode: "COMPLIANCE", years: lockYears };
  return lockDays === undefined ? undefined : { mode: "GOVERNANCE", days: lockDays };
}

function lifecycleRule({ expireDays, archiveAfterDays }: ProtectedBucketParts) {
  const { noncurrentDays, maxAbortMultipartDays } = thresholds.objects;
  return {
    id: "retention",
    status: "Enabled",
    filter: { prefix: "" },
    transitions: [{ days: archiveAfterDays, storageClass: "GLACIER_IR" }],
    expiration: { days: expireDays },
    noncurrentVersionExpiration: { noncurrentDays },
    abortIncompleteMultipartUpload: { daysAfterInitiation: maxAbortMultipartDays },
  };
}

/** Where a bucket is copied to. */
export interface ReplicationParts {
  /** ARN of the role that copies. */
  role: string;
  /** Region of the source. */
  region: string;
  /** ARN of the bucket of the copies. */
  destination: string;
  /** Key of the copies. */
  kmsKeyArn: pulumi.Input<string>;
}

/** Declares that everything of a bucket is in the other region within minutes, and that it is measured (CV-OBJ-07). */
export function replication(
  name: string,
  source: ProtectedBucket,
  parts: ReplicationParts,
  opts: pulumi.CustomResourceOptions,
): BucketReplicationConfig {
  const minutes = thresholds.objects.replicationMinutes;
  return new BucketReplicationConfig(
    name,
    {
      bucket: source.bucket.bucket,
      region: parts.region,
      role: parts.role,
      rules: [
        {
          id: "other-region",
          priority: 0,
          status: "Enabled",
          filter: { prefix: "" },
          deleteMarkerReplication: { status: "Enabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: parts.destination,
            encryptionConfiguration: { replicaKmsKeyId: parts.kmsKeyArn },
            replicationTime: { status: "Enabled", time: { minutes } },
            metrics: { status: "Enabled", eventThreshold: { minutes } },
          },
        },
      ],
    },
    opts,
  );
}
