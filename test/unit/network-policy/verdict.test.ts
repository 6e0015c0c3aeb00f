import assert from "node:assert/strict";
import * as fc from "fast-check";
import { compile, passes } from "../../../sandbox/network-policy/compile.ts";
import { verdict, type End } from "../../../sandbox/network-policy/verdict.ts";
import type { NetworkPolicy, PodView, Protocol, World } from "../../../sandbox/network-policy/world.ts";

const namespaces = [
  { name: "a", labels: { team: "one" } },
  { name: "b", labels: { team: "two" } },
];
const pod = (namespace: string, name: string, ip: string, more: Partial<PodView> = {}): PodView => ({
  namespace,
  name,
  labels: { app: name },
  ip,
  node: "worker-1",
  ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
  ...more,
});
const web = pod("a", "web", "10.0.1.1");
const api = pod("a", "api", "10.0.2.1", { labels: { app: "api", tier: "back" } });
const other = pod("b", "web", "10.0.3.1", {
  labels: { app: "web", tier: "back" },
  ports: [{ name: "http", containerPort: 9090, protocol: "TCP" }],
});
const pods = [web, api, other];

const policy = (spec: NetworkPolicy["spec"], namespace = "a"): NetworkPolicy => ({
  metadata: { namespace, name: "policy" },
  spec,
});
const allowed = (policies: NetworkPolicy[], from: End, to: End, port = 8080, protocol: Protocol = "TCP") =>
  verdict({ namespaces, pods, policies }, { from, to, port, protocol }).allowed;

describe("the verdict on a connection", () => {
  it("allows everything where no policy selects the pod", () => {
    assert.ok(allowed([], other, api));
    assert.ok(allowed([policy({ podSelector: { matchLabels: { app: "nobody" } } })], other, api));
  });

  it("isolates a pod that a policy without rules selects, for ingress alone", () => {
    const denied = [policy({ podSelector: {} })];
    assert.ok(!allowed(denied, other, api));
    assert.ok(allowed(denied, api, other), "egress is not isolated");
    assert.ok(allowed(denied, api, api), "a pod reaches itself");
    assert.ok(allowed(denied, web, other), "and pods of another namespace are not concerned");
  });

  it("isolates for egress when the policy has egress rules or names the type", () => {
    assert.ok(!allowed([policy({ podSelector: {}, policyTypes: ["Egress"] })], api, other));
    assert.ok(allowed([policy({ podSelector: {}, policyTypes: ["Egress"] })], other, api));
    const rule = [policy({ podSelector: {}, egress: [{ ports: [{ port: 53, protocol: "UDP" }] }] })];
    assert.ok(!allowed(rule, api, other));
    assert.ok(allowed(rule, api, other, 53, "UDP"));
  });

  it("takes a rule without peers for all peers, and one without ports for all ports", () => {
    assert.ok(allowed([policy({ podSelector: {}, ingress: [{}] })], "192.0.2.7", api, 1, "SCTP"));
  });

  it("adds up the policies of a pod, whatever their order", () => {
    const deny = policy({ podSelector: {} });
    const allow = policy({ podSelector: { matchLabels: { app: "api" } }, ingress: [{ from: [{ podSelector: {} }] }] });
    for (const policies of [
      [deny, allow],
      [allow, deny],
    ]) {
      assert.ok(allowed(policies, web, api));
      assert.ok(!allowed(policies, other, api));
    }
  });

  it("means pods of its own namespace by a pod selector alone", () => {
    const rule = [policy({ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }] })];
    assert.ok(allowed(rule, web, api));
    assert.ok(!allowed(rule, other, api));
  });

  it("means both by a pod and a namespace selector in one entry, either by two entries", () => {
    const namespaceSelector = { matchLabels: { team: "two" } };
    const podSelector = { matchLabels: { app: "api" } };
    const both = [policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector, podSelector }] }] })];
    assert.ok(!allowed(both, other, web));
    const either = [policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector }, { podSelector }] }] })];
    assert.ok(allowed(either, other, web));
    assert.ok(allowed(either, api, web));
  });

  it("evaluates In, NotIn, Exists and DoesNotExist", () => {
    const from = (key: string, operator: string, values?: string[]) => [
      policy({
        podSelector: {},
        ingress: [
          { from: [{ namespaceSelector: {}, podSelector: { matchExpressions: [{ key, operator, values }] } }] },
        ],
      }),
    ];
    assert.ok(allowed(from("tier", "In", ["back"]), other, web));
    assert.ok(!allowed(from("tier", "NotIn", ["back"]), other, web));
    assert.ok(allowed(from("missing", "NotIn", ["back"]), other, web), "a missing label is not in");
    assert.ok(allowed(from("tier", "Exists"), other, web));
    assert.ok(!allowed(from("tier", "DoesNotExist"), other, web));
  });

  it("takes addresses of a block, but for its exceptions", () => {
    const rule = [
      policy({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.3.0/24"] } }] }] }),
    ];
    assert.ok(allowed(rule, "10.9.9.9", api));
    assert.ok(!allowed(rule, other, api));
    assert.ok(!allowed(rule, "192.0.2.1", api));
    const six = [policy({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "::/0" } }] }] })];
    assert.ok(!allowed(six, "10.9.9.9", api));
  });

  it("takes ports up to endPort, of TCP unless it says otherwise", () => {
    const rule = [policy({ podSelector: {}, ingress: [{ ports: [{ port: 8000, endPort: 8080 }] }] })];
    assert.ok(allowed(rule, web, api, 8000));
    assert.ok(allowed(rule, web, api, 8080));
    assert.ok(!allowed(rule, web, api, 8081));
    assert.ok(!allowed(rule, web, api, 8080, "UDP"));
  });

  it("looks a port's name up in the receiving pod", () => {
    const rule = [policy({ podSelector: {}, policyTypes: ["Egress"], egress: [{ ports: [{ port: "http" }] }] })];
    assert.ok(allowed(rule, web, api, 8080));
    assert.ok(!allowed(rule, web, other, 8080), "there the name is 9090");
    assert.ok(allowed(rule, web, other, 9090));
    assert.ok(!allowed(rule, web, "192.0.2.1", 8080), "outside there are no names");
  });

  it("says which policy allowed, and which pod nothing allows", () => {
    const deny = [policy({ podSelector: { matchLabels: { app: "api" } } })];
    const world = { namespaces, pods, policies: deny };
    const { reason } = verdict(world, { from: web, to: api, port: 1, protocol: "TCP" });
    assert.equal(reason, "nothing allows this Ingress of a/api");
  });
});

