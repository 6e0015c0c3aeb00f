// Voluntary disruptions: enough pods stay, and a node can still be drained.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { podOf } from "../lib/pod.ts";
import { selects } from "../lib/selector.ts";
import { budgetsOf, replicasOf } from "../lib/workload.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { replicas } = thresholds;
const { minAvailable: least, unhealthyPodEvictionPolicy: eviction } = thresholds.disruption;

export const workloadsHaveOneBudget = stackRule({
  name: "workloads-have-one-disruption-budget",
  decides: ["CV-MAN-08", "CV-SCALE-03", "AUD-FACT-02"],
  severity: "high",
  description: "Exactly one PodDisruptionBudget covers the pods of every Deployment and StatefulSet.",
  fix: "Declare one PodDisruptionBudget whose selector matches the pods' labels, and remove others.",
  subjects: ["Deployment", "StatefulSet"],
  check: (workload, stack, complain) => {
    if (podOf(workload) === undefined) return notConcerned;
    const budgets = budgetsOf(stack, workload);
    if (budgets.length === 0) {
      complain(`${workload.title} has no disruption budget: declare a PodDisruptionBudget that selects its pods.`);
    } else if (budgets.length > 1) {
      const names = budgets.map(({ title }) => title).join(" and ");
      complain(`${workload.title} is covered by ${names}, and no pod under two budgets can be evicted: keep one.`);
    }
    return undefined;
  },
});

export const budgetsAreSatisfiable = stackRule({
  name: "disruption-budgets-can-be-kept",
  decides: ["CV-MAN-08", "CV-SCALE-03"],
  severity: "high",
  description: `Every PodDisruptionBudget keeps at least ${least} pods and lets at least one go, however few there are.`,
  fix: `Set minAvailable to ${least} or more and below the autoscaler's minimum (or maxUnavailable to 1), and unhealthyPodEvictionPolicy to ${eviction}.`,
  subjects: ["PodDisruptionBudget"],
  check: (budget, stack, complain) => {
    const policy = budget.spec.get("unhealthyPodEvictionPolicy").string();
    if (policy !== eviction) {
      complain(`${budget.title} lets broken pods block a drain: set unhealthyPodEvictionPolicy to ${eviction}.`);
    }
    const minAvailable = budget.spec.get("minAvailable").numberOrText();
    const maxUnavailable = budget.spec.get("maxUnavailable").numberOrText();
    if (minAvailable === undefined && maxUnavailable !== 1) {
      complain(`${budget.title} states no minimum: set minAvailable to ${least} or more, or maxUnavailable to 1.`);
    }
    for (const workload of workloadsUnder(stack, budget)) {
      const { min } = replicasOf(stack, workload);
      const stay = minAvailable === undefined ? min - 1 : podsOf(minAvailable, min);
      if (minAvailable !== undefined && stay < least) {
        complain(
          `${budget.title} keeps ${stay} of the pods of ${workload.title}: set minAvailable to at least ${least}.`,
        );
      }
      if (minAvailable !== undefined && stay >= min) {
        complain(
          `${budget.title} keeps ${stay} pods and ${workload.title} may run no more than ${min}, so no node with one ` +
            "of them can be drained: raise the workload's minimum or lower minAvailable.",
        );
      }
      if (minAvailable === undefined && stay < 1) {
        complain(
          `${budget.title} lets the only pod of ${workload.title} go: run at least ${replicas.min} of them, ` +
            `and set minAvailable to ${least}.`,
        );
      }
    }
  },
});

function workloadsUnder(stack: PlannedStack, budget: KubernetesObject): KubernetesObject[] {
  const selector = budget.spec.get("selector");
  if (!selector.exists) return [];
  return stack
    .inNamespace(budget.namespace, "Deployment", "StatefulSet")
    .filter((workload) => selects(selector, podOf(workload)?.labels ?? new Map<string, string>()));
}

/** A number of pods, or that percentage of all, rounded up as Kubernetes does. */
function podsOf(amount: number | string, all: number): number {
  const number = parseInt(String(amount), 10);
  return typeof amount === "string" && amount.endsWith("%") ? Math.ceil((number * all) / 100) : number;
}
