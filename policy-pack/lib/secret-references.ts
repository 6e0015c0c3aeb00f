// Which Secrets pods use, and where those come from.
import type { KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { Pod } from "./pod.ts";
import type { Value } from "./value.ts";

/** Names of all Secrets that a pod uses: in variables, in volumes, and to fetch images. */
export function secretsOf(pod: Pod): string[] {
  const names: string[] = [];
  const add = (value: Value) => {
    const name = value.string();
    if (name !== undefined) names.push(name);
  };
  for (const { value } of pod.allContainers) {
    for (const variable of value.get("env").list()) add(variable.at("valueFrom.secretKeyRef.name"));
    for (const source of value.get("envFrom").list()) add(source.at("secretRef.name"));
  }
  for (const volume of pod.spec.get("volumes").list()) {
    add(volume.at("secret.secretName"));
    for (const source of volume.at("projected.sources").list()) add(source.at("secret.name"));
  }
  for (const reference of pod.spec.get("imagePullSecrets").list()) add(reference.get("name"));
  return [...new Set(names)].sort();
}

/** Name of the Secret that an ExternalSecret fills. */
export function targetOfExternal(external: KubernetesObject): string {
  return external.spec.at("target.name").string() ?? external.name;
}

/** The ExternalSecrets that fill a Secret. */
export function fillersOf(stack: PlannedStack, namespace: string, secret: string): KubernetesObject[] {
  return stack.inNamespace(namespace, "ExternalSecret").filter((each) => targetOfExternal(each) === secret);
}

/** Whether cert-manager makes the Secret, as it does those of certificates. */
export function isCertificate(stack: PlannedStack, namespace: string, secret: string): boolean {
  return stack.inNamespace(namespace, "Certificate").some(({ spec }) => spec.get("secretName").string() === secret);
}

/** Whether a Secret holds anything that the program itself puts in. One without is filled in by somebody in the cluster. */
export function isFilledByProgram({ value }: KubernetesObject): boolean {
  return ["data", "stringData"].some((key) => {
    const held = value.get(key);
    return held.isGiven && (!held.isKnown || held.keys().length > 0);
  });
}

/** The variables of these names, each with the key of a Secret that it comes from, if it does. */
export function variablesNamed(container: Value, names: readonly string[]) {
  const given = container
    .get("env")
    .list()
    .filter((variable) => names.includes(variable.get("name").string() ?? ""));
  return given.map((variable) => {
    const reference = variable.at("valueFrom.secretKeyRef");
    const name = variable.get("name").string() ?? "";
    if (!reference.exists) return { name };
    return { name, secret: reference.get("name").string() ?? "", key: reference.get("key").string() ?? "" };
  });
}
