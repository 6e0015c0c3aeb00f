import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { scheduleProblems } from "./schedule.ts";
import type { Frequency } from "./schedule.ts";

/** Velero, which copies a namespace's objects and volumes. */
export interface ClusterStateArgs {
  /** Namespace that Velero runs in. @default "velero" */
  namespace?: string;
  /** ARN of the role that its pods have, which alone of those outside may write backups; on AWS. @default the role that a stack with a cluster of its own on AWS makes, nobody's elsewhere (CV-DATA-07) */
  roleArn?: string;
  /** When it copies, as cron in UTC: every day, or more often. @default "0 3 * * *" (CV-BCP-02) */
  schedule?: string;
}

/** One policy for all that is backed up: how often, for how long, and how soon it is back. */
export interface BackupPolicyArgs {
  /** When base backups of the database are made, as cron with seconds, UTC. @default "0 0 2 * * *" (AUD-DB-03, CV-DB-03) */
  databaseSchedule?: string;
  /** When the cache is copied, as cron in UTC. @default "30 1 * * *" (AUD-CSTR-06, CV-CACHE-08) */
  cacheSchedule?: string;
  /** When the newest backup is restored and compared, as cron in UTC: every week, or more often. @default "0 4 * * 0" (CV-BCP-02) */
  drillSchedule?: string;
  /** Days that backups are kept. @default 30 (AUD-DB-03, CV-DB-03) */
  retentionDays?: number;
  /** Minutes in which the database is back after a disaster. @default 15 (CV-BCP-08) */
  rtoMinutes?: number;
  /** Minutes of writes that a disaster may cost. @default 5 (CV-BCP-08) */
  rpoMinutes?: number;
  /** How CloudNativePG is told of the archive: "plugin" or "in-tree". @default "plugin" */
  method?: string;
  /** Whether a release waits until its own backups are complete. @default true (AUD-PRE-04) */
  awaitRelease?: boolean;
  /** Velero. @default the cluster's state is not copied */
  clusterState?: ClusterStateArgs;
}

export const backupPolicyDefaults = deepFrozen({
  databaseSchedule: "0 0 2 * * *",
  cacheSchedule: "30 1 * * *",
  drillSchedule: "0 4 * * 0",
  retentionDays: thresholds.backup.minRetentionDays,
  rtoMinutes: thresholds.backup.maxRtoMinutes,
  rpoMinutes: thresholds.backup.maxRpoMinutes,
  method: "plugin",
  awaitRelease: true,
});

export const clusterStateDefaults = deepFrozen({
  namespace: "velero",
  schedule: "0 3 * * *",
  /** Folder of the buckets that it writes to. */
  prefix: "velero",
});

/** Minutes that a restore takes besides reading the base backup: an instance, and the log of a day, as drills measured. */
const restoreMinutes = 5;

/** Problems of a policy: schedules that never fire, or too rarely for what is promised. */
export function policyProblems(path: string, given: BackupPolicyArgs): Problem[] {
  const policy = { ...backupPolicyDefaults, ...given };
  const { minRetentionDays, maxRtoMinutes, maxRpoMinutes, maxDaysBetweenDrills } = thresholds.backup;
  const schedule = (key: "databaseSchedule" | "cacheSchedule" | "drillSchedule", frequency: Frequency) =>
    scheduleProblems(`${path}.${key}`, policy[key], frequency);
  const { clusterState } = given;
  return [
    ...schedule("databaseSchedule", { seconds: true, items: "AUD-DB-03, CV-DB-03" }),
    ...schedule("cacheSchedule", { items: "AUD-CSTR-06, CV-CACHE-08" }),
    ...schedule("drillSchedule", { mostHours: maxDaysBetweenDrills * 24, items: "CV-BCP-02" }),
    ...(clusterState?.schedule === undefined
      ? []
      : scheduleProblems(`${path}.clusterState.schedule`, clusterState.schedule, { items: "CV-BCP-02" })),
    ...wholeNumber(`${path}.retentionDays`, policy.retentionDays, {
      min: minRetentionDays,
      items: "AUD-DB-03, CV-DB-03",
    }),
    ...wholeNumber(`${path}.rpoMinutes`, policy.rpoMinutes, { min: 1, max: maxRpoMinutes, items: "CV-BCP-08" }),
    ...wholeNumber(`${path}.rtoMinutes`, policy.rtoMinutes, { min: 1, max: maxRtoMinutes, items: "CV-BCP-08" }),
    ...unless(
      policy.rtoMinutes >= restoreMinutes,
      `${path}.rtoMinutes`,
      policy.rtoMinutes,
      `at least ${restoreMinutes} are needed: so long a restore out of a daily base backup and its log may take (CV-BCP-08)`,
    ),
  ];
}

/** The log is archived at least twice within the minutes that a disaster may cost (CV-BCP-08). */
export function archiveTimeoutOf(rpoMinutes: number): number {
  return Math.min(thresholds.postgres.maxArchiveTimeoutSeconds, rpoMinutes * 30);
}
