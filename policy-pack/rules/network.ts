// The network inside the cluster: nothing flows unless a rule names both ends.
import { isIP } from "node:net";
import { objectRule, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { guardedNamespaces, namespaceOf } from "../lib/namespaces.ts";
import { selectsAll } from "../lib/selector.ts";
import type { Value } from "../lib/value.ts";
import { shortestPrefix } from "../limits.ts";

type Direction = "Ingress" | "Egress";

export const namespacesDenyByDefault = stackRule({
  name: "namespaces-deny-traffic-by-default",
  decides: ["AUD-INFRA-08", "CV-KUBE-04", "AUD-SEC-01"],
  severity: "critical",
  description: "Every namespace that holds workloads denies all traffic, both ways, unless a rule allows it.",
  fix: "Declare a NetworkPolicy with an empty podSelector, policyTypes Ingress and Egress, and no rules.",
  subjects: guardedNamespaces,
  check: (subject, stack, complain) => {
    const namespace = namespaceOf(subject);
    const policies = stack.inNamespace(namespace, "NetworkPolicy");
    for (const direction of ["Ingress", "Egress"] as const) {
      if (policies.some((policy) => denies(policy, direction))) continue;
      complain(
        `Namespace "${namespace}" does not deny ${direction.toLowerCase()} by default: declare a NetworkPolicy with an ` +
          `empty podSelector and the policyType ${direction}, and no ${direction.toLowerCase()} rules.`,
      );
    }
  },
});

/** Whether the policy isolates every pod in that direction and allows nothing itself. */
function denies({ spec }: KubernetesObject, direction: Direction): boolean {
  return (
    selectsAll(spec.get("podSelector")) &&
    spec.get("policyTypes").strings().includes(direction) &&
    spec.get(direction.toLowerCase()).list().length === 0
  );
}

export const networkRulesNameTheirPeers = objectRule({
  name: "network-rules-name-their-peers",
  decides: ["CV-KUBE-04", "AUD-SEC-01"],
  severity: "critical",
  description: "No network rule is open to everybody: each names its peers by labels or by a block of addresses.",
  fix: "Give every rule a from or to with a podSelector, a namespaceSelector or a narrow ipBlock.",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "NetworkPolicies that may be open, as namespace/name.",
    },
  },
  kinds: ["NetworkPolicy"],
  check: (policy, complain, { allowed }) => {
    if ((allowed as readonly string[]).includes(`${policy.namespace}/${policy.name}`)) return;
    judgeRules(policy, "ingress", "from", complain);
    judgeRules(policy, "egress", "to", complain);
  },
});

function judgeRules({ title, spec }: KubernetesObject, direction: string, peers: string, complain: Complain): void {
  for (const rule of spec.get(direction).list()) {
    const named = rule.get(peers).list();
    if (named.length === 0) {
      complain(`${title} allows ${direction} ${peers} everybody: name the peers of the ${direction} rule in ${peers}.`);
    }
    for (const peer of named) {
      const open = openness(peer);
      if (open !== undefined) {
        complain(`${title} allows ${direction} ${peers} ${open}: name the peers by labels or a narrower block.`);
      }
    }
  }
}

/** Who everybody is, if the peer is everybody. */
function openness(peer: Value): string | undefined {
  const block = peer.get("ipBlock");
  if (block.exists) {
    const cidr = block.get("cidr").string() ?? "";
    return isOpenBlock(cidr) ? `the addresses ${cidr === "" ? "of no block" : cidr}` : undefined;
  }
  if (!selectsAll(peer.get("podSelector"))) return undefined;
  const namespaces = peer.get("namespaceSelector");
  if (!namespaces.exists) return "every pod of the namespace";
  return selectsAll(namespaces) ? "every pod of the cluster" : undefined;
}

function isOpenBlock(cidr: string): boolean {
  const [address = "", prefix = ""] = cidr.split("/");
  const family = isIP(address);
  if (family === 0) return true;
  return Number(prefix) < (family === 4 ? shortestPrefix.ipv4 : shortestPrefix.ipv6);
}
