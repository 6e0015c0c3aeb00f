// Random worlds, small enough that their selectors, ranges and ports meet.
import fc from "fast-check";
import type { NetworkPolicy, PodView, World } from "../../../sandbox/network-policy/world.ts";

const namespaces = ["x", "y", "z"];
const keys = ["app", "tier"];
const values = ["a", "b"];
const protocol = fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const);
const portNumber = fc.integer({ min: 80, max: 86 });
const labels = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 2 });

const selector = fc.record(
  {
    matchLabels: fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 1 }),
    matchExpressions: fc.array(
      fc.record({
        key: fc.constantFrom(...keys),
        operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
        values: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 1 },
    ),
  },
  { requiredKeys: [] },
);

/** Ranges that hold none, some and all of the pods; some begin inside. */
const range = fc.constantFrom(
  "10.1.0.0/16",
  "10.1.0.0/29",
  "10.1.0.4/30",
  "10.1.0.3/29",
  "10.1.0.2/32",
  "0.0.0.0/0",
  "192.0.2.0/24",
  "::/0",
);
const peer = fc.oneof(
  fc.record({ podSelector: selector, namespaceSelector: selector }, { requiredKeys: ["podSelector"] }),
  fc.record({ namespaceSelector: selector }),
  fc.record({
    ipBlock: fc.record({ cidr: range, except: fc.array(range, { maxLength: 2 }) }, { requiredKeys: ["cidr"] }),
  }),
);
const port = fc.oneof(
  fc.record({ protocol }, { requiredKeys: [] }),
  fc.record({ protocol, port: portNumber }, { requiredKeys: ["port"] }),
  fc.tuple(portNumber, fc.nat({ max: 4 })).map(([port, more]) => ({ port, endPort: port + more })),
  fc.record({ protocol, port: fc.constantFrom("web", "dns") }, { requiredKeys: ["port"] }),
);
const peers = fc.array(peer, { maxLength: 2 });
const ports = fc.array(port, { maxLength: 2 });
const spec: fc.Arbitrary<NetworkPolicy["spec"]> = fc.record(
  {
    podSelector: selector,
    policyTypes: fc.subarray(["Ingress", "Egress"]),
    ingress: fc.array(fc.record({ from: peers, ports }, { requiredKeys: [] }), { maxLength: 2 }),
    egress: fc.array(fc.record({ to: peers, ports }, { requiredKeys: [] }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const podRest = fc.record({
  namespace: fc.constantFrom(...namespaces),
  labels,
  ports: fc.array(
    fc.record(
      { name: fc.constantFrom("web", "dns"), containerPort: portNumber, protocol },
      { requiredKeys: ["containerPort", "protocol"] },
    ),
    { maxLength: 2 },
  ),
});

export const worlds: fc.Arbitrary<World> = fc
  .record({
    pods: fc.array(podRest, { minLength: 2, maxLength: 6 }),
    namespaceLabels: fc.tuple(labels, labels, labels),
    policies: fc.array(fc.record({ namespace: fc.constantFrom(...namespaces), spec }), { maxLength: 5 }),
  })
  .map(({ pods, namespaceLabels, policies }) => ({
    namespaces: namespaces.map((name, index) => ({ name, labels: namespaceLabels[index]! })),
    pods: pods.map((rest, index): PodView => ({
      ...rest,
      name: `pod-${index}`,
      ip: `10.1.0.${index + 1}`,
      node: `worker-${1 + (index % 2)}`,
    })),
    policies: policies.map(({ namespace, spec }, index) => ({
      metadata: { namespace, name: `policy-${index}` },
      spec,
    })),
  }));
