// Backups of PostgreSQL: a base backup every day, the log within minutes, both kept for 30 days, encrypted.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { gapText, longestGap } from "../../checklist/cron.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { archiveOf, belongingTo, parameter, retentionDays, timeSeconds } from "../lib/postgres.ts";
import type { Value } from "../lib/value.ts";
import { environmentLabel } from "../../checklist/labels.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { productionEnvironment } from "../limits.ts";

const { minRetentionDays, maxHoursBetween, maxRtoMinutes, maxRpoMinutes } = thresholds.backup;
const { maxArchiveTimeoutSeconds } = thresholds.postgres;

export const postgresIsBackedUpDaily = stackRule({
  name: "postgres-is-backed-up-daily",
  decides: ["AUD-DB-03", "CV-DB-03", "CV-BCP-02"],
  severity: "critical",
  description: `A base backup of every Cluster is made at least every ${maxHoursBetween} hours.`,
  fix: 'Declare a ScheduledBackup that names the Cluster, with the six-field schedule "0 0 2 * * *" and method plugin.',
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const schedules = belongingTo(stack, cluster, "ScheduledBackup");
    if (schedules.length === 0) {
      complain(`${cluster.title} is not backed up: declare a ScheduledBackup that names it.`);
      return;
    }
    const complaints = schedules.map((each) => objectionsTo(each, archiveOf(stack, cluster)?.method));
    // One good schedule is enough; others, such as monthly ones, may be beside it.
    if (complaints.every((found) => found.length > 0)) complaints.flat().forEach(complain);
  },
});

function objectionsTo({ title, spec }: KubernetesObject, archive: string | undefined): string[] {
  const objections: string[] = [];
  const schedule = spec.get("schedule").string() ?? "";
  const gap = longestGap(schedule, { seconds: true });
  if (gap === undefined) {
    objections.push(
      `${title} has the schedule "${schedule}", which is none: give six fields, seconds first, "0 0 2 * * *".`,
    );
  } else if (gap > maxHoursBetween * 3600) {
    objections.push(`${title} leaves up to ${gapText(gap)} between backups: leave at most ${maxHoursBetween} hours.`);
  }
  if (spec.get("suspend").boolean() === true) objections.push(`${title} is suspended: remove suspend.`);
  const method = spec.get("method").string() ?? "barmanObjectStore";
  if (method !== "plugin" && method !== "barmanObjectStore")
    objections.push(`${title} backs up by ${method}, which leaves the cluster's own disks: set method to plugin.`);
  else if (archive !== undefined && method !== archive)
    objections.push(`${title} backs up by ${method} and its cluster archives by ${archive}: set method to ${archive}.`);
  return objections;
}

