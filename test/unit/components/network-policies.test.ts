import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { endpointOf, NetworkPolicies } from "../../../components/index.ts";
import type { NetworkPoliciesArgs } from "../../../components/index.ts";
import { edgePolicies, isNetwork, peerProblems } from "../../../components/capability/network-policies.ts";
import { record, refusal, valueOf } from "../recorder.ts";
import { podLabels } from "./fixtures.ts";

const namespace = "apg-audio-processing-prod";
const declare = (args: Partial<NetworkPoliciesArgs> = {}) => new NetworkPolicies("audio", { namespace, ...args });
const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const vision = endpointOf({ capability: "computer-vision", environment: "prod", component: "api" }, 8080);
const visionPeer = {
  podSelector: {
    matchLabels: { "app.kubernetes.io/component": "api", "app.kubernetes.io/name": "computer-vision" },
  },
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "apg-computer-vision-prod" } },
};

describe("NetworkPolicies", () => {
  it("deny everything both ways but DNS where no edge is declared", async () => {
    const recording = await record(declare);
    assert.deepEqual(recording.paths, [
      `apg:capability:NetworkPolicies$${type}::audio-allow-dns`,
      `apg:capability:NetworkPolicies$${type}::audio-default-deny`,
      "apg:capability:NetworkPolicies::audio",
    ]);
    const deny = recording.inputs(type, "audio-default-deny");
    assert.deepEqual(deny.metadata, {
      name: "default-deny",
      namespace,
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
    });
    assert.deepEqual(deny.spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    assert.deepEqual(recording.inputs(type, "audio-allow-dns").spec, {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    });
  });

  it("allow exactly the declared edges, one policy each", async () => {
    const recording = await record(() =>
      declare({
        podLabels,
        ingress: [{ name: "gateway", peer: { namespace: "edge", podLabels: { app: "gateway" } }, ports: [8080] }],
        egress: [
          { name: "computer-vision", peer: vision, ports: [vision.port] },
          { name: "billing", peer: { cidr: "10.20.0.0/16" }, ports: [443, 8443] },
          { name: "cache", peer: { podLabels: { app: "cache" } }, ports: [6379] },
        ],
      }),
    );
    const spec = (name: string) => recording.inputs(type, `audio-${name}`).spec;
    const podSelector = { matchLabels: podLabels };
    assert.deepEqual(spec("allow-from-gateway"), {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              podSelector: { matchLabels: { app: "gateway" } },
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "edge" } },
            },
          ],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
    const egress = (to: object, ...ports: number[]) => ({
      podSelector,
      policyTypes: ["Egress"],
      egress: [{ to: [to], ports: ports.map((port) => ({ protocol: "TCP", port })) }],
    });
    assert.deepEqual(spec("allow-to-computer-vision"), egress(visionPeer, 8080));
    assert.deepEqual(spec("allow-to-billing"), egress({ ipBlock: { cidr: "10.20.0.0/16" } }, 443, 8443));
    assert.deepEqual(spec("allow-to-cache"), egress({ podSelector: { matchLabels: { app: "cache" } } }, 6379));
    assert.deepEqual(await valueOf(recording.value.policyNames), [
      "default-deny",
      "allow-dns",
      "allow-from-gateway",
      "allow-to-computer-vision",
      "allow-to-billing",
      "allow-to-cache",
    ]);
  });

  it("are declared by components for pods of their own too, under a prefix", async () => {
    const recording = await record(() =>
      edgePolicies(
        "audio",
        {
          namespace,
          prefix: "redis",
          podLabels: { app: "redis" },
          ingress: [{ name: "api", peer: { podLabels }, ports: [6379] }],
          egress: [{ name: "store", peer: { cidr: "10.20.0.0/16" }, ports: [443] }],
        },
        {},
      ),
    );
    assert.deepEqual(recording.paths, [`${type}::audio-redis-allow-from-api`, `${type}::audio-redis-allow-to-store`]);
    const policy = (name: string) => {
      const { metadata, spec } = recording.inputs(type, `audio-${name}`) as {
        metadata: { name: string };
        spec: object;
      };
      assert.equal(metadata.name, name);
      return spec;
    };
    const podSelector = { matchLabels: { app: "redis" } };
    assert.deepEqual(policy("redis-allow-from-api"), {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: { matchLabels: podLabels } }], ports: [{ protocol: "TCP", port: 6379 }] }],
    });
    assert.deepEqual(policy("redis-allow-to-store"), {
      podSelector,
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 443 }] }],
    });
  });

  it("take another component's endpoint as a peer", async () => {
    const recording = await record(() =>
      declare({ ingress: [{ name: "vision", peer: pulumi.output(vision), ports: [8080] }] }),
    );
    const { ingress } = recording.inputs(type, "audio-allow-from-vision").spec as { ingress: unknown[] };
    assert.deepEqual(ingress, [{ from: [visionPeer], ports: [{ protocol: "TCP", port: 8080 }] }]);
  });

  it("refuse edges that allow more than they name, all at once", async () => {
    const lines = await refusal(() =>
      declare({
        ingress: [
          { name: "everybody", peer: {}, ports: [8080] },
          { name: "team", peer: { namespace: "team", podLabels: {} }, ports: [] },
        ],
        egress: [
          { name: "world", peer: { cidr: "0.0.0.0/0" }, ports: [443] },
          { name: "world", peer: { cidr: "::/0" }, ports: [0] },
          { name: "Both", peer: { cidr: "10.0.0.0/8", podLabels: { app: "x" } }, ports: [443] },
        ],
      }),
    );
    const network = "a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04).";
    const label = "no label given; at least one label, or a cidr, is needed (AUD-SEC-01).";
    assert.deepEqual(lines, [
      `audio.ingress[0].peer.podLabels: ${label}`,
      "audio.ingress[1].ports: no port given; at least one is needed; an edge without ports would allow them all (CV-NET-01).",
      `audio.ingress[1].peer.podLabels: ${label}`,
      `audio.egress[0].peer.cidr: 0.0.0.0/0 given; ${network}`,
      "audio.egress[1].ports[0]: 0 given; at least 1 is needed (CV-NET-01).",
      `audio.egress[1].peer.cidr: ::/0 given; ${network}`,
      "audio.egress[2].name: Both given; lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 50 characters.",
      "audio.egress[2].peer.cidr: 10.0.0.0/8 given; addresses go without namespace and podLabels (AUD-SEC-01).",
      "audio.egress[1].name: world given; each name may be used once.",
    ]);
  });
});

describe("a peer", () => {
  it("is a network only when it is less than the whole address space", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: -1, max: 40 }), (address, prefix) => {
        assert.equal(isNetwork(`${address}/${prefix}`), prefix >= 1 && prefix <= 32);
      }),
    );
    const none = ["10.0.0.0", "10.0.0.0/", "10.0.0/8", "host/8", "10.0.0.0/08", "10.0.0.0/8/8", "0.0.0.0/00", "::/129"];
    assert.deepEqual(none.filter(isNetwork), []);
    assert.ok(isNetwork("2001:db8::/32"));
  });

  it("is in a namespace whose name can exist", () => {
    assert.deepEqual(
      peerProblems("peer", { namespace: "Team_A", podLabels: { app: "x" } }).map(({ path }) => path),
      ["peer.namespace"],
    );
  });
});
