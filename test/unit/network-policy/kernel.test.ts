// The rendered rules in a real kernel, with real connections.
import assert from "node:assert/strict";
import fc from "fast-check";
import { compile } from "../../../sandbox/network-policy/compile.ts";
import { nftScript } from "../../../sandbox/network-policy/nft-rules.ts";
import { verdict, type End } from "../../../sandbox/network-policy/verdict.ts";
import type { NetworkPolicy, World } from "../../../sandbox/network-policy/world.ts";
import { ports } from "./end.ts";
import { KernelNetwork, obstacle } from "./kernel-network.ts";
import { worlds } from "./random-worlds.ts";
import { pod, policy, world } from "./worlds.ts";

const outside = ["192.0.2.1", "192.0.2.129"];
const seed = 20261124;

const a = pod({
  namespace: "x",
  ip: "10.1.0.1",
  labels: { app: "a" },
  ports: [{ name: "web", containerPort: 82, protocol: "TCP" }],
});
const b = pod({ namespace: "x", ip: "10.1.0.2", labels: { app: "b" } });
const c = pod({ namespace: "y", ip: "10.1.0.3", labels: { app: "b" } });
const onA = { matchLabels: { app: "a" } };
const block = { ipBlock: { cidr: "192.0.2.0/24", except: ["192.0.2.128/25"] } };

/** Worlds in which each feature decides something between these ends. */
const features: Record<string, NetworkPolicy["spec"][]> = {
  "nothing is isolated": [],
  "default deny of ingress": [{ podSelector: {} }],
  "default deny of egress": [{ podSelector: {}, policyTypes: ["Egress"] }],
  "a block with an exception, in": [{ podSelector: onA, ingress: [{ from: [block] }] }],
  "a block with an exception, out": [{ podSelector: onA, policyTypes: ["Egress"], egress: [{ to: [block] }] }],
  "a range of ports of one protocol": [
    {
      podSelector: onA,
      ingress: [
        {
          ports: [
            { port: 81, endPort: 83 },
            { port: 86, protocol: "UDP" },
          ],
        },
      ],
    },
  ],
  "a named port, in and out": [
    { podSelector: onA, ingress: [{ ports: [{ port: "web" }] }] },
    { podSelector: { matchLabels: { app: "b" } }, policyTypes: ["Egress"], egress: [{ ports: [{ port: "web" }] }] },
  ],
  "pods of another namespace": [
    { podSelector: onA, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "y" } } }] }] },
  ],
  "all ports of one protocol": [{ podSelector: onA, ingress: [{ ports: [{ protocol: "UDP" }] }] }],
  "a block of everything": [{ podSelector: onA, ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] }],
};
const featureWorld = (specs: NetworkPolicy["spec"][]) =>
  world(
    [a, b, c],
    specs.map((spec, index) => policy("x", `policy-${index}`, spec)),
    { y: { team: "y" } },
  );

describe("network policies in the kernel", function () {
  let network: KernelNetwork;

  before(async function () {
    const problem = obstacle();
    if (problem) {
      console.log(`    skipped: ${problem}`);
      this.skip();
    }
    network = new KernelNetwork([1, 2, 3, 4, 5, 6].map((number) => `10.1.0.${number}`).concat(outside));
    await network.make();
  });
  after(() => network?.close());

  for (const [name, specs] of Object.entries(features)) {
    it(`${name}: passes what the verdict allows, drops the rest`, () => agrees(featureWorld(specs)));
  }

  it("random worlds: passes what the verdict allows, drops the rest", async () => {
    for (const one of fc.sample(worlds, { seed, numRuns: 12 })) await agrees(one);
  });

  it("every random world's rules can be loaded", async () => {
    // In one file, so that nft starts once; each of them replaces the one before.
    await network.load(
      fc
        .sample(worlds, { seed, numRuns: 300 })
        .map((one) => nftScript(compile(one)))
        .join(""),
    );
  });

  it("the node itself reaches its pods, as a kubelet's probes must", async () => {
    await network.load(nftScript(compile(featureWorld([{ podSelector: {} }]))));
    assert.deepEqual(await network.fromNode([{ protocol: "TCP", host: a.ip, port: 80 }]), [true]);
  });

  it("no pod reaches another past its policies by the link's own addresses of IPv6", async () => {
    const host = `${await network.linkLocal(a.ip)}%eth0`;
    const attempt = [{ protocol: "TCP" as const, host, port: 80 }];
    await network.nft(["flush", "ruleset"]);
    assert.deepEqual(await network.attempt(b.ip, attempt), [true], "without rules");
    await network.load(nftScript(compile(featureWorld([{ podSelector: {} }]))));
    assert.deepEqual(await network.attempt(b.ip, attempt), [false]);
  });

  it("a connection that is there outlives the policy that forbids new ones", async () => {
    await network.load(nftScript([]));
    const attempt = { protocol: "TCP" as const, host: a.ip, port: 80 };
    assert.equal(await network.order(b.ip, { keep: attempt }), true);
    await network.load(nftScript(compile(featureWorld([{ podSelector: {} }]))));
    assert.equal(await network.order(b.ip, { useKept: true }), true);
    assert.deepEqual(await network.attempt(b.ip, [attempt]), [false]);
  });

  it("a script that fails leaves the rules in force", async () => {
    await network.load(nftScript(compile(featureWorld([{ podSelector: {} }]))));
    const before = await network.nft(["list", "ruleset"]);
    await assert.rejects(network.load(nftScript([]).replace("policy accept", "policy perhaps")));
    assert.equal(await network.nft(["list", "ruleset"]), before);
  });

  async function agrees(one: World): Promise<void> {
    await network.load(nftScript(compile(one)));
    const ends: End[] = [...one.pods, ...outside];
    const ipOf = (end: End) => (typeof end === "string" ? end : end.ip);
    const expected = ends.flatMap((from) =>
      ends
        .filter((to) => !(typeof from === "string" && typeof to === "string"))
        .flatMap((to) =>
          ports.flatMap((port) =>
            (["TCP", "UDP"] as const).map((protocol) => ({
              from: ipOf(from),
              attempt: { protocol, host: ipOf(to), port },
              allowed: verdict(one, { from, to, protocol, port }).allowed,
            })),
          ),
        ),
    );
    await Promise.all(
      ends.map(ipOf).map(async (from) => {
        let left = expected.filter((each) => each.from === from);
        // What is forbidden never gets through; what is allowed may be late on a busy machine.
        for (let round = 1; left.length > 0; round++) {
          const answers = await network.attempt(
            from,
            left.map(({ attempt }) => attempt),
          );
          for (const [index, { attempt, allowed }] of left.entries()) {
            if (!allowed) assert.equal(answers[index], false, `${from} reaches ${JSON.stringify(attempt)}`);
          }
          left = left.filter(({ allowed }, index) => allowed && !answers[index]);
          if (left.length > 0 && round === 3) assert.fail(`${from} does not reach ${JSON.stringify(left)}`);
        }
      }),
    );
  }
});
