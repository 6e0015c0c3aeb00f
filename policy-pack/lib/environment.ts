// The environment variables that an application's containers really get: from env and from the planned ConfigMaps.
import type { KubernetesObject } from "./kubernetes.ts";
import { capabilityOf } from "./namespaces.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { podOf } from "./pod.ts";
import type { Container, Pod } from "./pod.ts";
import { infrastructureComponents } from "../limits.ts";
import type { Value } from "./value.ts";

/** Deployments of a capability that are its own code, not something that it runs beside it. */
export function applications(stack: PlannedStack): KubernetesObject[] {
  return stack.ofKind("Deployment").filter((deployment) => {
    if (capabilityOf(stack, deployment.namespace) === undefined) return false;
    const component = podOf(deployment)?.labels.get("app.kubernetes.io/component");
    return component === undefined || !infrastructureComponents.includes(component);
  });
}

/** One variable as one container sees it. */
export interface Setting {
  readonly container: Container;
  readonly value: string;
}

/** An application's settings: what each of its containers, the main ones by default, finds in its environment. */
export class ApplicationSettings {
  readonly #containers: { container: Container; variables: Map<string, Value> }[];
  /** ConfigMaps that the containers read and that this stack does not plan, so that nobody can say what is in them. */
  readonly unseen: readonly string[];

  constructor(stack: PlannedStack, pod: Pod, containers: readonly Container[] = pod.containers) {
    const unseen = new Set<string>();
    const configMap = (reference: Value) => {
      const name = reference.get("name").string() ?? "";
      const found = stack.named("ConfigMap", pod.owner.namespace, name);
      if (found === undefined) unseen.add(name);
      return found?.value.get("data");
    };
    this.#containers = containers.map((container) => ({
      container,
      variables: variablesOf(container.value, configMap),
    }));
    this.unseen = [...unseen];
  }

  /** The values of a variable, one for each container that has it in plain text. */
  values(name: string): Setting[] {
    return this.#containers.flatMap(({ container, variables }) => {
      const value = variables.get(name)?.string();
      return value === undefined ? [] : [{ container, value }];
    });
  }
}

/** As the kubelet does: env wins over envFrom, and the later entry over the earlier. */
function variablesOf(container: Value, configMap: (reference: Value) => Value | undefined): Map<string, Value> {
  const variables = new Map<string, Value>();
  for (const source of container.get("envFrom").list()) {
    const reference = source.get("configMapRef");
    if (!reference.exists) continue;
    const prefix = source.get("prefix").string() ?? "";
    for (const [key, value] of configMap(reference)?.entries() ?? []) variables.set(prefix + key, value);
  }
  for (const variable of container.get("env").list()) {
    const name = variable.get("name").string() ?? "";
    const reference = variable.at("valueFrom.configMapKeyRef");
    const value = reference.exists
      ? configMap(reference)?.get(reference.get("key").string() ?? "")
      : variable.get("value");
    if (value === undefined || (!reference.exists && !value.exists)) variables.delete(name);
    else variables.set(name, value);
  }
  return variables;
}
