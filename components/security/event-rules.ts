import type * as pulumi from "@pulumi/pulumi";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule.js";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget.js";
import { globalRegion } from "../cloud/account.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { policyDocument, roleArn } from "../cloud/policy-document.ts";
import { leastRole } from "../cloud/roles.ts";
import { securityEvents } from "./events.ts";
import type { SecurityEvent, Watched } from "./events.ts";
import { platformName, platformTags } from "./names.ts";

/** The rules as they will be. */
export interface PlannedRules {
  /** Name of the environment. */
  environment: string;
  /** The account on AWS. */
  account: AccountArgs;
  /** The topic that pages. */
  topicArn: pulumi.Input<string>;
  /** What the events are about. */
  watched: Watched;
  /** Whether the account's own events page too, besides the environment's. */
  accountWide: boolean;
}

/** Declares a rule for each event that pages, and its way to the topic. */
export function eventRules(name: string, planned: PlannedRules, child: { parent: pulumi.Resource }): void {
  const { environment, account, topicArn, watched, accountWide } = planned;
  const { accountId, region } = account;
  const tags = platformTags(environment);
  const events = securityEvents(watched).filter(({ ofEnvironment }) => accountWide || ofEnvironment);
  const rule = (event: SecurityEvent, suffix: string, where: string) =>
    new EventRule(
      `${name}-${event.name}${suffix}`,
      {
        name: platformName(environment, event.name),
        region: where,
        description: event.description,
        eventPattern: JSON.stringify(event.pattern),
        state: event.reading ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED",
        tags,
      },
      child,
    );
  for (const event of events) {
    new EventTarget(
      `${name}-${event.name}`,
      { rule: rule(event, "", region).name, region, targetId: "page", arn: topicArn },
      child,
    );
  }
  // AWS records there what happens in no region: root signing in, and roles taken through the global address.
  if (region === globalRegion) return;

  // A rule reaches no topic of another region, so what happens there is passed on to the bus here, whose rules page.
  const bus = `arn:aws:events:${region}:${accountId}:event-bus/default`;
  const forwarder = platformName(environment, "event-forwarder");
  const complete = leastRole(
    `${name}-forwarder`,
    {
      role: forwarder,
      trust: policyDocument([
        {
          Sid: "Rules",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        },
      ]),
      policies: [policyDocument([{ Sid: "Forward", Effect: "Allow", Action: "events:PutEvents", Resource: bus }])],
      description: `Passes events of AWS' global services on to the rules of ${environment}.`,
      tags,
    },
    child,
  );
  for (const event of events.filter(({ global }) => global)) {
    new EventTarget(
      `${name}-${event.name}-global`,
      {
        rule: rule(event, "-global", globalRegion).name,
        region: globalRegion,
        targetId: "forward",
        arn: bus,
        roleArn: roleArn(accountId, forwarder),
      },
      { ...child, dependsOn: complete },
    );
  }
}
