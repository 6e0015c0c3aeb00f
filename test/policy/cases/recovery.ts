import { all, copy, drop, find, set, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { dashboard } from "../good-postgres.ts";
import { deployment, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

const databaseBackup = `Backup "${namespace}/postgres-release-1-4-2"`;
const stateBackup = `Backup "velero/${namespace}-release-1-4-2"`;
const schedule = 'Schedule "velero/daily"';
const board = `ConfigMap "${namespace}/database-dashboard"`;

const waitingFor =
  (...names: string[]): Change =>
  (stack) => {
    find(stack, "migration").dependencies = names.map((name) => find(stack, name).urn);
  };

/** The Deployment waits for a component that the backups are in. */
const byComponent: Change = (stack) => {
  const component = { ...find(stack, "settings"), urn: "urn:component", type: "apg:data:Release", name: "release" };
  stack.push(component);
  find(stack, "deployment").dependencies = [component.urn];
  for (const name of ["release-backup", "release-state"]) find(stack, name).parent = component.urn;
};

const none = (what: string, version = "1-4-2") =>
  `${deployment} replaces a version of which ${what} has no backup: declare a Backup whose name ends in ${version}.`;

export const recoveryCases: RuleCases[] = [
  {
    rule: "applications-wait-for-their-release-backup",
    of: "data",
    good: [
      { when: "it waits for a component that they are in", change: byComponent },
      {
        when: "names keep the dots",
        change: all(
          set("release-backup", "metadata.name", "postgres-1.4.2"),
          set("release-state", "metadata.name", "all-1.4.2"),
        ),
      },
      {
        when: "the image says the version",
        change: unset("deployment", ["metadata", "labels", "app.kubernetes.io/version"]),
      },
      { when: "its database is elsewhere", change: all(drop("cluster"), drop("release-backup"), waitingFor()) },
    ],
    bad: [
      {
        when: "there are no backups",
        change: all(drop("release-backup"), drop("release-state")),
        on: "deployment",
        says: [none(cluster), none(`the namespace ${namespace}`)],
      },
      {
        when: "they are of the version before",
        change: set("deployment", ["metadata", "labels", "app.kubernetes.io/version"], "1.5.0"),
        on: "deployment",
        says: [none(cluster, "1-5-0"), none(`the namespace ${namespace}`, "1-5-0")],
      },
      {
        when: "they are of something else",
        change: all(
          set("release-backup", "spec.cluster.name", "other"),
          set("release-state", "spec.includedNamespaces", ["x"]),
        ),
        on: "deployment",
        says: [none(cluster), none(`the namespace ${namespace}`)],
      },
      {
        when: "nobody waits for them",
        change: waitingFor(),
        on: "deployment",
        says: [
          `${deployment} does not wait for ${databaseBackup}: let it depend on it.`,
          `${deployment} does not wait for ${stateBackup}: let it depend on it.`,
        ],
      },
      {
        when: "it waits for the database's alone",
        change: waitingFor("release-backup"),
        on: "deployment",
        says: [`${deployment} does not wait for ${stateBackup}: let it depend on it.`],
      },
    ],
  },
  {
    rule: "namespaces-with-data-are-backed-up-daily",
    of: "data",
    good: [
      { when: "all namespaces are", change: unset("state-backup", "spec.template.includedNamespaces") },
      {
        when: "a monthly one is beside it",
        change: copy("state-backup", "monthly", set("monthly", "spec.schedule", "0 1 1 * *")),
      },
    ],
    bad: [
      {
        when: "others are",
        change: set("state-backup", "spec.template.includedNamespaces", ["x"]),
        on: "cluster",
        says: [
          `${cluster} is in a namespace whose objects nobody backs up: declare a Schedule of velero.io with ${namespace} in includedNamespaces.`,
        ],
      },
      {
        when: "it is left out of all",
        change: all(
          set("state-backup", "spec.template.includedNamespaces", ["*"]),
          set("state-backup", "spec.template.excludedNamespaces", [namespace]),
        ),
        on: "cluster",
        says: [
          `${cluster} is in a namespace whose objects nobody backs up: declare a Schedule of velero.io with ${namespace} in includedNamespaces.`,
        ],
      },
      {
        when: "it is weekly",
        change: set("state-backup", "spec.schedule", "@weekly"),
        on: "cluster",
        says: [`${schedule} leaves up to 7 days between backups: leave at most 24 hours.`],
      },
    ],
  },
  {
    rule: "data-at-risk-calls-somebody",
    of: "data",
    bad: [
      {
        when: "nobody is called",
        change: unset("postgres-alerts", "spec.groups.0.rules.6"),
        on: "cluster",
        says: [`${cluster} calls nobody for RpoAtRisk: add the alert to a PrometheusRule.`],
      },
    ],
  },
  {
    rule: "postgres-has-a-dashboard",
    of: "data",
    good: [
      {
        when: "it is in a namespace that no capability owns, and its panels are in a row",
        change: all(
          set("dashboard", "metadata.namespace", "apg-observability"),
          set(
            "dashboard",
            ["data", "database.json"],
            JSON.stringify({ uid: "database", panels: [{ type: "row", title: "All", panels: dashboard.panels }] }),
          ),
        ),
      },
    ],
    bad: [
      {
        when: "Grafana does not load it",
        change: unset("dashboard", "metadata.labels.grafana_dashboard"),
        on: "cluster",
        says: [
          `${cluster} is on no dashboard: declare a ConfigMap with the label grafana_dashboard that holds one with uid database.`,
        ],
      },
      {
        when: "it is another one",
        change: set("dashboard", ["data", "database.json"], JSON.stringify({ ...dashboard, uid: "redis" })),
        on: "cluster",
        says: [
          `${cluster} is on no dashboard: declare a ConfigMap with the label grafana_dashboard that holds one with uid database.`,
        ],
      },
      {
        when: "a panel is missing, and one shows nothing",
        change: set(
          "dashboard",
          ["data", "database.json"],
          JSON.stringify({
            uid: "database",
            panels: [...dashboard.panels.slice(1, -1), { title: "Slow queries", targets: [{ expr: "" }] }],
          }),
        ),
        on: "cluster",
        says: [`${board} does not show transactions, slow queries of ${cluster}: add a panel of that title.`],
      },
    ],
  },
];
