import type * as pulumi from "@pulumi/pulumi";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule.js";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget.js";

/** Where the alarm is, and whom it calls. */
export interface RotationAlarm {
  /** Name of the environment. */
  environment: string;
  /** Region of the secrets. */
  region: string;
  /** Topic that pages people. */
  topicArn: pulumi.Input<string>;
}

/** Pages when a secret could not be rotated, and so keeps its old value (CV-SECRET-02). */
export function rotationAlarm(
  name: string,
  { environment, region, topicArn }: RotationAlarm,
  opts: pulumi.CustomResourceOptions,
): void {
  const rule = new EventRule(
    `${name}-rotation-failed`,
    {
      region,
      name: `apg-${environment}-secret-rotation-failed`,
      description: "A secret could not be rotated, and keeps its old value.",
      eventPattern: JSON.stringify({
        source: ["aws.secretsmanager"],
        "detail-type": ["AWS Service Event via CloudTrail"],
        detail: { eventName: ["RotationFailed"] },
      }),
      tags: { "apg:environment": environment },
    },
    opts,
  );
  new EventTarget(`${name}-rotation-failed`, { region, rule: rule.name, targetId: "page", arn: topicArn }, opts);
}
