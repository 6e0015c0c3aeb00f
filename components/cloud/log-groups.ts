import type * as pulumi from "@pulumi/pulumi";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { thresholds } from "../../checklist/thresholds.ts";
import type { Statement } from "./policy-document.ts";

/** The log group's ARN, which follows from its name. */
export function logGroupArn(region: string, accountId: string, group: string): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${group}`;
}

/** Lets CloudWatch Logs use a key, for these log groups alone; a statement of the key's policy. */
export function logsKeyStatement(region: string, accountId: string, groups: readonly string[]): Statement {
  return {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      ArnEquals: { "kms:EncryptionContext:aws:logs:arn": groups.map((group) => logGroupArn(region, accountId, group)) },
    },
  };
}

/** A log group as it will be. */
export interface PlannedLogGroup {
  /** Name of the log group. */
  group: string;
  /** Region of the log group. */
  region: string;
  /** Key that encrypts it, whose policy has `logsKeyStatement`. */
  kmsKeyArn: pulumi.Input<string>;
  /** Tags of the log group. */
  tags: { [tag: string]: string };
}

/** Declares a log group that is encrypted and kept as long as the checklists say (AUD-LOG-03, AUD-SEC-07). */
export function encryptedLogGroup(
  name: string,
  planned: PlannedLogGroup,
  opts: pulumi.CustomResourceOptions,
): LogGroup {
  const { group, region, kmsKeyArn, tags } = planned;
  return new LogGroup(
    name,
    { name: group, region, kmsKeyId: kmsKeyArn, retentionInDays: thresholds.logRetentionDays, tags },
    opts,
  );
}
