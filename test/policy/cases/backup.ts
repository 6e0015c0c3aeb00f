import { add, all, drop, set, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import { container, containerPath, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

const store = `ObjectStore "${namespace}/postgres"`;
const velero = 'Schedule "velero/daily"';
const location = 'BackupStorageLocation "velero/default"';
const drill = `CronJob "${namespace}/restore-drill"`;
const redis = `StatefulSet "${namespace}/redis"`;

export const backupCases: RuleCases[] = [
  {
    rule: "cluster-state-is-backed-up-daily",
    of: "data",
    bad: [
      {
        when: "nobody does",
        change: set("state-backup", "spec.template.storageLocation", "other"),
        on: "location",
        says: [`${location} takes no backups: declare a Schedule whose template names it.`],
      },
      {
        when: "it is weekly, paused and short",
        change: all(
          set("state-backup", "spec.schedule", "@weekly"),
          set("state-backup", "spec.paused", true),
          set("state-backup", "spec.template.ttl", "240h"),
        ),
        on: "location",
        says: [
          `${velero} leaves up to 7 days between backups: leave at most 24 hours.`,
          `${velero} is paused: remove paused.`,
          `${velero} keeps backups for 240h: set template.ttl to at least 720h.`,
        ],
      },
    ],
  },
  {
    rule: "backup-locations-have-a-key",
    of: "data",
    bad: [
      {
        when: "there is none",
        change: unset("location", "spec.config"),
        on: "location",
        says: [`${location} encrypts backups with no key of their own: set config.kmsKeyId.`],
      },
    ],
  },
  {
    rule: "caches-are-backed-up-daily",
    of: "data",
    good: [
      { when: "Velero does it", change: drop("redis-backup") },
      { when: "a job does it", change: drop("state-backup") },
    ],
    bad: [
      {
        when: "nobody does",
        change: all(
          set("redis-backup", "spec.suspend", true),
          set("state-backup", "spec.template.includedNamespaces", ["x"]),
        ),
        on: "redis",
        says: [
          `${redis} is not backed up every day: declare a CronJob with the label app.kubernetes.io/component: redis-backup.`,
        ],
      },
    ],
  },
  {
    rule: "restores-are-drilled-weekly",
    of: "data",
    good: [{ when: "it is daily", change: set("drill", "spec.schedule", "@daily") }],
    bad: [
      {
        when: "there is none",
        change: drop("drill"),
        on: "cluster",
        says: [
          `${cluster} has backups that nobody ever restored: declare a CronJob with the label app.kubernetes.io/component: restore-drill.`,
        ],
      },
      {
        when: "it is monthly",
        change: set("drill", "spec.schedule", "0 4 1 * *"),
        on: "cluster",
        says: [`${drill} of ${cluster} runs too seldom: let it run at least every 7 days.`],
      },
    ],
  },
  {
    rule: "stored-data-says-its-class",
    of: "data",
    bad: [
      {
        when: "a cluster does not",
        change: unset("cluster", ["metadata", "labels", "data-class"]),
        on: "cluster",
        says: [
          `${cluster} does not say how sensitive it is: set the label data-class to one of public, internal, confidential, restricted.`,
        ],
      },
      {
        when: "a volume of a StatefulSet has none that there is",
        change: set("redis", ["spec", "volumeClaimTemplates", "0", "metadata", "labels", "data-class"], "secret"),
        on: "redis",
        says: [
          `Volume "data" of ${redis} does not say how sensitive it is: set the label data-class to one of public, internal, confidential, restricted.`,
        ],
      },
      {
        when: "a claim by itself does not",
        change: add(
          resource("core/v1:PersistentVolumeClaim", "claim", { metadata: { name: "models", namespace }, spec: {} }),
        ),
        on: "claim",
        says: [
          `PersistentVolumeClaim "${namespace}/models" does not say how sensitive it is: set the label data-class to one of public, internal, confidential, restricted.`,
        ],
      },
    ],
  },
  {
    rule: "pods-hold-no-cloud-keys",
    of: "data",
    bad: [
      {
        when: "an application does",
        change: set("deployment", `${containerPath}.env.1`, {
          name: "AWS_ACCESS_KEY_ID",
          valueFrom: { secretKeyRef: { name: "s3", key: "id" } },
        }),
        on: "deployment",
        says: [`${container} holds a stored key of the cloud: give the pods an identity instead.`],
      },
      {
        when: "an archive does",
        change: set("archive", "spec.configuration.s3Credentials", { accessKeyId: { name: "s3", key: "id" } }),
        on: "archive",
        says: [`${store} holds a stored key of the cloud: give the pods an identity instead.`],
      },
    ],
  },
];
