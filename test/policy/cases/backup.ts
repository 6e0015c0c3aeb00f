import { add, all, copy, drop, set, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import { container, containerPath, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

const schedule = `ScheduledBackup "${namespace}/postgres-base"`;
const store = `ObjectStore "${namespace}/postgres"`;
const velero = 'Schedule "velero/daily"';
const location = 'BackupStorageLocation "velero/default"';
const drill = `CronJob "${namespace}/restore-drill"`;
const redis = `StatefulSet "${namespace}/redis"`;
const configured = "configured.backup";

/** The operator's own fields instead of the plugin. */
const inTree = all(
  unset("cluster", "spec.plugins"),
  set("cluster", "spec.backup", {
    retentionPolicy: "5w",
    barmanObjectStore: {
      s3Credentials: { inheritFromIAMRole: true },
      data: { encryption: "aws:kms" },
      wal: { encryption: "aws:kms" },
    },
  }),
  set("base-backup", "spec.method", "barmanObjectStore"),
  drop("archive"),
);

export const backupCases: RuleCases[] = [
  {
    rule: "postgres-is-backed-up-daily",
    of: "data",
    good: [
      { when: "the operator's own fields do it", change: inTree },
      { when: "it is hourly", change: set("base-backup", "spec.schedule", "@hourly") },
      {
        when: "a monthly one is beside it",
        change: copy("base-backup", "monthly", set("monthly", "spec.schedule", "0 0 2 1 * *")),
      },
    ],
    bad: [
      {
        when: "there is none",
        change: drop("base-backup"),
        on: "cluster",
        says: [`${cluster} is not backed up: declare a ScheduledBackup that names it.`],
      },
      {
        when: "it is weekly",
        change: set("base-backup", "spec.schedule", "0 0 2 * * 0"),
        on: "cluster",
        says: [`${schedule} leaves up to 7 days between backups: leave at most 24 hours.`],
      },
      {
        when: "it rests on Sundays",
        change: set("base-backup", "spec.schedule", "0 0 2 * * 1-6"),
        on: "cluster",
        says: [`${schedule} leaves up to 48 hours between backups: leave at most 24 hours.`],
      },
      {
        when: "the seconds are forgotten, it is suspended, and it is by snapshot",
        change: all(
          set("base-backup", "spec.schedule", "0 2 * * *"),
          set("base-backup", "spec.suspend", true),
          set("base-backup", "spec.method", "volumeSnapshot"),
        ),
        on: "cluster",
        says: [
          `${schedule} has the schedule "0 2 * * *", which is none: give six fields, seconds first, "0 0 2 * * *".`,
          `${schedule} is suspended: remove suspend.`,
          `${schedule} backs up by volumeSnapshot, which leaves the cluster's own disks: set method to plugin.`,
        ],
      },
      {
        when: "the method is not the archive's",
        change: unset("base-backup", "spec.method"),
        on: "cluster",
        says: [`${schedule} backs up by barmanObjectStore and its cluster archives by plugin: set method to plugin.`],
      },
    ],
  },
  {
    rule: "postgres-keeps-its-backups",
    of: "data",
    good: [{ when: "the operator's own fields say so", change: inTree }],
    bad: [
      {
        when: "it is a week",
        change: set("archive", "spec.retentionPolicy", "7d"),
        on: "cluster",
        says: [`${store} keeps the backups of ${cluster} for 7d: set retentionPolicy to 30d.`],
      },
      {
        when: "nobody says",
        change: all(inTree, unset("cluster", "spec.backup.retentionPolicy")),
        on: "cluster",
        says: [`${cluster} keeps the backups of ${cluster} for no stated time: set retentionPolicy to 30d.`],
      },
      {
        when: "the store is not there",
        change: drop("archive"),
        on: "cluster",
        says: [
          `${store}, which this stack does not declare, keeps the backups of ${cluster} for no stated time: set retentionPolicy to 30d.`,
        ],
      },
      {
        when: "the plugin does not archive",
        change: set("cluster", "spec.plugins.0.isWALArchiver", false),
        on: "cluster",
        says: [
          `${cluster} has no archive: give it the plugin barman-cloud.cloudnative-pg.io with isWALArchiver and an ObjectStore.`,
        ],
      },
    ],
  },
  {
    rule: "postgres-archives-its-log-in-time",
    of: "data",
    good: [
      { when: "it is the operator's own", change: unset("cluster", "spec.postgresql.parameters.archive_timeout") },
    ],
    bad: ["10min", "0", "3600"].map((given) => ({
      when: `it is ${given}`,
      change: set("cluster", "spec.postgresql.parameters.archive_timeout", given),
      on: "cluster",
      says: [`${cluster} archives after ${given}: set the parameter archive_timeout to 5min or less.`],
    })),
  },
  {
    rule: "postgres-encrypts-its-archive",
    of: "data",
    good: [{ when: "the operator's own fields say so", change: inTree }],
    bad: [
      {
        when: "half of it is not",
        change: all(
          set("archive", "spec.configuration.data", { encryption: "AES256" }),
          set("archive", "spec.configuration.endpointURL", "https://s3.test"),
        ),
        on: "archive",
        says: [`${store} does not encrypt its archive: set data.encryption to aws:kms.`],
      },
      {
        when: "the cluster's own fields do not",
        change: all(inTree, unset("cluster", "spec.backup.barmanObjectStore.wal")),
        on: "cluster",
        says: [`${cluster} does not encrypt its archive: set wal.encryption to aws:kms.`],
      },
    ],
  },
  {
    rule: "recovery-targets-are-stated-and-kept",
    of: "data",
    bad: [
      {
        when: "nothing is stated",
        change: drop("config"),
        on: "cluster",
        says: [
          `${cluster} has no target of recovery time: set rtoMinutes in apg:backup.`,
          `${cluster} has no target of lost data: set rpoMinutes in apg:backup.`,
        ],
      },
      {
        when: "they are weaker",
        change: set("config", configured, { rtoMinutes: 60, rpoMinutes: 0 }),
        on: "cluster",
        says: [
          `${cluster} has a target of recovery time of 60 minutes: set rtoMinutes in apg:backup to at most 15.`,
          `${cluster} has a target of lost data of 0 minutes: set rpoMinutes in apg:backup to at most 5.`,
          `${cluster} archives every 120 s, and 0 minutes of data may be lost: lower archive_timeout.`,
        ],
      },
      {
        when: "the archive cannot keep them",
        change: set("config", `${configured}.rpoMinutes`, 1),
        on: "cluster",
        says: [`${cluster} archives every 120 s, and 1 minutes of data may be lost: lower archive_timeout.`],
      },
    ],
  },
  {
    rule: "no-copy-of-production-is-outside-of-it",
    of: "data",
    good: [
      {
        when: "it starts from an archive of its own",
        change: set("cluster", "spec.externalClusters", [
          { name: "origin", barmanObjectStore: { destinationPath: "s3://apg-product-test/postgres" } },
        ]),
      },
    ],
    bad: [
      {
        when: "it starts from production's archive",
        change: all(
          set("archive", "spec.configuration.destinationPath", "s3://apg-backup-prod/postgres"),
          set("cluster", "spec.externalClusters", [
            { name: "origin", plugin: { parameters: { barmanObjectName: "postgres" } } },
          ]),
        ),
        on: "cluster",
        says: [
          `${cluster} takes its data from s3://apg-backup-prod/postgres (origin): restore an archive of test instead.`,
        ],
      },
      {
        when: "it replicates from production",
        change: set("cluster", "spec.externalClusters", [
          { name: "live", connectionParameters: { host: "postgres-rw.apg-audio-processing-prod.svc" } },
        ]),
        on: "cluster",
        says: [
          `${cluster} takes its data from postgres-rw.apg-audio-processing-prod.svc (live): restore an archive of test instead.`,
        ],
      },
    ],
  },
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
