// What Karpenter's NodePools ask of the nodes that they start.
import { gpuFamilies } from "./instance-types.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import type { Value } from "./value.ts";

export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export function requirementsOf(spec: Value): Requirement[] {
  return spec
    .at("template.spec.requirements")
    .list()
    .map((each) => ({
      key: each.get("key").string() ?? "",
      operator: each.get("operator").string() ?? "",
      values: each.get("values").strings(),
    }));
}

/** The least number that requirements leave for a key; 0 where they say nothing. */
export function leastOf(requirements: readonly Requirement[], key: string): number {
  const bounds = requirements
    .filter((each) => each.key === key)
    .map(({ operator, values }) => {
      const numbers = values.map(Number);
      if (operator === "Gt") return Number(numbers[0] ?? 0) + 1;
      if (operator === "Gte") return Number(numbers[0] ?? 0);
      return operator === "In" && numbers.length > 0 ? Math.min(...numbers) : 0;
    });
  return Math.max(0, ...bounds);
}

/** Whether its nodes have GPUs: by the family, the category or the GPUs that it asks for. */
export function isGpuPool({ spec }: KubernetesObject): boolean {
  const prefix = "karpenter.k8s.aws/instance-";
  return requirementsOf(spec).some(({ key, operator, values }) => {
    if (key === `${prefix}family`) return operator === "In" && values.some((value) => gpuFamilies.test(value));
    if (key === `${prefix}category`) return operator === "In" && values.some((value) => /^[gp]$/.test(value));
    return key.startsWith(`${prefix}gpu-`) && /^(In|Exists|Gt|Gte)$/.test(operator);
  });
}
