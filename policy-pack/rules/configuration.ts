// Configuration outside the image: versioned, immutable, of its own environment, and switchable.
import { createRequire } from "node:module";
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { applications } from "../lib/environment.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { environmentLabel } from "../../checklist/labels.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { podOf } from "../lib/pod.ts";
import { productionEnvironment } from "../limits.ts";

/** A hash at the end of a name: hexadecimal, or in the letters that kubectl and kustomize spell hashes with. */
const contentHash = /-(?:[0-9a-f]{8,64}|[bcdfghkmt2456789]{10})$/;

export const configurationIsVersioned = stackRule({
  name: "configuration-is-versioned",
  decides: ["AUD-EXEC-03", "CV-MAN-03"],
  severity: "medium",
  description: "Every application is configured by ConfigMaps that never change: a new content makes a new ConfigMap.",
  fix: "Set immutable to true on the ConfigMap and end its name with a hash of its content.",
  subjects: applications,
  check: (application, stack, complain) => {
    const configMaps = configMapsOf(stack, application);
    if (configMaps.length === 0) {
      complain(
        `${application.title} has no configuration outside its image: give it envFrom or a volume of a ConfigMap.`,
      );
    }
    for (const configMap of configMaps) {
      if (configMap.value.get("immutable").boolean() !== true) {
        complain(`${configMap.title} of ${application.title} may change under running pods: set immutable to true.`);
      }
      if (!contentHash.test(configMap.name)) {
        complain(`${configMap.title} of ${application.title} has no version: end its name with a hash of its content.`);
      }
    }
  },
});

/** Names that hosts, buckets and accounts of other environments carry. */
const elsewhere = /(?<![a-z0-9])(dev|development|sandbox|staging)(?![a-z0-9])/i;

export const productionUsesItsOwn = stackRule({
  name: "production-names-no-other-environment",
  decides: ["AUD-EXEC-03"],
  severity: "high",
  description: "The settings of production name no host, bucket or account of another environment.",
  fix: "Replace the value by production's own.",
  subjects: applications,
  check: (application, stack, complain) => {
    if (stack.namespace(application.namespace)?.label(environmentLabel) !== productionEnvironment) return notConcerned;
    for (const configMap of configMapsOf(stack, application)) {
      for (const [key, value] of configMap.value.get("data").entries()) {
        const found = elsewhere.exec(value.string() ?? "")?.[1];
        if (found === undefined) continue;
        complain(`${configMap.title} of ${application.title} names ${found} under ${key}: use production's own value.`);
      }
    }
    return undefined;
  },
});

/** The planned ConfigMaps that an application's containers read. */
function configMapsOf(stack: PlannedStack, application: KubernetesObject): KubernetesObject[] {
  const pod = podOf(application);
  if (pod === undefined) return [];
  const names = [
    ...pod.allContainers.flatMap(({ value }) => [
      ...value
        .get("envFrom")
        .list()
        .map((source) => source.at("configMapRef.name").string()),
      ...value
        .get("env")
        .list()
        .map((variable) => variable.at("valueFrom.configMapKeyRef.name").string()),
    ]),
    ...pod.spec
      .get("volumes")
      .list()
      .map((volume) => volume.at("configMap.name").string()),
  ];
  return [...new Set(names)].flatMap((name) =>
    name === undefined ? [] : (stack.named("ConfigMap", application.namespace, name) ?? []),
  );
}

const flagsFile = "flags.yaml";

export const featureFlagsAreOwned = objectRule({
  name: "feature-flags-are-owned",
  decides: ["CV-ENV-05"],
  severity: "medium",
  description: "Every feature flag has a default, an owner and a day of removal that has not passed.",
  fix: `Give every entry of ${flagsFile} a name, a default, an owner and removeBy as YYYY-MM-DD, and remove expired flags.`,
  kinds: ["ConfigMap"],
  check: ({ title, value }, complain) => {
    const file = value.get("data").get(flagsFile);
    if (!file.exists) return notConcerned;
    const flags = parseYaml(file.string() ?? "");
    if (!Array.isArray(flags)) {
      complain(`${title} has no list of flags in ${flagsFile}: write one entry for each flag.`);
      return undefined;
    }
    for (const [index, flag] of (flags as readonly unknown[]).entries()) {
      const { name, default: standard, owner, removeBy } = (flag ?? {}) as Record<string, unknown>;
      const whose = typeof name === "string" && name !== "" ? `The flag ${name}` : `The flag number ${index + 1}`;
      const ask = (what: string) => complain(`${whose} of ${title} ${what}.`);
      if (typeof name !== "string" || name === "") ask("has no name: give it one");
      if (standard === undefined || standard === null) ask("has no default: state one");
      if (typeof owner !== "string" || owner === "") ask("has no owner: name who removes it");
      const day = typeof removeBy === "string" && /^\d{4}-\d{2}-\d{2}$/.test(removeBy) ? removeBy : undefined;
      if (day === undefined || Number.isNaN(Date.parse(day))) ask("has no day of removal: set removeBy to YYYY-MM-DD");
      else if (day < new Date().toISOString().slice(0, 10))
        ask(`was to be removed by ${day}: remove it, or decide anew`);
    }
    return undefined;
  },
});

/** Loaded on first use: most previews have no flags to read, and start-up is felt in all of them. */
function parseYaml(text: string): unknown {
  const { parse } = createRequire(import.meta.url)("yaml") as { parse: (text: string) => unknown };
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
