// The edge before the rules, as at its first preview: whatever AWS has yet to make is unknown.
import assert from "node:assert/strict";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { Edge } from "../../../../components/edge/edge.ts";
import type { EdgeNetworkArgs } from "../../../../components/edge/args.ts";
import { evaluate } from "../../../../policy-pack/lib/evaluate.ts";
import { allRules } from "../../../../policy-pack/rules/index.ts";
import { firstPreview } from "../../plan.ts";
import { edge, edgeArgs, route } from "./fixtures.ts";

/** These ask for what stands beside the edge. */
const ofOthers = ["the-cluster-refuses-unsafe-pods", "application-namespaces-are-in-the-mesh"];
const cidr = "10.20.0.0/16";

/** A network of which nothing is known but its addresses. */
function network(): EdgeNetworkArgs {
  const vpcId = new Vpc("vpc", { cidrBlock: cidr }).id;
  const subnets = ["a", "b", "c"].map(
    (zone, at) => new Subnet(zone, { vpcId, cidrBlock: `10.20.${at}.0/24`, availabilityZone: `eu-central-1${zone}` }),
  );
  return {
    vpcId,
    cidr,
    publicSubnetIds: subnets.map(({ id }) => id),
    nodeSecurityGroupId: new SecurityGroup("nodes", { vpcId }).id,
  };
}

/** The rules that concern the load balancer, its names and the gateway, by the catalogue's items. */
const proven = [
  "AUD-INFRA-07",
  "AUD-SEC-06",
  "AUD-LB-01",
  "AUD-LB-02",
  "AUD-LB-03",
  "AUD-LB-06",
  "CV-KUBE-05",
  "CV-TLS-01",
  "CV-TLS-02",
  "CV-TLS-04",
  "CV-TLS-08",
  "CV-NET-03",
  "CV-NET-04",
  "CV-APPSEC-01",
  "CV-APPSEC-07",
  "CV-APPSEC-08",
  "CV-SCALE-06",
  "CV-SCALE-07",
  "CV-CUT-01",
  "CV-MAINT-07",
];

describe("Edge and PublicRoute before the rules", () => {
  it("break none, and satisfy those of the items that they are for", async () => {
    const keyBackup = { storageLocation: "audio-processing-prod" };
    const stack = await firstPreview(() => {
      const { gateway } = edge({ network: network(), issuers: { ...edgeArgs.issuers, keyBackup } });
      route({ gateway, stickyPaths: ["/ws"], publicHealth: true });
    });
    const results = evaluate(allRules, stack);
    const complaints = results
      .filter(({ rule }) => !ofOthers.includes(rule))
      .flatMap(({ rule, violations, unknown }) => [
        ...violations.map(({ urn, message }) => ({ rule, urn, what: message })),
        ...unknown.map(({ urn, path }) => ({ rule, urn, what: path })),
      ])
      // The network here is no component's, and not what this is about.
      .filter(({ urn }) => urn.includes("$"));
    assert.deepEqual(complaints, []);

    const satisfied = results.filter(({ satisfied }) => satisfied.length > 0).map(({ rule }) => rule);
    const deciding = (item: string) =>
      allRules.filter(({ name, decides }) => satisfied.includes(name) && decides.includes(item));
    assert.deepEqual(
      proven.filter((item) => deciding(item).length === 0),
      [],
    );
  });

  it("serve a name from two regions, where the second's stack has the zone of the first", async () => {
    const stack = await firstPreview(() => {
      edge({ dns: { zoneId: "Z0SHARED", caa: true } });
      new Edge("west", {
        ...edgeArgs,
        environment: "prod-west",
        account: { ...edgeArgs.account, region: "eu-west-1", replicaRegion: "eu-central-1" },
        dns: { zoneId: "Z0SHARED" },
      });
    });
    const results = evaluate(allRules, stack);
    const served = results.find(({ rule }) => rule === "names-are-served-from-several-regions");
    assert.equal(served?.satisfied.length, 2 * edgeArgs.hosts.length);
    const records = results.find(({ rule }) => rule === "records-follow-latency-and-health");
    assert.deepEqual([records?.violations, records?.unknown], [[], []]);
  });
});
