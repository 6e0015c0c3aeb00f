// Policies resolved to addresses and port numbers, pod by pod: what a packet filter can be told.
import { rulesOf } from "./verdict.ts";
import {
  appliesTo,
  directionsOf,
  canonical,
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

export interface Range {
  cidr: string;
  except: string[];
}

export interface Ports {
  protocol: Protocol;
  first: number;
  last: number;
}

/** Packets of these peers to these ports pass; undefined stands for all. */
export interface Allowance {
  peers?: Range[];
  ports?: Ports[];
}

/** What an isolated pod may receive or send; undefined where it is not isolated. */
export interface PodRules {
  pod: PodView;
  ingress?: Allowance[];
  egress?: Allowance[];
}

const allPorts = { first: 0, last: 65535 };

/** The rules of every pod that some policy isolates. */
export function compile(world: World): PodRules[] {
  return world.pods
    .map((pod) => ({
      pod,
      ingress: allowances(world, pod, "Ingress"),
      egress: allowances(world, pod, "Egress"),
    }))
    .filter(({ ingress, egress }) => ingress !== undefined || egress !== undefined);
}

function allowances(world: World, pod: PodView, direction: Direction): Allowance[] | undefined {
  const isolating = world.policies.filter(
    (policy) => appliesTo(policy, pod) && directionsOf(policy).includes(direction),
  );
  if (isolating.length === 0) return undefined;
  return isolating.flatMap((policy) =>
    rulesOf(policy, direction).flatMap((rule) =>
      direction === "Ingress" ? ingressOf(world, policy, rule, pod) : egressOf(world, policy, rule),
    ),
  );
}

interface Rule {
  peers: PolicyPeer[];
  ports: PolicyPort[];
}

/** Names of ports are the receiving pod's. */
function ingressOf(world: World, policy: NetworkPolicy, { peers, ports }: Rule, pod: PodView): Allowance[] {
  const numbers = ports.flatMap((port) => resolved(port, pod));
  if (ports.length > 0 && numbers.length === 0) return [];
  return [
    {
      ...(peers.length > 0 && { peers: peers.flatMap((peer) => rangesOf(world, policy, peer)) }),
      ...(ports.length > 0 && { ports: numbers }),
    },
  ];
}

/** Names of ports are those of each receiver, so rules with names are resolved for one receiver at a time. */
function egressOf(world: World, policy: NetworkPolicy, { peers, ports }: Rule): Allowance[] {
  const numbered = ports.filter(({ port }) => typeof port !== "string");
  const named = ports.filter(({ port }) => typeof port === "string");
  const ranges = peers.length > 0 ? peers.flatMap((peer) => rangesOf(world, policy, peer)) : undefined;
  const allowed: Allowance[] = [];
  if (numbered.length > 0 || ports.length === 0) {
    allowed.push({
      ...(ranges && { peers: ranges }),
      ...(ports.length > 0 && { ports: numbered.flatMap((port) => resolved(port)) }),
    });
  }
  if (named.length === 0) return allowed;
  const addresses = new Set(ranges?.filter(({ except }) => except.length === 0).map(({ cidr }) => cidr));
  const blocks = ranges?.filter(({ cidr, except }) => except.length > 0 || !cidr.endsWith("/32"));
  // Receivers that give the names the same numbers are one rule.
  const alike = new Map<string, Allowance & { peers: Range[] }>();
  for (const receiver of world.pods) {
    const own = rangeOf(receiver);
    const isAllowed = !ranges || addresses.has(own.cidr) || blocks!.some((range) => includes(range, receiver.ip));
    const numbers = named.flatMap((port) => resolved(port, receiver));
    if (!isAllowed || numbers.length === 0) continue;
    const key = JSON.stringify(numbers);
    if (!alike.has(key)) alike.set(key, { peers: [], ports: numbers });
    alike.get(key)!.peers.push(own);
  }
  return [...allowed, ...alike.values()];
}

function resolved({ protocol = "TCP", port, endPort }: PolicyPort, pod?: PodView): Ports[] {
  if (port === undefined) return [{ protocol, ...allPorts }];
  if (typeof port === "number") return [{ protocol, first: port, last: endPort ?? port }];
  return (pod?.ports ?? [])
    .filter((one) => one.name === port && one.protocol === protocol)
    .map(({ containerPort }) => ({ protocol, first: containerPort, last: containerPort }));
}

function rangesOf(world: World, policy: NetworkPolicy, peer: PolicyPeer): Range[] {
  const { ipBlock, namespaceSelector, podSelector = {} } = peer;
  if (ipBlock) {
    if (ipBlock.cidr.includes(":")) return [];
    const except = (ipBlock.except ?? []).filter((range) => !range.includes(":"));
    return [{ cidr: canonical(ipBlock.cidr), except: except.map(canonical) }];
  }
  const namespaces = namespaceSelector
    ? world.namespaces.filter(({ labels }) => selects(namespaceSelector, labels)).map(({ name }) => name)
    : [policy.metadata.namespace];
  return world.pods
    .filter(({ namespace, labels }) => namespaces.includes(namespace) && selects(podSelector, labels))
    .map(rangeOf);
}

const rangeOf = ({ ip }: PodView): Range => ({ cidr: `${ip}/32`, except: [] });

export function includes({ cidr, except }: Range, address: string): boolean {
  return inRange(address, cidr) && !except.some((range) => inRange(address, range));
}

/** What a packet filter with these allowances lets pass: undefined, where a pod is not isolated, lets all pass. */
export function passes(
  allowances: Allowance[] | undefined,
  { peer, protocol, port }: { peer: string; protocol: Protocol; port: number },
): boolean {
  return (
    allowances?.some(
      ({ peers, ports }) =>
        (peers?.some((range) => includes(range, peer)) ?? true) &&
        (ports?.some((one) => one.protocol === protocol && port >= one.first && port <= one.last) ?? true),
    ) ?? true
  );
}
