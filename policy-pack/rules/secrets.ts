// Secrets reach pods by reference, never as plain text. No message here repeats a value.
import { objectRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { KubernetesObject, Kind } from "../lib/kubernetes.ts";
import { podKinds, podOf } from "../lib/pod.ts";
import type { Container } from "../lib/pod.ts";
import { secretIn } from "../lib/secret-patterns.ts";
import type { Value } from "../lib/value.ts";

export const secretsAreNotInPlainText = objectRule({
  name: "secrets-are-not-in-plain-text",
  decides: ["AUD-SEC-03", "CV-MAN-04", "CV-SECRET-01", "CV-ENV-01", "CV-ENV-02"],
  severity: "critical",
  description: "No environment variable, argument, annotation or ConfigMap holds a secret in plain text.",
  fix: "Put the value into a Secret and refer to it by valueFrom.secretKeyRef or a volume.",
  kinds: [...podKinds, "ConfigMap"] satisfies Kind[],
  check: (object, complain) => {
    if (object.kind === "ConfigMap") judgeConfigMap(object, complain);
    judgeAnnotations(object.metadata, object.title, complain);
    const pod = podOf(object);
    if (pod === undefined) return;
    if (object.kind !== "Pod") judgeAnnotations(pod.metadata, `The pod of ${pod.title}`, complain);
    for (const container of pod.allContainers) judgeContainer(container, complain);
  },
});

function judgeContainer({ title, value }: Container, complain: Complain): void {
  for (const variable of value.get("env").list()) {
    const name = variable.get("name").string() ?? "";
    const found = judged(name, variable.get("value"));
    if (found !== undefined) complain(`${title} has ${found} in the variable ${name}: use valueFrom.secretKeyRef.`);
  }
  for (const key of ["command", "args"]) {
    if (
      value
        .get(key)
        .list()
        .some((word) => judged("", word) !== undefined)
    ) {
      complain(`${title} has a secret in its ${key}: pass it in a variable with valueFrom.secretKeyRef.`);
    }
  }
}

function judgeConfigMap({ title, value }: KubernetesObject, complain: Complain): void {
  for (const section of ["data", "binaryData"]) {
    if (value.get(section).isSecret) {
      complain(`${title} holds a secret as a whole: make it a Secret.`);
      continue;
    }
    for (const [key, text] of value.get(section).entries()) {
      const found = judged(key, text, section === "binaryData" ? "base64" : "utf8");
      if (found !== undefined) complain(`${title} has ${found} under ${key}: move it to a Secret.`);
    }
  }
}

function judgeAnnotations(metadata: Value, title: string, complain: Complain): void {
  for (const [key, text] of metadata.get("annotations").entries()) {
    const found = judged("", text);
    if (found !== undefined) complain(`${title} has ${found} in the annotation ${key}: remove it.`);
  }
}

function judged(name: string, value: Value, encoding: BufferEncoding = "utf8"): string | undefined {
  if (value.isSecret) return "a secret of the program";
  const text = value.string() ?? "";
  return secretIn(name, encoding === "utf8" ? text : Buffer.from(text, encoding).toString("latin1"));
}
