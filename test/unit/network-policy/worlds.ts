// Small worlds for the tests of the network policy engine.
import type { NetworkPolicy, PodView, World } from "../../../sandbox/network-policy/world.ts";

export interface PodArgs extends Partial<Omit<PodView, "ip" | "namespace">> {
  namespace: string;
  ip: string;
}

export function pod({ namespace, ip, ...args }: PodArgs): PodView {
  return { namespace, ip, name: `pod-${ip.replaceAll(".", "-")}`, labels: {}, node: "worker-1", ports: [], ...args };
}

export function policy(namespace: string, name: string, spec: NetworkPolicy["spec"]): NetworkPolicy {
  return { metadata: { namespace, name }, spec };
}

/** Namespaces have the label that the API server gives each: its name. */
export function world(
  pods: PodView[],
  policies: NetworkPolicy[],
  labels: Record<string, Record<string, string>> = {},
): World {
  const names = [...new Set([...pods.map(({ namespace }) => namespace), ...Object.keys(labels)])].sort();
  return {
    pods,
    policies,
    namespaces: names.map((name) => ({ name, labels: { "kubernetes.io/metadata.name": name, ...labels[name] } })),
  };
}

/** The world of the example in the documentation: db accepts 6379 from three kinds of peers and sends to 10.0.0.0/24. */
export const db = pod({ namespace: "default", ip: "10.1.0.1", labels: { role: "db" } });
export const frontend = pod({ namespace: "default", ip: "10.1.0.2", labels: { role: "frontend" } });
export const other = pod({ namespace: "default", ip: "10.1.0.3", labels: { role: "other" } });
export const inProject = pod({ namespace: "myproject", ip: "10.1.1.1" });
export const strangerFrontend = pod({ namespace: "elsewhere", ip: "10.1.2.1", labels: { role: "frontend" } });
export const examplePods = [db, frontend, other, inProject, strangerFrontend];
export const exampleLabels = { myproject: { project: "myproject" } };
export const examplePolicy = policy("default", "test-network-policy", {
  podSelector: { matchLabels: { role: "db" } },
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    {
      from: [
        { ipBlock: { cidr: "172.17.0.0/16", except: ["172.17.1.0/24"] } },
        { namespaceSelector: { matchLabels: { project: "myproject" } } },
        { podSelector: { matchLabels: { role: "frontend" } } },
      ],
      ports: [{ protocol: "TCP", port: 6379 }],
    },
  ],
  egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/24" } }], ports: [{ protocol: "TCP", port: 5978 }] }],
});
export const exampleWorld = world(examplePods, [examplePolicy], exampleLabels);
