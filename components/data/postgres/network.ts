import { edgePolicies } from "../../capability/network-policies.ts";
import type { NetworkEdge } from "../../capability/network-policies.ts";
import { storeEdges } from "../backup/store.ts";
import type { Parts } from "../parts.ts";
import type { GivenPostgres } from "./args.ts";
import { archivesOf } from "./archive.ts";
import * as names from "./names.ts";

/** Who may call whom: instances and poolers each other, the API server and the archives; clients the poolers alone. */
export function network(cluster: Parts<GivenPostgres>): void {
  const { clusterName, namespace, apiServer, operator, clients, migrations, monitoring } = cluster.args;
  const { own, origin } = archivesOf(cluster.args);
  const { postgres, status, metrics, poolerMetrics } = names.ports;
  const all = names.clusterPods(clusterName);
  const policies = (
    prefix: string,
    podLabels: { [label: string]: string },
    edges: { ingress?: NetworkEdge[]; egress?: NetworkEdge[] },
  ) => edgePolicies(cluster.name, { namespace, prefix, podLabels, ...edges }, cluster.child);
  const scraping = (port: number) =>
    monitoring === undefined ? [] : [{ name: "monitoring", peer: monitoring.peer, ports: [port] }];
  const stores = [own, origin]
    .flatMap((archive) => (archive === undefined ? [] : [archive.store]))
    .filter(({ bucket }, index, every) => every.findIndex((other) => other.bucket === bucket) === index);

  // Instances, the jobs that make them, and poolers: all ask the API server, and each other.
  policies(clusterName, all, {
    egress: [
      { name: clusterName, peer: { podLabels: all }, ports: [postgres, status] },
      { name: "api-server", peer: apiServer.peer, ports: [apiServer.port] },
      ...stores
        .flatMap((store, index) => storeEdges(store, index === 0 ? "archive" : "origin"))
        .filter(({ name }, index, every) => every.findIndex((other) => other.name === name) === index),
    ],
  });
  policies(`${clusterName}-instances`, names.instancePods(clusterName), {
    ingress: [
      { name: clusterName, peer: { podLabels: all }, ports: [postgres, status] },
      { name: "operator", peer: operator, ports: [status] },
      ...migrations.map((client) => ({ ...client, ports: [postgres] })),
      ...scraping(metrics),
    ],
  });
  policies(`${clusterName}-poolers`, names.poolerPods(clusterName), {
    ingress: [...clients.map((client) => ({ ...client, ports: [postgres] })), ...scraping(poolerMetrics)],
  });
}
