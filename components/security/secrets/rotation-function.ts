import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import { policyDocument, roleArn } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";
import { rotationName } from "./store.ts";

/** The function as it will be. */
export interface RotationFunctionParts {
  /** Name of the environment. */
  environment: string;
  /** Number of the account. */
  accountId: string;
  /** Region of the secrets. */
  region: string;
  /** Key that encrypts its log. */
  kmsKeyArn: pulumi.Input<string>;
  /** Days that its log is kept. */
  logRetentionDays: number;
}

/** Name of the function's log group. */
export function rotationLog(environment: string): string {
  return `/apg/${environment}/secret-rotation`;
}

/** Who takes the function's role. */
export const rotationTrust = policyDocument([
  { Sid: "Lambda", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
]);

/** What the function may besides the secrets that it rotates, each of which gives it a policy of its own. */
export function rotationPolicy({ environment, accountId, region }: Omit<RotationFunctionParts, "kmsKeyArn">): string {
  const log = `arn:aws:logs:${region}:${accountId}:log-group:${rotationLog(environment)}:*`;
  return policyDocument([
    // AWS knows no smaller resource for it.
    { Sid: "Generate", Effect: "Allow", Action: "secretsmanager:GetRandomPassword", Resource: "*" },
    { Sid: "Log", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: log },
  ]);
}

/** Lets CloudWatch encrypt the function's log by the key. */
export function logStatement({ environment, accountId, region }: Omit<RotationFunctionParts, "kmsKeyArn">): Statement {
  return {
    Sid: "Log",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:log-group:${rotationLog(environment)}`,
      },
    },
  };
}

/** Declares the function. It speaks to Secrets Manager alone, so that it needs no network, and has no settings. */
export function rotationFunction(
  name: string,
  parts: RotationFunctionParts,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { environment, accountId, region, kmsKeyArn, logRetentionDays } = parts;
  const tags = { "apg:environment": environment };
  const log = new LogGroup(
    `${name}-rotation`,
    { region, name: rotationLog(environment), retentionInDays: logRetentionDays, kmsKeyId: kmsKeyArn, tags },
    opts,
  );
  const declared = new LambdaFunction(
    `${name}-rotation`,
    {
      region,
      name: rotationName(environment),
      description: "Generates new passwords of secrets.",
      role: roleArn(accountId, rotationName(environment)),
      runtime: "python3.13",
      architectures: ["arm64"],
      handler: "rotate.handler",
      code: new pulumi.asset.AssetArchive({
        "rotate.py": new pulumi.asset.FileAsset(join(import.meta.dirname, "rotation/rotate.py")),
      }),
      memorySize: 128,
      timeout: 60,
      loggingConfig: { logFormat: "JSON", logGroup: log.name },
      tags,
    },
    opts,
  );
  const permission = new Permission(
    `${name}-rotation`,
    {
      region,
      function: declared.name,
      action: "lambda:InvokeFunction",
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: accountId,
    },
    opts,
  );
  // Who has the ARN may rotate: so it is told when the permission is there.
  return pulumi.all([declared.arn, permission.id]).apply(([arn]) => arn);
}
