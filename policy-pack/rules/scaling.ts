// Horizontal scaling: exactly one autoscaler for each stateless workload, with the checklists' bounds and thresholds.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { Value } from "../lib/value.ts";
import { autoscalersOf, boundsOf } from "../lib/workload.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { replicas, scaling } = thresholds;
const autoscalers = ["HorizontalPodAutoscaler", "ScaledObject"] as const;

export const deploymentsHaveOneAutoscaler = stackRule({
  name: "deployments-have-one-autoscaler",
  decides: ["AUD-SCALE-01", "AUD-INFRA-05", "CV-KUBE-03"],
  severity: "high",
  description: "Every stateless Deployment is the target of exactly one HorizontalPodAutoscaler or ScaledObject.",
  fix: "Declare one HorizontalPodAutoscaler whose scaleTargetRef names the Deployment, and remove others.",
  subjects: ["Deployment"],
  check: (deployment, stack, complain) => {
    const volumes = deployment.spec.at("template.spec.volumes").list();
    if (volumes.some((volume) => volume.get("persistentVolumeClaim").exists)) return notConcerned;
    const found = autoscalersOf(stack, deployment);
    if (found.length === 0) {
      complain(`${deployment.title} is not scaled: declare a HorizontalPodAutoscaler whose scaleTargetRef names it.`);
    } else if (found.length > 1) {
      const names = found.map(({ title }) => title).join(" and ");
      complain(`${deployment.title} is scaled by ${names}, which work against each other: keep one of them.`);
    }
    return undefined;
  },
});

export const autoscalersOwnTheReplicas = stackRule({
  name: "autoscaled-workloads-leave-replicas-open",
  decides: ["AUD-PROD-02", "CV-KUBE-03"],
  severity: "high",
  description: "A workload that an autoscaler scales does not set spec.replicas, which every update would reset.",
  fix: "Remove spec.replicas; the autoscaler's minReplicas is where the workload starts.",
  subjects: ["Deployment", "StatefulSet"],
  check: (workload, stack, complain) => {
    const [autoscaler] = autoscalersOf(stack, workload);
    if (autoscaler === undefined) return notConcerned;
    if (workload.spec.get("replicas").exists) {
      complain(`${workload.title} sets spec.replicas, which ${autoscaler.title} owns: remove it.`);
    }
    return undefined;
  },
});

export const autoscalersKeepTheBounds = objectRule({
  name: "autoscalers-keep-the-replica-bounds",
  decides: ["AUD-PROD-02", "CV-KUBE-03"],
  severity: "high",
  description: `Every autoscaler keeps between ${replicas.min} and ${replicas.max} pods.`,
  fix: `Set the minimum to at least ${replicas.min} and the maximum to at most ${replicas.max} replicas.`,
  kinds: autoscalers,
  check: (autoscaler, complain) => {
    const { min, max } = boundsOf(autoscaler);
    if (min < replicas.min) complain(`${autoscaler.title} may go down to ${min} pods: keep at least ${replicas.min}.`);
    if (max > replicas.max) complain(`${autoscaler.title} may go up to ${max} pods: allow at most ${replicas.max}.`);
    if (max < min)
      complain(`${autoscaler.title} has a maximum of ${max} below its minimum of ${min}: raise the maximum.`);
  },
});

export const autoscalersUseTheThresholds = objectRule({
  name: "autoscalers-use-the-thresholds",
  decides: ["AUD-PROD-04", "AUD-SCALE-01", "CV-KUBE-03"],
  contributesTo: ["CV-SCALE-01"],
  severity: "high",
  description:
    `Every autoscaler adds pods at ${scaling.cpuPercent}% of the requested CPU and ${scaling.memoryPercent}% of the ` +
    "memory, or earlier.",
  fix:
    `Give it resource metrics cpu with averageUtilization ${scaling.cpuPercent} and memory with ` +
    `averageUtilization ${scaling.memoryPercent}.`,
  kinds: autoscalers,
  check: (autoscaler, complain) => {
    for (const [resource, most] of [
      ["cpu", scaling.cpuPercent],
      ["memory", scaling.memoryPercent],
    ] as const) {
      const target = utilizationOf(autoscaler, resource);
      if (target === undefined) {
        complain(`${autoscaler.title} does not scale by ${resource}: add a target of ${most}% average utilization.`);
      } else if (!(target > 0 && target <= most)) {
        complain(`${autoscaler.title} scales by ${resource} at ${target}%: set its average utilization to ${most}%.`);
      }
    }
  },
});

