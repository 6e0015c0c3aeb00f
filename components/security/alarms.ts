import * as pulumi from "@pulumi/pulumi";
import { Topic } from "@pulumi/aws/sns/topic.js";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy.js";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription.js";
import type { AccountArgs } from "../cloud/account.ts";
import { customerKey } from "../cloud/keys.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import type { Statement } from "../cloud/policy-document.ts";
import { nameOf } from "../names.ts";
import { refuse, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { placeProblems } from "./account-problems.ts";
import { alarmTopicArn, platformName, platformTags } from "./names.ts";

/** Whom a page reaches; at least one of all three lists. */
export interface NotificationArgs {
  /** E-mail addresses; each has to confirm once (AUD-SOP-06). @default none */
  emails?: string[];
  /** Addresses of a pager, https only; give them as secrets where they hold a key (AUD-ALERT-06). @default none */
  endpoints?: pulumi.Input<string>[];
  /** Telephone numbers for SMS, as +491701234567 (CV-ALERT-05). @default none */
  phones?: string[];
}

/** Arguments of `Alarms`. */
export interface AlarmsArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** Whom a page reaches (AUD-SOP-06, CV-ALERT-05). */
  notify: NotificationArgs;
}

/** The topic by which AWS pages the security on-call, encrypted, and closed to other accounts (AUD-SOP-06, CV-NET-08). */
export class Alarms extends pulumi.ComponentResource {
  /** ARN of the topic; known before it exists. */
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Alarms", name, args, opts);
    refuse(name, problemsOf(args));
    const { environment, account, notify } = args;
    const { accountId, region, administrators } = account;
    const child = { parent: this };
    const tags = platformTags(environment);
    const topicName = platformName(environment, "security");
    const topicArn = alarmTopicArn(accountId, region, environment);

    const key = customerKey(
      name,
      {
        alias: topicName,
        region,
        description: `Pages to the security on-call in ${environment}.`,
        administrators,
        users: [],
        services: [
          {
            Sid: "Publish",
            Effect: "Allow",
            Principal: { Service: [...publishers] },
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: "*",
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ],
        tags: { ...tags, "data-class": "confidential" },
      },
      { ...child, protect: true },
    );
    const topic = new Topic(
      name,
      { name: topicName, region, displayName: `APG ${environment} security`, kmsMasterKeyId: key.arn, tags },
      child,
    );
    this.topicArn = nameOf(topic, topicArn);
    new TopicPolicy(
      name,
      { arn: this.topicArn, region, policy: policyDocument(topicStatements(topicArn, accountId)) },
      child,
    );
    for (const { protocol, at, endpoint } of subscriptionsOf(notify)) {
      new TopicSubscription(
        // An address is no part of a name: a pager's holds its key.
        `${name}-${protocol}-${at}`,
        { topic: this.topicArn, region, protocol, endpoint },
        child,
      );
    }
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

/** Services of AWS that page: rules on events, and alarms on metrics. */
const publishers = ["events.amazonaws.com", "cloudwatch.amazonaws.com"] as const;

/** Who may publish: AWS' own services for this account, over TLS. */
export function topicStatements(topicArn: string, accountId: string): Statement[] {
  return [
    {
      Sid: "Publish",
      Effect: "Allow",
      Principal: { Service: [...publishers] },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    {
      Sid: "DenyPlainHttp",
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}

function subscriptionsOf({ emails = [], endpoints = [], phones = [] }: NotificationArgs) {
  const of = (protocol: string, given: pulumi.Input<string>[]) =>
    given.map((endpoint, at) => ({ protocol, at, endpoint }));
  return [...of("email", emails), ...of("https", endpoints), ...of("sms", phones)];
}

function problemsOf({ environment, account, notify }: AlarmsArgs): Problem[] {
  const { emails = [], endpoints = [], phones = [] } = notify;
  const each = (path: string, given: pulumi.Input<string>[], pattern: RegExp, rule: string) =>
    given.flatMap((value, at) =>
      typeof value === "string"
        ? [
            ...unless(pattern.test(value), `notify.${path}[${at}]`, value, rule),
            ...unless(
              given.indexOf(value) === at,
              `notify.${path}[${at}]`,
              value,
              "each is accepted once (AUD-SOP-06)",
            ),
          ]
        : [],
    );
  return [
    ...placeProblems(environment, account),
    ...unless(
      subscriptionsOf(notify).length > 0,
      "notify",
      "nobody",
      "at least one e-mail address, pager or telephone is needed, or no page would arrive (AUD-SOP-06, CV-NET-08)",
    ),
    ...each("emails", emails, /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an e-mail address is accepted (AUD-SOP-06)"),
    ...each("endpoints", endpoints, /^https:\/\/[^\s]+$/, "an https URL is accepted (AUD-ALERT-06)"),
    ...each("phones", phones, /^\+[1-9]\d{6,14}$/, "a telephone number as +491701234567 is accepted (CV-ALERT-05)"),
  ];
}
