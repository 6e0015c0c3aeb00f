// The compiled rules of one node as a script for nft, which loads it as one change.
import type { Allowance, PodRules, Ports, Range } from "./compile.ts";
import type { PodView } from "./world.ts";

const table = "inet apg_policy";

/**
 * A table with a chain for each isolated pod of a node and direction. Packets of established connections pass: a new policy
 * is for new connections, which the API leaves to the implementation. What the node itself sends to its pods (a kubelet's
 * probes) does not come through here, as the API asks.
 *
 * The same rules give the same text.
 */
export function nftScript(rules: readonly PodRules[]): string {
  const sorted = [...rules].sort((a, b) => (a.pod.ip < b.pod.ip ? -1 : 1));
  const sending = sorted.filter(({ egress }) => egress);
  const receiving = sorted.filter(({ ingress }) => ingress);
  return [
    // Creating it first makes the removal of one that is not there no error.
    `table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    ...sending.flatMap(({ pod, egress }) => chain("from", pod, egress!)),
    ...receiving.flatMap(({ pod, ingress }) => chain("to", pod, ingress!)),
    ...map("senders", sending, "from"),
    ...map("receivers", receiving, "to"),
    "  chain forward {",
    "    type filter hook forward priority filter; policy accept;",
    // Pods have no address of IPv6 but the link's own, by which those of a node would reach each other past the maps.
    "    meta nfproto ipv6 drop",
    "    ct state established,related accept",
    "    ip saddr vmap @senders",
    "    ip daddr vmap @receivers",
    "  }",
    "}",
    "",
  ].join("\n");
}

const nameOf = (ip: string) => ip.replaceAll(".", "_");

function map(name: string, rules: readonly PodRules[], prefix: string): string[] {
  const elements = rules.map(({ pod }) => `${pod.ip} : jump ${prefix}_${nameOf(pod.ip)}`);
  return [
    `  map ${name} {`,
    "    type ipv4_addr : verdict",
    ...(elements.length ? [`    elements = { ${elements.join(", ")} }`] : []),
    "  }",
  ];
}

/** Returning from it means that this end agrees; the other end is asked then. A pod may always talk to itself. */
function chain(direction: "from" | "to", { ip, namespace, name }: PodView, allowances: Allowance[]): string[] {
  const peer = direction === "from" ? "daddr" : "saddr";
  const allowed = allowances.flatMap((allowance) => matches(allowance, peer));
  const lines = new Set([`ip ${peer} ${ip} `, ...allowed].map((match) => `    ${match}return`));
  return [`  chain ${direction}_${nameOf(ip)} { # ${namespace}/${name}`, ...[...lines].sort(), "    drop", "  }"];
}

/** One line for all single addresses, and one for each range, each by protocol: a set must not overlap. */
function matches({ peers, ports }: Allowance, peer: "saddr" | "daddr"): string[] {
  const portMatches = ports === undefined ? [""] : byProtocol(ports);
  return peerMatches(peers, peer).flatMap((one) => portMatches.map((two) => `${one}${two}`));
}

function peerMatches(peers: readonly Range[] | undefined, peer: "saddr" | "daddr"): string[] {
  if (peers === undefined) return [""];
  const single = peers.filter(({ cidr, except }) => cidr.endsWith("/32") && except.length === 0);
  const addresses = [...new Set(single.map(({ cidr }) => cidr.slice(0, -3)))].sort();
  const ranges = peers.filter((range) => !single.includes(range));
  return [
    ...(addresses.length ? [`ip ${peer} { ${addresses.join(", ")} } `] : []),
    ...ranges.map(({ cidr, except }) =>
      [`ip ${peer} ${cidr} `, ...except.map((one) => `ip ${peer} != ${one} `)].join(""),
    ),
  ];
}

function byProtocol(ports: Ports[]): string[] {
  return (["TCP", "UDP", "SCTP"] as const).flatMap((protocol) => {
    const ranges = merged(ports.filter((one) => one.protocol === protocol));
    if (ranges.length === 0) return [];
    if (ranges[0]!.first === 0 && ranges[0]!.last === 65535) return [`meta l4proto ${protocol.toLowerCase()} `];
    const texts = ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
    return [`${protocol.toLowerCase()} dport { ${texts.join(", ")} } `];
  });
}

/** Sorted, and without overlaps, which nft's sets of ranges do not take. */
function merged(ports: Ports[]): Ports[] {
  const sorted = [...ports].sort((a, b) => a.first - b.first);
  const result: Ports[] = [];
  for (const next of sorted) {
    const previous = result.at(-1);
    if (previous && next.first <= previous.last + 1) {
      result[result.length - 1] = { ...previous, last: Math.max(previous.last, next.last) };
    } else result.push(next);
  }
  return result;
}
