import { bucketArn } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";

/**
 * Lets CloudFront read for distributions of this account, and nobody else of the public (CV-OBJ-08). The one distribution has an
 * ARN only when it is there, and a policy that is not known at preview would be refused; what it reads is public by intent.
 */
export function distributionStatement(bucket: string, accountId: string): Statement {
  return {
    Sid: "AllowDistribution",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: `${bucketArn(bucket)}/*`,
    Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:cloudfront::${accountId}:distribution/*` } },
  };
}

/** Lets S3 write the access logs of this account's buckets of one capability. */
export function accessLogStatement(bucket: string, accountId: string, capability: string): Statement {
  return {
    Sid: "AllowAccessLogs",
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `${bucketArn(bucket)}/*`,
    Condition: {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": bucketArn(`apg-${capability}-*`) },
    },
  };
}
