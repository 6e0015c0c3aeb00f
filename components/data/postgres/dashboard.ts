// What a database does, as Grafana shows it (CV-DB-06). One dashboard for all: its variables choose the namespace and the cluster,
// so that every capability declares the same text under the same name.
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../../checklist/thresholds.ts";
import { database } from "./names.ts";

/** Something that a dashboard shows over time. */
export interface Panel {
  /** Title of the panel. */
  title: string;
  /** What it means, and what to do about it. */
  description: string;
  /** Grafana's name of the unit. */
  unit: string;
  /** PromQL expressions, each with the text of its legend. */
  queries: readonly { readonly expr: string; readonly legend: string }[];
}

const pods = 'namespace="$namespace", pod=~"$cluster-[0-9]+"';
const ours = `${pods}, datname="${database}"`;
const volumes = 'namespace="$namespace", persistentvolumeclaim=~"$cluster-[0-9]+(-wal)?"';
const rate = (metric: string) => `sum by (pod) (rate(${metric}{${ours}}[5m]))`;

/** The panels, in the order in which they are shown. */
export const databasePanels: readonly Panel[] = deepFrozen([
  {
    title: "Transactions",
    description: "Committed and rolled back, a second. Many rollbacks are a fault of the application.",
    unit: "ops",
    queries: [
      { expr: rate("cnpg_pg_stat_database_xact_commit"), legend: "{{pod}} committed" },
      { expr: rate("cnpg_pg_stat_database_xact_rollback"), legend: "{{pod}} rolled back" },
    ],
  },
  {
    title: "Cache hit ratio",
    description: "Blocks that were in memory. Below 99 % the memory is too small, or a query reads whole tables.",
    unit: "percentunit",
    queries: [
      {
        expr: `${rate("cnpg_pg_stat_database_blks_hit")} / (${rate("cnpg_pg_stat_database_blks_hit")} + ${rate("cnpg_pg_stat_database_blks_read")})`,
        legend: "{{pod}}",
      },
    ],
  },
  {
    title: "Locks",
    description: "Sessions that wait for another one's lock, and deadlocks.",
    unit: "short",
    queries: [
      { expr: `max by (pod) (cnpg_backends_waiting_total{${pods}})`, legend: "{{pod}} waiting" },
      { expr: `sum by (pod) (increase(cnpg_pg_stat_database_deadlocks{${ours}}[5m]))`, legend: "{{pod}} deadlocks" },
    ],
  },
  {
    title: "Replication lag",
    description: "Seconds that replicas are behind. With the synchronous one far behind, commits are slow.",
    unit: "s",
    queries: [
      { expr: `max by (pod) (cnpg_pg_replication_lag{${pods}})`, legend: "{{pod}}" },
      {
        expr: `max by (application_name) (cnpg_pg_stat_replication_flush_lag_seconds{${pods}})`,
        legend: "{{application_name}} to its disk",
      },
    ],
  },
  {
    title: "Slow queries",
    description: "The slowest statement's mean, the mean of all, and the longest open transaction.",
    unit: "s",
    queries: [
      { expr: `max by (pod) (cnpg_apg_statements_slowest_mean_seconds{${pods}})`, legend: "{{pod}} slowest" },
      {
        expr: `sum by (pod) (rate(cnpg_apg_statements_seconds{${pods}}[5m])) / sum by (pod) (rate(cnpg_apg_statements_calls{${pods}}[5m]))`,
        legend: "{{pod}} mean",
      },
      {
        expr: `max by (pod) (cnpg_backends_max_tx_duration_seconds{${pods}})`,
        legend: "{{pod}} longest transaction",
      },
    ],
  },
  {
    title: "Connections",
    description: "Connections to the instances by state, and how many there may be.",
    unit: "short",
    queries: [
      { expr: `sum by (pod, state) (cnpg_backends_total{${pods}})`, legend: "{{pod}} {{state}}" },
      { expr: `max(cnpg_pg_settings_setting{${pods}, name="max_connections"})`, legend: "allowed" },
    ],
  },
  {
    title: "Archive",
    description: "Files of the log that wait to be archived, and attempts that failed: what is in them would be lost.",
    unit: "short",
    queries: [
      {
        expr: `max by (pod) (cnpg_collector_pg_wal_archive_status{${pods}, value="ready"})`,
        legend: "{{pod}} waiting",
      },
      {
        expr: `sum by (pod) (increase(cnpg_pg_stat_archiver_failed_count{${pods}}[5m]))`,
        legend: "{{pod}} failed",
      },
    ],
  },
  {
    title: "Disk",
    description: "Share of each volume that is used. Volumes grow, and never shrink.",
    unit: "percentunit",
    queries: [
      {
        expr: `1 - kubelet_volume_stats_available_bytes{${volumes}} / kubelet_volume_stats_capacity_bytes{${volumes}}`,
        legend: "{{persistentvolumeclaim}}",
      },
    ],
  },
]);

/** What Grafana knows the dashboard by. */
export const dashboardUid = "database";

const source = { type: "prometheus", uid: "${datasource}" };
const [columns, width, height] = [2, 12, 8];

function panel({ title, description, unit, queries }: Panel, index: number) {
  return {
    id: index + 1,
    title,
    description,
    type: "timeseries",
    datasource: source,
    gridPos: { x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + at),
      datasource: source,
      expr,
      legendFormat: legend,
    })),
  };
}

/** A variable whose values are those of a label. */
function variable(name: string, label: string, query: string) {
  return { name, label, type: "query", datasource: source, query: { query, refId: name }, refresh: 2, sort: 1 };
}

/** The dashboard, as Grafana's model of it. */
export function databaseDashboard() {
  return {
    uid: dashboardUid,
    title: "Database",
    tags: ["apg", "postgres"],
    schemaVersion: 41,
    version: 1,
    editable: false,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: {
      list: [
        { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
        variable("namespace", "Namespace", "label_values(cnpg_collector_up, namespace)"),
        variable("cluster", "Cluster", 'label_values(cnpg_collector_up{namespace="$namespace"}, cluster)'),
      ],
    },
    annotations: { list: [] },
    panels: databasePanels.map(panel),
  };
}

/** The content of its ConfigMap. */
export function dashboardData(): { [file: string]: string } {
  return { "database.json": JSON.stringify(databaseDashboard()) };
}

/** Declares the ConfigMap from which Grafana's sidecar takes the dashboard. */
export function dashboardConfigMap(
  name: string,
  metadata: Omit<k8s.meta.v1.ObjectMeta, "labels"> & { labels?: { [label: string]: string } },
  opts: pulumi.CustomResourceOptions,
): ConfigMap {
  const labels = { ...metadata.labels, grafana_dashboard: "1" };
  return new ConfigMap(name, { metadata: { ...metadata, labels }, data: dashboardData() }, opts);
}
