// Databases and caches are watched: their metrics are read, and somebody is called when they go wrong.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { capabilityOf } from "../lib/namespaces.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { podOf } from "../lib/pod.ts";
import { instanceLabels } from "../lib/postgres.ts";
import { isDataServer, redisWorkloads } from "../lib/redis.ts";
import { selects } from "../lib/selector.ts";
import { databaseAlerts, cacheAlerts } from "../limits.ts";

export const postgresIsMonitored = stackRule({
  name: "postgres-is-monitored",
  decides: ["AUD-DB-05"],
  contributesTo: ["CV-DB-06"],
  severity: "medium",
  description: "The metrics of every Cluster's instances are read, and alerts are raised from them.",
  fix: `Declare a PodMonitor that selects the label cnpg.io/cluster, and a PrometheusRule with the alerts ${databaseAlerts.join(", ")}.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const own = cluster.spec.at("monitoring.enablePodMonitor").boolean() === true;
    const labels = instanceLabels(cluster);
    if (!own && !watchers(stack, cluster, "PodMonitor").some(({ spec }) => selects(spec.get("selector"), labels)))
      complain(`${cluster.title} has metrics that nobody reads: declare a PodMonitor that selects cnpg.io/cluster.`);
    judgeAlerts(stack, cluster, databaseAlerts, complain);
  },
});

export const redisIsMonitored = stackRule({
  name: "redis-is-monitored",
  decides: ["CV-CACHE-07"],
  severity: "medium",
  description: "The metrics of every Redis are read, and alerts are raised from them.",
  fix: `Declare a ServiceMonitor that selects the exporter's Service, and a PrometheusRule with the alerts ${cacheAlerts.join(", ")}.`,
  subjects: (stack) => redisWorkloads(stack).filter((each) => isDataServer(stack, each)),
  check: (workload, stack, complain) => {
    const pod = podOf(workload);
    if (pod === undefined) return notConcerned;
    const services = stack
      .inNamespace(workload.namespace, "Service")
      .filter(({ spec }) => [...spec.get("selector").map()].every(([key, value]) => pod.labels.get(key) === value))
      .map(({ metadata }) => metadata.get("labels").map());
    const read =
      watchers(stack, workload, "ServiceMonitor").some(({ spec }) =>
        services.some((labels) => selects(spec.get("selector"), labels)),
      ) || watchers(stack, workload, "PodMonitor").some(({ spec }) => selects(spec.get("selector"), pod.labels));
    if (!read)
      complain(
        `${workload.title} has metrics that nobody reads: declare a ServiceMonitor of a Service of its exporter.`,
      );
    judgeAlerts(stack, workload, cacheAlerts, complain);
    return undefined;
  },
});

/** Objects of a kind that may speak of a subject: those of its namespace, and those that no capability owns. */
function watchers(
  stack: PlannedStack,
  subject: KubernetesObject,
  kind: "PodMonitor" | "PrometheusRule" | "ServiceMonitor",
): KubernetesObject[] {
  return stack
    .ofKind(kind)
    .filter(({ namespace }) => namespace === subject.namespace || capabilityOf(stack, namespace) === undefined);
}

function judgeAlerts(
  stack: PlannedStack,
  subject: KubernetesObject,
  wanted: readonly string[],
  complain: (message: string) => void,
): void {
  const found = watchers(stack, subject, "PrometheusRule").flatMap(({ spec }) =>
    spec
      .get("groups")
      .list()
      .flatMap((group) => group.get("rules").list())
      .map((rule) => rule.get("alert").string()),
  );
  const missing = wanted.filter((alert) => !found.includes(alert));
  if (missing.length > 0)
    complain(`${subject.title} calls nobody for ${missing.join(", ")}: add the alert to a PrometheusRule.`);
}
