// PostgreSQL by CloudNativePG: a version that is maintained, and a cluster that loses its primary but no acknowledged row.
import { notConcerned, objectRule, podRule } from "../lib/define.ts";
import { instanceLabels, majorOf, memoryBytes, parameter, programOf, timeSeconds } from "../lib/postgres.ts";
import { hostKey, runningKinds, zoneKey } from "../lib/pod.ts";
import { selects } from "../lib/selector.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { databasePrograms } from "../limits.ts";

const { postgres, spread } = thresholds;

export const postgresIsNewEnough = objectRule({
  name: "postgres-is-new-enough",
  decides: ["AUD-DB-01", "CV-DB-01"],
  severity: "high",
  description: `Every Cluster runs PostgreSQL ${postgres.major} or later.`,
  fix: `Set imageName to an image of PostgreSQL ${postgres.major} or later, whose tag says so.`,
  settings: {
    minMajor: {
      type: "integer",
      default: postgres.major,
      description: `The oldest major version; ${postgres.minMajor} is enough for a stack that computer vision has for itself.`,
    },
  },
  kinds: ["Cluster"],
  check: ({ title, spec }, complain, { minMajor }) => {
    const least = Math.max(Number(minMajor), postgres.minMajor);
    const image = spec.get("imageName").string();
    const major = image === undefined ? spec.at("imageCatalogRef.major").number() : majorOf(image);
    if (major === undefined) {
      complain(`${title} does not say which PostgreSQL it runs: name an image by a tag that starts with the version.`);
    } else if (major < least) {
      complain(`${title} runs PostgreSQL ${major}: use ${least} or later.`);
    }
  },
});

export const databasesRunUnderAnOperator = podRule({
  name: "databases-run-under-an-operator",
  decides: ["AUD-DB-04", "CV-DB-02"],
  severity: "high",
  description: "No workload runs a database server by itself, without failover, backups and pooling.",
  fix: "Declare a Cluster of postgresql.cnpg.io and its Pooler instead; what only calls a database belongs into a Job.",
  owners: runningKinds,
  check: (pod, complain) => {
    for (const { value, title } of [...pod.initContainers, ...pod.containers]) {
      const program = programOf(value.get("image").string() ?? "");
      if (!databasePrograms.test(program)) continue;
      complain(
        `${title} runs ${program} by itself, which nobody fails over or backs up: declare a Cluster of postgresql.cnpg.io.`,
      );
    }
    return notConcerned;
  },
});

export const postgresHasReplicas = objectRule({
  name: "postgres-has-replicas",
  decides: ["AUD-DB-04", "CV-DB-01", "CV-DB-02"],
  severity: "high",
  description: `Every Cluster has a primary and at least ${postgres.minInstances - 1} replicas.`,
  fix: `Set instances to at least ${postgres.minInstances}.`,
  kinds: ["Cluster"],
  check: ({ title, spec }, complain) => {
    const instances = spec.get("instances").number() ?? 1;
    if (instances < postgres.minInstances)
      complain(`${title} has ${instances} instances: set instances to at least ${postgres.minInstances}.`);
  },
});

export const postgresCommitsOnReplicas = objectRule({
  name: "postgres-commits-on-a-replica-first",
  decides: ["AUD-DB-04", "CV-DB-02"],
  severity: "critical",
  description: "What a Cluster acknowledged is on a replica as well, and only an instance that has it becomes primary.",
  fix: "Set postgresql.synchronous to method any, number 1, dataDurability required and failoverQuorum true.",
  kinds: ["Cluster"],
  check: (cluster, complain) => {
    const { title, spec } = cluster;
    const synchronous = spec.at("postgresql.synchronous");
    if (!synchronous.exists) {
      complain(`${title} acknowledges rows that its primary alone has: set postgresql.synchronous.`);
      return;
    }
    const ask = (what: string, field: string, to: string) =>
      complain(`${title} ${what}: set postgresql.synchronous.${field} to ${to}.`);
    const number = synchronous.get("number").number() ?? 0;
    const instances = spec.get("instances").number() ?? 1;
    if (!["any", "first"].includes(synchronous.get("method").string() ?? ""))
      ask("does not say which replicas it waits for", "method", "any or first");
    if (number < postgres.minSynchronous)
      ask(`waits for ${number} replicas`, "number", `at least ${postgres.minSynchronous}`);
    else if (number > instances - 2)
      ask(`stops writing with the first of ${instances} instances that is lost`, "number", `${instances - 2} or less`);
    if ((synchronous.get("dataDurability").string() ?? "required") !== "required")
      ask("acknowledges rows that no replica has when there is none", "dataDurability", "required");
    const quorum = synchronous.get("failoverQuorum").boolean() === true;
    if (!quorum && cluster.annotation("alpha.cnpg.io/failoverQuorum") !== "true")
      ask("may make a replica primary that lacks acknowledged rows", "failoverQuorum", "true");
  },
});

