// Instance types that nodes of the cluster's own workloads may have. Those of capabilities are chosen by Karpenter, within
// requirements.
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";

/** Size of an instance type. */
export interface InstanceSize {
  /** Virtual CPUs. */
  cpu: number;
  /** Memory in GiB. */
  memoryGib: number;
}

/** General-purpose families for x86, and the multiples of 4 vCPU and 16 GiB that they come in. */
const families = ["m5", "m6a", "m6i", "m7a", "m7i", "m8a", "m8i"];
const multiples = { xlarge: 1, "2xlarge": 2, "4xlarge": 4, "8xlarge": 8 };

export const instanceTypes: Readonly<Record<string, InstanceSize>> = deepFrozen({
  // Too small: here so that a refusal can say what they have.
  "m7i.large": { cpu: 2, memoryGib: 8 },
  "c7i.xlarge": { cpu: 4, memoryGib: 8 },
  ...Object.fromEntries(
    families.flatMap((family) =>
      Object.entries(multiples).map(([size, times]) => [
        `${family}.${size}`,
        { cpu: 4 * times, memoryGib: 16 * times },
      ]),
    ),
  ),
});

/** Whether a node of this type is large enough (CV-KUBE-02). */
export function isLargeEnough({ cpu, memoryGib }: InstanceSize): boolean {
  return cpu >= thresholds.cluster.minCpu && memoryGib >= thresholds.cluster.minMemoryGib;
}
