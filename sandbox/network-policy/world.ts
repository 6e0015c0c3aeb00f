// What decides which packet may pass: the part of the Kubernetes API that network policies are about.

export type Protocol = "TCP" | "UDP" | "SCTP";

export interface NamespaceView {
  name: string;
  labels: Record<string, string>;
}

export interface PodView {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  ip: string;
  node: string;
  ports: { name?: string; containerPort: number; protocol: Protocol }[];
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface PolicyPort {
  protocol?: Protocol;
  port?: number | string;
  endPort?: number;
}

export interface NetworkPolicy {
  metadata: { namespace: string; name: string };
  spec: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    ingress?: { from?: PolicyPeer[]; ports?: PolicyPort[] }[];
    egress?: { to?: PolicyPeer[]; ports?: PolicyPort[] }[];
  };
}

/** Pods that have an address of their own and may send: not those in the host's network, nor those that have ended. */
export interface World {
  namespaces: readonly NamespaceView[];
  pods: readonly PodView[];
  policies: readonly NetworkPolicy[];
}

export type Direction = "Ingress" | "Egress";

/** Whether labels satisfy a selector; an empty one is satisfied by all. */
export function selects(selector: LabelSelector, labels: Record<string, string>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      // "constructor" is a valid key, and every object has something of this name.
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** Directions in which a policy isolates its pods: those that it names, or else Ingress, and Egress when it has such rules. */
export function directionsOf({ spec }: NetworkPolicy): Direction[] {
  if (spec.policyTypes !== undefined && spec.policyTypes.length > 0) return spec.policyTypes as Direction[];
  return spec.egress?.length ? ["Ingress", "Egress"] : ["Ingress"];
}

/** Whether a policy is for a pod. */
export function appliesTo({ metadata, spec }: NetworkPolicy, pod: PodView): boolean {
  return metadata.namespace === pod.namespace && selects(spec.podSelector ?? {}, pod.labels);
}

/** An IPv4 address as a number. */
function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/**
 * An IPv4 range as packet filters read it. The API also takes 010.1.2.3/08, in decimal, which they take for octal or for an
 * error, and one error keeps all rules of a node from being loaded.
 */
export function canonical(range: string): string {
  const [start = "", bits = "32"] = range.split("/");
  const first = Math.floor(numberOf(start) / 2 ** (32 - Number(bits))) * 2 ** (32 - Number(bits));
  const address = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
  return `${address}/${Number(bits)}`;
}

/** Whether an IPv4 address is in a range. A range of IPv6 has none. */
export function inRange(address: string, range: string): boolean {
  if (range.includes(":")) return false;
  const [start = "", bits = "32"] = range.split("/");
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(start) / size);
}
