import { add, all, drop, set, unset } from "../fixtures.ts";
import { runbook } from "../good-postgres.ts";
import { resource } from "../good-stack.ts";
import { namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

const runbooks = `ConfigMap "${namespace}/apg-runbooks"`;
const redis = `StatefulSet "${namespace}/redis"`;
const alerts = `PrometheusRule "${namespace}/postgres"`;
const text = (file: string) => ["data", file];

/** The same texts where no capability is at home. */
const elsewhere = set("runbooks", "metadata.namespace", "apg-observability");

const missing = (what: string, file: string) =>
  `${what} has no written procedure: declare a ConfigMap apg-runbooks in its namespace with ${file}.`;

export const runbookCases: RuleCases[] = [
  {
    rule: "databases-have-a-written-recovery",
    of: "data",
    good: [
      { when: "it is in a namespace that no capability owns", change: elsewhere },
      {
        when: "a block of code has what looks like a heading",
        change: set("runbooks", text("backup-recovery.md"), `${runbook}\n~~~\n## Owner\n~~~\n`),
      },
    ],
    bad: [
      {
        when: "there are no runbooks",
        change: drop("runbooks"),
        on: "cluster",
        says: [missing(cluster, "backup-recovery.md"), missing(cluster, "database-maintenance.md")],
      },
      {
        when: "they are another capability's",
        change: set("runbooks", "metadata.namespace", "apg-computer-vision-test"),
        on: "cluster",
        says: [missing(cluster, "backup-recovery.md"), missing(cluster, "database-maintenance.md")],
      },
      {
        when: "one has an empty section, a command too few, and a heading in a block of code only",
        change: all(
          unset("runbooks", text("database-maintenance.md")),
          set(
            "runbooks",
            text("backup-recovery.md"),
            "## Trigger\n\n## Steps\nRestore it.\n\n## Check\nIt is there.\n```sh\n## Undo\n```\n### Undo\nNothing.\n## Owner\nUs.\n",
          ),
        ),
        on: "cluster",
        says: [
          `${runbooks} has a backup-recovery.md that lacks a text under "## Trigger", the heading "## Undo", a command under "## Steps": write it.`,
          missing(cluster, "database-maintenance.md"),
        ],
      },
    ],
  },
  {
    rule: "caches-have-a-written-recovery",
    of: "data",
    bad: [
      {
        when: "there is none",
        change: unset("runbooks", text("cache-management.md")),
        on: "redis",
        says: [missing(redis, "cache-management.md")],
      },
    ],
  },
  {
    rule: "runbooks-are-complete",
    of: "data",
    good: [{ when: "there are none", change: drop("runbooks") }],
    bad: [
      {
        when: "one is a title",
        change: set("runbooks", text("rollback.md"), "# Rollback\n"),
        on: "runbooks",
        says: [
          `${runbooks} has a rollback.md that lacks the heading "## Trigger", the heading "## Steps", the heading "## Check", the heading "## Undo", the heading "## Owner": write it.`,
        ],
      },
    ],
  },
  {
    rule: "data-alerts-lead-to-their-runbook",
    of: "data",
    good: [
      {
        when: "they lead to a web page of that name",
        change: set(
          "redis-alerts",
          "spec.groups.0.rules.0.annotations.runbook_url",
          "https://docs.test/cache-management.md#steps",
        ),
      },
      {
        when: "other alerts lead elsewhere",
        change: add(
          resource("monitoring.coreos.com/v1:PrometheusRule", "others", {
            metadata: { name: "others", namespace },
            spec: { groups: [{ name: "others", rules: [{ alert: "NodeDown" }, { record: "up:sum" }] }] },
          }),
        ),
      },
    ],
    bad: [
      {
        when: "one leads elsewhere and one nowhere",
        change: all(
          set("postgres-alerts", "spec.groups.0.rules.0.annotations.runbook_url", "runbooks/postgres.md"),
          unset("postgres-alerts", "spec.groups.0.rules.1.annotations"),
        ),
        on: "postgres-alerts",
        says: [
          `${alerts} leads whom PgReplicationLag calls to runbooks/postgres.md: set runbook_url to database-maintenance.md.`,
          `${alerts} leads whom PgConnectionsHigh calls to no runbook: set runbook_url to database-maintenance.md.`,
        ],
      },
    ],
  },
  {
    rule: "runbook-links-resolve",
    of: "data",
    good: [{ when: "the texts are in a namespace that no capability owns", change: elsewhere }],
    bad: [
      {
        when: "one text is missing, and one link",
        change: all(
          unset("runbooks", text("backup-recovery.md")),
          unset("postgres-alerts", "spec.groups.0.rules.0.annotations"),
        ),
        on: "postgres-alerts",
        says: [
          `${alerts} calls people for PgReplicationLag without a runbook: set runbook_url.`,
          `${alerts} leads whom RpoAtRisk calls to runbooks/backup-recovery.md, which no ConfigMap apg-runbooks has: write it.`,
        ],
      },
    ],
  },
];
