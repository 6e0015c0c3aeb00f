import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { distinct, dnsLabel, refuse, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** The other end of an edge: pods by their labels, or addresses outside the cluster. An `Endpoint` is one. */
export interface NetworkPeer {
  /** Namespace of the pods. @default the policies' own namespace */
  namespace?: string;
  /** Labels of the pods, at least one; with no cidr (AUD-SEC-01). */
  podLabels?: { [label: string]: string };
  /** Addresses outside the cluster, such as 10.20.0.0/16; with no podLabels, and never the whole world (CV-KUBE-04). */
  cidr?: string;
}

/** One allowed flow. */
export interface NetworkEdge {
  /** Name of the edge, usually of the other end; a DNS label. */
  name: string;
  /** The other end. */
  peer: pulumi.Input<NetworkPeer>;
  /** TCP ports of the end that is called, at least one (CV-NET-01). */
  ports: number[];
}

/** Arguments of `NetworkPolicies`. */
export interface NetworkPoliciesArgs {
  /** Namespace whose pods are isolated. */
  namespace: pulumi.Input<string>;
  /** Labels of the pods that the edges are for. @default every pod of the namespace */
  podLabels?: { [label: string]: string };
  /** Who may call. @default nobody (AUD-SEC-01) */
  ingress?: NetworkEdge[];
  /** Who may be called besides DNS. @default nobody (AUD-SEC-01) */
  egress?: NetworkEdge[];
}

export const networkPoliciesDefaults = deepFrozen({
  /** The cluster's DNS, which every pod may ask. */
  dns: { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" }, port: 53 },
});

/** Denies all traffic of a namespace, both ways, except DNS and the declared edges (AUD-SEC-01, AUD-INFRA-08, CV-KUBE-04). */
export class NetworkPolicies extends pulumi.ComponentResource {
  /** Names of the policies. */
  readonly policyNames: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:capability:NetworkPolicies", name, args, opts);
    refuse(name, problemsOf(args));

    const { namespace, podLabels, ingress, egress } = args;
    const child = { parent: this };
    const { dns } = networkPoliciesDefaults;
    const everyPod = (policyName: string, spec: Omit<k8s.networking.v1.NetworkPolicySpec, "podSelector">) =>
      networkPolicy(name, policyName, namespace, { podSelector: {}, ...spec }, child);
    const policies = [
      everyPod("default-deny", { policyTypes: ["Ingress", "Egress"] }),
      everyPod("allow-dns", {
        policyTypes: ["Egress"],
        egress: [
          {
            to: [peerSelector({ namespace: dns.namespace, podLabels: dns.podLabels })],
            ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: dns.port })),
          },
        ],
      }),
      ...edgePolicies(name, { namespace, podLabels, ingress, egress }, child),
    ];

    this.policyNames = pulumi.all(policies.map(({ metadata }) => metadata.name));
    this.registerOutputs({ policyNames: this.policyNames });
  }
}

/** The edges of some pods of a namespace that denies everything else. */
export interface EdgePoliciesArgs {
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;
  /** What the names of the policies start with. @default nothing */
  prefix?: string;
  /** Labels of the pods. @default every pod of the namespace */
  podLabels?: { [label: string]: string };
  /** Who may call. @default nobody (AUD-SEC-01) */
  ingress?: NetworkEdge[];
  /** Who may be called. @default nobody (AUD-SEC-01) */
  egress?: NetworkEdge[];
}

