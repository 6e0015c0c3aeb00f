// Health checks: how the cluster learns that a container is alive, ready and started.
import { notConcerned, podRule } from "../lib/define.ts";
import { serviceKinds } from "../lib/pod.ts";
import type { Value } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { slowStarters } from "../limits.ts";

const { maxPeriodSeconds, minFailureThreshold } = thresholds.probes;
/** What Kubernetes fills in. */
const defaults = { periodSeconds: 10, failureThreshold: 3 };

export const containersHaveProbes = podRule({
  name: "containers-have-probes",
  decides: ["AUD-PROD-05", "CV-MAN-07"],
  severity: "high",
  description: "Every container of an application has a liveness and a readiness probe that ask different things.",
  fix:
    "Give every container a livenessProbe and a readinessProbe (httpGet, grpc or exec) with different paths, " +
    `periodSeconds of at most ${maxPeriodSeconds} and failureThreshold of at least ${minFailureThreshold}.`,
  owners: serviceKinds,
  check: (pod, complain) => {
    for (const { value, title } of pod.containers) {
      const [live, ready] = (["livenessProbe", "readinessProbe"] as const).map((key) => {
        const probe = value.get(key);
        for (const problem of problemsOf(probe)) complain(`${title} ${problem.replace("%", key)}`);
        return pathOf(probe);
      });
      if (live !== undefined && live === ready) {
        complain(
          `${title} asks the same path ${live} for liveness and readiness: give the readiness probe a path of its own ` +
            "that checks the dependencies.",
        );
      }
    }
  },
});

/** What is wrong with a probe; % stands for its name. */
function problemsOf(probe: Value): string[] {
  if (!probe.exists) return ["has no %: add one."];
  const period = probe.get("periodSeconds").number() ?? defaults.periodSeconds;
  const failures = probe.get("failureThreshold").number() ?? defaults.failureThreshold;
  return [
    ...(["httpGet", "grpc", "exec"].some((action) => probe.get(action).exists)
      ? []
      : ["has a % that only opens a port: use httpGet, grpc or exec."]),
    ...(period > maxPeriodSeconds
      ? [`has a % every ${period} s: set periodSeconds to at most ${maxPeriodSeconds}.`]
      : []),
    ...(failures < minFailureThreshold
      ? [`has a % with failureThreshold ${failures}: set it to at least ${minFailureThreshold}.`]
      : []),
  ];
}

function pathOf(probe: Value): string | undefined {
  return probe.get("httpGet").exists ? (probe.at("httpGet.path").string() ?? "/") : undefined;
}

export const slowStartersHaveStartupProbes = podRule({
  name: "slow-starters-have-startup-probes",
  decides: ["CV-MAN-07"],
  severity: "medium",
  description: "Containers that serve models have a startup probe, so that loading is not taken for hanging.",
  fix: "Add a startupProbe whose periodSeconds times failureThreshold covers the time to load the model.",
  owners: serviceKinds,
  check: (pod, complain) => {
    if (!slowStarters.includes(pod.labels.get("app.kubernetes.io/component") ?? "")) return notConcerned;
    for (const { value, title } of pod.containers) {
      if (!value.get("startupProbe").exists) complain(`${title} serves models and has no startupProbe: add one.`);
    }
    return undefined;
  },
});
