// The cluster on EKS: whom its keys, its queue and its controllers' roles serve, and what these may change.
import assert from "node:assert/strict";
import type { Cluster } from "../../../../components/foundation/cluster/cluster.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, deployer, region } from "../foundation-fixtures.ts";
import { declare, declareWithPeople, keyArn, role, statements, tags } from "./cluster-fixtures.ts";

const by = (arn: string) => ({ ArnEquals: { "aws:PrincipalArn": arn } });
const throughEc2 = { StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` } };

describe("Cluster's rights", () => {
  let recording: Recording<Cluster>;
  before(async () => {
    recording = await declareWithPeople();
  });

  it("has keys that are used by whom they are for", () => {
    const key = (name: string) => statements(recording.inputs("aws:kms/key:Key", `foundation-${name}`).policy);
    const principals = (name: string) =>
      key(name).map(({ Sid, Principal }) => [Sid, ...(Principal?.AWS ?? [Principal?.Service])]);
    assert.deepEqual(principals("secrets"), [
      ["Manage", deployer],
      ["ControlPlane", role("apg-prod-cluster")],
      ["HandOver", deployer],
    ]);
    assert.deepEqual(principals("logs"), [
      ["Manage", deployer],
      ["Logs", "logs.eu-central-1.amazonaws.com"],
    ]);
    assert.deepEqual(principals("events"), [
      ["Manage", deployer],
      ["Events", "events.amazonaws.com"],
      ["Receive", role("apg-prod-karpenter")],
    ]);
    const account = `arn:aws:iam::${accountId}:root`;
    assert.deepEqual(principals("volumes"), [
      ["Manage", deployer],
      ["Volumes", role("apg-prod-ebs-csi"), role("apg-prod-karpenter")],
      ["Attach", role("apg-prod-ebs-csi"), role("apg-prod-karpenter")],
      ["AutoScaling", account],
      ["AutoScalingAttach", account],
    ]);
    const whole = key("volumes").filter(({ Principal }) => Principal?.AWS?.includes(account));
    for (const { Condition } of whole)
      assert.match(JSON.stringify(Condition), /"aws:PrincipalArn":"[^*]*\/AWSServiceRoleForAutoScaling"/);
  });

  it("lets whoever copies volumes use their key through EC2, before there is such a role", async () => {
    const velero = role("apg-prod-velero");
    const copying = await declare({ volumeCopiers: [velero] });
    const of = statements(copying.inputs("aws:kms/key:Key", "foundation-volumes").policy).filter(({ Sid }) =>
      Sid.startsWith("Copies"),
    );
    assert.deepEqual(
      of.map(({ Sid, Principal, Condition }) => [Sid, Principal, Condition]),
      [
        ["Copies", { AWS: [`arn:aws:iam::${accountId}:root`] }, { ...by(velero), ...throughEc2 }],
        [
          "CopiesAttach",
          { AWS: [`arn:aws:iam::${accountId}:root`] },
          { ...by(velero), ...throughEc2, Bool: { "kms:GrantIsForAWSResource": "true" } },
        ],
      ],
    );
    assert.deepEqual(await refusedByAws(copying.resources), []);
  });

  it("lets controllers change only what carries the cluster's tags", () => {
    const writes = /:(Create|Delete|Modify|Run|Terminate|Add|Remove|Authorize|Revoke|Register|Deregister|Set|Pass)/;
    // Making a group in a network, and running an image, is told apart by what is made.
    const free = new Set(["CreateSecurityGroups", "Launch"]);
    for (const { type, name, inputs } of recording.resources) {
      if (type !== "aws:iam/policy:Policy") continue;
      for (const { Sid, Action, Condition, Resource } of statements(inputs.policy)) {
        const changes = [Action].flat().some((action) => writes.test(action));
        const isNamed = typeof Resource === "string" && !Resource.includes("*");
        if (changes && !free.has(Sid)) assert.ok(Condition ?? isNamed, `${name} ${Sid}`);
        if (changes) assert.notEqual(Resource, "*", `${name} ${Sid}`);
      }
    }
  });

  it("hears of interruptions by an encrypted queue that only these rules write to", () => {
    const { policy, ...queue } = recording.inputs("aws:sqs/queue:Queue");
    assert.deepEqual(queue, {
      name: "apg-prod-karpenter",
      region,
      messageRetentionSeconds: 300,
      kmsMasterKeyId: keyArn,
      tags,
    });
    const arn = `arn:aws:sqs:${region}:${accountId}:apg-prod-karpenter`;
    const targets = recording.resources.filter(({ type }) => type === "aws:cloudwatch/eventTarget:EventTarget");
    assert.ok(targets.every(({ inputs }) => inputs.arn === arn));
    const rules = targets.map(({ inputs }) => `arn:aws:events:${region}:${accountId}:rule/${String(inputs.rule)}`);
    assert.deepEqual(statements(policy)[0]?.Condition, { ArnEquals: { "aws:SourceArn": rules } });
  });
});