/** Declares one policy for each edge: `allow-from-<edge>` and `allow-to-<edge>`. */
export function edgePolicies(
  name: string,
  { namespace, prefix, podLabels, ingress = [], egress = [] }: EdgePoliciesArgs,
  opts: pulumi.CustomResourceOptions,
): NetworkPolicy[] {
  const podSelector = podLabels === undefined ? {} : { matchLabels: podLabels };
  // A peer that another component supplies is known only here; its problems carry the same words.
  const peer = (path: string, given: pulumi.Input<NetworkPeer>) => [
    pulumi.output(given).apply((known) => {
      refuse(name, peerProblems(path, known));
      return peerSelector(known);
    }),
  ];
  const tcp = (ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));
  const called = (policyName: string) => (prefix === undefined ? policyName : `${prefix}-${policyName}`);
  return [
    ...ingress.map((edge, index) =>
      networkPolicy(
        name,
        called(`allow-from-${edge.name}`),
        namespace,
        {
          podSelector,
          policyTypes: ["Ingress"],
          ingress: [{ from: peer(`ingress[${index}].peer`, edge.peer), ports: tcp(edge.ports) }],
        },
        opts,
      ),
    ),
    ...egress.map((edge, index) =>
      networkPolicy(
        name,
        called(`allow-to-${edge.name}`),
        namespace,
        {
          podSelector,
          policyTypes: ["Egress"],
          egress: [{ to: peer(`egress[${index}].peer`, edge.peer), ports: tcp(edge.ports) }],
        },
        opts,
      ),
    ),
  ];
}

function networkPolicy(
  name: string,
  policyName: string,
  namespace: pulumi.Input<string>,
  spec: k8s.networking.v1.NetworkPolicySpec,
  opts: pulumi.CustomResourceOptions,
): NetworkPolicy {
  return new NetworkPolicy(
    `${name}-${policyName}`,
    {
      metadata: {
        name: policyName,
        namespace,
        labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
      },
      spec,
    },
    opts,
  );
}

function peerSelector({ namespace, podLabels, cidr }: NetworkPeer): k8s.networking.v1.NetworkPolicyPeer {
  if (cidr !== undefined) return { ipBlock: { cidr } };
  return {
    podSelector: { matchLabels: { ...podLabels } },
    ...(namespace !== undefined && {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    }),
  };
}

function problemsOf(args: NetworkPoliciesArgs): Problem[] {
  const edges = (path: "ingress" | "egress") => {
    const given = args[path] ?? [];
    return [
      ...given.flatMap((edge, index) => [
        ...dnsLabel(`${path}[${index}].name`, edge.name, 50),
        ...unless(
          edge.ports.length > 0,
          `${path}[${index}].ports`,
          "no port",
          "at least one is needed; an edge without ports would allow them all (CV-NET-01)",
        ),
        ...edge.ports.flatMap((port, at) =>
          wholeNumber(`${path}[${index}].ports[${at}]`, port, { min: 1, max: 65535, items: "CV-NET-01" }),
        ),
        ...(isKnown(edge.peer) ? peerProblems(`${path}[${index}].peer`, edge.peer) : []),
      ]),
      ...distinct(
        path,
        given.map(({ name }) => name),
      ),
    ];
  };
  return [...edges("ingress"), ...edges("egress")];
}

function isKnown(peer: pulumi.Input<NetworkPeer>): peer is NetworkPeer {
  return !pulumi.Output.isInstance(peer) && !(peer instanceof Promise);
}

/** Problems of the other end of an edge. */
export function peerProblems(path: string, { namespace, podLabels, cidr }: NetworkPeer): Problem[] {
  const labelled = Object.keys(podLabels ?? {}).length > 0;
  if (cidr === undefined) {
    return [
      ...(namespace === undefined ? [] : dnsLabel(`${path}.namespace`, namespace)),
      ...unless(labelled, `${path}.podLabels`, "no label", "at least one label, or a cidr, is needed (AUD-SEC-01)"),
    ];
  }
  return [
    ...unless(
      !labelled && namespace === undefined,
      `${path}.cidr`,
      cidr,
      "addresses go without namespace and podLabels (AUD-SEC-01)",
    ),
    ...unless(
      isNetwork(cidr),
      `${path}.cidr`,
      cidr,
      "a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04)",
    ),
  ];
}

/** Whether it is a network in CIDR notation and smaller than the whole address space. */
export function isNetwork(cidr: string): boolean {
  const [address = "", prefix = "", ...rest] = cidr.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0 || !/^[1-9]\d{0,2}$/.test(prefix)) return false;
  return Number(prefix) <= (family === 4 ? 32 : 128);
}
