// The topic that pages. Whether a page arrives, only a drill can tell.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Alarms } from "../../../../components/security/alarms.ts";
import type { NotificationArgs } from "../../../../components/security/alarms.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, deployer, keyArn, prod, region, state, statement, topicArn } from "./fixtures.ts";

const notify: NotificationArgs = {
  emails: ["security@example.org"],
  endpoints: ["https://events.pager.test/key"],
  phones: ["+491701234567"],
};
const declare = (given: NotificationArgs = notify) => new Alarms("alarms", { ...prod, notify: given });

describe("Alarms", () => {
  let recording: Recording<Alarms>;
  before(async () => {
    recording = await record(declare, state);
  });

  it("has a topic, its key and policy, and a subscription for each way to somebody", () =>
    assert.deepEqual(recording.paths, [
      "apg:security:Alarms$aws:kms/alias:Alias::alarms",
      "apg:security:Alarms$aws:kms/key:Key::alarms",
      "apg:security:Alarms$aws:sns/topic:Topic::alarms",
      "apg:security:Alarms$aws:sns/topicPolicy:TopicPolicy::alarms",
      "apg:security:Alarms$aws:sns/topicSubscription:TopicSubscription::alarms-email-0",
      "apg:security:Alarms$aws:sns/topicSubscription:TopicSubscription::alarms-https-0",
      "apg:security:Alarms$aws:sns/topicSubscription:TopicSubscription::alarms-sms-0",
      "apg:security:Alarms::alarms",
    ]));

  it("encrypts by a key that AWS' own services may use for this account alone", () => {
    assert.deepEqual(recording.inputs("aws:sns/topic:Topic"), {
      name: "apg-prod-security",
      region,
      displayName: "APG prod security",
      kmsMasterKeyId: keyArn,
      tags: { "apg:environment": "prod" },
    });
    const { policy } = recording.inputs("aws:kms/key:Key");
    assert.deepEqual(statement(policy, "Publish"), {
      Sid: "Publish",
      Effect: "Allow",
      Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    });
    assert.deepEqual(statement(policy, "Manage").Principal, { AWS: [deployer] });
    assert.deepEqual(recording.protectedPaths, ["aws:kms/key:Key::alarms"]);
  });

  it("takes messages of AWS' own services for this account, over TLS", () => {
    const { policy } = recording.inputs("aws:sns/topicPolicy:TopicPolicy");
    assert.deepEqual(statement(policy, "Publish"), {
      Sid: "Publish",
      Effect: "Allow",
      Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    });
    const denied = statement(policy, "DenyPlainHttp");
    assert.deepEqual([denied.Effect, denied.Condition], ["Deny", { Bool: { "aws:SecureTransport": "false" } }]);
  });

  it("reaches people by e-mail, pager and telephone", () => {
    const way = (name: string) => {
      const { protocol, endpoint } = recording.inputs("aws:sns/topicSubscription:TopicSubscription", name);
      return [protocol, endpoint];
    };
    assert.deepEqual(way("alarms-email-0"), ["email", "security@example.org"]);
    assert.deepEqual(way("alarms-https-0"), ["https", "https://events.pager.test/key"]);
    assert.deepEqual(way("alarms-sms-0"), ["sms", "+491701234567"]);
  });

  it("knows its ARN before the topic exists", async () =>
    assert.equal(await valueOf(recording.value.topicArn), topicArn));

  it("keeps a pager's address secret where it was given as one", async () => {
    const endpoint = pulumi.secret("https://events.pager.test/key");
    const secret = await record(() => declare({ endpoints: [endpoint] }), state);
    assert.equal(secret.resources.filter(({ type }) => type.endsWith("TopicSubscription")).length, 1);
  });

  it("is accepted by AWS, as far as the stand-in knows", async () =>
    assert.deepEqual(await refusedByAws(recording.resources), []));

  it("refuses to page nobody, or nowhere", async () => {
    assert.deepEqual(await refusal(() => declare({})), [
      "alarms.notify: nobody given; at least one e-mail address, pager or telephone is needed, or no page would arrive (AUD-SOP-06, CV-NET-08).",
    ]);
    const wrong = { emails: ["jane"], endpoints: ["http://pager.test"], phones: ["110"] };
    assert.deepEqual(await refusal(() => declare(wrong)), [
      "alarms.notify.emails[0]: jane given; an e-mail address is accepted (AUD-SOP-06).",
      "alarms.notify.endpoints[0]: http://pager.test given; an https URL is accepted (AUD-ALERT-06).",
      "alarms.notify.phones[0]: 110 given; a telephone number as +491701234567 is accepted (CV-ALERT-05).",
    ]);
    assert.deepEqual(await refusal(() => declare({ emails: ["a@b.org", "a@b.org"] })), [
      "alarms.notify.emails[1]: a@b.org given; each is accepted once (AUD-SOP-06).",
    ]);
  });
});
