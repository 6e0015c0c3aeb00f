// The scripts of the pods, as text.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Scripts of the data pods and the Sentinels. */
export const groupScripts = [
  "common.sh",
  "redis-live.sh",
  "redis-ready.sh",
  "redis-start.sh",
  "redis-stop.sh",
  "sentinel-live.sh",
  "sentinel-ready.sh",
  "sentinel-start.sh",
];

export const backupScripts = ["backup.sh"];

/** The scripts by name, as data of a ConfigMap. */
export function scriptsNamed(names: readonly string[]): { [file: string]: string } {
  const read = (name: string) => readFileSync(join(import.meta.dirname, "scripts", name), "utf8");
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}
