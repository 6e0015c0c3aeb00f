import type * as pulumi from "@pulumi/pulumi";
import { thresholds } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { transportStatements } from "../cloud/bucket-guard.ts";
import { bucketArn, policyDocument } from "../cloud/policy-document.ts";
import type { Statement } from "../cloud/policy-document.ts";
import { protectedBucket } from "../cloud/protected-bucket.ts";
import { accessLogBucketName } from "./names.ts";

/**
 * Declares the bucket of the load balancer's logs. They can be encrypted by the keys of S3 alone: the service that writes
 * them knows no others, and nothing arrives in a bucket that asks for one (CV-DATA-05).
 */
export function accessLogBucket(
  name: string,
  environment: string,
  account: AccountArgs,
  protect: boolean,
  opts: pulumi.CustomResourceOptions,
): { bucket: string; ready: pulumi.Resource } {
  const bucket = accessLogBucketName(environment, account.accountId, account.region);
  const { policy } = protectedBucket(
    `${name}-access-logs`,
    {
      bucket,
      region: account.region,
      policy: policyDocument([...transportStatements(bucket), deliveryStatement(bucket, account)]),
      expireDays: thresholds.logRetentionDays,
      archiveAfterDays: thresholds.objects.coldAfterDays,
      tags: { "apg:environment": environment, "apg:purpose": "access-logs", "data-class": "internal" },
    },
    protect,
    opts,
  );
  return { bucket, ready: policy };
}

/** Lets load balancers of this account and region write, and nothing else of AWS. */
function deliveryStatement(bucket: string, { accountId, region }: AccountArgs): Statement {
  return {
    Sid: "Deliver",
    Effect: "Allow",
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${bucketArn(bucket)}/AWSLogs/${accountId}/*`,
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/*` } },
  };
}
