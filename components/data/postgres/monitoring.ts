import * as pulumi from "@pulumi/pulumi";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { alertRules } from "../alerts.ts";
import { custom } from "../custom.ts";
import type { Parts } from "../parts.ts";
import { customQueries, postgresAlerts } from "./alerts.ts";
import type { GivenPostgres } from "./args.ts";
import { dashboardConfigMap } from "./dashboard.ts";
import * as names from "./names.ts";

/** What is measured of instances and poolers, and what people are called for (AUD-DB-05, CV-DB-06). */
export function monitoring(cluster: Parts<GivenPostgres>): void {
  const { clusterName, namespace } = cluster.args;
  const metadata = cluster.metadata(clusterName, "postgres");
  new ConfigMap(
    `${cluster.name}-queries`,
    { metadata: cluster.metadata(names.queries(clusterName), "postgres"), data: { ...customQueries } },
    cluster.child,
  );
  dashboardConfigMap(
    `${cluster.name}-dashboard`,
    cluster.metadata(`${clusterName}-dashboard`, "postgres"),
    cluster.child,
  );
  custom(
    `${cluster.name}-metrics`,
    "monitoring.coreos.com/v1",
    "PodMonitor",
    metadata,
    {
      selector: { matchLabels: names.clusterPods(clusterName) },
      podMetricsEndpoints: [{ port: "metrics", interval: "30s" }],
    },
    cluster.child,
  );
  alertRules(
    `${cluster.name}-alerts`,
    metadata,
    "postgres",
    pulumi.output(namespace).apply((known) => postgresAlerts(known, clusterName)),
    cluster.child,
  );
}
