// Backups beside the databases' own: the cluster's objects, the caches, and the proof that a backup can be restored.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { durationSeconds, gapText, longestGap } from "../../checklist/cron.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { capabilityOf } from "../lib/namespaces.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { isDataServer, redisWorkloads } from "../lib/redis.ts";
import { backupComponents } from "../limits.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { minRetentionDays, maxHoursBetween, maxDaysBetweenDrills } = thresholds.backup;
const componentLabel = "app.kubernetes.io/component";
/** Velero's own. */
const usualRetention = "720h";

export const clusterStateIsBackedUp = stackRule({
  name: "cluster-state-is-backed-up-daily",
  decides: ["CV-BCP-02", "CV-BCP-08"],
  severity: "high",
  description: `Where there is a place for backups, a Schedule fills it at least every ${maxHoursBetween} hours.`,
  fix: `Declare a Schedule of velero.io with a daily schedule and a ttl of at least ${minRetentionDays * 24}h.`,
  subjects: ["BackupStorageLocation"],
  check: (location, stack, complain) => {
    const schedules = stack
      .inNamespace(location.namespace, "Schedule")
      .filter(({ spec }) => [undefined, location.name].includes(spec.at("template.storageLocation").string()));
    if (schedules.length === 0)
      complain(`${location.title} takes no backups: declare a Schedule whose template names it.`);
    const objections = schedules.map(objectionsTo);
    if (objections.every((found) => found.length > 0)) objections.flat().forEach(complain);
  },
});

export const dataNamespacesAreBackedUp = stackRule({
  name: "namespaces-with-data-are-backed-up-daily",
  decides: ["CV-BCP-02", "CV-BCP-08"],
  severity: "high",
  description: `The objects of a namespace with a Cluster are backed up by Velero at least every ${maxHoursBetween} hours.`,
  fix: `Declare a Schedule of velero.io with a daily schedule, a ttl of at least ${minRetentionDays * 24}h and the namespace in template.includedNamespaces.`,
  settings: {
    acceptNone: {
      type: "boolean",
      default: false,
      description: "Whether a namespace may have no backup of its objects, where there is no Velero.",
    },
  },
  subjects: ["Cluster"],
  check: (cluster, stack, complain, { acceptNone }) => {
    if (acceptNone === true) return notConcerned;
    const schedules = stack.ofKind("Schedule").filter((each) => copies(each, cluster.namespace));
    if (schedules.length === 0) {
      complain(
        `${cluster.title} is in a namespace whose objects nobody backs up: declare a Schedule of velero.io with ` +
          `${cluster.namespace} in includedNamespaces.`,
      );
    }
    const objections = schedules.map(objectionsTo);
    if (objections.every((found) => found.length > 0)) objections.flat().forEach(complain);
    return undefined;
  },
});

/** Whether a Schedule of Velero is about a namespace. */
function copies({ spec }: KubernetesObject, namespace: string): boolean {
  const included = spec.at("template.includedNamespaces").strings();
  const excluded = spec.at("template.excludedNamespaces").strings();
  const all = included.length === 0 || included.includes("*");
  return (all || included.includes(namespace)) && !excluded.includes(namespace);
}

function objectionsTo({ title, spec }: KubernetesObject): string[] {
  const objections: string[] = [];
  const schedule = spec.get("schedule").string() ?? "";
  const gap = longestGap(schedule);
  if (gap === undefined) objections.push(`${title} has the schedule "${schedule}", which is none: give five fields.`);
  else if (gap > maxHoursBetween * 3600)
    objections.push(`${title} leaves up to ${gapText(gap)} between backups: leave at most ${maxHoursBetween} hours.`);
  if (spec.get("paused").boolean() === true) objections.push(`${title} is paused: remove paused.`);
  const ttl = spec.at("template.ttl").string() ?? usualRetention;
  if ((durationSeconds(ttl) ?? 0) < minRetentionDays * 86_400)
    objections.push(`${title} keeps backups for ${ttl}: set template.ttl to at least ${minRetentionDays * 24}h.`);
  return objections;
}

export const backupsHaveAKey = objectRule({
  name: "backup-locations-have-a-key",
  decides: ["CV-DATA-07"],
  severity: "high",
  description: "Every place for backups is encrypted with a key of its own.",
  fix: "Set config.kmsKeyId of the BackupStorageLocation.",
  kinds: ["BackupStorageLocation"],
  check: ({ title, spec }, complain) => {
    if (!spec.get("config").get("kmsKeyId").isGiven)
      complain(`${title} encrypts backups with no key of their own: set config.kmsKeyId.`);
  },
});

