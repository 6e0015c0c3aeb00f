import type * as pulumi from "@pulumi/pulumi";
import { PriorityClass } from "@pulumi/kubernetes/scheduling/v1/priorityClass.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { nameOf } from "../names.ts";
import { restrictPods } from "./admission.ts";

export const groundDefaults = deepFrozen({
  /** Capabilities go before whatever has no priority class, and after the cluster's own pods. */
  priorityClass: { name: "apg-capability", value: 100_000 },
});

/** Declares what capabilities need once for all of them, in whatever cluster; returns the name of their priority class. */
export function layGround(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { priorityClass } = groundDefaults;
  const declared = new PriorityClass(
    `${name}-capability`,
    {
      metadata: { name: priorityClass.name },
      value: priorityClass.value,
      globalDefault: false,
      description: "Pods of APG capabilities.",
    },
    opts,
  );
  restrictPods(name, opts);
  return nameOf(declared, priorityClass.name);
}
