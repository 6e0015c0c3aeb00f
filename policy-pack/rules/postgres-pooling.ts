// PgBouncer in front of PostgreSQL: always there, within the checklists' numbers, and the only way for applications.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { applications } from "../lib/environment.ts";
import { opensPort, peersAdmit } from "../lib/network.ts";
import { belongingTo, instanceLabels, parameter } from "../lib/postgres.ts";
import { podOf } from "../lib/pod.ts";
import { selects } from "../lib/selector.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { pool, minPoolers, reservedConnections } = thresholds.postgres;
const databasePort = 5432;

export const postgresIsPooled = stackRule({
  name: "postgres-is-pooled",
  decides: ["AUD-DB-01", "CV-DB-05"],
  severity: "high",
  description: "Every Cluster has a Pooler for reading and writing.",
  fix: "Declare a Pooler of type rw whose spec.cluster.name is the Cluster's.",
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const poolers = belongingTo(stack, cluster, "Pooler");
    if (!poolers.some(({ spec }) => (spec.get("type").string() ?? "rw") === "rw"))
      complain(`${cluster.title} has no pooler for writes: declare a Pooler of type rw that names it.`);
  },
});

export const poolersAreSized = objectRule({
  name: "poolers-keep-to-the-pool-size",
  decides: ["AUD-DB-02", "CV-DB-05", "CV-PERF-06"],
  severity: "medium",
  description: `Every instance of a Pooler keeps at least ${pool.min} server connections and at most ${pool.max}.`,
  fix: `Set the parameters min_pool_size to ${pool.min} and max_db_connections to ${pool.max}.`,
  kinds: ["Pooler"],
  check: ({ title, spec }, complain) => {
    const given = (name: string) => spec.at("pgbouncer.parameters").get(name).scalar();
    const [least, most] = [Number(given("min_pool_size") ?? 0), Number(given("max_db_connections") ?? 0)];
    if (!(least >= pool.min && least <= pool.max))
      complain(
        `${title} keeps ${least} server connections: set min_pool_size to ${pool.min}, and ${pool.max} at most.`,
      );
    if (!(most >= pool.min && most <= pool.max)) {
      complain(
        `${title} opens ${most === 0 ? "any number of" : most} server connections: set max_db_connections to between ` +
          `${pool.min} and ${pool.max}.`,
      );
    }
    const usual = Number(given("default_pool_size") ?? pool.min);
    if (usual > most && most > 0)
      complain(`${title} has a default_pool_size of ${usual} above its max_db_connections of ${most}: lower it.`);
  },
});

export const poolersAreSeveral = objectRule({
  name: "poolers-are-several-and-pool-by-transaction",
  decides: ["CV-DB-05"],
  severity: "medium",
  description: `Every Pooler has at least ${minPoolers} instances, which hand a connection on after each transaction.`,
  fix: `Set instances to at least ${minPoolers} and pgbouncer.poolMode to transaction.`,
  kinds: ["Pooler"],
  check: ({ title, spec }, complain) => {
    const instances = spec.get("instances").number() ?? 1;
    if (instances < minPoolers)
      complain(`${title} has ${instances} instances: set instances to at least ${minPoolers}.`);
    const mode = spec.at("pgbouncer.poolMode").string() ?? "session";
    if (mode !== "transaction") complain(`${title} pools by ${mode}: set pgbouncer.poolMode to transaction.`);
  },
});

export const poolersFitTheDatabase = stackRule({
  name: "poolers-fit-the-database",
  decides: ["AUD-DB-02"],
  severity: "high",
  description: `All poolers of a Cluster together leave ${reservedConnections} of its connections to operators and replicas.`,
  fix: `Raise the Cluster's max_connections to what its poolers may open and ${reservedConnections} more, or lower theirs.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const poolers = belongingTo(stack, cluster, "Pooler");
    if (poolers.length === 0) return notConcerned;
    const allowed = Number(parameter(cluster, "max_connections") ?? 100);
    for (const type of new Set(poolers.map(typeOf))) {
      const together = poolers
        .filter((each) => typeOf(each) === type)
        .reduce((sum, each) => sum + connectionsOf(each), 0);
      if (together > allowed - reservedConnections) {
        complain(
          `${cluster.title} allows ${allowed} connections and its poolers of type ${type} may open ${together}: set the ` +
            `parameter max_connections to at least ${together + reservedConnections}.`,
        );
      }
    }
    return undefined;
  },
});

function typeOf({ spec }: KubernetesObject): string {
  return spec.get("type").string() ?? "rw";
}

function connectionsOf({ spec }: KubernetesObject): number {
  const each = Number(spec.at("pgbouncer.parameters").get("max_db_connections").scalar() ?? pool.max);
  return (spec.get("instances").number() ?? 1) * each;
}

export const applicationsUsePoolers = stackRule({
  name: "applications-reach-postgres-through-poolers",
  decides: ["AUD-DB-01"],
  severity: "high",
  description: "No network policy lets an application connect to the instances of a Cluster past its poolers.",
  fix: "Let applications connect to the pods with the label cnpg.io/podRole: pooler only.",
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const labels = instanceLabels(cluster);
    const callers = applications(stack);
    for (const policy of stack.inNamespace(cluster.namespace, "NetworkPolicy")) {
      if (!selects(policy.spec.get("podSelector"), labels)) continue;
      const open = policy.spec
        .get("ingress")
        .list()
        .filter((rule) => opensPort(rule, databasePort));
      for (const caller of callers) {
        const pod = podOf(caller);
        if (pod === undefined || !open.some((rule) => peersAdmit(stack, policy, rule.get("from"), pod))) continue;
        complain(
          `${policy.title} lets ${caller.title} connect to the instances of ${cluster.title}: let it connect to the pods ` +
            "of the pooler only.",
        );
      }
    }
  },
});
