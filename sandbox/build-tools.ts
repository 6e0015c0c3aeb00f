import { existsSync } from "node:fs";
import { chmod, cp, mkdir, rename, rm, statfs } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { UserError } from "./errors.ts";
import { LockedError, withLock } from "./lock.ts";
import { diskWhileBuilding, goVersion, sandboxPins, type ToolModule } from "./tool-pins.ts";
import { moduleFolder, toolCache, which } from "./tools.ts";

/** Hears of the progress of one module's build. */
export type BuildProgress = (text: string) => void;

/**
 * Refuses a build that could not succeed, before anything is written.
 *
 * @throws UserError when Go is missing or too old, or when the disk is too small.
 */
export async function checkBuildPossible(
  missing: readonly string[],
  env = process.env,
  freeBytes = freeBytesOf,
): Promise<void> {
  const wanted = goVersion.join(".");
  const remedy = `Install Go ${wanted} or later from your package manager or go.dev, or put these on PATH yourself: ${programsOf(missing)}.`;
  const go = await which("go", env);
  if (!go) throw new UserError(`Go is needed to build ${missing.join(", ")}, and there is no go on PATH.`, remedy);
  const { stdout } = await execa(go, ["env", "GOVERSION"], { env: { ...env, GOTOOLCHAIN: "local" }, extendEnv: false });
  const [major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number);
  if (major < goVersion[0] || (major === goVersion[0] && minor < goVersion[1])) {
    throw new UserError(`Go ${wanted} or later is needed to build ${missing.join(", ")}; ${go} is ${stdout}.`, remedy);
  }
  const cache = toolCache(env);
  await mkdir(cache, { recursive: true });
  const free = await freeBytes(cache);
  const needed = await diskStillNeeded(cache);
  if (free < needed) {
    throw new UserError(
      `Building the tools takes ${gigabytes(needed)} of disk for a while, and ${gigabytes(free)} are free in ${cache}.`,
      `Free some, or set APG_TOOL_CACHE to a folder on a larger disk.`,
    );
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const programsOf = (missing: readonly string[]) =>
  sandboxPins.tools
    .filter((tool) => missing.includes(tool.module) && tool.onPath)
    .map((tool) => tool.name)
    .join(", ");

export const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** An interrupted build has some of it on disk already. */
async function diskStillNeeded(cache: string): Promise<number> {
  const { stdout } = await execa("du", ["-sk", goCaches(cache).root], { reject: false });
  const done = Number(/^\d+/.exec(stdout ?? "")?.[0] ?? 0) * 1024;
  return Math.max(diskWhileBuilding - done, 0);
}

/** Go's caches while we build: of our own, so that the user's stay as they are, and kept until all is built, so that an interrupted build goes on where it stopped. */
const goCaches = (cache: string) => {
  const root = join(cache, "building");
  return { root, modules: join(root, "modules"), packages: join(root, "packages"), sources: join(root, "sources") };
};

/**
 * Builds one module's tools into the tool cache. A finished module appears there in one step (rename), a half-built one never.
 *
 * @param module Name in `modules`.
 * @param progress Told, a few times a second at the most, what is being done.
 * @throws UserError with the compiler's last words.
 */
export async function buildModule(
  module: string,
  progress: BuildProgress,
  env = process.env,
  pins = sandboxPins,
): Promise<void> {
  const cache = toolCache(env);
  const target = await moduleFolder(module, cache, pins);
  const caches = goCaches(cache);
  const build = async () => {
    // Whoever held the lock before may have built it.
    if (existsSync(target)) return;
    const source = join(caches.sources, module);
    const staging = join(caches.root, `${module}.binaries`);
    await rm(source, { recursive: true, force: true });
    await rm(staging, { recursive: true, force: true });
    await cp(join(pins.folder, module), source, { recursive: true });
    await mkdir(staging, { recursive: true });
    const go = goRunner(source, caches, env, progress);
    await copyEmbeds(pins.modules[module]?.embeds, source, go);

    for (const tool of pins.tools.filter((tool) => tool.module === module)) {
      const flags = ["-v", "-trimpath", "-tags", tool.tags ?? "", "-ldflags", `-s -w ${tool.ldflags ?? ""}`];
      await go(["build", ...flags, "-o", join(staging, tool.name), tool.package], tool.name);
    }
    await rename(staging, target);
  };
  for (;;) {
    try {
      return await withLock(join(cache, "building.lock"), build);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      progress(`waiting for another build of the tools (process ${error.holder})`);
      await sleep(1000);
    }
  }
}

/** Copies the files that our main package embeds out of the module that carries them. */
async function copyEmbeds(embeds: ToolModule["embeds"], source: string, go: (args: string[]) => Promise<string>) {
  if (!embeds) return;
  const { Dir } = JSON.parse(await go(["mod", "download", "-json", embeds.module])) as { Dir: string };
  for (const path of embeds.paths) {
    const copy = join(source, basename(path));
    await cp(join(Dir, path), copy);
    await chmod(copy, 0o644);
  }
}

function goRunner(
  source: string,
  caches: ReturnType<typeof goCaches>,
  env: NodeJS.ProcessEnv,
  progress: BuildProgress,
): (args: string[], subject?: string) => Promise<string> {
  return async (args, subject = "modules") => {
    const started = Date.now();
    let packages = 0;
    const lastWords: string[] = [];
    const child = execa("nice", ["go", ...args], {
      cwd: source,
      env: {
        ...env,
        GOMODCACHE: caches.modules,
        GOCACHE: caches.packages,
        GOFLAGS: "-mod=mod -modcacherw",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
        CGO_ENABLED: "0",
      },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    for await (const line of child.iterable({ from: "stderr" })) {
      const download = /^go: downloading (\S+) (\S+)/.exec(line);
      if (!download) packages += 1;
      if (!/^[\w./-]+$/.test(line) && !download) lastWords.push(line);
      const seconds = Math.round((Date.now() - started) / 1000);
      progress(`${subject}: ${packages} packages, ${seconds} s: ${download ? `downloading ${download[1]}` : line}`);
    }
    const result = await child;
    if (result.failed) {
      throw new UserError(
        `go ${args[0]} failed for ${args.at(-1)}: ${lastWords.slice(-3).join(" / ") || result.shortMessage}`,
        "Run the same command again: the build goes on where it stopped. Is the Go module registry (GOPROXY) within reach?",
      );
    }
    return result.stdout;
  };
}

/** Drops what a build leaves besides the binaries. */
export async function dropBuildCaches(env = process.env): Promise<void> {
  await rm(goCaches(toolCache(env)).root, { recursive: true, force: true });
}
