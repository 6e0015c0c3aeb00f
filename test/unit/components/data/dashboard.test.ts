import assert from "node:assert/strict";
import { dashboardConfigMap, databaseDashboard } from "../../../../components/data/postgres/dashboard.ts";
import { statementQueries } from "../../../../components/data/postgres/statement-queries.ts";
import { dashboard } from "../../../../policy-pack/limits.ts";
import { record } from "../../recorder.ts";

/** Metrics of CloudNativePG 1.27 by its default queries and its collector, and the kubelet's. */
const known = [
  "cnpg_backends_max_tx_duration_seconds",
  "cnpg_backends_total",
  "cnpg_backends_waiting_total",
  "cnpg_collector_pg_wal_archive_status",
  "cnpg_collector_up",
  "cnpg_pg_replication_lag",
  "cnpg_pg_settings_setting",
  "cnpg_pg_stat_archiver_failed_count",
  "cnpg_pg_stat_database_blks_hit",
  "cnpg_pg_stat_database_blks_read",
  "cnpg_pg_stat_database_deadlocks",
  "cnpg_pg_stat_database_xact_commit",
  "cnpg_pg_stat_database_xact_rollback",
  "cnpg_pg_stat_replication_flush_lag_seconds",
  "kubelet_volume_stats_available_bytes",
  "kubelet_volume_stats_capacity_bytes",
];
const own = [...statementQueries.matchAll(/^ {4}- (\w+):/gm)].map(([, metric]) => `cnpg_apg_statements_${metric}`);

describe("the database's dashboard", () => {
  const board = databaseDashboard();

  it("shows what the checklist asks for, and more", () => {
    assert.equal(board.uid, dashboard.uid);
    const titles = board.panels.map(({ title }) => title);
    assert.deepEqual(titles, [
      "Transactions",
      "Cache hit ratio",
      "Locks",
      "Replication lag",
      "Slow queries",
      "Connections",
      "Archive",
      "Disk",
    ]);
    for (const wanted of dashboard.panels) assert.ok(titles.some((title) => title.toLowerCase().includes(wanted)));
  });

  it("asks for metrics that there are", () => {
    const used = [...JSON.stringify(board).matchAll(/\b(?:cnpg|kubelet)_\w+/g)].map(([metric]) => metric);
    assert.deepEqual([...new Set(used)].sort(), [...known, ...own].sort());
  });

  it("has panels beside and below each other, none over another", () => {
    const places = board.panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
    assert.equal(new Set(places).size, places.length);
  });

  it("goes into a ConfigMap that Grafana loads", async () => {
    const metadata = { name: "postgres-dashboard", namespace: "n", labels: { a: "b" } };
    const inputs = (await record(() => dashboardConfigMap("audio", metadata, {}))).inputs(
      "kubernetes:core/v1:ConfigMap",
    );
    assert.deepEqual(inputs.metadata, { ...metadata, labels: { a: "b", grafana_dashboard: "1" } });
    assert.deepEqual(JSON.parse((inputs.data as { [file: string]: string })["database.json"]!), board);
  });
});
