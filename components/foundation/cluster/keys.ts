import type * as pulumi from "@pulumi/pulumi";
import type { Key } from "@pulumi/aws/kms/key.js";
import type { AccountArgs } from "../../cloud/account.ts";
import { customerKey } from "../../cloud/keys.ts";
import { logsKeyStatement } from "../../cloud/log-groups.ts";
import { roleArn } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";
import type { ClusterNames } from "./names.ts";

/** The keys of a cluster. */
export interface ClusterKeys {
  /** Of Kubernetes' secrets. */
  secrets: Key;
  /** Of the control plane's logs. */
  logs: Key;
  /** Of nodes' disks and pods' volumes. */
  volumes: Key;
  /** Of the queue of interruptions. */
  events: Key;
}

/** What the keys are made of. */
export interface KeyParts {
  /** Names of the cluster's parts. */
  names: ClusterNames;
  /** Log group of the control plane. */
  logGroup: string;
  /** ARNs of the roles that copy volumes and bring them back. */
  volumeCopiers: readonly string[];
  /** Tags of the keys. */
  tags: { [tag: string]: string };
}

const forServices = { Bool: { "kms:GrantIsForAWSResource": "true" } };
const usage = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/** Declares the keys; the roles that they name must be there first: give them in dependsOn (AUD-SEC-07, CV-SECRET-04). */
export function declareKeys(
  name: string,
  { accountId, region, administrators }: AccountArgs,
  { names, logGroup, volumeCopiers, tags }: KeyParts,
  opts: pulumi.CustomResourceOptions,
): ClusterKeys {
  const arn = (role: string) => roleArn(accountId, role);
  const key = (suffix: string, alias: string, description: string, services: Statement[]) =>
    customerKey(`${name}-${suffix}`, { alias, region, description, administrators, users: [], services, tags }, opts);
  return {
    secrets: key("secrets", names.secretsAlias, "Secrets of Kubernetes, in etcd.", [
      allow(
        "ControlPlane",
        [arn(names.clusterRole)],
        ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants"],
      ),
      // Whoever makes the cluster hands the key to EKS.
      allow("HandOver", administrators, ["kms:CreateGrant"], forServices),
    ]),
    logs: key("logs", names.logsAlias, "Logs of the control plane.", [logsKeyStatement(region, accountId, [logGroup])]),
    volumes: key(
      "volumes",
      names.volumesAlias,
      "Disks of nodes and volumes of pods.",
      volumeStatements(region, accountId, names, volumeCopiers),
    ),
    events: key("events", names.eventsAlias, "Queue of nodes' interruptions.", [
      {
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
      allow("Receive", [arn(names.nodeAutoscalerRole)], ["kms:Decrypt"], {
        StringEquals: { "kms:ViaService": `sqs.${region}.amazonaws.com` },
      }),
    ]),
  };
}

/** Who attaches disks: the volume driver and Karpenter through EC2, and EC2 Auto Scaling for the managed node group. */
function volumeStatements(
  region: string,
  accountId: string,
  names: ClusterNames,
  copiers: readonly string[],
): Statement[] {
  const pods = [roleArn(accountId, names.volumeRole), roleArn(accountId, names.nodeAutoscalerRole)];
  const throughEc2 = { StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` } };
  // The first of these roles is AWS' own and comes with the account's first group, the others are an operator's: named as
  // principals they would have to be there before.
  const account = [`arn:aws:iam::${accountId}:root`];
  const autoScaling = {
    ArnEquals: {
      "aws:PrincipalArn": `arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    },
  };
  return [
    allow("Volumes", pods, usage, throughEc2),
    allow("Attach", pods, ["kms:CreateGrant"], { ...throughEc2, ...forServices }),
    allow("AutoScaling", account, usage, autoScaling),
    allow("AutoScalingAttach", account, ["kms:CreateGrant"], { ...autoScaling, ...forServices }),
    // What is copied stays encrypted by this key, and so does what is made of a copy.
    ...copiers.flatMap((copier, at) => {
      const by = { ArnEquals: { "aws:PrincipalArn": copier }, ...throughEc2 };
      return [
        allow(`Copies${at || ""}`, account, usage, by),
        allow(`CopiesAttach${at || ""}`, account, ["kms:CreateGrant"], { ...by, ...forServices }),
      ];
    }),
  ];
}

function allow(Sid: string, AWS: string[], Action: string[], Condition?: Statement["Condition"]): Statement {
  return {
    Sid,
    Effect: "Allow",
    Principal: { AWS },
    Action,
    Resource: "*",
    ...(Condition !== undefined && { Condition }),
  };
}