/** The utilization in percent at which an autoscaler adds pods, by one resource. */
function utilizationOf({ kind, spec }: KubernetesObject, resource: string): number | undefined {
  if (kind === "ScaledObject") {
    const trigger = spec
      .get("triggers")
      .list()
      .find((each) => each.get("type").string() === resource && each.get("metricType").string() === "Utilization");
    const value = trigger?.at("metadata.value").numberOrText();
    return value === undefined ? undefined : Number(value);
  }
  const metric = spec
    .get("metrics")
    .list()
    .find((each) => each.get("type").string() === "Resource" && each.at("resource.name").string() === resource);
  return metric?.at("resource.target.averageUtilization").number();
}

const { scaleUp, scaleDown } = scaling;

export const autoscalersScaleUpFastAndDownSlowly = objectRule({
  name: "autoscalers-scale-up-fast-and-down-slowly",
  decides: ["AUD-SCALE-05"],
  severity: "medium",
  description: "Every autoscaler adds pods fast and removes them slowly, by explicit policies.",
  fix:
    `Set behavior.scaleUp with a window of at most ${scaleUp.maxStabilizationSeconds} s and policies, and ` +
    `behavior.scaleDown with a window of at least ${scaleDown.minStabilizationSeconds} s and a policy of at most ` +
    `${scaleDown.maxPercent}% per ${scaleDown.minPeriodSeconds} s.`,
  kinds: autoscalers,
  check: (autoscaler, complain) => {
    const { title, kind, spec } = autoscaler;
    const behavior = spec.at(kind === "ScaledObject" ? "advanced.horizontalPodAutoscalerConfig.behavior" : "behavior");
    const up = behavior.get("scaleUp");
    const down = behavior.get("scaleDown");
    const window = (direction: Value) => direction.get("stabilizationWindowSeconds").number();
    if ((window(up) ?? 0) > scaleUp.maxStabilizationSeconds) {
      complain(
        `${title} waits ${window(up)} s before it adds pods: set behavior.scaleUp.stabilizationWindowSeconds to at ` +
          `most ${scaleUp.maxStabilizationSeconds}.`,
      );
    }
    if (up.get("policies").list().length === 0) {
      complain(`${title} has no explicit policy for adding pods: set behavior.scaleUp.policies.`);
    }
    if ((window(down) ?? 0) < scaleDown.minStabilizationSeconds) {
      complain(
        `${title} may remove pods after ${window(down) ?? "an unstated number of"} s: set ` +
          `behavior.scaleDown.stabilizationWindowSeconds to at least ${scaleDown.minStabilizationSeconds}.`,
      );
    }
    if (!isGentle(down)) {
      complain(
        `${title} may remove more than ${scaleDown.maxPercent}% of the pods per ${scaleDown.minPeriodSeconds} s: set ` +
          "behavior.scaleDown.policies to one of that size.",
      );
    }
  },
});

/** Whether the policies, of which selectPolicy picks one, never remove more than the checklist's share in its period. */
function isGentle(down: Value): boolean {
  const select = down.get("selectPolicy").string() ?? "Max";
  if (select === "Disabled") return true;
  const gentle = down
    .get("policies")
    .list()
    .map((policy) => {
      const percent = policy.get("type").string() === "Percent" ? (policy.get("value").number() ?? 100) : Infinity;
      const period = policy.get("periodSeconds").number() ?? 0;
      return percent * scaleDown.minPeriodSeconds <= scaleDown.maxPercent * period;
    });
  return select === "Min" ? gentle.includes(true) : gentle.length > 0 && !gentle.includes(false);
}
