import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, readdir, readFile, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { sandboxPins, type Tool } from "./tool-pins.ts";

/** Where built tools are kept, by version and outside any working tree, so that a second clone finds them. */
export function toolCache(env: NodeJS.ProcessEnv = process.env): string {
  return env["APG_TOOL_CACHE"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "apg-platform", "tools");
}

/** A tool module's folder in the cache: its name holds the version and a digest of all that decides what is built. */
export async function moduleFolder(module: string, cache = toolCache(), pins = sandboxPins): Promise<string> {
  const digest = createHash("sha256").update(`${process.platform}/${process.arch}`);
  const folder = join(pins.folder, module);
  for (const file of (await readdir(folder, { recursive: true, withFileTypes: true })).sort(byPath)) {
    if (file.isFile()) digest.update(file.name).update(await readFile(join(file.parentPath, file.name)));
  }
  for (const tool of pins.tools.filter((tool) => tool.module === module)) {
    digest.update(`${tool.package} ${tool.ldflags ?? ""} ${tool.tags ?? ""}`);
  }
  return join(cache, `${module}-${pins.modules[module]!.version}-${digest.digest("hex").slice(0, 12)}`);
}

const byPath = (a: { parentPath: string; name: string }, b: { parentPath: string; name: string }) =>
  join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1;

/** Where each tool is, or which module has to be built for it. */
export interface ToolSearch {
  found: Map<string, { path: string; origin: "PATH" | "built" }>;
  /** Modules to build, in the order of `modules`. */
  missing: string[];
}

/**
 * Looks for the given tools: first a suitable one on PATH, then a built one.
 *
 * @param names Tools that are needed.
 * @param env Environment whose PATH is searched.
 * @param pins What they are built from.
 */
export async function findTools(names: readonly string[], env = process.env, pins = sandboxPins): Promise<ToolSearch> {
  const found: ToolSearch["found"] = new Map();
  const missing = new Set<string>();
  await Promise.all(
    pins.tools
      .filter((tool) => names.includes(tool.name))
      .map(async (tool) => {
        const onPath = await suitableOnPath(tool, env);
        const built = join(await moduleFolder(tool.module, toolCache(env), pins), tool.name);
        if (onPath) found.set(tool.name, { path: onPath, origin: "PATH" });
        else if (existsSync(built)) found.set(tool.name, { path: built, origin: "built" });
        else missing.add(tool.module);
      }),
  );
  return { found, missing: Object.keys(pins.modules).filter((module) => missing.has(module)) };
}

async function suitableOnPath(tool: Tool, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const wanted = tool.onPath;
  const path = wanted && (await which(tool.name, env));
  // In a shell that has evaluated sandbox:env, PATH leads to our own build.
  if (!path || (await realpath(path)).startsWith(toolCache(env))) return undefined;
  for (const companion of wanted.needs ?? []) if (!(await which(companion, env))) return undefined;
  const { all } = await execa(path, wanted.versionArguments, {
    all: true,
    reject: false,
    timeout: 20_000,
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    extendEnv: false,
  });
  const version = /v?(\d+)\.(\d+)\.(\d+)/.exec(all ?? "");
  if (!version) return undefined;
  return wanted.suitable([Number(version[1]), Number(version[2]), Number(version[3])]) ? path : undefined;
}

/** The first executable of that name on PATH. */
export async function which(name: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}
