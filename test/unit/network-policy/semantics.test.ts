// The semantics of network policies, sentence by sentence of their documentation. Each is asked of the verdict and of the
// compiled rules, so that neither is right alone.
import assert from "node:assert/strict";
import { verdict, type End } from "../../../sandbox/network-policy/verdict.ts";
import type { NetworkPolicy, Protocol } from "../../../sandbox/network-policy/world.ts";
import { compiledVerdict } from "./compiled.ts";
import { db, exampleWorld, frontend, inProject, other, pod, policy, strangerFrontend, world } from "./worlds.ts";

interface Case {
  in?: ReturnType<typeof world>;
  from: End;
  to: End;
  port?: number;
  protocol?: Protocol;
  allowed: boolean;
}

function cases(of: Record<string, Case>, common?: ReturnType<typeof world>): void {
  for (const [sentence, { in: own, from, to, port = 80, protocol = "TCP", allowed }] of Object.entries(of)) {
    it(sentence, () => {
      const place = own ?? common!;
      const connection = { from, to, port, protocol };
      const { allowed: isAllowed, reason } = verdict(place, connection);
      assert.equal(isAllowed, allowed, reason);
      assert.equal(compiledVerdict(place, connection), allowed, "the compiled rules");
    });
  }
}

const a = pod({ namespace: "x", ip: "10.1.0.1", labels: { app: "a" } });
const b = pod({ namespace: "x", ip: "10.1.0.2", labels: { app: "b" } });
const c = pod({ namespace: "y", ip: "10.1.0.3", labels: { app: "b" } });
const inX = (spec: NetworkPolicy["spec"], ...more: NetworkPolicy["spec"][]) =>
  world(
    [a, b, c],
    [spec, ...more].map((one, index) => policy("x", `policy-${index}`, one)),
    { y: { team: "y" } },
  );
const onA = { matchLabels: { app: "a" } };
const fromB = { podSelector: { matchLabels: { app: "b" } } };

describe("network policies: the documentation's example", () => {
  cases(
    {
      "pods labelled frontend in the same namespace reach db": { from: frontend, to: db, port: 6379, allowed: true },
      "any pod of a namespace labelled project=myproject reaches db": {
        from: inProject,
        to: db,
        port: 6379,
        allowed: true,
      },
      "a frontend of another namespace does not": { from: strangerFrontend, to: db, port: 6379, allowed: false },
      "another pod of the namespace does not": { from: other, to: db, port: 6379, allowed: false },
      "no other port is open": { from: frontend, to: db, port: 6380, allowed: false },
      "nor the port of another protocol": { from: frontend, to: db, port: 6379, protocol: "UDP", allowed: false },
      "an address of the block does": { from: "172.17.0.255", to: db, port: 6379, allowed: true },
      "and the block's last": { from: "172.17.255.255", to: db, port: 6379, allowed: true },
      "an address of the exception does not": { from: "172.17.1.1", to: db, port: 6379, allowed: false },
      "an address outside the block does not": { from: "172.18.0.0", to: db, port: 6379, allowed: false },
      "db sends to 10.0.0.0/24 on 5978": { from: db, to: "10.0.0.9", port: 5978, allowed: true },
      "db sends nowhere else": { from: db, to: "10.0.1.9", port: 5978, allowed: false },
      "db reaches itself": { from: db, to: db, allowed: true },
      "pods that no policy selects are not isolated": { from: frontend, to: other, allowed: true },
    },
    exampleWorld,
  );
});

