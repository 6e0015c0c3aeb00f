// What the mesh is told. Whether it refuses a caller, only a cluster with Istio can tell.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { endpointOf } from "../../../../components/capability/naming.ts";
import type { NetworkEdge } from "../../../../components/capability/network-policies.ts";
import { Mesh } from "../../../../components/security/mesh.ts";
import type { MeshNamespaceArgs } from "../../../../components/security/mesh.ts";
import { allowance, principalsOf } from "../../../../components/security/mesh-policies.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { complaints } from "./fixtures.ts";

const namespace = "apg-audio-processing-prod";
const vision = endpointOf({ capability: "computer-vision", environment: "prod", component: "api" }, 8080);
const acceptsFrom: NetworkEdge[] = [
  { name: "gateway", peer: { namespace: "edge", podLabels: { app: "gateway" } }, ports: [8080] },
  { name: "computer-vision", peer: { namespace: vision.namespace, podLabels: vision.podLabels }, ports: [8080] },
  { name: "office", peer: { cidr: "10.30.0.0/16" }, ports: [8080] },
];
const audio: MeshNamespaceArgs = {
  name: "audio",
  namespace,
  acceptsFrom,
  connectsTo: [{ name: "computer-vision", peer: vision, ports: [8080] }],
  services: ["audio-processing-api"],
};
const declare = (args: Partial<MeshNamespaceArgs> = {}) => new Mesh("mesh", { namespaces: [{ ...audio, ...args }] });
const security = "kubernetes:security.istio.io/v1";
const policies = `${security}:AuthorizationPolicy`;
const network = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

