import { all, copy, drop, set, unset } from "../fixtures.ts";
import { namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

const schedule = `ScheduledBackup "${namespace}/postgres-base"`;
const store = `ObjectStore "${namespace}/postgres"`;
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

export const postgresBackupCases: RuleCases[] = [
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
];