describe("the compiled rules", () => {
  const label = fc.constantFrom("x", "y");
  const labels = fc.dictionary(fc.constantFrom("app", "tier"), label, { maxKeys: 2 });
  const expression = fc.record({
    key: fc.constantFrom("app", "tier"),
    operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
    values: fc.array(label, { minLength: 1, maxLength: 2 }),
  });
  const selector = fc.record(
    { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) },
    { requiredKeys: [] },
  );
  const protocol = fc.constantFrom<Protocol>("TCP", "UDP", "SCTP");
  const block = fc.record(
    {
      cidr: fc.constantFrom("10.0.0.0/16", "10.0.0.0/30", "0.0.0.0/0", "::/0"),
      except: fc.constantFrom(["10.0.0.2/31"], ["10.0.0.0/31", "10.0.0.1/32"], ["192.0.2.0/24"]),
    },
    { requiredKeys: ["cidr"] },
  );
  const peer = fc.oneof(
    fc.record({ ipBlock: block }),
    fc.record({ podSelector: selector, namespaceSelector: selector }, { requiredKeys: ["podSelector"] }),
    fc.record({ namespaceSelector: selector }),
  );
  const port = fc.record(
    { protocol, port: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom("http", "dns")) },
    { requiredKeys: [] },
  );
  const ranged = fc.record({ protocol, port: fc.integer({ min: 1, max: 3 }), endPort: fc.integer({ min: 3, max: 6 }) });
  const ports = fc.array(fc.oneof(port, ranged), { maxLength: 2 });
  const types = fc.subarray(["Ingress", "Egress"]);
  const spec = fc.record(
    {
      podSelector: selector,
      policyTypes: types,
      ingress: fc.array(fc.record({ from: fc.array(peer, { maxLength: 2 }), ports }, { requiredKeys: [] }), {
        maxLength: 2,
      }),
      egress: fc.array(fc.record({ to: fc.array(peer, { maxLength: 2 }), ports }, { requiredKeys: [] }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: [] },
  );
  const world = fc.record({
    namespaces: fc.tuple(labels, labels).map(([one, two]) => [
      { name: "a", labels: one },
      { name: "b", labels: two },
    ]),
    pods: fc
      .array(
        fc.record({
          namespace: fc.constantFrom("a", "b"),
          labels,
          ports: fc.array(
            fc.record({
              name: fc.constantFrom("http", "dns"),
              containerPort: fc.integer({ min: 1, max: 6 }),
              protocol,
            }),
            { maxLength: 2 },
          ),
        }),
        { minLength: 2, maxLength: 4 },
      )
      .map((pods) => pods.map((one, index) => ({ ...one, name: `p${index}`, ip: `10.0.0.${index}`, node: "n" }))),
    policies: fc.array(
      fc.record({
        metadata: fc.record({ namespace: fc.constantFrom("a", "b"), name: fc.constant("p") }),
        spec,
      }),
      { maxLength: 4 },
    ),
  });

  /** What a packet filter with the compiled rules does. */
  function enforced(given: World, from: End, to: End, port: number, protocol: Protocol): boolean {
    const rules = compile(given);
    const address = (end: End) => (typeof end === "string" ? end : end.ip);
    if (address(from) === address(to)) return true;
    const of = (end: End) => rules.find(({ pod }) => typeof end !== "string" && pod.ip === end.ip);
    return (
      passes(of(from)?.egress, { peer: address(to), protocol, port }) &&
      passes(of(to)?.ingress, { peer: address(from), protocol, port })
    );
  }

  it("let pass exactly what the verdict allows", () => {
    const ends = fc.oneof(fc.nat(3), fc.constantFrom("192.0.2.1", "10.0.0.200"));
    fc.assert(
      fc.property(world, ends, ends, fc.integer({ min: 1, max: 7 }), protocol, (given, a, b, port, protocol) => {
        const end = (one: number | string): End =>
          typeof one === "string" ? one : given.pods[one % given.pods.length]!;
        const [from, to] = [end(a), end(b)];
        const expected = verdict(given as World, { from, to, port, protocol }).allowed;
        assert.equal(enforced(given as World, from, to, port, protocol), expected);
      }),
      { numRuns: 2000 },
    );
  });
});
