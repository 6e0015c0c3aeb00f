// Whether a connection may be made: the semantics of networking.k8s.io/v1, as its documentation has them, read one policy
// at a time. The enforcer compiles the same policies to rules (compile.ts), and a property test holds the two together.
import {
  appliesTo,
  directionsOf,
  inRange,
  selects,
  type Direction,
  type NetworkPolicy,
  type PodView,
  type PolicyPeer,
  type PolicyPort,
  type Protocol,
  type World,
} from "./world.ts";

/** One end of a connection: a pod, or an address outside. */
export type End = PodView | string;

export interface Connection {
  from: End;
  to: End;
  protocol: Protocol;
  /** Port of the destination. */
  port: number;
}

export interface Verdict {
  allowed: boolean;
  /** What decided: a policy as `namespace/name`, that nothing isolates the pod, or that nothing allows it. */
  reason: string;
}

/** Both ends have to agree: the sender's egress and the receiver's ingress. A pod may always talk to itself. */
export function verdict(world: World, connection: Connection): Verdict {
  const { from, to } = connection;
  if (typeof from !== "string" && typeof to !== "string" && from.ip === to.ip) {
    return { allowed: true, reason: "a pod reaches itself" };
  }
  const leaving = oneEnd(world, connection, "Egress");
  return leaving.allowed ? oneEnd(world, connection, "Ingress") : leaving;
}

function oneEnd(world: World, connection: Connection, direction: Direction): Verdict {
  const [pod, other] = direction === "Egress" ? [connection.from, connection.to] : [connection.to, connection.from];
  if (typeof pod === "string") return { allowed: true, reason: `no pod: no ${direction} to isolate` };
  const isolating = world.policies.filter(
    (policy) => appliesTo(policy, pod) && directionsOf(policy).includes(direction),
  );
  const name = `${pod.namespace}/${pod.name}`;
  if (isolating.length === 0) return { allowed: true, reason: `no policy isolates the ${direction} of ${name}` };
  const allowing = isolating.find((policy) =>
    rulesOf(policy, direction).some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some((peer) => isPeer(world, policy, peer, other))) &&
        (ports.length === 0 || ports.some((port) => isPort(port, connection))),
    ),
  );
  if (allowing) return { allowed: true, reason: `${allowing.metadata.namespace}/${allowing.metadata.name} allows it` };
  return { allowed: false, reason: `nothing allows this ${direction} of ${name}` };
}

/** The rules of a policy for a direction; a missing or empty list of peers or ports stands for all. */
export function rulesOf({ spec }: NetworkPolicy, direction: Direction): { peers: PolicyPeer[]; ports: PolicyPort[] }[] {
  return direction === "Ingress"
    ? (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

/** A selector alone means pods of the policy's own namespace; with a namespace selector both must hold. */
function isPeer(world: World, policy: NetworkPolicy, peer: PolicyPeer, end: End): boolean {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock) {
    const address = typeof end === "string" ? end : end.ip;
    return inRange(address, ipBlock.cidr) && !(ipBlock.except ?? []).some((range) => inRange(address, range));
  }
  if (typeof end === "string") return false;
  const inNamespace = namespaceSelector
    ? world.namespaces.some(({ name, labels }) => name === end.namespace && selects(namespaceSelector, labels))
    : end.namespace === policy.metadata.namespace;
  return inNamespace && selects(podSelector ?? {}, end.labels);
}

/** A name is looked up among the container ports of the destination, where the same name may be another number in each pod. */
function isPort({ protocol = "TCP", port, endPort }: PolicyPort, connection: Connection): boolean {
  if (protocol !== connection.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "number") return connection.port >= port && connection.port <= (endPort ?? port);
  const { to } = connection;
  return (
    typeof to !== "string" &&
    to.ports.some((one) => one.name === port && one.protocol === protocol && one.containerPort === connection.port)
  );
}