/**
 * Either way counts. Velero copies the volumes as they are; the job of this platform asks a replica for a whole dump, sends it
 * to the object store, reads it back and compares the sums. It proves more of each copy, and needs no Velero.
 */
export const cachesAreBackedUp = stackRule({
  name: "caches-are-backed-up-daily",
  decides: ["AUD-CSTR-06", "CV-CACHE-08"],
  severity: "medium",
  description: `What Redis holds is copied to the backup store at least every ${maxHoursBetween} hours.`,
  fix: `Declare a daily CronJob with the label ${componentLabel}: redis-backup, or a Schedule of velero.io over the namespace.`,
  subjects: (stack) => redisWorkloads(stack).filter((each) => isDataServer(stack, each)),
  check: (workload, stack, complain) => {
    const jobs = stack
      .inNamespace(workload.namespace, "CronJob")
      .filter(
        (each) => each.label(componentLabel) === backupComponents.cache && runsWithin(each, maxHoursBetween * 3600),
      );
    const schedules = stack
      .ofKind("Schedule")
      .filter(
        (each) =>
          copies(each, workload.namespace) &&
          each.spec.get("paused").boolean() !== true &&
          (longestGap(each.spec.get("schedule").string() ?? "") ?? Infinity) <= maxHoursBetween * 3600,
      );
    if (jobs.length + schedules.length === 0) {
      complain(
        `${workload.title} is not backed up every day: declare a CronJob with the label ${componentLabel}: ` +
          `${backupComponents.cache}.`,
      );
    }
  },
});

export const restoresAreDrilled = stackRule({
  name: "restores-are-drilled-weekly",
  decides: ["CV-FINAL-05", "AUD-SOP-03", "CV-BCP-02"],
  severity: "high",
  description: `A job restores the newest backup of every Cluster and compares it, at least every ${maxDaysBetweenDrills} days.`,
  fix: `Declare a CronJob with the label ${componentLabel}: restore-drill and a weekly schedule.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const drills = stack
      .ofKind("CronJob")
      .filter((each) => each.label(componentLabel) === backupComponents.drill && speaksOf(stack, each, cluster));
    if (drills.length === 0) {
      complain(
        `${cluster.title} has backups that nobody ever restored: declare a CronJob with the label ${componentLabel}: ` +
          `${backupComponents.drill}.`,
      );
    } else if (!drills.some((drill) => runsWithin(drill, maxDaysBetweenDrills * 86_400))) {
      const names = drills.map(({ title }) => title).join(" and ");
      complain(`${names} of ${cluster.title} runs too seldom: let it run at least every ${maxDaysBetweenDrills} days.`);
    }
    return undefined;
  },
});

/** Whether a job is about a cluster: it is in a namespace of the same capability, or in one that no capability owns. */
function speaksOf(stack: PlannedStack, job: KubernetesObject, cluster: KubernetesObject): boolean {
  const owner = capabilityOf(stack, job.namespace);
  return owner === undefined || owner === capabilityOf(stack, cluster.namespace);
}

function runsWithin({ spec }: KubernetesObject, seconds: number): boolean {
  if (spec.get("suspend").boolean() === true) return false;
  return (longestGap(spec.get("schedule").string() ?? "") ?? Infinity) <= seconds;
}

const { dataClasses } = thresholds;
const classLabel = "data-class";

export const storedDataIsClassed = objectRule({
  name: "stored-data-says-its-class",
  decides: [],
  contributesTo: ["CV-DATA-04"],
  severity: "medium",
  description: `Every Cluster, PersistentVolumeClaim and StatefulSet with volumes has the label data-class: ${dataClasses.join(", ")}.`,
  fix: `Set the label data-class to one of ${dataClasses.join(", ")}, on the volumeClaimTemplates too.`,
  kinds: ["Cluster", "PersistentVolumeClaim", "StatefulSet"],
  check: (object, complain) => {
    const templates = object.spec.get("volumeClaimTemplates").list();
    if (object.kind === "StatefulSet" && templates.length === 0) return notConcerned;
    const judge = (who: string, given: string | undefined) => {
      if (!dataClasses.includes(given ?? ""))
        complain(
          `${who} does not say how sensitive it is: set the label ${classLabel} to one of ${dataClasses.join(", ")}.`,
        );
    };
    judge(object.title, object.label(classLabel));
    for (const template of templates) {
      const metadata = template.get("metadata");
      judge(
        `Volume "${metadata.get("name").string() ?? ""}" of ${object.title}`,
        metadata.get("labels").get(classLabel).string(),
      );
    }
    return undefined;
  },
});
