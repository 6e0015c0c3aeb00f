import assert from "node:assert/strict";
import { podViews } from "../../../sandbox/network-policy/agent.ts";
import { nftScript } from "../../../sandbox/network-policy/nft-rules.ts";
import { compile, type PodRules } from "../../../sandbox/network-policy/compile.ts";

const pod = { namespace: "a", name: "web", labels: {}, ip: "10.0.0.1", node: "worker-1", ports: [] };

const script = (rules: Partial<PodRules>) => nftScript([{ pod, ...rules }]);

describe("the script for nft", () => {
  it("replaces the whole table at once, and filters new connections alone", () => {
    assert.equal(
      nftScript([]),
      `table inet apg_policy
delete table inet apg_policy
table inet apg_policy {
  map senders {
    type ipv4_addr : verdict
  }
  map receivers {
    type ipv4_addr : verdict
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    meta nfproto ipv6 drop
    ct state established,related accept
    ip saddr vmap @senders
    ip daddr vmap @receivers
  }
}
`,
    );
  });

  it("has a chain for an isolated pod, which drops what nothing allows", () => {
    const text = script({ ingress: [] });
    assert.ok(text.includes("  chain to_10_0_0_1 { # a/web\n    ip saddr 10.0.0.1 return\n    drop\n  }\n"), text);
    assert.ok(text.includes("elements = { 10.0.0.1 : jump to_10_0_0_1 }"), text);
  });

  it("groups single addresses, keeps ranges apart, and never lets ports overlap", () => {
    const text = script({
      egress: [
        {
          peers: [
            { cidr: "10.0.0.3/32", except: [] },
            { cidr: "10.0.0.2/32", except: [] },
            { cidr: "10.1.0.0/16", except: ["10.1.2.0/24", "10.1.0.0/20"] },
          ],
          ports: [
            { protocol: "TCP", first: 80, last: 90 },
            { protocol: "TCP", first: 85, last: 100 },
            { protocol: "UDP", first: 0, last: 65535 },
          ],
        },
      ],
    });
    const chain = text.slice(text.indexOf("chain from_"), text.indexOf("drop"));
    assert.deepEqual(chain.split("\n").slice(1, -1), [
      "    ip daddr 10.0.0.1 return",
      "    ip daddr 10.1.0.0/16 ip daddr != 10.1.2.0/24 ip daddr != 10.1.0.0/20 meta l4proto udp return",
      "    ip daddr 10.1.0.0/16 ip daddr != 10.1.2.0/24 ip daddr != 10.1.0.0/20 tcp dport { 80-100 } return",
      "    ip daddr { 10.0.0.2, 10.0.0.3 } meta l4proto udp return",
      "    ip daddr { 10.0.0.2, 10.0.0.3 } tcp dport { 80-100 } return",
    ]);
  });

  it("has ranges as all read them: a leading zero is not octal, and there are no bits beyond the prefix", () => {
    const ipBlock = { cidr: "010.1.2.3/08", except: ["10.064.0.0/016"] };
    const spec = { podSelector: {}, ingress: [{ from: [{ ipBlock }] }] };
    const policies = [{ metadata: { namespace: "a", name: "policy" }, spec }];
    const text = nftScript(compile({ namespaces: [{ name: "a", labels: {} }], pods: [pod], policies }));
    assert.ok(text.includes("    ip saddr 10.0.0.0/8 ip saddr != 10.64.0.0/16 return\n"), text);
  });

  it("is the same for the same rules in another order", () => {
    const second = { ...pod, ip: "10.0.0.9" };
    const rules = [
      { pod, ingress: [] },
      { pod: second, egress: [] },
    ];
    assert.equal(nftScript(rules), nftScript([...rules].reverse()));
  });
});

describe("the pods that policies are about", () => {
  const metadata = { name: "web", namespace: "a" };
  const spec = { nodeName: "worker-1", containers: [{ ports: [{ name: "http", containerPort: 80 }] }] };

  it("have an address of their own and have not ended", () => {
    const running = { metadata, spec, status: { podIP: "10.0.0.1", phase: "Running" } };
    assert.deepEqual(podViews([running]), [{ ...pod, ports: [{ name: "http", containerPort: 80, protocol: "TCP" }] }]);
    assert.deepEqual(podViews([{ ...running, spec: { ...spec, hostNetwork: true } }]), []);
    assert.deepEqual(podViews([{ ...running, status: { podIP: "10.0.0.1", phase: "Succeeded" } }]), []);
    assert.deepEqual(podViews([{ ...running, status: {} }]), []);
  });
});
