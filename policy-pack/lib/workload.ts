// What belongs to a workload in the plan: its autoscaler, its disruption budgets, how many pods it runs, how large they are.
import type { KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { podOf } from "./pod.ts";
import type { Pod } from "./pod.ts";
import { selects } from "./selector.ts";
import type { Value } from "./value.ts";

/** The HorizontalPodAutoscalers and KEDA ScaledObjects that scale the workload. */
export function autoscalersOf(stack: PlannedStack, workload: KubernetesObject): KubernetesObject[] {
  return stack.inNamespace(workload.namespace, "HorizontalPodAutoscaler", "ScaledObject").filter((autoscaler) => {
    const target = autoscaler.spec.get("scaleTargetRef");
    const kind = target.get("kind").string() ?? (autoscaler.kind === "ScaledObject" ? "Deployment" : undefined);
    return kind === workload.kind && target.get("name").string() === workload.name;
  });
}

export interface ReplicaRange {
  min: number;
  max: number;
}

/** The bounds that an autoscaler keeps, with Kubernetes' and KEDA's defaults. */
export function boundsOf({ kind, spec }: KubernetesObject): ReplicaRange {
  return kind === "ScaledObject"
    ? { min: spec.get("minReplicaCount").number() ?? 0, max: spec.get("maxReplicaCount").number() ?? 100 }
    : { min: spec.get("minReplicas").number() ?? 1, max: spec.get("maxReplicas").number() ?? 1 };
}

/** How many pods a workload runs: within its autoscaler's bounds, or as many as it says itself. */
export function replicasOf(stack: PlannedStack, workload: KubernetesObject): ReplicaRange {
  const bounds = autoscalersOf(stack, workload).map(boundsOf);
  if (bounds.length > 0) {
    return { min: Math.min(...bounds.map(({ min }) => min)), max: Math.max(...bounds.map(({ max }) => max)) };
  }
  const key = workload.kind === "Job" ? "parallelism" : "replicas";
  const replicas = workload.kind === "CronJob" ? 1 : (workload.spec.get(key).number() ?? 1);
  return { min: replicas, max: replicas };
}

/** The PodDisruptionBudgets that cover the workload's pods. */
export function budgetsOf(stack: PlannedStack, workload: KubernetesObject): KubernetesObject[] {
  const labels = podOf(workload)?.labels ?? new Map<string, string>();
  return stack.inNamespace(workload.namespace, "PodDisruptionBudget").filter(({ spec }) => {
    const selector = spec.get("selector");
    return selector.exists && selects(selector, labels);
  });
}

export type Amount = "requests" | "limits";
export type Resource = "cpu" | "memory";

/**
 * What the scheduler and the kubelet count for the whole pod: the main containers and sidecars together, or an init
 * container with the sidecars before it where that is more. A limit is undefined when a container has none.
 */
export function podAmount(pod: Pod, amount: Amount, resource: Resource): bigint | undefined {
  const ofPod = amountOf(pod.spec, amount, resource);
  if (ofPod !== undefined) return ofPod;
  const sizeOf = (container: Value) =>
    amountOf(container, amount, resource) ?? (amount === "requests" ? 0n : undefined);
  let running: bigint | undefined = 0n;
  let peak: bigint | undefined = 0n;
  for (const { value, isSidecar } of pod.initContainers) {
    const size = sizeOf(value);
    peak = greater(peak, plus(running, size));
    if (isSidecar) running = plus(running, size);
  }
  for (const { value } of pod.containers) running = plus(running, sizeOf(value));
  return greater(peak, running);
}

/** One container's own amount. */
export function amountOf(container: Value, amount: Amount, resource: Resource): bigint | undefined {
  return container.at(`resources.${amount}.${resource}`).quantity();
}

function plus(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

function greater(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? undefined : a > b ? a : b;
}
