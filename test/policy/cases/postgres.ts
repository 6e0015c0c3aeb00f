import { add, all, drop, retype, set, unset } from "../fixtures.ts";
import { digest, resource } from "../good-stack.ts";
import { namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";

export const cluster = `Cluster "${namespace}/postgres"`;
const parameters = "spec.postgresql.parameters";
const synchronous = "spec.postgresql.synchronous";

export const postgresCases: RuleCases[] = [
  {
    rule: "postgres-is-new-enough",
    of: "data",
    good: [
      {
        when: "a catalogue of images says the version",
        change: all(
          unset("cluster", "spec.imageName"),
          set("cluster", "spec.imageCatalogRef", { name: "all", major: 16 }),
        ),
      },
      {
        when: "a cluster of another group is called so",
        change: add(
          resource("cluster.x-k8s.io/v1beta1:Cluster", "machines", { metadata: { name: "m", namespace }, spec: {} }),
        ),
      },
    ],
    bad: [
      {
        when: "it is old",
        change: set("cluster", "spec.imageName", `registry.test/postgresql:14.19@${digest}`),
        on: "cluster",
        says: [`${cluster} runs PostgreSQL 14: use 15 or later.`],
      },
      {
        when: "the tag does not say",
        change: set("cluster", "spec.imageName", `registry.test:5000/postgresql@${digest}`),
        on: "cluster",
        says: [
          `${cluster} does not say which PostgreSQL it runs: name an image by a tag that starts with the version.`,
        ],
      },
      {
        when: "a patch makes it old",
        change: add(
          resource("postgresql.cnpg.io/v1:ClusterPatch", "patch", {
            metadata: { name: "other", namespace },
            spec: { imageName: "registry.test/postgresql:13.2" },
          }),
        ),
        on: "patch",
        says: [`Cluster "${namespace}/other" runs PostgreSQL 13: use 15 or later.`],
      },
      {
        when: "it is in a list of clusters",
        change: add(
          resource("postgresql.cnpg.io/v1:ClusterList", "list", {
            items: [{ metadata: { name: "inner", namespace }, spec: { imageName: "postgres:9.6" } }],
          }),
        ),
        on: "list",
        says: [`Cluster "list" runs PostgreSQL 9: use 15 or later.`],
      },
    ],
  },
  {
    rule: "postgres-has-replicas",
    of: "data",
    good: [{ when: "there are five", change: set("cluster", "spec.instances", 5) }],
    bad: [
      {
        when: "there are two",
        change: set("cluster", "spec.instances", 2),
        on: "cluster",
        says: [`${cluster} has 2 instances: set instances to at least 3.`],
      },
      {
        when: "it is left to the operator",
        change: unset("cluster", "spec.instances"),
        on: "cluster",
        says: [`${cluster} has 1 instances: set instances to at least 3.`],
      },
    ],
  },
  {
    rule: "postgres-commits-on-a-replica-first",
    of: "data",
    good: [
      {
        when: "an annotation says the quorum",
        change: all(
          unset("cluster", `${synchronous}.failoverQuorum`),
          set("cluster", ["metadata", "annotations"], { "alpha.cnpg.io/failoverQuorum": "true" }),
        ),
      },
      { when: "durability is the operator's default", change: unset("cluster", `${synchronous}.dataDurability`) },
    ],
    bad: [
      {
        when: "it is asynchronous",
        change: unset("cluster", synchronous),
        on: "cluster",
        says: [`${cluster} acknowledges rows that its primary alone has: set postgresql.synchronous.`],
      },
      {
        when: "it waits for none, or for whoever is there",
        change: all(
          set("cluster", `${synchronous}.number`, 0),
          set("cluster", `${synchronous}.dataDurability`, "preferred"),
          unset("cluster", `${synchronous}.failoverQuorum`),
          unset("cluster", `${synchronous}.method`),
        ),
        on: "cluster",
        says: [
          `${cluster} does not say which replicas it waits for: set postgresql.synchronous.method to any or first.`,
          `${cluster} waits for 0 replicas: set postgresql.synchronous.number to at least 1.`,
          `${cluster} acknowledges rows that no replica has when there is none: set postgresql.synchronous.dataDurability to required.`,
          `${cluster} may make a replica primary that lacks acknowledged rows: set postgresql.synchronous.failoverQuorum to true.`,
        ],
      },
      {
        when: "it waits for all",
        change: set("cluster", `${synchronous}.number`, 2),
        on: "cluster",
        says: [
          `${cluster} stops writing with the first of 3 instances that is lost: set postgresql.synchronous.number to 1 or less.`,
        ],
      },
    ],
  },
  {
    rule: "postgres-spreads-over-hosts-and-zones",
    of: "data",
    good: [
      {
        when: "anti-affinity is over zones",
        change: all(
          set("cluster", "spec.affinity.topologyKey", "topology.kubernetes.io/zone"),
          unset("cluster", "spec.topologySpreadConstraints"),
        ),
      },
    ],
    bad: [
      {
        when: "affinity is a wish",
        change: set("cluster", "spec.affinity.podAntiAffinityType", "preferred"),
        on: "cluster",
        says: [`${cluster} may have two instances on one host: set affinity.podAntiAffinityType to required.`],
      },
      ...[
        { when: "zones are a wish", path: "whenUnsatisfiable", value: "ScheduleAnyway" },
        { when: "the constraint is for other pods", path: "labelSelector", value: { matchLabels: { app: "x" } } },
      ].map(({ when, path, value }) => ({
        when,
        change: set("cluster", `spec.topologySpreadConstraints.0.${path}`, value),
        on: "cluster",
        says: [
          `${cluster} may have all instances in one zone: add a topology spread constraint over topology.kubernetes.io/zone that selects cnpg.io/cluster, with whenUnsatisfiable DoNotSchedule.`,
        ],
      })),
    ],
  },
  {
    rule: "postgres-fails-over-fast",
    of: "data",
    bad: [
      {
        when: "the operator's default stays, and drains take what they like",
        change: all(unset("cluster", "spec.smartShutdownTimeout"), set("cluster", "spec.enablePDB", false)),
        on: "cluster",
        says: [
          `${cluster} goes on serving old sessions for 180 s when it is told to stop: set smartShutdownTimeout to at most 30.`,
          `${cluster} may lose its primary and a replica to one drain: remove enablePDB.`,
        ],
      },
    ],
  },
  {
    rule: "postgres-is-tuned-and-measured",
    of: "data",
    good: [
      {
        when: "units differ",
        change: all(
          set("cluster", `${parameters}.shared_buffers`, "131072"),
          set("cluster", `${parameters}.effective_cache_size`, "3GB"),
          set("cluster", `${parameters}.log_min_duration_statement`, "250"),
        ),
      },
    ],
    bad: [
      {
        when: "it is as PostgreSQL comes",
        change: set("cluster", parameters, {}),
        on: "cluster",
        says: [
          `${cluster} does not size shared_buffers by its memory: set the parameter to between 15% and 40% of the limit.`,
          `${cluster} does not size effective_cache_size by its memory: set the parameter to between 50% and 90% of the limit.`,
          `${cluster} does not log queries over 500 ms: set the parameter log_min_duration_statement to 500ms.`,
          `${cluster} has no statistics of its queries: set a parameter of pg_stat_statements.`,
        ],
      },
      {
        when: "only slow queries of seconds are logged",
        change: set("cluster", `${parameters}.log_min_duration_statement`, "1000"),
        on: "cluster",
        says: [`${cluster} does not log queries over 500 ms: set the parameter log_min_duration_statement to 500ms.`],
      },
      {
        when: "memory is open",
        change: unset("cluster", "spec.resources.limits"),
        on: "cluster",
        says: [
          `${cluster} has no limit of memory: set resources.limits.memory.`,
          `${cluster} does not size shared_buffers by its memory: set the parameter to between 15% and 40% of the limit.`,
          `${cluster} does not size effective_cache_size by its memory: set the parameter to between 50% and 90% of the limit.`,
        ],
      },
    ],
  },
  {
    rule: "tenants-have-schemas-of-their-own",
    of: "data",
    bad: [
      {
        when: "a tenant has none",
        change: unset("database", "spec.schemas.1"),
        on: "cluster",
        says: [`${cluster} has no schema for the tenant acme: add one to the schemas of its Database.`],
      },
      {
        when: "two share an owner",
        change: set("database", "spec.schemas.2.owner", "tenant_acme"),
        on: "cluster",
        says: [
          `${cluster} lets tenant_acme own the schema tenant_acme and others: give it an owner of its own.`,
          `${cluster} lets tenant_acme own the schema tenant_globex_inc and others: give it an owner of its own.`,
        ],
      },
      {
        when: "the role is nobody's",
        change: set("cluster", "spec.managed.roles.0.ensure", "absent"),
        on: "cluster",
        says: [`${cluster} does not manage the role tenant_acme of the schema tenant_acme: add it to managed.roles.`],
      },
    ],
  },
  {
    rule: "postgres-is-monitored",
    of: "data",
    good: [
      {
        when: "the operator makes the monitor",
        change: all(drop("postgres-metrics"), set("cluster", "spec.monitoring", { enablePodMonitor: true })),
      },
      {
        when: "alerts are in a namespace of nobody's",
        change: set("postgres-alerts", "metadata.namespace", "monitoring"),
      },
    ],
    bad: [
      {
        when: "nobody reads or calls",
        change: all(
          set("postgres-metrics", "spec.selector.matchLabels", { "cnpg.io/cluster": "other" }),
          unset("postgres-alerts", "spec.groups.0.rules.5"),
        ),
        on: "cluster",
        says: [
          `${cluster} has metrics that nobody reads: declare a PodMonitor that selects cnpg.io/cluster.`,
          `${cluster} calls nobody for PgDiskFillingUp: add the alert to a PrometheusRule.`,
        ],
      },
      {
        when: "the monitor is of another group",
        change: retype("postgres-metrics", "example.com/v1:PodMonitor"),
        on: "cluster",
        says: [`${cluster} has metrics that nobody reads: declare a PodMonitor that selects cnpg.io/cluster.`],
      },
    ],
  },
];