export const postgresIsSpread = objectRule({
  name: "postgres-spreads-over-hosts-and-zones",
  decides: ["AUD-DB-04", "CV-DB-02"],
  severity: "high",
  description: "The instances of every Cluster are on hosts of their own and in different zones, without exception.",
  fix:
    `Set affinity.podAntiAffinityType to required with the topologyKey ${zoneKey}, or ${hostKey} and a topology spread ` +
    `constraint over ${zoneKey} with whenUnsatisfiable DoNotSchedule.`,
  kinds: ["Cluster"],
  check: (cluster, complain) => {
    const { title, spec } = cluster;
    const affinity = spec.get("affinity");
    const key = affinity.get("topologyKey").string() ?? hostKey;
    const required =
      affinity.get("enablePodAntiAffinity").boolean() !== false &&
      affinity.get("podAntiAffinityType").string() === "required" &&
      [zoneKey, hostKey].includes(key);
    if (!required)
      complain(`${title} may have two instances on one host: set affinity.podAntiAffinityType to required.`);
    const overZones = spec
      .get("topologySpreadConstraints")
      .list()
      .some(
        (each) =>
          each.get("topologyKey").string() === zoneKey &&
          (each.get("whenUnsatisfiable").string() ?? "DoNotSchedule") === "DoNotSchedule" &&
          (each.get("maxSkew").number() ?? 1) <= spread.maxSkew &&
          selects(each.get("labelSelector"), instanceLabels(cluster)),
      );
    if (!overZones && !(required && key === zoneKey)) {
      complain(
        `${title} may have all instances in one zone: add a topology spread constraint over ${zoneKey} that selects ` +
          "cnpg.io/cluster, with whenUnsatisfiable DoNotSchedule.",
      );
    }
  },
});

export const postgresFailsOverFast = objectRule({
  name: "postgres-fails-over-fast",
  decides: ["AUD-DB-04", "CV-DB-02"],
  severity: "high",
  description:
    "A primary that is told to stop lets go of its sessions within seconds, and is not drained with its replicas.",
  fix: `Set smartShutdownTimeout to at most ${postgres.maxSmartShutdownSeconds}, and leave enablePDB on.`,
  kinds: ["Cluster"],
  check: ({ title, spec }, complain) => {
    // The operator's own default.
    const timeout = spec.get("smartShutdownTimeout").number() ?? 180;
    if (timeout > postgres.maxSmartShutdownSeconds) {
      complain(
        `${title} goes on serving old sessions for ${timeout} s when it is told to stop: set smartShutdownTimeout to at ` +
          `most ${postgres.maxSmartShutdownSeconds}.`,
      );
    }
    if (spec.get("enablePDB").boolean() === false)
      complain(`${title} may lose its primary and a replica to one drain: remove enablePDB.`);
  },
});

/** Shares of the memory limit that are usual for the two settings. */
const shares = { shared_buffers: [0.15, 0.4], effective_cache_size: [0.5, 0.9] } as const;

export const postgresIsTuned = objectRule({
  name: "postgres-is-tuned-and-measured",
  decides: ["CV-PERF-05"],
  severity: "medium",
  description:
    "Every Cluster's buffers are in proportion to its memory, and it records slow queries and their statistics.",
  fix:
    "Set resources.limits.memory, the parameters shared_buffers to a quarter of it and effective_cache_size to three " +
    `quarters, log_min_duration_statement to at most ${postgres.maxSlowQueryMilliseconds}ms, and one of pg_stat_statements.`,
  kinds: ["Cluster"],
  check: (cluster, complain) => {
    const { title, spec } = cluster;
    const limit = spec.at("resources.limits.memory").quantity();
    if (limit === undefined) complain(`${title} has no limit of memory: set resources.limits.memory.`);
    for (const [name, [least, most]] of Object.entries(shares)) {
      const bytes = memoryBytes(parameter(cluster, name) ?? "");
      const share = limit === undefined || bytes === undefined ? undefined : bytes / Number(limit / 10n ** 9n);
      if (share === undefined || share < least || share > most) {
        complain(
          `${title} does not size ${name} by its memory: set the parameter to between ${least * 100}% and ` +
            `${most * 100}% of the limit.`,
        );
      }
    }
    const slowest = timeSeconds(parameter(cluster, "log_min_duration_statement") ?? "-1", "ms");
    if (slowest === undefined || slowest < 0 || slowest * 1000 > postgres.maxSlowQueryMilliseconds) {
      complain(
        `${title} does not log queries over ${postgres.maxSlowQueryMilliseconds} ms: set the parameter ` +
          `log_min_duration_statement to ${postgres.maxSlowQueryMilliseconds}ms.`,
      );
    }
    const parameters = spec.at("postgresql.parameters").keys();
    if (!parameters.some((name) => name.startsWith("pg_stat_statements.")))
      complain(`${title} has no statistics of its queries: set a parameter of pg_stat_statements.`);
  },
});
