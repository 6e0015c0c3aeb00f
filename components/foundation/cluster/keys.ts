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

const forServices = { Bool: { "kms:GrantIsForAWSResource": "true" } };
const usage = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/** Declares the keys; the roles that they name must be there first: give them in dependsOn (AUD-SEC-07, CV-SECRET-04). */
export function declareKeys(
  name: string,
  { accountId, region, administrators }: AccountArgs,
  names: ClusterNames,
  logGroup: string,
  tags: { [tag: string]: string },
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
      volumeStatements(region, accountId, names),
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
function volumeStatements(region: string, accountId: string, names: ClusterNames): Statement[] {
  const pods = [roleArn(accountId, names.volumeRole), roleArn(accountId, names.nodeAutoscalerRole)];
  const throughEc2 = { StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` } };
  // This role is AWS' own and comes with the account's first group: named as a principal it would have to be there before.
  const group = [`arn:aws:iam::${accountId}:root`];
  const autoScaling = {
    ArnEquals: {
      "aws:PrincipalArn": `arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    },
  };
  return [
    allow("Volumes", pods, usage, throughEc2),
    allow("Attach", pods, ["kms:CreateGrant"], { ...throughEc2, ...forServices }),
    allow("AutoScaling", group, usage, autoScaling),
    allow("AutoScalingAttach", group, ["kms:CreateGrant"], { ...autoScaling, ...forServices }),
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
