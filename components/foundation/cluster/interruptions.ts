import type * as pulumi from "@pulumi/pulumi";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule.js";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import { policyDocument } from "../../cloud/policy-document.ts";

/** What the queue is made of. */
export interface InterruptionParts {
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the queue. */
  region: string;
  /** Name of the queue, and start of its rules' names. */
  queue: string;
  /** Key of the messages. */
  kmsKeyArn: pulumi.Input<string>;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** What AWS says before it takes an instance away. */
const events = {
  "scheduled-change": { source: "aws.health", detail: "AWS Health Event" },
  "spot-interruption": { source: "aws.ec2", detail: "EC2 Spot Instance Interruption Warning" },
  rebalance: { source: "aws.ec2", detail: "EC2 Instance Rebalance Recommendation" },
  "state-change": { source: "aws.ec2", detail: "EC2 Instance State-change Notification" },
};

/** Declares the queue by which Karpenter learns that a node is going, in time to move its pods (CV-SCALE-05). */
export function declareInterruptions(
  name: string,
  parts: InterruptionParts,
  opts: pulumi.CustomResourceOptions,
): Queue {
  const { accountId, region, queue, kmsKeyArn, tags } = parts;
  const arn = `arn:aws:sqs:${region}:${accountId}:${queue}`;
  const ruleName = (event: string) => `${queue}-${event}`;
  const declared = new Queue(
    `${name}-interruptions`,
    {
      name: queue,
      region,
      messageRetentionSeconds: 300,
      kmsMasterKeyId: kmsKeyArn,
      policy: policyDocument([
        {
          Sid: "Events",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn,
          Condition: {
            ArnEquals: {
              "aws:SourceArn": Object.keys(events).map(
                (event) => `arn:aws:events:${region}:${accountId}:rule/${ruleName(event)}`,
              ),
            },
          },
        },
        {
          Sid: "DenyPlainHttp",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
      tags,
    },
    opts,
  );
  for (const [event, { source, detail }] of Object.entries(events)) {
    const rule = new EventRule(
      `${name}-${event}`,
      {
        name: ruleName(event),
        region,
        description: `${detail}, for Karpenter.`,
        eventPattern: JSON.stringify({ source: [source], "detail-type": [detail] }),
        tags,
      },
      opts,
    );
    new EventTarget(
      `${name}-${event}`,
      { rule: rule.name, region, targetId: "karpenter", arn },
      { ...opts, dependsOn: [declared] },
    );
  }
  return declared;
}
