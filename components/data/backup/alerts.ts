// When what would be lost, or the time to restore it, grows beyond what is promised (CV-BCP-08).
import { thresholds } from "../../../checklist/thresholds.ts";
import type { Alert } from "../alerts.ts";

const runbook = "runbooks/backup-recovery.md";

export function backupAlerts(namespace: string, cluster: string, rpoMinutes: number): Alert[] {
  const pods = `namespace="${namespace}", pod=~"${cluster}-[0-9]+"`;
  const { maxHoursBetween, maxDaysBetweenDrills } = thresholds.backup;
  return [
    {
      alert: "RpoAtRisk",
      expr: `min by (namespace) (cnpg_pg_stat_archiver_seconds_since_last_archival{${pods}}) > ${rpoMinutes * 60}`,
      for: "1m",
      severity: "critical",
      summary: `Writes of more than ${rpoMinutes} minutes are in no archive.`,
      runbook,
    },
    {
      alert: "BackupTooOld",
      expr: `time() - max by (namespace) (cnpg_collector_last_available_backup_timestamp{${pods}}) > ${(maxHoursBetween + 2) * 3600}`,
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
