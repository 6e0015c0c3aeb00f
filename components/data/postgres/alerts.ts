// What operators are called for, and what is measured beside the operator's own metrics (AUD-DB-05, CV-DB-06).
import { deepFrozen } from "../../../checklist/thresholds.ts";
import type { Alert } from "../alerts.ts";
import { statementQueries } from "./statement-queries.ts";

const runbook = "runbooks/database-maintenance.md";

/** Alerts of one cluster; `instances` are its pods, by the labels that Prometheus gives them. */
export function postgresAlerts(namespace: string, cluster: string): Alert[] {
  const pods = `namespace="${namespace}", pod=~"${cluster}-[0-9]+"`;
  const volumes = `namespace="${namespace}", persistentvolumeclaim=~"${cluster}-[0-9]+(-wal)?"`;
  return [
    {
      alert: "PgReplicationLag",
      expr: `max by (pod) (cnpg_pg_replication_lag{${pods}}) > 30`,
      for: "5m",
      severity: "warning",
      summary: "A replica of Postgres is more than 30 s behind its primary.",
      runbook,
    },
    {
      alert: "PgConnectionsHigh",
      expr: `sum by (pod) (cnpg_backends_total{${pods}}) / max by (pod) (cnpg_pg_settings_setting{${pods}, name="max_connections"}) > 0.8`,
      for: "5m",
      severity: "warning",
      summary: "More than 80 % of an instance's connections are in use.",
      runbook,
    },
    {
      alert: "PgLongTransaction",
      expr: `max by (pod) (cnpg_backends_max_tx_duration_seconds{${pods}}) > 300`,
      for: "1m",
      severity: "warning",
      summary: "A transaction is open for more than 5 minutes.",
      runbook,
    },
    {
      alert: "PgDeadTuples",
      expr: `sum by (pod) (cnpg_apg_tables_dead{${pods}}) / sum by (pod) (cnpg_apg_tables_live{${pods}} + cnpg_apg_tables_dead{${pods}}) > 0.2`,
      for: "30m",
      severity: "warning",
      summary: "More than a fifth of all rows are dead: vacuum does not keep up.",
      runbook,
    },
    {
      alert: "PgArchiveFailing",
      // Of the primary alone: one that no longer is archives nothing more.
      expr: `increase(cnpg_pg_stat_archiver_failed_count{${pods}}[10m]) > 0 or (cnpg_pg_stat_archiver_seconds_since_last_archival{${pods}} > 600 and on (namespace, pod) cnpg_pg_replication_in_recovery{${pods}} == 0)`,
      for: "5m",
      severity: "critical",
      summary: "The write-ahead log is not archived: what is written now could not be restored.",
      runbook,
    },
    {
      alert: "PgDiskFillingUp",
      expr: `kubelet_volume_stats_available_bytes{${volumes}} / kubelet_volume_stats_capacity_bytes{${volumes}} < 0.15`,
      for: "10m",
      severity: "critical",
      summary: "Less than 15 % of a volume of Postgres is free.",
      runbook,
    },
    {
      alert: "PgNotSynchronous",
      expr: `sum by (namespace) (cnpg_pg_replication_is_wal_receiver_up{${pods}}) < 1`,
      for: "1m",
      severity: "critical",
      summary: "No replica follows the primary: writes wait until one does.",
      runbook,
    },
  ];
}

/** Live and dead rows, which the operator's own queries leave out. */
export const customQueries = deepFrozen({
  "queries.yaml": `apg_tables:
  query: "SELECT coalesce(sum(n_live_tup), 0) AS live, coalesce(sum(n_dead_tup), 0) AS dead FROM pg_stat_user_tables"
  target_databases: ["app"]
  metrics:
    - live:
        usage: "GAUGE"
        description: "Live rows of all tables"
    - dead:
        usage: "GAUGE"
        description: "Dead rows of all tables"
${statementQueries}`,
});
