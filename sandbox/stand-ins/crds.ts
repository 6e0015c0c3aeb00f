// The definitions of the resources that are stood in for: the real ones, out of the projects' own Go modules.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parseAllDocuments } from "yaml";
import { UserError } from "../errors.ts";

/** A project whose programs cannot be built from the registries, but whose resource definitions are to be had. */
export interface StoodIn {
  name: string;
  /** Group of its resources. */
  group: string;
  module: string;
  version: string;
  /** Go's own checksum of the module. */
  sum: string;
  /** File or folder with the definitions. */
  path: string;
  /** Names of those that are taken. */
  wanted: string[];
  /** What the stand-in does, in words. */
  standsFor: string;
}

export const stoodIn: readonly StoodIn[] = [
  {
    name: "cert-manager",
    group: "cert-manager.io",
    module: "github.com/cert-manager/cert-manager",
    version: "v1.21.2",
    sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    path: "deploy/crds",
    wanted: ["certificates", "certificaterequests", "clusterissuers", "issuers"].map((of) => `${of}.cert-manager.io`),
    standsFor: "certificates are issued by the sandbox's own controller; authorities outside are the sandbox's own",
  },
  {
    name: "External Secrets",
    group: "external-secrets.io",
    module: "github.com/external-secrets/external-secrets",
    version: "v1.3.2",
    sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
    path: "deploy/crds/bundle.yaml",
    wanted: ["externalsecrets", "secretstores", "clustersecretstores"].map((of) => `${of}.external-secrets.io`),
    standsFor: "secrets are made up by the sandbox's own controller, and kept in the cluster",
  },
];

interface Definition {
  kind: string;
  metadata: { name: string };
}

/**
 * The definitions, from the cache or the Go module registry.
 * @throws UserError when they are not to be had, or are not those that are pinned
 */
export async function definitionsOf(project: StoodIn, cache: string): Promise<Definition[]> {
  const file = join(cache, `definitions-${project.group}-${project.version}.json`);
  if (!existsSync(file)) await fetchDefinitions(project, cache, file);
  return JSON.parse(await readFile(file, "utf8")) as Definition[];
}

async function fetchDefinitions({ module, version, sum, path, wanted }: StoodIn, cache: string, file: string) {
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
    const files = path.endsWith(".yaml") ? [place] : (await readdir(place)).map((name) => join(place, name));
    const texts = await Promise.all(
      files.filter((name) => name.endsWith(".yaml")).map((name) => readFile(name, "utf8")),
    );
    const all = texts.flatMap((text) =>
      parseAllDocuments(text).map((document) => document.toJSON() as Definition | null),
    );
    const found = all.flatMap((one) => (one && wanted.includes(one.metadata.name) ? [one] : []));
    await writeFile(`${file}.draft`, JSON.stringify(found));
    await rename(`${file}.draft`, file);
  } finally {
    await rm(modules, { recursive: true, force: true });
  }
}
