import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { edgePolicies, NetworkPolicies, networkPoliciesDefaults } from "../capability/network-policies.ts";
import type { NetworkEdge, NetworkPeer } from "../capability/network-policies.ts";
import { podIdentityEdge } from "../data/backup/store.ts";
import type { OperatorNamespace, PeerPods } from "./namespaces.ts";

/** Who is around the operators. */
export interface Surroundings {
  /** Addresses of the cluster's network: its API server, endpoints of AWS, load balancers. */
  cidr: string;
  /** Port of the API server. */
  apiServerPort: number;
  /** Addresses that stand for the internet. */
  internet: readonly string[];
  /** Prometheus' pods. */
  monitoring?: NetworkPeer;
}

/** Denies the namespace's traffic, but for what its operators need (CV-KUBE-04, AUD-INFRA-08). */
export function operatorNetwork(
  name: string,
  home: OperatorNamespace,
  { cidr, apiServerPort, internet, monitoring }: Surroundings,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  const ingress: NetworkEdge[] = [
    ...edge("api-server", { cidr }, home.apiServerCalls),
    ...(monitoring === undefined ? [] : edge("monitoring", monitoring, home.metrics)),
  ];
  const egress: NetworkEdge[] = [
    // Endpoints of AWS are in the network too.
    ...edge("api-server", { cidr }, [...new Set([apiServerPort, ...(home.aws ? [443] : [])])]),
    ...(home.aws ? [{ ...podIdentityEdge, ports: [...podIdentityEdge.ports] }] : []),
    ...(home.internet === undefined
      ? []
      : internet.flatMap((each, at) => edge(`internet-${at + 1}`, { cidr: each }, [443]))),
  ];
  if (home.pods !== undefined) return isolated(name, home, ingress, egress, opts);
  const policies: pulumi.Resource[] = [new NetworkPolicies(name, { namespace: home.name, ingress, egress }, opts)];
  const policy = (policyName: string, spec: Omit<k8s.networking.v1.NetworkPolicySpec, "podSelector">) => {
    const declared = new NetworkPolicy(
      `${name}-${policyName}`,
      {
        metadata: {
          name: policyName,
          namespace: home.name,
          labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
        },
        spec: { podSelector: {}, ...spec },
      },
      opts,
    );
    policies.push(declared);
  };
  if (home.within.length > 0) {
    const own = {
      podSelector: {},
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": home.name } },
    };
    policy("allow-within", {
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [own], ports: tcp(home.within) }],
      egress: [{ to: [own], ports: tcp(home.within) }],
    });
  }
  for (const each of home.calls)
    policy(`allow-to-${each.name}`, {
      policyTypes: ["Egress"],
      egress: [{ to: [selector(each)], ports: tcp(each.ports) }],
    });
  for (const each of home.calledBy)
    policy(`allow-from-${each.name}`, {
      policyTypes: ["Ingress"],
      ingress: [{ from: [selector(each)], ports: tcp(each.ports) }],
    });
  return policies;
}

/** The same for some pods of a namespace that is the cluster's own, whose other pods are none of ours. */
function isolated(
  name: string,
  { name: namespace, pods = {} }: OperatorNamespace,
  ingress: NetworkEdge[],
  egress: NetworkEdge[],
  opts: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  const prefix = Object.values(pods).join("-");
  const { dns } = networkPoliciesDefaults;
  const deny = new NetworkPolicy(
    `${name}-deny`,
    {
      metadata: {
        name: `${prefix}-default-deny`,
        namespace,
        labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
      },
      spec: {
        podSelector: { matchLabels: { ...pods } },
        policyTypes: ["Ingress", "Egress"],
        egress: [
          {
            to: [{ podSelector: { matchLabels: { ...dns.podLabels } } }],
            ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: dns.port })),
          },
        ],
      },
    },
    opts,
  );
  return [deny, ...edgePolicies(name, { namespace, prefix, podLabels: { ...pods }, ingress, egress }, opts)];
}

const edge = (name: string, peer: NetworkPeer, ports: readonly number[]): NetworkEdge[] =>
  ports.length === 0 ? [] : [{ name, peer, ports: [...ports] }];

const tcp = (ports: readonly number[]) => ports.map((port) => ({ protocol: "TCP", port }));

const selector = ({ namespaceLabels, podLabels }: PeerPods): k8s.networking.v1.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { ...namespaceLabels } },
  podSelector: { matchLabels: { ...podLabels } },
});
