// Manifests out of projects' own Go modules, pinned by version and checksum: resource definitions, whole operators.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject } from "./addons/objects.ts";
import { UserError } from "./errors.ts";

/** Where a project's manifests are. */
export interface ManifestSource {
  /** Group of the project's resources. */
  group: string;
  module: string;
  version: string;
  /** Go's own checksum of the module. */
  sum: string;
  /** File or folder with the manifests. */
  path: string;
  /** Names of the objects that are taken. @default all */
  wanted?: string[];
}

/**
 * The manifests, from the cache or the Go module registry.
 * @throws UserError when they are not to be had, or are not those that are pinned
 */
export async function manifestsOf(source: ManifestSource, cache: string): Promise<KubernetesObject[]> {
  const { group, module, version, sum, path, wanted } = source;
  const digest = createHash("sha256")
    .update(JSON.stringify([module, sum, path, wanted]))
    .digest("hex");
  const file = join(cache, `manifests-${group}-${version}-${digest.slice(0, 12)}.json`);
  if (!existsSync(file)) await fetchManifests(source, cache, file);
  return JSON.parse(await readFile(file, "utf8")) as KubernetesObject[];
}

async function fetchManifests({ module, version, sum, path, wanted }: ManifestSource, cache: string, file: string) {
  const modules = join(cache, `modules.${process.pid}`);
  await mkdir(modules, { recursive: true });
  try {
    const result = await execa("go", ["mod", "download", "-json", `${module}@${version}`], {
      cwd: modules,
      env: { GOMODCACHE: modules, GOFLAGS: "-modcacherw", GOTOOLCHAIN: "local", GOWORK: "off" },
      reject: false,
    });
    const answer = JSON.parse(result.stdout || "{}") as { Dir?: string; Sum?: string; Error?: string };
    if (answer.Dir === undefined || answer.Sum !== sum) {
      throw new UserError(
        `${module} ${version} is not to be had: ${answer.Error ?? (answer.Sum ? "its checksum is another" : result.shortMessage)}`,
        "Is the Go module registry (GOPROXY) within reach?",
      );
    }
    const place = join(answer.Dir, path);
    const files = path.endsWith(".yaml") ? [place] : (await readdir(place)).sort().map((name) => join(place, name));
    const texts = await Promise.all(
      files.filter((name) => name.endsWith(".yaml")).map((name) => readFile(name, "utf8")),
    );
    const found = texts.flatMap(objectsOf).filter(({ metadata }) => wanted?.includes(metadata.name) ?? true);
    await writeFile(`${file}.draft`, JSON.stringify(found));
    await rename(`${file}.draft`, file);
  } finally {
    await rm(modules, { recursive: true, force: true });
  }
}

/** The objects of a YAML file of several documents, of which some may be empty. */
export function objectsOf(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJSON() as KubernetesObject | null) ?? []);
}
