import { cpuText, memoryText, parseAmount } from "../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { rolloutDefaults } from "./rollout.ts";

/** Amounts of CPU and memory, as Kubernetes quantities. */
export interface ResourceAmounts {
  /** CPU, in cores ("2") or millicores ("500m"). */
  cpu: string;
  /** Memory, in bytes with a suffix ("1Gi"). */
  memory: string;
}

/** The size of one workload at its full scale. */
export interface WorkloadSize {
  /** Most pods that the autoscaler runs. @default 10 (AUD-PROD-02) */
  maxReplicas?: number;
  /** What one pod requests. @default cpu 500m, memory 1Gi (AUD-PROD-03) */
  requests?: ResourceAmounts;
  /** What one pod is limited to. @default cpu 2000m, memory 4Gi (AUD-PROD-03) */
  limits?: ResourceAmounts;
}

export const workloadSizeDefaults = deepFrozen({
  maxReplicas: thresholds.replicas.max,
  requests: { ...thresholds.resources.requests },
  limits: { ...thresholds.resources.limits },
});

/** Problems of an amount of CPU and memory. */
export function amountProblems(path: string, amounts: ResourceAmounts): Problem[] {
  const quantity = (kind: "cpu" | "memory", example: string) =>
    unless(
      parseAmount(amounts[kind]) !== undefined,
      `${path}.${kind}`,
      amounts[kind],
      `a Kubernetes quantity such as ${example} is accepted (AUD-PROD-03)`,
    );
  return [...quantity("cpu", "500m"), ...quantity("memory", "1Gi")];
}

/**
 * Pods that a workload may have at once: all of them, the surge of a rolling update, and as many that the update has
 * ended and that still finish their requests.
 */
export function peakPods(maxReplicas: number): number {
  return maxReplicas + rolloutDefaults.maxSurge + maxReplicas;
}

/**
 * The hard limits of a namespace that runs these workloads, each at full scale and in the middle of a rolling update,
 * with headroom for the jobs beside them and for growth (CV-KUBE-07, CV-SCALE-08).
 */
export function quotaHard(workloads: WorkloadSize[], persistentVolumeClaims: number): { [entry: string]: string } {
  const headroom = Math.round(thresholds.quota.headroom * 100);
  const sized = workloads.map((given) => {
    const size = withDefaults(given, workloadSizeDefaults);
    return { ...size, pods: BigInt(Math.ceil((peakPods(size.maxReplicas) * headroom) / 100)) };
  });
  const sum = (amount: (size: (typeof sized)[number]) => bigint) =>
    sized.reduce((total, size) => total + amount(size), 0n);
  const times = (of: "requests" | "limits", kind: "cpu" | "memory") =>
    sum((size) => size.pods * (parseAmount(size[of][kind]) ?? 0n));
  return {
    pods: String(sum((size) => size.pods)),
    "requests.cpu": cpuText(times("requests", "cpu")),
    "requests.memory": memoryText(times("requests", "memory")),
    "limits.cpu": cpuText(times("limits", "cpu")),
    "limits.memory": memoryText(times("limits", "memory")),
    persistentvolumeclaims: String(persistentVolumeClaims),
    // Only the gateway is reached from outside (CV-MAN-02).
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  };
}
