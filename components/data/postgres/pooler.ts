import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import { thresholds } from "../../../checklist/thresholds.ts";
import { withDefaults } from "../../defaults.ts";
import { custom } from "../custom.ts";
import type { Parts } from "../parts.ts";
import { poolerDefaults } from "./args.ts";
import type { GivenPostgres } from "./args.ts";
import * as names from "./names.ts";
import { poolerHostRules } from "./roles.ts";

/** PgBouncer for writes or for reads, on hosts of its own, and a budget that lets one pod go at a time (CV-DB-05). */
export function pooler(cluster: Parts<GivenPostgres>, type: names.PoolerType): void {
  const { clusterName, poolerImage, priorityClassName } = cluster.args;
  const size = withDefaults(cluster.args.pooler ?? {}, poolerDefaults);
  const objectName = names.poolerName(clusterName, type);
  const metadata = cluster.metadata(objectName, "pooler");
  const podLabels = { ...names.poolerPods(clusterName), "cnpg.io/poolerName": objectName };
  const resources = { requests: { ...size.requests }, limits: { ...size.limits } };
  custom(
    `${cluster.name}-pooler-${type}`,
    names.api,
    "Pooler",
    metadata,
    {
      cluster: { name: clusterName },
      instances: size.instances,
      type,
      pgbouncer: {
        poolMode: "transaction", // CV-DB-05
        pg_hba: poolerHostRules(),
        parameters: {
          min_pool_size: String(size.minPoolSize), // AUD-DB-02
          default_pool_size: String(size.maxConnections),
          max_db_connections: String(size.maxConnections), // AUD-DB-02
          max_client_conn: String(size.maxClients),
          query_wait_timeout: "30",
          server_login_retry: "1", // A new primary is tried at once.
          server_tls_protocols: "tlsv1.3",
        },
      },
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          ...(priorityClassName !== undefined && { priorityClassName }),
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: podLabels } },
              ],
            },
          },
          // The operator's own container in the pod takes these; the namespace's defaults are an application's.
          resources,
          containers: [{ name: "pgbouncer", image: poolerImage, resources }],
        },
      },
    },
    cluster.child,
  );
  new PodDisruptionBudget(
    `${cluster.name}-pooler-${type}`,
    {
      metadata,
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: podLabels },
        unhealthyPodEvictionPolicy: thresholds.disruption.unhealthyPodEvictionPolicy,
      },
    },
    cluster.child,
  );
}
