import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { taintKey, taintValue } from "../../checklist/label-syntax.ts";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** A taint of nodes that does not keep pods away, as on a node pool that is theirs. */
export interface TolerationArgs {
  /** Key of the taint, such as "nvidia.com/gpu". */
  key: string;
  /** Value of the taint. @default any value */
  value?: string;
  /** Effect of the taint: NoSchedule, PreferNoSchedule or NoExecute. @default "NoSchedule" (CV-SCALE-04) */
  effect?: string;
}

export const taintEffects = deepFrozen(["NoSchedule", "PreferNoSchedule", "NoExecute"]);

export const tolerationDefaults = deepFrozen({ effect: "NoSchedule" });

/** The pods' tolerations; undefined when there is none. */
export function podTolerations(tolerations: TolerationArgs[]): k8s.core.v1.Toleration[] | undefined {
  if (tolerations.length === 0) return undefined;
  return tolerations.map((toleration) => {
    const { key, value, effect } = withDefaults(toleration, tolerationDefaults);
    return value === undefined ? { key, operator: "Exists", effect } : { key, operator: "Equal", value, effect };
  });
}

/** Problems of taints that no node can have, all of them. */
export function tolerationsProblems(path: string, tolerations: TolerationArgs[]): Problem[] {
  return tolerations.flatMap(({ key, value = "", effect = tolerationDefaults.effect }, index) => [
    ...unless(taintKey.holds(key), `${path}[${index}].key`, key, `${taintKey.accepted} (CV-SCALE-04)`),
    ...unless(taintValue.holds(value), `${path}[${index}].value`, value, `${taintValue.accepted} (CV-SCALE-04)`),
    ...unless(
      taintEffects.includes(effect),
      `${path}[${index}].effect`,
      effect,
      `${taintEffects.join(", ")} are known (CV-SCALE-04)`,
    ),
  ]);
}
