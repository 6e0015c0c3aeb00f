// Debian packages from the machine's own package sources, without touching what is installed on it: apt works in folders
// of the sandbox's cache, and packages are unpacked, never configured, so nothing of theirs runs.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../errors.ts";
import { readIfPresent, writePrivate } from "../files.ts";
import { which } from "../tools.ts";

/** Package sources and resolutions are asked for anew after this long. */
const freshMs = 24 * 60 * 60 * 1000;

/**
 * What only the installing of packages needs. Nothing is installed here, so apt is told that these are there already, and
 * images do without them.
 */
const installers =
  "adduser base-files base-passwd debconf dpkg init-system-helpers install-info libpam0g libpam-modules libpam-runtime lsb-base man-db media-types passwd perl perl-base perl-modules-5.36 sensible-utils ssl-cert sysvinit-utils systemd systemd-sysv ucf usrmerge";

export class Debian {
  readonly #root: string;
  readonly #say: (line: string) => void;

  /** @param cache Folder for package lists and packages. */
  constructor(cache: string, say: (line: string) => void = () => undefined) {
    this.#root = join(cache, "debian");
    this.#say = say;
  }

  /**
   * The packages and all that they depend on: names of files, each with package, version and architecture, sorted.
   * @throws UserError when the machine has no apt, or its sources do not answer or do not have a package
   */
  async resolve(packages: readonly string[]): Promise<string[]> {
    const name = createHash("sha256").update([...packages].sort().join(" ")).digest("hex").slice(0, 16);
    const memory = join(this.#root, "resolved", `${name}.json`);
    if (await isFresh(memory)) return JSON.parse(await readFile(memory, "utf8")) as string[];
    await this.#refresh();
    const plan = await this.#apt(["install", "--simulate", ...packages]);
    const files = [...plan.matchAll(/^Inst (\S+) \((\S+) .*\[(\w+)\]\)/gm)]
      .map(([, name = "", version = "", architecture]) => `${name}_${version.replace(":", "%3a")}_${architecture}.deb`)
      .sort();
    await writePrivate(memory, JSON.stringify(files, undefined, 1));
    return files;
  }

  /** Unpacks the packages and all that they depend on into a folder. */
  async unpack(packages: readonly string[], target: string): Promise<void> {
    const files = await this.resolve(packages);
    const archives = join(this.#root, "cache", "archives");
    this.#say(`fetching ${packages.join(", ")}`);
    // What is in the cache already is compared with the signed index, and not fetched again.
    await this.#apt(["install", "--download-only", "--yes", "--quiet=2", ...packages]);
    await mkdir(target, { recursive: true });
    for (const file of files) {
      const path = join(archives, file);
      // A newer version has come since it was resolved: that one will do from now on.
      if (!existsSync(path)) throw new UserError(`The package file ${file} is no longer to be had.`, await this.#forget());
      await execa("dpkg-deb", ["--extract", path, target]);
    }
  }

  async #forget(): Promise<string> {
    await rm(join(this.#root, "resolved"), { recursive: true, force: true });
    return "Run the command again: it asks the package sources anew.";
  }

  async #refresh(): Promise<void> {
    const stamp = join(this.#root, "refreshed");
    if (await isFresh(stamp)) return;
    if (!(await which("apt-get")) || !(await which("dpkg-deb"))) {
      throw new UserError(
        "Images for real nodes are made of Debian packages, and this machine has no apt-get.",
        "Take simulated nodes: npm run sandbox -- --nodes simulated; or a cluster of your own: npm run sandbox -- --kubeconfig FILE",
      );
    }
    this.#say("asking the package sources");
    for (const folder of ["state/lists/partial", "cache/archives/partial", "sources"]) {
      await mkdir(join(this.#root, folder), { recursive: true });
    }
    await writeFile(join(this.#root, "status"), pretended());
    await this.#copySources();
    await this.#apt(["update", "--quiet=2"]);
    await rm(join(this.#root, "resolved"), { recursive: true, force: true });
    await writePrivate(stamp, new Date().toISOString());
  }

  /** Only the distribution's own sources: their paths end so, whichever mirror the machine asks. */
  async #copySources(): Promise<void> {
    const target = join(this.#root, "sources");
    await rm(target, { recursive: true, force: true });
    await mkdir(target);
    const folder = "/etc/apt/sources.list.d";
    const files = (await readdir(folder).catch(() => [])).map((file) => join(folder, file));
    for (const path of ["/etc/apt/sources.list", ...files]) {
      const text = (await readIfPresent(path)) ?? "";
      const isOwn = /^(deb |URIs:)[^#\n]*\/(debian|debian-security|ubuntu)\/?(\s|$)/m.test(text);
      if (isOwn) await cp(path, join(target, path.split("/").at(-1)!.replace(/^sources\.list$/, "main.list")));
    }
  }

  async #apt(args: string[]): Promise<string> {
    const folder = (name: string) => join(this.#root, name);
    const settings = {
      "Dir::State": folder("state"),
      "Dir::State::status": folder("status"),
      "Dir::Cache": folder("cache"),
      "Dir::Etc::SourceList": "/dev/null",
      "Dir::Etc::SourceParts": folder("sources"),
      "APT::Install-Recommends": "false",
      "APT::Sandbox::User": "",
      "Acquire::Retries": "3",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    const result = await execa("apt-get", [...options, ...args], {
      reject: false,
      stdin: "ignore",
      env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    });
    if (result.exitCode === 0) return result.stdout;
    const words = result.stderr.split("\n").find((line) => line.startsWith("E:")) ?? result.shortMessage;
    throw new UserError(`apt-get ${args[0]} failed: ${words}`, "Are the machine's package sources within reach?");
  }
}

/** A list of installed packages in which the installers are there, in a version that satisfies everybody. */
function pretended(): string {
  return installers
    .split(" ")
    .map((name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: allowed\nVersion: 999\n`)
    .join("\n");
}

async function isFresh(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < freshMs;
}

/**
 * Programs of the host that real nodes start: nft and runc, unpacked into the cache with the libraries that they need.
 * @returns the folder that they are in
 */
export async function hostPrograms(cache: string, say?: (line: string) => void): Promise<string> {
  const debian = new Debian(cache, say);
  const packages = ["nftables", "runc"];
  const digest = createHash("sha256").update(JSON.stringify(await debian.resolve(packages))).digest("hex");
  const folder = join(cache, `programs-${digest.slice(0, 12)}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    await debian.unpack(packages, join(draft, "root"));
    await mkdir(join(draft, "bin"));
    for (const program of ["nft", "runc"]) {
      const libraries = join(folder, "root/usr/lib", await multiarch(join(draft, "root/usr/lib")));
      const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${folder}/root/usr/sbin/${program}' "$@"\n`;
      await writeFile(join(draft, "bin", program), script, { mode: 0o755 });
    }
    // The C library stays the machine's: its loader would not take another.
    await rm(join(draft, "root/lib"), { recursive: true, force: true });
    await rename(draft, folder).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    });
  }
  return join(folder, "bin");
}

async function multiarch(folder: string): Promise<string> {
  return (await readdir(folder)).find((name) => name.endsWith("-linux-gnu"))!;
}