export const postgresKeepsBackups = stackRule({
  name: "postgres-keeps-its-backups",
  decides: ["AUD-DB-03", "CV-DB-03", "CV-BCP-05"],
  severity: "high",
  description: `Every Cluster has an archive in an object store, and it is kept for at least ${minRetentionDays} days.`,
  fix: `Give the Cluster the plugin barman-cloud.cloudnative-pg.io and an ObjectStore with retentionPolicy ${minRetentionDays}d.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const archive = archiveOf(stack, cluster);
    if (archive === undefined) {
      complain(
        `${cluster.title} has no archive: give it the plugin barman-cloud.cloudnative-pg.io with isWALArchiver and an ` +
          "ObjectStore.",
      );
      return;
    }
    const policy = archive.retention.string() ?? "";
    const days = retentionDays(policy) ?? 0;
    if (days < minRetentionDays) {
      complain(
        `${archive.title} keeps the backups of ${cluster.title} for ${policy === "" ? "no stated time" : policy}: set ` +
          `retentionPolicy to ${minRetentionDays}d.`,
      );
    }
  },
});

export const postgresArchivesInTime = objectRule({
  name: "postgres-archives-its-log-in-time",
  decides: ["CV-BCP-05", "CV-BCP-08"],
  severity: "high",
  description: `A row that was written is in the archive within ${maxArchiveTimeoutSeconds / 60} minutes.`,
  fix: `Set the parameter archive_timeout to ${maxArchiveTimeoutSeconds / 60}min or less.`,
  kinds: ["Cluster"],
  check: (cluster, complain) => {
    const stated = parameter(cluster, "archive_timeout");
    // Without the parameter the operator sets five minutes.
    const timeout = stated === undefined ? 300 : timeSeconds(stated, "s");
    if (timeout === undefined || timeout <= 0 || timeout > maxArchiveTimeoutSeconds) {
      complain(
        `${cluster.title} archives after ${stated}: set the parameter archive_timeout to ` +
          `${maxArchiveTimeoutSeconds / 60}min or less.`,
      );
    }
  },
});

export const postgresEncryptsItsArchive = objectRule({
  name: "postgres-encrypts-its-archive",
  decides: ["CV-DATA-07"],
  severity: "high",
  description: "Base backups and the log are encrypted in the object store under a key of their own.",
  fix: "Set data.encryption and wal.encryption to aws:kms.",
  settings: {
    acceptUnencrypted: {
      type: "boolean",
      default: false,
      description: "Whether an S3-compatible server (endpointURL) may be left to encrypt by itself.",
    },
  },
  kinds: ["Cluster", "ObjectStore"],
  check: ({ kind, title, spec }, complain, { acceptUnencrypted }) => {
    const store = kind === "Cluster" ? spec.at("backup.barmanObjectStore") : spec.get("configuration");
    if (!store.exists) return notConcerned;
    if (acceptUnencrypted === true && store.get("endpointURL").exists) return notConcerned;
    judgeEncryption(title, store, complain);
    return undefined;
  },
});

function judgeEncryption(title: string, store: Value, complain: Complain): void {
  const open = ["data", "wal"].filter((part) => store.get(part).get("encryption").string() !== "aws:kms");
  if (open.length > 0)
    complain(
      `${title} does not encrypt its archive: set ${open.map((part) => `${part}.encryption`).join(" and ")} to aws:kms.`,
    );
}

export const recoveryTargetsAreMet = stackRule({
  name: "recovery-targets-are-stated-and-kept",
  decides: ["CV-BCP-08"],
  severity: "medium",
  description:
    `The stack states how long a recovery takes, at most ${maxRtoMinutes} minutes, and how much data it may lose, at most ` +
    `${maxRpoMinutes} minutes, and every Cluster archives often enough for it.`,
  fix: `Set apg:backup with rtoMinutes of at most ${maxRtoMinutes} and rpoMinutes of at most ${maxRpoMinutes}, and archive_timeout to no more.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const { rtoMinutes, rpoMinutes } = stack.config.recovery;
    const judge = (name: string, what: string, stated: number | undefined, most: number) => {
      if (stated === undefined) complain(`${cluster.title} has no target of ${what}: set ${name} in apg:backup.`);
      else if (!(stated > 0 && stated <= most))
        complain(
          `${cluster.title} has a target of ${what} of ${stated} minutes: set ${name} in apg:backup to at most ${most}.`,
        );
    };
    judge("rtoMinutes", "recovery time", rtoMinutes, maxRtoMinutes);
    judge("rpoMinutes", "lost data", rpoMinutes, maxRpoMinutes);
    const timeout = timeSeconds(parameter(cluster, "archive_timeout") ?? "300", "s") ?? Infinity;
    if (rpoMinutes !== undefined && timeout > rpoMinutes * 60) {
      complain(
        `${cluster.title} archives every ${timeout} s, and ${rpoMinutes} minutes of data may be lost: lower ` +
          "archive_timeout.",
      );
    }
  },
});

/** Names that production's buckets, hosts and archives carry. */
const ofProduction = /(?<![a-z0-9])prod(uction)?(?![a-z0-9])/i;

export const copiesAreNotOfProduction = stackRule({
  name: "no-copy-of-production-is-outside-of-it",
  decides: [],
  contributesTo: ["CV-DATA-06"],
  severity: "high",
  description: "No Cluster outside of production starts from production's archive, or replicates from there.",
  fix: "Restore an archive of this environment, or copy production's data through the job that masks it.",
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const environment = stack.namespace(cluster.namespace)?.label(environmentLabel);
    if (environment === undefined || environment === productionEnvironment) return notConcerned;
    for (const source of cluster.spec.get("externalClusters").list()) {
      const name = source.get("name").string() ?? "";
      const store = source.at("plugin.parameters.barmanObjectName").string() ?? "";
      const planned = stack.named("ObjectStore", cluster.namespace, store);
      const places = [
        store,
        planned?.spec.at("configuration.destinationPath").string(),
        source.at("plugin.parameters.serverName").string(),
        source.at("barmanObjectStore.destinationPath").string(),
        source.at("barmanObjectStore.serverName").string(),
        source.at("connectionParameters.host").string(),
      ];
      const found = places.find((place) => ofProduction.test(place ?? ""));
      if (found !== undefined)
        complain(
          `${cluster.title} takes its data from ${found} (${name}): restore an archive of ${environment} instead.`,
        );
    }
    return undefined;
  },
});
