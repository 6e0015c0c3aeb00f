// Updates: a new pod is ready before an old one stops, and a rollback has something to go back to.
import { notConcerned, objectRule, podRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { podOf } from "../lib/pod.ts";
import type { Pod } from "../lib/pod.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { rollout, requiredLabels } = thresholds;
/** What Kubernetes fills in. */
const defaults = {
  maxSurge: "25%",
  maxUnavailable: "25%",
  terminationGracePeriodSeconds: 30,
  revisionHistoryLimit: 10,
};

export const deploymentsRollWithoutDowntime = objectRule({
  name: "deployments-roll-without-downtime",
  decides: ["AUD-PROD-06", "AUD-EXEC-04", "AUD-FACT-02"],
  severity: "high",
  description:
    "Every Deployment replaces its pods one by one, with no pod fewer than before, and waits until that is done.",
  fix:
    `Set strategy RollingUpdate with maxUnavailable ${rollout.maxUnavailable} and maxSurge ${rollout.minSurge} or more, ` +
    `minReadySeconds ${rollout.minReadySeconds} or more, and a preStop hook with terminationGracePeriodSeconds ` +
    `${rollout.minTerminationGraceSeconds} or more.`,
  kinds: ["Deployment"],
  check: (deployment, complain) => {
    judgeStrategy(deployment, complain);
    const seconds = deployment.spec.get("minReadySeconds").number() ?? 0;
    if (seconds < rollout.minReadySeconds) {
      complain(
        `${deployment.title} counts a pod as available after ${seconds} s: set spec.minReadySeconds to at least ` +
          `${rollout.minReadySeconds}.`,
      );
    }
    if (deployment.annotation("pulumi.com/skipAwait") === "true") {
      complain(`${deployment.title} is not waited for: remove the annotation pulumi.com/skipAwait.`);
    }
    const pod = podOf(deployment);
    if (pod !== undefined) judgeStop(pod, complain);
  },
});

function judgeStrategy({ title, spec }: KubernetesObject, complain: Complain): void {
  const strategy = spec.get("strategy");
  const type = strategy.get("type").string() ?? "RollingUpdate";
  if (type !== "RollingUpdate") {
    complain(`${title} stops all pods before it starts new ones (${type}): set spec.strategy.type to RollingUpdate.`);
    return;
  }
  const unavailable = strategy.at("rollingUpdate.maxUnavailable").numberOrText() ?? defaults.maxUnavailable;
  if (parseInt(String(unavailable), 10) !== rollout.maxUnavailable) {
    complain(
      `${title} may run short of ${unavailable} of its pods during an update: set ` +
        `spec.strategy.rollingUpdate.maxUnavailable to ${rollout.maxUnavailable}.`,
    );
  }
  const surge = strategy.at("rollingUpdate.maxSurge").numberOrText() ?? defaults.maxSurge;
  if (!(parseInt(String(surge), 10) >= rollout.minSurge)) {
    complain(`${title} cannot start a new pod beside the old: set spec.strategy.rollingUpdate.maxSurge to at least 1.`);
  }
}

function judgeStop(pod: Pod, complain: Complain): void {
  const grace = pod.spec.get("terminationGracePeriodSeconds").number() ?? defaults.terminationGracePeriodSeconds;
  if (grace < rollout.minTerminationGraceSeconds) {
    complain(
      `${pod.title} gives a stopping pod ${grace} s: set terminationGracePeriodSeconds to at least ` +
        `${rollout.minTerminationGraceSeconds}.`,
    );
  }
  const serving = pod.containers.filter(({ value }) => value.get("ports").list().length > 0);
  for (const { value, title } of serving.length > 0 ? serving : pod.containers) {
    if (!value.at("lifecycle.preStop").exists) {
      complain(`${title} stops while requests are still on their way to it: add a preStop hook that waits for them.`);
    }
  }
}

export const deploymentsCanBeTracedAndRolledBack = objectRule({
  name: "deployments-can-be-traced-and-rolled-back",
  decides: [],
  contributesTo: ["CV-MAN-01"],
  severity: "low",
  description: "Every Deployment says what it is, in which version, and keeps revisions to roll back to.",
  fix: `Set the labels ${requiredLabels.join(", ")}, spec.selector and a revisionHistoryLimit of ${rollout.minRevisionHistory} or more.`,
  kinds: ["Deployment"],
  check: ({ title, spec, metadata }, complain) => {
    const labels = metadata.get("labels").map();
    const missing = requiredLabels.filter((label) => (labels.get(label) ?? "") === "");
    if (missing.length > 0) complain(`${title} lacks the labels ${missing.join(", ")}: add them.`);
    if (!spec.get("selector").exists) complain(`${title} has no spec.selector: set it to labels that never change.`);
    const history = spec.get("revisionHistoryLimit").number() ?? defaults.revisionHistoryLimit;
    if (history < rollout.minRevisionHistory) {
      complain(
        `${title} keeps ${history} old revisions: set spec.revisionHistoryLimit to at least ${rollout.minRevisionHistory}.`,
      );
    }
  },
});

const collectors: Readonly<Record<string, readonly [variable: string, parts: readonly RegExp[]]>> = {
  jvm: ["JAVA_TOOL_OPTIONS", [/-XX:MaxRAMPercentage=/, /-XX:\+Use\w+GC/]],
  python: ["PYTHON_GC_THRESHOLD", [/\d/]],
};

export const runtimesTuneTheirGarbageCollector = podRule({
  name: "runtimes-tune-their-garbage-collector",
  decides: ["CV-PERF-08"],
  severity: "low",
  description: "Deployments on the JVM or Python set their garbage collection explicitly.",
  fix: "Set JAVA_TOOL_OPTIONS with -XX:MaxRAMPercentage and a collector, or PYTHON_GC_THRESHOLD, in the container's env.",
  owners: ["Deployment"],
  check: (pod, complain) => {
    const runtime = pod.labels.get("apg.io/runtime") ?? pod.owner.label("apg.io/runtime") ?? "";
    const collector = Object.hasOwn(collectors, runtime) ? collectors[runtime] : undefined;
    if (collector === undefined) return notConcerned;
    const [variable, parts] = collector;
    const values = pod.containers.flatMap(({ value }) =>
      value
        .get("env")
        .list()
        .filter((each) => each.get("name").string() === variable)
        .map((each) => each.get("value").string() ?? ""),
    );
    if (!values.some((value) => parts.every((part) => part.test(value)))) {
      complain(`${pod.title} runs on ${runtime} and does not set ${variable} in full: set it in the container's env.`);
    }
    return undefined;
  },
});
