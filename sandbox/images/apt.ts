// The machine's apt, working in folders of our own: what is installed on the machine, its package lists and its caches
// stay as they are, and no hook of its configuration runs.
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../errors.ts";
import { readIfPresent } from "../files.ts";
import { which } from "../tools.ts";
import { ownSources } from "./debian-sources.ts";

/** Debian's name of this processor. */
export const debianArchitecture = process.arch === "arm64" ? "arm64" : "amd64";

/** The hint for a machine that cannot make images. */
const otherWays =
  "Take simulated nodes: npm run sandbox -- --nodes simulated; or a cluster of your own: npm run sandbox -- --kubeconfig FILE";

/**
 * Refuses a machine on which packages cannot be had.
 * @throws UserError without apt-get or dpkg-deb on PATH
 */
export async function checkApt(env: NodeJS.ProcessEnv): Promise<void> {
  for (const program of ["apt-get", "dpkg-deb"]) {
    if (await which(program, env)) continue;
    throw new UserError(
      `Images for real nodes are made of Debian packages, and this machine has no ${program}.`,
      otherWays,
    );
  }
}

/** The machine that packages come from. */
export interface AptMachine {
  env: NodeJS.ProcessEnv;
  /** Where it is configured. */
  etc: string;
}

export const thisMachine: AptMachine = { env: process.env, etc: "/etc" };

export class Apt {
  readonly #root: string;
  readonly #machine: AptMachine;

  /** @param root Folder for settings, package lists and packages. */
  constructor(root: string, machine: AptMachine) {
    this.#root = root;
    this.#machine = machine;
  }

  /** Where downloaded packages are. */
  get archives(): string {
    return join(this.#root, "archives");
  }

  /** Writes the settings, and fetches the package lists of the distribution's own sources. */
  async update(): Promise<void> {
    for (const folder of ["lists/partial", "archives/partial", "empty/partial", "sources"]) {
      await mkdir(join(this.#root, folder), { recursive: true });
    }
    const sources = ownSources(await sourceFiles(this.#machine.etc), await codename(this.#machine.etc));
    if (!sources) {
      throw new UserError("This machine's apt has no source of its distribution's own packages.", otherWays);
    }
    await writeFile(join(this.#root, "sources", "own.sources"), sources);
    await writeFile(join(this.#root, "apt.conf"), settings(this.#root));
    await this.run(["update", "--quiet=2"]);
  }

  /**
   * Runs apt-get.
   * @param installed What it is to believe is installed, in the format of dpkg's status file.
   * @throws UserError with apt's own word on what is wrong
   */
  async run(args: readonly string[], installed = ""): Promise<string> {
    const status = join(this.#root, "status");
    await writeFile(status, installed);
    const result = await execa("apt-get", ["--config-file", join(this.#root, "apt.conf"), ...args], {
      reject: false,
      stdin: "ignore",
      env: { ...this.#machine.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      extendEnv: false,
    });
    if (result.exitCode === 0) return result.stdout;
    const words = result.stderr.split("\n").find((line) => line.startsWith("E:")) ?? result.shortMessage;
    throw new UserError(`apt-get ${args[0]} failed: ${words}`, "Are the machine's package sources within reach?");
  }
}

/** Read after the machine's own settings, which may name a proxy: what they add to a list has to be cleared first. */
function settings(root: string): string {
  const cleared = ["Pre-Invoke", "Post-Invoke", "Post-Invoke-Success"]
    .flatMap((hook) => [`APT::Update::${hook}`, `DPkg::${hook}`])
    .concat("APT::Architectures", "APT::NeverAutoRemove");
  const values = {
    "Dir::State": `${root}/`,
    "Dir::State::lists": `${root}/lists/`,
    "Dir::State::status": `${root}/status`,
    "Dir::Cache": `${root}/`,
    "Dir::Cache::archives": `${root}/archives/`,
    "Dir::Etc::sourcelist": "/dev/null",
    "Dir::Etc::sourceparts": `${root}/sources/`,
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "APT::Architecture": debianArchitecture,
    "APT::Architectures": debianArchitecture,
    "APT::Install-Recommends": "false",
    // Not a user of the system for downloads: that one may not write here, and only root could become it.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    // The digest that a plan names; packages themselves are compared with all that the signed index has.
    "Acquire::ForceHash": "SHA256",
    // Metadata for software centres.
    ...Object.fromEntries(
      ["DEP-11", "CNF"].map((target) => [`Acquire::IndexTargets::deb::${target}::DefaultEnabled`, "false"]),
    ),
  };
  return [
    ...cleared.map((name) => `#clear ${name};\n`),
    ...Object.entries(values).map(([name, value]) => `${name} "${value}";\n`),
  ].join("");
}

async function sourceFiles(etc: string): Promise<Record<string, string>> {
  const apt = join(etc, "apt");
  const parts = (await readdir(join(apt, "sources.list.d")).catch(() => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const files: Record<string, string> = { "sources.list": (await readIfPresent(join(apt, "sources.list"))) ?? "" };
  for (const name of parts) files[name] = await readFile(join(apt, "sources.list.d", name), "utf8");
  return files;
}

async function codename(etc: string): Promise<string> {
  return /^VERSION_CODENAME=(\S+)/m.exec((await readIfPresent(join(etc, "os-release"))) ?? "")?.[1] ?? "";
}

/** Whether a file was written less than a day ago. */
export async function isFresh(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < 24 * 60 * 60 * 1000;
}
