// What a rule of a NetworkPolicy lets through.
import { selects } from "./selector.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { Pod } from "./pod.ts";
import type { Value } from "./value.ts";

/** Whether a rule opens a TCP port. A port by name may be any, so it counts as this one. */
export function opensPort(rule: Value, port: number): boolean {
  const ports = rule.get("ports").list();
  return (
    ports.length === 0 ||
    ports.some((each) => {
      if ((each.get("protocol").string() ?? "TCP") !== "TCP") return false;
      const from = each.get("port").numberOrText();
      if (from === undefined || (typeof from === "string" && !/^\d+$/.test(from))) return true;
      return port >= Number(from) && port <= (each.get("endPort").number() ?? Number(from));
    })
  );
}

/** Whether the peers of a rule include a pod. Blocks of addresses do not count: nobody plans a pod's address. */
export function peersAdmit(stack: PlannedStack, policy: KubernetesObject, peers: Value, pod: Pod): boolean {
  const list = peers.list();
  if (list.length === 0) return true;
  const { namespace } = pod.owner;
  const labels = stack.namespace(namespace)?.metadata.get("labels").map() ?? new Map<string, string>();
  return list.some((peer) => {
    const [ofPods, ofNamespaces] = [peer.get("podSelector"), peer.get("namespaceSelector")];
    if (!ofPods.exists && !ofNamespaces.exists) return false;
    const there = ofNamespaces.exists
      ? selects(ofNamespaces, new Map([...labels, ["kubernetes.io/metadata.name", namespace]]))
      : namespace === policy.namespace;
    return there && (!ofPods.exists || selects(ofPods, pod.labels));
  });
}
