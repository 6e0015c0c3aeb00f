import type * as pulumi from "@pulumi/pulumi";
import { ownTenant } from "../tenants.ts";
import { objectStorageDefaults } from "./args.ts";
import type { AccessLogs, AwsStorageArgs, ObjectStorageArgs } from "./args.ts";
import { guardStatements } from "../../cloud/bucket-guard.ts";
import { accessLogStatement } from "./bucket-policies.ts";
import { customerKey } from "../../cloud/keys.ts";
import { replicaName, reservedPurposes } from "./naming.ts";
import { ownBucket } from "./plan.ts";
import { policyDocument } from "../../cloud/policy-document.ts";
import { protectedBucket } from "../../cloud/protected-bucket.ts";
import { bucketTags } from "./tags.ts";

/** Names of the buckets of access logs; S3 takes a bucket's logs in its own region alone. */
export function accessLogNames(args: ObjectStorageArgs): AccessLogs {
  const bucket = ownBucket(args, "accessLogs", args.aws?.nameSuffix);
  return { bucket, replicaBucket: replicaName(bucket) };
}

/**
 * Declares the buckets of access logs, each with a key that S3's log delivery may use. They have no logs of their own,
 * which would never end, and no copies: those of the copies' region are other logs (CV-DATA-05, CV-DATA-08).
 */
export function accessLogBuckets(
  name: string,
  args: ObjectStorageArgs,
  aws: AwsStorageArgs,
  protect: boolean,
  child: { parent: pulumi.Resource },
): AccessLogs & { declared: pulumi.Resource[] } {
  const { capability, environment } = args;
  const { accountId, administrators, readers = [] } = aws;
  const { bucket, replicaBucket } = accessLogNames(args);
  const tags = bucketTags(args, {
    tenant: ownTenant,
    purpose: reservedPurposes.accessLogs,
    dataClass: "internal",
  });
  const declared = [
    { logical: `${name}-access-logs`, region: aws.region, of: bucket },
    { logical: `${name}-access-logs.replica`, region: aws.replicaRegion, of: replicaBucket },
  ].map(({ logical, region, of }) => {
    const key = customerKey(
      logical,
      {
        alias: `apg-${capability}-${environment}-access-logs`,
        region,
        description: `Access logs of ${capability}'s buckets in ${environment}.`,
        administrators,
        users: [],
        readers,
        services: [
          {
            Sid: "Deliver",
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
        tags,
      },
      { ...child, protect },
    );
    const guarded = guardStatements({ bucket: of, writers: administrators, readers, namedKey: false });
    return protectedBucket(
      logical,
      {
        bucket: of,
        region,
        kmsKeyArn: key.arn,
        policy: policyDocument([...guarded, accessLogStatement(of, accountId, capability)]),
        expireDays: aws.logRetentionDays ?? objectStorageDefaults.logRetentionDays,
        archiveAfterDays: objectStorageDefaults.archiveAfterDays,
        tags,
      },
      protect,
      child,
    ).bucket;
  });
  return { bucket, replicaBucket, declared };
}
