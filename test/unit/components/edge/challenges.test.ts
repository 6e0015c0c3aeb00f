// How cert-manager proves names: by an identity that is there before its pods, which get none that comes later.
import assert from "node:assert/strict";
import { OperatorIdentities } from "../../../../components/operators/identities.ts";
import type { ChallengeIdentityArgs } from "../../../../components/edge/challenge-role.ts";
import { record, refusal } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { everything, removeCharts, types, writeCharts } from "../platform-fixtures.ts";
import { accountId, edgeArgs, state } from "./fixtures.ts";

const name = "identities-cert-manager";
const { environment, account, clusterName, hosts } = edgeArgs;
const declare = (challenges: ChallengeIdentityArgs) =>
  new OperatorIdentities("identities", { environment, account, clusterName, challenges });

describe("cert-manager", function () {
  this.timeout(30_000);
  before(writeCharts);
  after(removeCharts);

  it("may change the records that prove the edge's names, and no others", async () => {
    const provingIn = async (zoneId?: string) => {
      const recording = await record(() => declare({ hosts, ...(zoneId !== undefined && { zoneId }) }), state);
      assert.deepEqual(await refusedByAws(recording.resources), []);
      const { policy } = recording.inputs("aws:iam/policy:Policy", name);
      return (JSON.parse(policy as string) as { Statement: Inputs[] }).Statement.at(-1);
    };
    const proving = (zoneId: string) => ({
      Sid: "Prove",
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: `arn:aws:route53:::hostedzone/${zoneId}`,
      Condition: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": hosts.map((host) => `_acme-challenge.${host}`),
          "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
        },
      },
    });
    assert.deepEqual(await provingIn("Z0GIVEN"), proving("Z0GIVEN"));
    // The zone is made after cert-manager starts, and with it the rest of the edge.
    assert.deepEqual(await provingIn(), proving("*"));
  });

  it("is the one service account that has the role", async () => {
    const recording = await record(() => declare({ hosts }));
    const { clusterName: cluster, namespace, serviceAccount, roleArn } = recording.inputs(types.identity, name);
    assert.deepEqual(
      [cluster, namespace, serviceAccount, roleArn],
      ["apg-prod", "cert-manager", "cert-manager", `arn:aws:iam::${accountId}:role/apg-prod-cert-manager`],
    );
    const trust = recording.inputs(types.role, name)["assumeRolePolicy"] as string;
    assert.match(trust, /"aws:RequestTag\/kubernetes-service-account":"cert-manager"/);
    assert.ok(
      recording
        .dependencies(types.identity, name)
        .includes(`aws:iam/rolePolicyAttachment:RolePolicyAttachment::${name}`),
    );
  });

  it("starts when its identity is there, and before the edge, which waits for it", async () => {
    const recording = await everything();
    const chart = `${types.chart}::operators-cert-manager`;
    assert.ok(recording.dependencies(types.chart, "operators-cert-manager").includes(`${types.identity}::${name}`));
    assert.ok(recording.dependencies(types.provider, "platform").includes(chart));
    const issuers = recording.resources.filter(({ type }) => type === "kubernetes:cert-manager.io/v1:ClusterIssuer");
    assert.ok(issuers.length > 0);
    for (const { provider } of issuers) assert.match(provider!, /::platform::/);
    assert.deepEqual(
      recording.resources.filter((each) => each.name.startsWith("edge-") && each.type === types.identity),
      [],
    );
  });

  it("is refused an identity for no name", async () => {
    assert.deepEqual(await refusal(() => declare({ hosts: [] })), [
      "identities.challenges.hosts: none given; at least one is needed, which is proved (CV-TLS-01).",
    ]);
  });
});
