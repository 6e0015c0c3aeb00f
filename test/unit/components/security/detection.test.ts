// What is found, and what pages. Whether a finding arrives, only a drill can tell.
import assert from "node:assert/strict";
import { Detection } from "../../../../components/security/detection.ts";
import type { DetectionArgs } from "../../../../components/security/detection.ts";
import { record, refusal } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, complaints, namesOf, prod, region, secretsReader, state, topicArn } from "./fixtures.ts";

const breakGlassRole = `arn:aws:iam::${accountId}:role/apg-prod-break-glass`;
const declare = (args: Partial<DetectionArgs> = {}) =>
  new Detection("detection", { ...prod, topicArn, breakGlassRole, secretReaders: [secretsReader], ...args });
const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";
const events = ["break-glass", "failed-controls", "guardduty-findings", "root-logins", "secret-reads", "trail-changes"];
const global = ["break-glass", "root-logins"];

describe("Detection", () => {
  let recording: Recording<Detection>;
  before(async () => {
    recording = await record(declare, state);
  });
  const rule = (event: string) => recording.inputs(ruleType, `detection-${event}`);
  const detail = (event: string) => (JSON.parse(rule(event).eventPattern as string) as { detail: Inputs }).detail;

  it("watches flows, the cluster's audit log and run time, buckets and volumes", () => {
    const detector = recording.inputs("aws:guardduty/detector:Detector");
    assert.deepEqual([detector.enable, detector.findingPublishingFrequency], [true, "FIFTEEN_MINUTES"]);
    const type = "aws:guardduty/detectorFeature:DetectorFeature";
    const features = recording.resources.filter((each) => each.type === type).map(({ inputs }) => inputs);
    assert.deepEqual(
      features.map(({ name, status }) => [name, status]).sort(),
      ["EBS_MALWARE_PROTECTION", "EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "S3_DATA_EVENTS"].map((name) => [
        name,
        "ENABLED",
      ]),
    );
    assert.deepEqual(recording.inputs(type, "detection-runtime-monitoring").additionalConfigurations, [
      { name: "EKS_ADDON_MANAGEMENT", status: "ENABLED" },
      { name: "EC2_AGENT_MANAGEMENT", status: "ENABLED" },
    ]);
  });

  it("holds the account to two standards, and looks for known holes and open doors", () => {
    const type = "aws:securityhub/standardsSubscription:StandardsSubscription";
    assert.deepEqual(
      recording.resources
        .filter((each) => each.type === type)
        .map(({ inputs }) => inputs.standardsArn)
        .sort(),
      [
        `arn:aws:securityhub:${region}::standards/aws-foundational-security-best-practices/v/1.0.0`,
        `arn:aws:securityhub:${region}::standards/cis-aws-foundations-benchmark/v/3.0.0`,
      ],
    );
    const enabler = "aws:inspector2/enabler:Enabler";
    assert.deepEqual(recording.inputs(enabler, "detection").resourceTypes, ["EC2", "ECR"]);
    const replica = recording.inputs(enabler, "detection-replica");
    assert.deepEqual([replica.region, replica.resourceTypes], ["eu-west-1", ["ECR"]]);
    assert.equal(recording.inputs("aws:accessanalyzer/analyzer:Analyzer").type, "ACCOUNT");
  });

  it("pages for each event, by a rule of its own", () => {
    assert.deepEqual(
      namesOf(recording, ruleType),
      [...events, ...global.map((each) => `${each}-global`)].map((each) => `detection-${each}`).sort(),
    );
    for (const event of events) {
      const { rule: name, arn } = recording.inputs(targetType, `detection-${event}`);
      assert.deepEqual([name, arn], [`apg-prod-${event}`, topicArn]);
    }
  });

  it("means findings of severity 7 and more, and failed controls of severity high and critical", () => {
    assert.deepEqual(JSON.parse(rule("guardduty-findings").eventPattern as string), {
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Finding"],
      detail: { severity: [{ numeric: [">=", 7] }] },
    });
    const { findings } = detail("failed-controls") as { findings: Inputs };
    assert.deepEqual(findings.Compliance, { Status: ["FAILED"] });
    assert.deepEqual(findings.Severity, { Label: ["HIGH", "CRITICAL"] });
  });

  it("means whoever reads a secret and is no workload, users and root too", async () => {
    const issuer = { arn: [{ "anything-but": [secretsReader] }, { exists: false }] };
    assert.deepEqual(detail("secret-reads").userIdentity, { sessionContext: { sessionIssuer: issuer } });
    assert.deepEqual(detail("secret-reads").eventName, ["GetSecretValue", "BatchGetSecretValue"]);
    const everybody = await record(() => declare({ secretReaders: [] }), state);
    const { eventPattern } = everybody.inputs(ruleType, "detection-secret-reads");
    assert.ok((eventPattern as string).includes('{"arn":[{"exists":true},{"exists":false}]}'));
  });

  it("means the break-glass role, and root", () => {
    assert.deepEqual(detail("break-glass").requestParameters, { roleArn: [breakGlassRole] });
    assert.deepEqual(detail("root-logins").userIdentity, { type: ["Root"] });
  });

  it("sees calls that only read, which rules do not by themselves", () => {
    const states = Object.fromEntries(events.map((event) => [event, rule(event).state]));
    const all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    assert.deepEqual(states, {
      "break-glass": all,
      "failed-controls": "ENABLED",
      "guardduty-findings": "ENABLED",
      "root-logins": "ENABLED",
      "secret-reads": all,
      "trail-changes": "ENABLED",
    });
  });

  it("passes on what AWS records in another region, and nothing where there is no other", async () => {
    for (const event of global) {
      const { region: where, arn, roleArn } = recording.inputs(targetType, `detection-${event}-global`);
      assert.equal(where, "us-east-1");
      assert.equal(arn, `arn:aws:events:${region}:${accountId}:event-bus/default`);
      assert.equal(roleArn, `arn:aws:iam::${accountId}:role/apg-prod-event-forwarder`);
      assert.equal(recording.inputs(ruleType, `detection-${event}-global`).eventPattern, rule(event).eventPattern);
    }
    const account = { ...prod.account, region: "us-east-1" };
    const there = await record(() => declare({ account }), state);
    assert.equal(namesOf(there, ruleType).length, events.length);
    assert.deepEqual(namesOf(there, "aws:iam/role:Role"), []);
  });

  it("pages for the environment's own secrets and role alone where another stack watches the account", async () => {
    const second = await record(() => declare({ accountWide: false }), state);
    assert.deepEqual(namesOf(second, ruleType), [
      "detection-break-glass",
      "detection-break-glass-global",
      "detection-secret-reads",
    ]);
    assert.deepEqual(namesOf(second, "aws:guardduty/detector:Detector"), []);
    assert.equal(second.value.detectorId, undefined);
    const { eventPattern } = second.inputs(ruleType, "detection-secret-reads");
    const { detail } = JSON.parse(eventPattern as string) as { detail: Inputs };
    assert.deepEqual(detail.requestParameters, {
      secretId: [{ prefix: "apg-prod/" }, { prefix: `arn:aws:secretsmanager:${region}:${accountId}:secret:apg-prod/` }],
    });
  });

  it("is accepted by AWS, as far as the stand-in knows, and by every rule", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
    assert.deepEqual(complaints(recording), []);
  });

  it("refuses roles that are none", async () =>
    assert.deepEqual(await refusal(() => declare({ breakGlassRole: "break-glass", secretReaders: ["reader"] })), [
      "detection.breakGlassRole: break-glass given; the ARN of a role is accepted (CV-SECRET-08).",
      "detection.secretReaders[0]: reader given; the ARN of a role such as arn:aws:iam::123456789012:role/deployer is accepted (CV-SECRET-05).",
    ]));
});
