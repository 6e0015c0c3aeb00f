import { edgePolicies } from "../../capability/network-policies.ts";
import { storeEdges } from "../backup/store.ts";
import type { NetworkEdge } from "../../capability/network-policies.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";

/** Who may call whom: each other, clients, metrics and the copies; nobody else. */
export function network(group: Group): void {
  const { namespace, clients, monitoring, backup } = group.args;
  const from = (component: string, port: number): NetworkEdge => ({
    name: component,
    peer: { podLabels: group.selector(component) },
    ports: [port],
  });
  const to = (component: names.Component) => from(component, names.ports[component]);
  for (const component of names.components) {
    const port = names.ports[component];
    edgePolicies(
      group.name,
      {
        namespace,
        prefix: component,
        podLabels: group.selector(component),
        ingress: [
          ...names.components.map((other) => from(other, port)),
          ...clients.map((client) => ({ ...client, ports: [port] })),
          ...(monitoring === undefined
            ? []
            : [{ name: "monitoring", peer: monitoring.peer, ports: [names.ports.metrics] }]),
          ...(backup !== undefined && component === names.redis
            ? [{ ...from(names.backup, port), name: "backup" }]
            : []),
        ],
        egress: names.components.map(to),
      },
      group.child,
    );
  }
  if (backup === undefined) return;
  edgePolicies(
    group.name,
    {
      namespace,
      prefix: names.backup,
      podLabels: group.selector(names.backup),
      egress: [to(names.redis), ...storeEdges(backup.store, "store")],
    },
    group.child,
  );
}
