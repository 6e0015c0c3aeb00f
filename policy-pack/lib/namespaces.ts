// The namespaces of a plan, and which of them belong to a capability.
import { capabilityLabel } from "../../checklist/labels.ts";
import type { Kind, KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";

/** The capability that a namespace belongs to: by its label, or by its name where another stack owns it. */
export function capabilityOf(stack: PlannedStack, namespace: string): string | undefined {
  const planned = stack.namespace(namespace);
  return planned === undefined ? /^apg-([a-z0-9-]+)-[a-z0-9]+$/.exec(namespace)?.[1] : planned.label(capabilityLabel);
}

/** Objects of a kind that may speak of a subject: those of its namespace, and those in namespaces that no capability owns. */
export function around(stack: PlannedStack, subject: KubernetesObject, kind: Kind): KubernetesObject[] {
  return stack
    .ofKind(kind)
    .filter(({ namespace }) => namespace === subject.namespace || capabilityOf(stack, namespace) === undefined);
}

/** The namespaces that hold workloads or carry a capability's label: each as its Namespace, or as the first workload in
 *  it where another stack owns the Namespace. */
export function guardedNamespaces(stack: PlannedStack): KubernetesObject[] {
  const subjects = new Map<string, KubernetesObject>();
  for (const namespace of stack.ofKind("Namespace")) {
    if (namespace.label(capabilityLabel) !== undefined) subjects.set(namespace.name, namespace);
  }
  for (const workload of stack.workloads) {
    const name = workload.namespace;
    if (!subjects.has(name)) subjects.set(name, stack.namespace(name) ?? workload);
  }
  return [...subjects.values()];
}

/** The name of the namespace that a subject of guardedNamespaces stands for. */
export function namespaceOf(subject: KubernetesObject): string {
  return subject.kind === "Namespace" ? subject.name : subject.namespace;
}
