// Databases and caches are watched: their metrics are read, and somebody is called when they go wrong.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { around } from "../lib/namespaces.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { podOf } from "../lib/pod.ts";
import { instanceLabels } from "../lib/postgres.ts";
import { isDataServer, redisWorkloads } from "../lib/redis.ts";
import { selects } from "../lib/selector.ts";
import type { Value } from "../lib/value.ts";
import { cacheAlerts, dashboard, databaseAlerts, riskAlert } from "../limits.ts";

export const postgresIsMonitored = stackRule({
  name: "postgres-is-monitored",
  decides: ["AUD-DB-05", "CV-DB-06"],
  severity: "medium",
  description: "The metrics of every Cluster's instances are read, and alerts are raised from them.",
  fix: `Declare a PodMonitor that selects the label cnpg.io/cluster, and a PrometheusRule with the alerts ${databaseAlerts.join(", ")}.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const own = cluster.spec.at("monitoring.enablePodMonitor").boolean() === true;
    const labels = instanceLabels(cluster);
    if (!own && !around(stack, cluster, "PodMonitor").some(({ spec }) => selects(spec.get("selector"), labels)))
      complain(`${cluster.title} has metrics that nobody reads: declare a PodMonitor that selects cnpg.io/cluster.`);
    judgeAlerts(stack, cluster, databaseAlerts, complain);
  },
});

export const lostDataIsNoticed = stackRule({
  name: "data-at-risk-calls-somebody",
  decides: ["CV-BCP-08"],
  severity: "high",
  description: "Somebody is called when a disaster would cost more of a Cluster's data than is promised.",
  fix: `Declare a PrometheusRule with the alert ${riskAlert}, over the time since the log was last archived.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => judgeAlerts(stack, cluster, [riskAlert], complain),
});

export const postgresHasADashboard = stackRule({
  name: "postgres-has-a-dashboard",
  decides: ["CV-DB-06"],
  severity: "low",
  description: `What a Cluster does can be seen: a dashboard with uid ${dashboard.uid} shows ${dashboard.panels.join(", ")}.`,
  fix:
    `Declare a ConfigMap with the label ${dashboard.label}: "1" that holds a dashboard of Grafana with uid ${dashboard.uid} and ` +
    `panels whose titles say ${dashboard.panels.join(", ")}.`,
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const found = around(stack, cluster, "ConfigMap")
      .filter((configMap) => configMap.label(dashboard.label) === "1")
      .flatMap((configMap) => dashboardsIn(configMap).map((value) => ({ title: configMap.title, value })))
      .find(({ value }) => value.get("uid").string() === dashboard.uid);
    if (found === undefined) {
      complain(
        `${cluster.title} is on no dashboard: declare a ConfigMap with the label ${dashboard.label} that holds one with ` +
          `uid ${dashboard.uid}.`,
      );
      return;
    }
    const shown = panelsOf(found.value)
      .filter(showsSomething)
      .map((panel) => (panel.get("title").string() ?? "").toLowerCase());
    const missing = dashboard.panels.filter((wanted) => !shown.some((title) => title.includes(wanted)));
    if (missing.length > 0)
      complain(`${found.title} does not show ${missing.join(", ")} of ${cluster.title}: add a panel of that title.`);
  },
});

/** The texts of a ConfigMap that are dashboards. */
function dashboardsIn({ value }: KubernetesObject): Value[] {
  return value
    .get("data")
    .entries()
    .filter(([file]) => file.endsWith(".json"))
    .map(([, text]) => text.parsed());
}

/** Panels, also those in rows. */
function panelsOf(board: Value): Value[] {
  return board
    .get("panels")
    .list()
    .flatMap((panel) => [panel, ...panelsOf(panel)]);
}

function showsSomething(panel: Value): boolean {
  return panel
    .get("targets")
    .list()
    .some((target) => (target.get("expr").string() ?? "") !== "");
}

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
      around(stack, workload, "ServiceMonitor").some(({ spec }) =>
        services.some((labels) => selects(spec.get("selector"), labels)),
      ) || around(stack, workload, "PodMonitor").some(({ spec }) => selects(spec.get("selector"), pod.labels));
    if (!read)
      complain(
        `${workload.title} has metrics that nobody reads: declare a ServiceMonitor of a Service of its exporter.`,
      );
    judgeAlerts(stack, workload, cacheAlerts, complain);
    return undefined;
  },
});

function judgeAlerts(
  stack: PlannedStack,
  subject: KubernetesObject,
  wanted: readonly string[],
  complain: (message: string) => void,
): void {
  const found = around(stack, subject, "PrometheusRule").flatMap(({ spec }) =>
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
