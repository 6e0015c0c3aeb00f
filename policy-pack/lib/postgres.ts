// A PostgreSQL cluster of CloudNativePG and what belongs to it: poolers, schedules of backups, its archive.
import { notGiven } from "./value.ts";
import type { Kind, KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { Value } from "./value.ts";

/** Major version that an image's tag says; undefined when it says none. */
export function majorOf(image: string): number | undefined {
  const tag = tagOf(image);
  const major = /^v?(\d+)/.exec(tag ?? "")?.[1];
  return major === undefined ? undefined : Number(major);
}

/** The tag of an image. A colon before the last slash belongs to a registry's port. */
export function tagOf(image: string): string | undefined {
  const [named = ""] = image.split("@");
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  return colon < 0 ? undefined : named.slice(colon + 1);
}

/** The last part of an image's repository: "redis" of "docker.io/library/redis:7.4.1". */
export function programOf(image: string): string {
  const [named = ""] = image.split("@");
  return (named.split("/").at(-1) ?? "").split(":")[0] ?? "";
}

/** Objects of a kind that name the cluster in spec.cluster. */
export function belongingTo(stack: PlannedStack, cluster: KubernetesObject, kind: Kind): KubernetesObject[] {
  return stack
    .inNamespace(cluster.namespace, kind)
    .filter(({ spec }) => spec.at("cluster.name").string() === cluster.name);
}

/** Labels of the pods that hold the cluster's data. */
export function instanceLabels(cluster: KubernetesObject): Map<string, string> {
  return new Map([
    ...cluster.spec.at("inheritedMetadata.labels").map(),
    ["cnpg.io/cluster", cluster.name],
    ["cnpg.io/podRole", "instance"],
  ]);
}

/** One parameter of PostgreSQL. */
export function parameter({ spec }: KubernetesObject, name: string): string | undefined {
  return spec.at("postgresql.parameters").get(name).scalar();
}

const plugin = "barman-cloud.cloudnative-pg.io";

export interface Archive {
  /** What a ScheduledBackup has to say to write into it. */
  readonly method: "plugin" | "barmanObjectStore";
  /** Bucket, credentials and encryption. Nothing where the ObjectStore is not in this stack. */
  readonly configuration: Value;
  readonly retention: Value;
  /** How messages name what holds these settings. */
  readonly title: string;
}

/** Where a cluster's log and base backups go: by the Barman Cloud plugin, or by the Cluster's own fields. */
export function archiveOf(stack: PlannedStack, cluster: KubernetesObject): Archive | undefined {
  const archiver = cluster.spec
    .get("plugins")
    .list()
    .find(
      (each) =>
        each.get("name").string() === plugin &&
        each.get("isWALArchiver").boolean() === true &&
        each.get("enabled").boolean() !== false,
    );
  if (archiver !== undefined) {
    const name = archiver.at("parameters.barmanObjectName").string() ?? "";
    const store = stack.named("ObjectStore", cluster.namespace, name);
    return {
      method: "plugin",
      configuration: store?.spec.get("configuration") ?? notGiven(cluster.resource),
      retention: store?.spec.get("retentionPolicy") ?? notGiven(cluster.resource),
      title: store?.title ?? `ObjectStore "${cluster.namespace}/${name}", which this stack does not declare,`,
    };
  }
  const configuration = cluster.spec.at("backup.barmanObjectStore");
  if (!configuration.exists) return undefined;
  return {
    method: "barmanObjectStore",
    configuration,
    retention: cluster.spec.at("backup.retentionPolicy"),
    title: cluster.title,
  };
}

const days: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

/** Days of a retention policy such as "30d", "4w" or "2m"; undefined when it is none. */
export function retentionDays(policy: string): number | undefined {
  const match = /^([1-9]\d*)([dwm])$/.exec(policy);
  return match === null ? undefined : Number(match[1]) * (days[match[2] ?? ""] ?? 0);
}

const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/** A time of PostgreSQL in seconds, "5min", "300s", or a number in the parameter's own unit. */
export function timeSeconds(text: string, unit: "s" | "ms"): number | undefined {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (units[match[2] ?? unit] ?? 0);
}

const sizes: Readonly<Record<string, number>> = { B: 0, kB: 10, MB: 20, GB: 30, TB: 40 };

/** An amount of memory of PostgreSQL in bytes; without a unit, blocks of 8 kB. */
export function memoryBytes(text: string): number | undefined {
  const match = /^\s*(\d+)\s*(B|kB|MB|GB|TB)?\s*$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === undefined ? 8192 : 2 ** (sizes[match[2]] ?? 0));
}