describe("Mesh", () => {
  let recording: Recording<Mesh>;
  before(async () => {
    recording = await record(declare);
  });
  const spec = (type: string, name: string) => recording.inputs(type, name).spec as Inputs;

  it("has for the mesh one rule, and for each namespace its own", () => {
    const asked = recording.resources.map(({ type, name }) => `${type.split(":").at(-1)}::${name}`).sort();
    assert.deepEqual(asked, [
      "AuthorizationPolicy::mesh-audio-allow-from-computer-vision",
      "AuthorizationPolicy::mesh-audio-allow-from-gateway",
      "AuthorizationPolicy::mesh-audio-allow-own",
      "AuthorizationPolicy::mesh-audio-default-deny",
      "DestinationRule::mesh-audio-audio-processing-api",
      "Mesh::mesh",
      "NetworkPolicy::mesh-audio-mesh-allow-from-computer-vision",
      "NetworkPolicy::mesh-audio-mesh-allow-from-gateway",
      "NetworkPolicy::mesh-audio-mesh-allow-from-own",
      "NetworkPolicy::mesh-audio-mesh-allow-from-probes",
      "NetworkPolicy::mesh-audio-mesh-allow-to-computer-vision",
      "NetworkPolicy::mesh-audio-mesh-allow-to-own",
      "PeerAuthentication::mesh",
      "PeerAuthentication::mesh-audio",
    ]);
  });

  it("has both ends of every connection proven, everywhere", () => {
    for (const [name, within] of [
      ["mesh", "istio-system"],
      ["mesh-audio", namespace],
    ] as const) {
      const { metadata, spec } = recording.inputs(`${security}:PeerAuthentication`, name);
      assert.deepEqual([(metadata as Inputs).name, (metadata as Inputs).namespace], ["default", within]);
      assert.deepEqual(spec, { mtls: { mode: "STRICT" } });
    }
  });

  it("denies everything, and allows each edge by the caller's identity and the ports", () => {
    assert.deepEqual(spec(policies, "mesh-audio-default-deny"), {});
    assert.deepEqual(spec(policies, "mesh-audio-allow-from-computer-vision"), {
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: ["cluster.local/ns/apg-computer-vision-prod/sa/computer-vision-api"] } }],
          to: [{ operation: { ports: ["8080"] } }],
        },
      ],
    });
    const { rules } = spec(policies, "mesh-audio-allow-from-gateway") as { rules: { from: object[] }[] };
    assert.deepEqual(rules[0]!.from, [{ source: { principals: ["cluster.local/ns/edge/sa/*"] } }]);
  });

  it("lets the pods of a namespace call each other, or as the flows say", async () => {
    const own = allowance([`cluster.local/ns/${namespace}/sa/*`], []);
    assert.deepEqual(spec(policies, "mesh-audio-allow-own"), own);
    const podLabels = { "app.kubernetes.io/component": "redis" };
    const flow = { name: "redis", serviceAccounts: ["audio-processing-api"], podLabels, ports: [6379] };
    const told = await record(() => declare({ flows: [flow] }));
    assert.deepEqual(told.inputs(policies, "mesh-audio-allow-redis").spec, {
      selector: { matchLabels: podLabels },
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: [`cluster.local/ns/${namespace}/sa/audio-processing-api`] } }],
          to: [{ operation: { ports: ["6379"] } }],
        },
      ],
    });
    assert.equal(told.resources.filter(({ name }) => name === "mesh-audio-allow-own").length, 0);
  });

  it("opens the network policies for the tunnel, edge by edge, and for the nodes' probes", () => {
    const ingress = (name: string) => (spec(network, `mesh-audio-mesh-allow-from-${name}`).ingress as Inputs[])[0]!;
    assert.deepEqual(ingress("gateway").ports, [{ protocol: "TCP", port: 15008 }]);
    assert.deepEqual(ingress("probes"), {
      from: [{ ipBlock: { cidr: "169.254.7.127/32" } }],
      ports: [{ protocol: "TCP", port: 8080 }],
    });
  });

  it("spreads requests and spares a pod that fails", () => {
    const rule = recording.inputs(
      "kubernetes:networking.istio.io/v1:DestinationRule",
      "mesh-audio-audio-processing-api",
    ).spec as { host: string; trafficPolicy: Inputs };
    assert.equal(rule.host, `audio-processing-api.${namespace}.svc.cluster.local`);
    assert.deepEqual(rule.trafficPolicy.loadBalancer, { simple: "LEAST_REQUEST" });
    assert.ok(rule.trafficPolicy.outlierDetection !== undefined);
  });

  it("waits for a peer that another component supplies", async () => {
    const peer = pulumi.output({ namespace: "edge", podLabels: { app: "gateway" } });
    const late = await record(() => declare({ acceptsFrom: [{ name: "gateway", peer, ports: [8080] }] }));
    const { rules } = late.inputs(policies, "mesh-audio-allow-from-gateway").spec as { rules: { from: object[] }[] };
    assert.deepEqual(rules[0]!.from, [{ source: { principals: ["cluster.local/ns/edge/sa/*"] } }]);
  });

  it("says which namespaces are in it, and is accepted by every rule", async () => {
    assert.deepEqual(await valueOf(recording.value.namespaces), [namespace]);
    assert.deepEqual(complaints(recording), []);
  });

  it("refuses open edges and names that are none", async () => {
    const flows = [{ name: "redis", serviceAccounts: [], podLabels: {}, ports: [] }];
    const open = { namespace: "Audio", acceptsFrom: [{ name: "gateway", peer: {}, ports: [] }], flows };
    assert.deepEqual(await refusal(() => declare(open)), [
      "mesh.namespaces[0].namespace: Audio given; lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 63 characters.",
      "mesh.namespaces[0].flows[0]: an open flow given; at least one service account, one label and one port are needed (CV-NET-05).",
      "mesh.namespaces[0].acceptsFrom[0].ports: no port given; at least one is needed; an edge without ports would allow them all (CV-NET-01).",
    ]);
  });
});

describe("the identities behind a peer", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

  it("are one account of a capability's workload, and never more than its namespace", () =>
    fc.assert(
      fc.property(label, label, label, (capability, environment, component) => {
        const { namespace, podLabels } = endpointOf({ capability, environment, component }, 8080);
        assert.deepEqual(principalsOf({ namespace, podLabels }, "home"), [
          `cluster.local/ns/${namespace}/sa/${capability}-${component}`,
        ]);
        assert.deepEqual(principalsOf({ namespace: "other", podLabels }, "home"), ["cluster.local/ns/other/sa/*"]);
      }),
    ));

  it("are none outside the cluster, and at home where no namespace is said", () => {
    assert.deepEqual(principalsOf({ cidr: "10.0.0.0/8" }, "home"), []);
    assert.deepEqual(principalsOf({ podLabels: { app: "x" } }, "home"), ["cluster.local/ns/home/sa/*"]);
  });
});
