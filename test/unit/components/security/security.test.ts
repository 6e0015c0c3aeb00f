// All of it together, as a stack declares it.
import assert from "node:assert/strict";
import { Security } from "../../../../components/security/security.ts";
import type { SecurityArgs } from "../../../../components/security/security.ts";
import { Runbooks } from "../../../../components/security/runbooks.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import {
  accountId,
  complaints,
  jane,
  namesOf,
  nodes,
  pipeline,
  prod,
  region,
  secretsReader,
  signatures,
  state,
  topicArn,
} from "./fixtures.ts";

const given: SecurityArgs = {
  ...prod,
  clusterName: "apg-prod",
  notify: { emails: ["security@example.org"] },
  breakGlassPrincipals: [jane],
  secretReaders: [secretsReader],
  images: { repositories: ["apg/audio-api"], pullers: [nodes], publishers: [pipeline] },
};
const declare = (args: Partial<SecurityArgs> = {}) => new Security("security", { ...given, ...args });

/** What is in the cluster beside it: procedures, and the check of signatures. */
const inCluster = () => [new Runbooks("runbooks", {}), signatures()];

describe("Security", () => {
  let recording: Recording<Security>;
  before(async () => {
    recording = await record(declare, state);
  });
  const parts = (of: Recording<unknown>) =>
    of.resources
      .map(({ type }) => type)
      .filter((type) => type.startsWith("apg:security:"))
      .sort();

  it("has pages, audit, detection, the emergency access and the registry", () =>
    assert.deepEqual(parts(recording), [
      "apg:security:Alarms",
      "apg:security:Audit",
      "apg:security:Detection",
      "apg:security:EmergencyAccess",
      "apg:security:Registry",
      "apg:security:Security",
    ]));

  it("pages by the one topic, for the one break-glass role", () => {
    const target = recording.inputs("aws:cloudwatch/eventTarget:EventTarget", "security-detection-break-glass");
    assert.equal(target.arn, topicArn);
    const rule = recording.inputs("aws:cloudwatch/eventRule:EventRule", "security-detection-break-glass");
    const { name } = recording.inputs("aws:iam/role:Role", "security-break-glass");
    assert.ok((rule.eventPattern as string).includes(`arn:aws:iam::${accountId}:role/${name as string}"`));
  });

  it("leaves to another stack what an account has one of, and the images", async () => {
    const { environment, account, notify, breakGlassPrincipals } = given;
    const args = { environment, account, notify, breakGlassPrincipals, accountWide: false };
    const second = await record(() => new Security("security", args), state);
    assert.deepEqual(parts(second), [
      "apg:security:Alarms",
      "apg:security:Detection",
      "apg:security:EmergencyAccess",
      "apg:security:Security",
    ]);
    assert.deepEqual(namesOf(second, "aws:cloudwatch/eventTarget:EventTarget"), [
      "security-detection-break-glass",
      "security-detection-break-glass-global",
      "security-detection-secret-reads",
    ]);
    assert.equal(second.value.registryHost, undefined);
    assert.deepEqual(namesOf(second, "aws:cloudtrail/trail:Trail"), []);
  });

  it("hands on where images are", async () =>
    assert.equal(await valueOf(recording.value.registryHost!), `${accountId}.dkr.ecr.${region}.amazonaws.com`));

  it("hands on how long records stay", async () => {
    const years = await record(() => declare({ auditRetentionYears: 7 }), state);
    const lock = years.inputs("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration");
    assert.deepEqual(lock.rule, { defaultRetention: { mode: "COMPLIANCE", years: 7 } });
  });

  it("is accepted by AWS, as far as the stand-in knows, and by every rule", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
    assert.deepEqual(complaints(recording, (await record(inCluster)).resources), []);
  });

  it("is all that the rules ask of the account that a cluster is in", async () => {
    const beside = await record(inCluster);
    const cluster = { type: "aws:eks/cluster:Cluster", name: "apg-prod", inputs: { name: "apg-prod" } };
    // What is said of the cluster itself is the cluster's, and what reads signatures is the operators'.
    const elsewhere = /^(clusters-|signatures-are-read-by-an-identity)/;
    const others = (found: string[]) => found.filter((each) => !elsewhere.test(each));
    assert.deepEqual(others(complaints(recording, [...beside.resources, cluster])), []);
    const alone = others(complaints(beside, [cluster])).map((each) => each.split(":")[0]);
    assert.ok(alone.includes("compliance-is-checked-and-pages"));
    assert.ok(alone.includes("the-account-has-an-audit-trail"));
  });

  it("refuses what its parts refuse", async () =>
    assert.deepEqual(await refusal(() => declare({ notify: {} })), [
      "security-alarms.notify: nobody given; at least one e-mail address, pager or telephone is needed, or no page would arrive (AUD-SOP-06, CV-NET-08).",
    ]));
});
