import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { refuse, unless } from "../validation.ts";

/** Name of the ConfigMap, by which people and rules find it. */
export const runbooksName = "apg-runbooks";

/** Runbooks of a capability's data (AUD-SOP-03, AUD-RUN-02, AUD-RUN-03). */
export const dataRunbooks: readonly string[] = deepFrozen([
  "backup-recovery",
  "cache-management",
  "database-maintenance",
  "secret-rotation",
]);

/** The most that a ConfigMap holds, in bytes. */
const maxSize = 1024 ** 2;

/** The texts of runbooks, by the names of their files, as alerts lead to them. */
export function runbookTexts(slugs: readonly string[]): { [file: string]: string } {
  const directory = join(import.meta.dirname, "../../runbooks");
  return Object.fromEntries(slugs.map((slug) => [`${slug}.md`, readFileSync(join(directory, `${slug}.md`), "utf8")]));
}

/** Declares the ConfigMap with what people on call read. */
export function runbookConfigMap(
  name: string,
  metadata: k8s.meta.v1.ObjectMeta,
  slugs: readonly string[],
  opts: pulumi.CustomResourceOptions,
): ConfigMap {
  const data = runbookTexts(slugs);
  const size = Buffer.byteLength(JSON.stringify(data));
  refuse(
    name,
    unless(size < maxSize, "slugs", `${size} bytes`, `less than ${maxSize} fit into a ConfigMap (AUD-SOP-03)`),
  );
  return new ConfigMap(name, { metadata: { ...metadata, name: runbooksName }, data }, opts);
}
