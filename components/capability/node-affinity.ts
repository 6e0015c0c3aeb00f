import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { labelKey, labelValue } from "../../checklist/label-syntax.ts";
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** On which nodes pods run, by the nodes' labels. */
export interface NodeAffinityArgs {
  /** Labels that a node must have, each with one of the values; a pod waits until there is such a node. @default any node (CV-SCALE-04) */
  required?: { [label: string]: string[] };
  /** Labels that a node should have, each with one of the values; a pod runs elsewhere where none has room. @default any node alike (CV-SCALE-04) */
  preferred?: { [label: string]: string[] };
}

/** The pods' affinity; undefined when they may run on any node alike. */
export function podAffinity({ required = {}, preferred = {} }: NodeAffinityArgs): k8s.core.v1.Affinity | undefined {
  const must = expressions(required);
  const should = expressions(preferred);
  if (must.length + should.length === 0) return undefined;
  return {
    nodeAffinity: {
      // To Kubernetes a term without expressions is no demand that every node meets, but one that no node does.
      ...(must.length > 0 && {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: must }] },
      }),
      ...(should.length > 0 && {
        preferredDuringSchedulingIgnoredDuringExecution: should.map((expression) => ({
          weight: 100,
          preference: { matchExpressions: [expression] },
        })),
      }),
    },
  };
}

/** In the order of the keys, so that pods are not replaced because somebody sorted their configuration. */
function expressions(labels: { [label: string]: string[] }): k8s.core.v1.NodeSelectorRequirement[] {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => ({ key, operator: "In", values }));
}

/** Problems of labels and of their values, all of them. */
export function nodeAffinityProblems(path: string, affinity: NodeAffinityArgs): Problem[] {
  return (["required", "preferred"] as const).flatMap((kind) =>
    Object.entries(affinity[kind] ?? {}).flatMap(([key, values]) => {
      const at = `${path}.${kind}[${JSON.stringify(key)}]`;
      return [
        ...unless(labelKey.holds(key), at, key, `${labelKey.accepted} (CV-SCALE-04)`),
        ...unless(values.length > 0, at, "no value", "at least one value is needed (CV-SCALE-04)"),
        ...values.flatMap((value, index) =>
          unless(labelValue.holds(value), `${at}[${index}]`, value, `${labelValue.accepted} (CV-SCALE-04)`),
        ),
      ];
    }),
  );
}
