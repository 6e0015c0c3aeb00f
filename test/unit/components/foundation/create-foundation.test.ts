// The foundation on AWS: how the network and the cluster in it are put together. Other foundations are in foundation.test.ts.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { awsAccount, awsFoundation } from "../../../../config/foundation-schema.ts";
import { createFoundation } from "../../../../components/foundation/index.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { account, deployer, network, state, vpn, zones } from "../foundation-fixtures.ts";

const aws = { environment: "prod", account, cidr: network.cidr, zones, vpn };
const declare = (more: object = {}) => record(() => createFoundation({ aws: { ...aws, ...more } }), state);

describe("createFoundation on AWS", () => {
  it("lays a cluster into the private subnets of a network of its own", async () => {
    const recording = await declare();
    const tops = recording.resources.flatMap(({ type, name }) => (type.startsWith("apg:") ? [`${type}::${name}`] : []));
    assert.deepEqual(tops.sort(), ["apg:foundation:Cluster::foundation", "apg:foundation:Network::network"]);
    const { vpcConfig } = recording.inputs("aws:eks/cluster:Cluster") as { vpcConfig: { subnetIds: string[] } };
    assert.deepEqual(
      vpcConfig.subnetIds,
      zones.map((zone) => `network-private-${zone}-id`),
    );
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });

  it("lets people of the VPN call the API, and a runner's network where it is named", async () => {
    const sources = async (more: object) =>
      (await declare(more)).resources
        .filter(({ name }) => name.startsWith("foundation-api-"))
        .map(({ inputs }) => inputs.referencedSecurityGroupId ?? inputs.cidrIpv4);
    assert.deepEqual(await sources({}), ["network-vpn-id"]);
    assert.deepEqual(await sources({ vpn: undefined, apiClientCidrs: ["10.20.224.0/24"] }), ["10.20.224.0/24"]);
  });

  it("is administered by the account's administrators, unless others are named", async () => {
    const entered = async (more: object) =>
      (await declare(more)).resources.flatMap(({ type, inputs }) =>
        type === "aws:eks/accessEntry:AccessEntry" ? [inputs.principalArn] : [],
      );
    assert.deepEqual(await entered({}), [deployer]);
    const others = ["arn:aws:iam::123456789012:role/apg-break-glass"];
    assert.deepEqual(await entered({ clusterAdministrators: others }), others);
  });

  it("exports what other stacks need, and offers what components of this one do", async () => {
    const { value } = await declare();
    const { kubeconfig, ...exports } = await valueOf(value.exports);
    assert.deepEqual(exports, { priorityClassName: "apg-capability", clusterName: "apg-prod" });
    assert.match(kubeconfig!, /"current-context":"apg-prod"/);
    assert.equal(await pulumi.isSecret(value.exports), true);
    assert.equal(await valueOf(value.network!.vpcId), "network-id");
    assert.equal(await valueOf(value.cluster!.nodeSecurityGroupId), "sg-nodes");
    assert.equal(await valueOf(value.clusterName!), "apg-prod");
  });

  it("is refused beside another", async () => {
    assert.deepEqual(await refusal(() => createFoundation({ aws, cluster: {} })), [
      "foundation.cluster: cluster and aws given; exactly one is needed.",
    ]);
  });
});

describe("the configuration of a foundation on AWS", () => {
  const given = { cidr: network.cidr, zones, vpn };

  it("takes what the components take", () => {
    assert.deepEqual(awsFoundation.parse(given), given);
    assert.deepEqual(awsAccount.parse(account), account);
  });

  it("says what is accepted", () => {
    const wrong = {
      ...given,
      zones: ["eu-central-1a"],
      version: 1.35,
      cdir: "",
    };
    const { error } = awsFoundation.safeParse(wrong);
    assert.deepEqual(
      error?.issues.map(({ path, message }) => [path.join("."), message]),
      [
        ["zones", "a list of 3 to 6 zones such as eu-central-1a is accepted (CV-NET-02)"],
        ["version", 'a version such as "1.35", in quotes, is accepted (CV-KUBE-01)'],
        ["", `an object with ${Object.keys(awsFoundation.shape).join(", ")} is accepted (CV-KUBE-01, CV-NET-02)`],
      ],
    );
  });
});
