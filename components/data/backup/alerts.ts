// When what would be lost, or the time to restore it, grows beyond what is promised (CV-BCP-08).
import { thresholds } from "../../../checklist/thresholds.ts";
import type { Alert } from "../alerts.ts";
import type { ArchiveMethod } from "../postgres/archive.ts";
import type { DrilledDatabase } from "./drill-cluster.ts";

const runbook = "runbooks/backup-recovery.md";

/** The newest base backup, by who makes it: the plugin, or the operator itself. */
const newestBackup: Record<ArchiveMethod, string> = {
  plugin: "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
  "in-tree": "cnpg_collector_last_available_backup_timestamp",
};

export function backupAlerts(
  namespace: string,
  { clusterName: cluster, method }: Pick<DrilledDatabase, "clusterName" | "method">,
  rpoMinutes: number,
): Alert[] {
  const pods = `namespace="${namespace}", pod=~"${cluster}-[0-9]+"`;
  // What the primary has to archive: an idle database, and one that is no longer primary, archive nothing and lose nothing.
  const waiting = `cnpg_collector_pg_wal_archive_status{${pods}, value="ready"} > 0 and on (namespace, pod) cnpg_pg_replication_in_recovery{${pods}} == 0`;
  const { maxHoursBetween, maxDaysBetweenDrills } = thresholds.backup;
  return [
    {
      alert: "RpoAtRisk",
      expr: `max by (namespace) (cnpg_pg_stat_archiver_seconds_since_last_archival{${pods}} and on (namespace, pod) ${waiting}) > ${rpoMinutes * 60}`,
      for: "1m",
      severity: "critical",
      summary: `Writes of more than ${rpoMinutes} minutes are in no archive.`,
      runbook,
    },
    {
      alert: "BackupTooOld",
      expr: `time() - max by (namespace) (${newestBackup[method as ArchiveMethod]}{${pods}}) > ${(maxHoursBetween + 2) * 3600}`,
      for: "5m",
      severity: "critical",
      summary: `The newest base backup is older than ${maxHoursBetween + 2} hours.`,
      runbook,
    },
    {
      alert: "RestoreDrillMissing",
      expr: `time() - max by (namespace) (kube_cronjob_status_last_successful_time{namespace="${namespace}", cronjob="restore-drill"}) > ${(maxDaysBetweenDrills + 1) * 86400}`,
      for: "1h",
      severity: "warning",
      summary: `No backup was restored and compared within ${maxDaysBetweenDrills} days.`,
      runbook,
    },
  ];
}