describe("network policies: defaults", () => {
  cases({
    "default deny all ingress: nothing comes in": { in: inX({ podSelector: {} }), from: c, to: a, allowed: false },
    "default deny all ingress: out goes everything": { in: inX({ podSelector: {} }), from: a, to: c, allowed: true },
    "a policy is for its namespace alone": { in: inX({ podSelector: {} }), from: a, to: c, allowed: true },
    "an empty rule allows all ingress": {
      in: inX({ podSelector: {} }, { podSelector: {}, ingress: [{}] }),
      from: c,
      to: a,
      allowed: true,
    },
    "default deny all egress": {
      in: inX({ podSelector: {}, policyTypes: ["Egress"] }),
      from: a,
      to: c,
      allowed: false,
    },
    "deny egress leaves ingress": {
      in: inX({ podSelector: {}, policyTypes: ["Egress"] }),
      from: c,
      to: a,
      allowed: true,
    },
    "an empty rule allows all egress": {
      in: inX({ podSelector: {}, policyTypes: ["Egress"], egress: [{}] }),
      from: a,
      to: "192.0.2.1",
      allowed: true,
    },
    "without types, egress rules isolate egress": {
      in: inX({ podSelector: onA, egress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }] }),
      from: a,
      to: b,
      allowed: false,
    },
    "without types, egress rules isolate ingress too": {
      in: inX({ podSelector: onA, egress: [{}] }),
      from: b,
      to: a,
      allowed: false,
    },
    "without types, no egress rules leave egress": {
      in: inX({ podSelector: onA, egress: [] }),
      from: a,
      to: b,
      allowed: true,
    },
    "rules of a direction that is not among the types do not count": {
      in: inX({ podSelector: onA, policyTypes: ["Ingress"], egress: [{ to: [] }] }),
      from: a,
      to: c,
      allowed: true,
    },
    "empty lists of peers and ports stand for all": {
      in: inX({ podSelector: onA, ingress: [{ from: [], ports: [] }] }),
      from: "192.0.2.1",
      to: a,
      protocol: "SCTP",
      allowed: true,
    },
    "a port without number stands for all of its protocol": {
      in: inX({ podSelector: onA, ingress: [{ ports: [{ protocol: "UDP" }] }] }),
      from: b,
      to: a,
      protocol: "UDP",
      allowed: true,
    },
    "and for none of another": {
      in: inX({ podSelector: onA, ingress: [{ ports: [{ protocol: "UDP" }] }] }),
      from: b,
      to: a,
      allowed: false,
    },
    "policies add up": {
      in: inX({ podSelector: onA }, { podSelector: onA, ingress: [{ from: [fromB] }] }),
      from: b,
      to: a,
      allowed: true,
    },
    "both ends must allow: the sender does not": {
      in: inX({ podSelector: onA, ingress: [{}] }, { podSelector: fromB.podSelector, policyTypes: ["Egress"] }),
      from: b,
      to: a,
      allowed: false,
    },
    "both ends must allow: the receiver does not": {
      in: inX({ podSelector: onA }, { podSelector: fromB.podSelector, policyTypes: ["Egress"], egress: [{}] }),
      from: b,
      to: a,
      allowed: false,
    },
  });
});

describe("network policies: peers", () => {
  const from = (...peers: NonNullable<NonNullable<NetworkPolicy["spec"]["ingress"]>[number]["from"]>) =>
    inX({ podSelector: onA, ingress: [{ from: peers }] });
  const teamY = { matchLabels: { team: "y" } };
  cases({
    "a pod selector alone is for the policy's namespace": { in: from(fromB), from: c, to: a, allowed: false },
    "a namespace selector alone is for all its pods": {
      in: from({ namespaceSelector: teamY }),
      from: c,
      to: a,
      allowed: true,
    },
    "both in one peer must hold: AND": {
      in: from({ namespaceSelector: teamY, podSelector: { matchLabels: { app: "a" } } }),
      from: c,
      to: a,
      allowed: false,
    },
    "in two peers one suffices: OR": {
      in: from({ namespaceSelector: teamY }, { podSelector: { matchLabels: { app: "none" } } }),
      from: c,
      to: a,
      allowed: true,
    },
    "an empty namespace selector is for all namespaces": {
      in: from({ namespaceSelector: {} }),
      from: c,
      to: a,
      allowed: true,
    },
    "but not for addresses outside": { in: from({ namespaceSelector: {} }), from: "192.0.2.1", to: a, allowed: false },
    "an empty pod selector is for all pods of the namespace": {
      in: from({ podSelector: {} }),
      from: b,
      to: a,
      allowed: true,
    },
    "a namespace is found by its name": {
      in: from({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "y" } } }),
      from: c,
      to: a,
      allowed: true,
    },
    "a block holds pods too": { in: from({ ipBlock: { cidr: "10.1.0.0/30" } }), from: c, to: a, allowed: true },
    "0.0.0.0/0 is everything": {
      in: from({ ipBlock: { cidr: "0.0.0.0/0" } }),
      from: "192.0.2.1",
      to: a,
      allowed: true,
    },
    "a block may start inside its range": {
      in: from({ ipBlock: { cidr: "192.0.2.77/24" } }),
      from: "192.0.2.1",
      to: a,
      allowed: true,
    },
    "a block of IPv6 never holds an IPv4 address": {
      in: from({ ipBlock: { cidr: "::/0" } }),
      from: b,
      to: a,
      allowed: false,
    },
    "an exception of IPv6 takes nothing away": {
      in: from({ ipBlock: { cidr: "10.1.0.0/16", except: ["::/0"] } }),
      from: b,
      to: a,
      allowed: true,
    },
  });
});

