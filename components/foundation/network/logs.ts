import type * as pulumi from "@pulumi/pulumi";
import type { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
import { thresholds } from "../../../checklist/thresholds.ts";
import type { AccountArgs } from "../../cloud/account.ts";
import { customerKey } from "../../cloud/keys.ts";
import { encryptedLogGroup, logGroupArn, logsKeyStatement } from "../../cloud/log-groups.ts";
import { policyDocument, roleArn } from "../../cloud/policy-document.ts";
import { leastRole } from "../../cloud/roles.ts";

/** What the network's logs are made of. */
export interface NetworkLogParts {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** The account that it is in. */
  account: AccountArgs;
  /** Start of all names. */
  label: string;
  /** Whether people's connections are logged too. */
  vpn: boolean;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** Declares the logs of who talks to whom, encrypted by a key of their own; returns that of people's connections (CV-NET-06, CV-NET-07). */
export function declareLogs(
  name: string,
  parts: NetworkLogParts,
  opts: pulumi.CustomResourceOptions,
): LogGroup | undefined {
  const { vpcId, account, label, vpn, tags } = parts;
  const { accountId, region, administrators } = account;
  const flows = `/aws/vpc/${label}`;
  const connections = `/aws/vpn/${label}`;
  const key = customerKey(
    `${name}-logs`,
    {
      alias: `${label}-network-logs`,
      region,
      description: `Logs of the network of ${label}.`,
      administrators,
      users: [],
      services: [logsKeyStatement(region, accountId, vpn ? [flows, connections] : [flows])],
      tags,
    },
    { ...opts, protect: true },
  );
  const group = (suffix: string, named: string) =>
    encryptedLogGroup(`${name}-${suffix}`, { group: named, region, kmsKeyArn: key.arn, tags }, opts);

  const role = `${label}-flow-logs`;
  const destination = logGroupArn(region, accountId, flows);
  const declaredGroup = group("flows", flows);
  const declaredRole = leastRole(
    `${name}-flows`,
    {
      role,
      trust: policyDocument([
        {
          Sid: "FlowLogs",
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": accountId },
            ArnLike: { "aws:SourceArn": `arn:aws:ec2:${region}:${accountId}:vpc-flow-log/*` },
          },
        },
      ]),
      policies: [
        policyDocument([
          {
            Sid: "Write",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: [destination, `${destination}:*`],
          },
        ]),
      ],
      description: `Flow logs of the network of ${label}.`,
      tags,
    },
    opts,
  );
  new FlowLog(
    `${name}-flows`,
    {
      vpcId,
      region,
      trafficType: "ALL",
      maxAggregationInterval: thresholds.network.flowLogSeconds,
      logDestinationType: "cloud-watch-logs",
      logDestination: destination,
      iamRoleArn: roleArn(accountId, role),
      tags,
    },
    { ...opts, dependsOn: [declaredGroup, ...declaredRole] },
  );
  return vpn ? group("connections", connections) : undefined;
}