describe("network policies: label expressions", () => {
  const expression = (operator: string, values?: string[], key = "app") =>
    inX({
      podSelector: onA,
      ingress: [{ from: [{ podSelector: { matchExpressions: [{ key, operator, values }] } }] }],
    });
  cases({
    "In holds with one of the values": { in: expression("In", ["b", "z"]), from: b, to: a, allowed: true },
    "In fails without": { in: expression("In", ["z"]), from: b, to: a, allowed: false },
    "In fails without the label": { in: expression("In", ["b"], "no"), from: b, to: a, allowed: false },
    "NotIn holds with another value": { in: expression("NotIn", ["z"]), from: b, to: a, allowed: true },
    "NotIn holds without the label": { in: expression("NotIn", ["b"], "no"), from: b, to: a, allowed: true },
    "NotIn fails with one of the values": { in: expression("NotIn", ["b"]), from: b, to: a, allowed: false },
    "Exists holds with the label": { in: expression("Exists"), from: b, to: a, allowed: true },
    "Exists fails without": { in: expression("Exists", undefined, "no"), from: b, to: a, allowed: false },
    "DoesNotExist holds without the label": {
      in: expression("DoesNotExist", undefined, "no"),
      from: b,
      to: a,
      allowed: true,
    },
    "DoesNotExist fails with it": { in: expression("DoesNotExist"), from: b, to: a, allowed: false },
    "a label is not there because every object has a property of its name": {
      in: expression("Exists", undefined, "constructor"),
      from: b,
      to: a,
      allowed: false,
    },
    "an operator that does not exist selects nothing": { in: expression("Sounds"), from: b, to: a, allowed: false },
  });
});

describe("network policies: ports", () => {
  const range = inX({
    podSelector: onA,
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: 32000, endPort: 32768 }] }],
  });
  const one = pod({
    namespace: "x",
    ip: "10.1.0.5",
    labels: { app: "s" },
    ports: [named("web", 8080), named("dns", 53, "UDP")],
  });
  const two = pod({ namespace: "x", ip: "10.1.0.6", labels: { app: "s" }, ports: [named("web", 9090)] });
  const web = world(
    [a, b, c, one, two],
    [
      policy("x", "in", {
        podSelector: { matchLabels: { app: "s" } },
        ingress: [{ ports: [{ port: "web" }, { port: "dns" }] }],
      }),
      policy("x", "out", { podSelector: onA, policyTypes: ["Egress"], egress: [{ ports: [{ port: "web" }] }] }),
    ],
  );
  cases({
    "endPort: the first of the range": { in: range, from: a, to: "192.0.2.1", port: 32000, allowed: true },
    "endPort: the last of the range": { in: range, from: a, to: "192.0.2.1", port: 32768, allowed: true },
    "endPort: below": { in: range, from: a, to: "192.0.2.1", port: 31999, allowed: false },
    "endPort: above": { in: range, from: a, to: "192.0.2.1", port: 32769, allowed: false },
    "a name is the number that the receiving pod gives it": { in: web, from: b, to: one, port: 8080, allowed: true },
    "another pod gives it another number": { in: web, from: b, to: two, port: 9090, allowed: true },
    "and not the first one's": { in: web, from: b, to: two, port: 8080, allowed: false },
    "a name holds for the protocol of the rule alone": {
      in: web,
      from: b,
      to: one,
      port: 53,
      protocol: "UDP",
      allowed: false,
    },
    "egress: a name is the receiver's too": { in: web, from: a, to: two, port: 9090, allowed: true },
    "egress: and no other number": { in: web, from: a, to: one, port: 9090, allowed: false },
    "a name means nothing outside the cluster": { in: web, from: a, to: "192.0.2.1", port: 8080, allowed: false },
  });

  it("a verdict says which policy allows, or what isolates", () => {
    const reason = (from: End, port: number) => verdict(exampleWorld, { from, to: db, protocol: "TCP", port }).reason;
    assert.equal(reason(frontend, 6379), "default/test-network-policy allows it");
    assert.equal(reason(other, 6379), `nothing allows this Ingress of default/${db.name}`);
  });
});

function named(name: string, containerPort: number, protocol: Protocol = "TCP") {
  return { name, containerPort, protocol };
}
