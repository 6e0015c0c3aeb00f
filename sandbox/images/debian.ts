// Debian packages from the machine's own package sources, without touching what is installed on it. Packages are
// unpacked and never configured, so nothing of theirs runs; what their scripts would set up is in the recipes.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../errors.ts";
import { writePrivate } from "../files.ts";
import { Apt, type AptMachine, checkApt, isFresh, thisMachine } from "./apt.ts";
import { fileDigest } from "./digests.ts";
import { inTurn } from "./turns.ts";

/** A package in one version. */
export interface DebianPackage {
  name: string;
  version: string;
  /** Name of its file. */
  file: string;
  bytes: number;
  /** Digest of its file, as the signed package list has it. */
  sha256: string;
}

/** What a recipe asks for. */
export interface PackageRequest {
  packages: readonly string[];
  /** Packages that are left out together with all that only they need. */
  without?: readonly string[];
}

/** What only the installing of packages needs, or a service manager. */
const installers =
  "adduser base-files base-passwd debconf dpkg init-system-helpers install-info javascript-common libpam-modules libpam-runtime lsb-base man-db media-types passwd perl perl-base perl-modules-5.36 sensible-utils ssl-cert sysvinit-utils systemd systemd-sysv ucf usrmerge".split(
    " ",
  );

/** The package sources have moved on since they were asked; what was remembered of them has been forgotten. */
export class OutdatedError extends UserError {}

/** Runs what resolves and unpacks packages, and once more where the sources have moved on between the two. */
export async function withCurrentPackages<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof OutdatedError) return action();
    throw error;
  }
}

export class Debian {
  readonly #root: string;
  readonly #apt: Apt;
  readonly #say: (line: string) => void;
  readonly #machine: AptMachine;

  /** @param cache Folder under which package lists and packages are kept. */
  constructor(cache: string, say: (line: string) => void = () => undefined, machine = thisMachine) {
    this.#root = join(cache, "debian");
    this.#apt = new Apt(this.#root, machine);
    this.#say = say;
    this.#machine = machine;
  }

  /**
   * The packages and all that they depend on, sorted by name. What was found out is good for a day, and after that for as
   * long as the package sources do not answer.
   * @throws UserError when the machine has no apt, or its sources do not answer or do not have a package
   */
  async resolve(request: PackageRequest): Promise<DebianPackage[]> {
    const memory = join(this.#root, "resolved", `${keyOf(request)}.json`);
    const remembered = async () => JSON.parse(await readFile(memory, "utf8")) as DebianPackage[];
    if (await isFresh(memory)) return remembered();
    try {
      return await this.#turn(() => this.#resolveAnew(request, memory));
    } catch (error) {
      if (!(error instanceof UserError) || !existsSync(memory)) throw error;
      this.#say(`${error.message} The packages of an earlier day will do.`);
      return remembered();
    }
  }

  async #resolveAnew(request: PackageRequest, memory: string): Promise<DebianPackage[]> {
    await checkApt(this.#machine.env);
    await this.#refresh();
    const elsewhere = ["-o", `Dir::Cache::archives=${join(this.#root, "empty")}/`];
    const plan = await this.#apt.run(
      ["install", "--print-uris", "--yes", "--quiet=2", ...elsewhere, ...request.packages],
      installed(request),
    );
    const packages = planned(plan);
    await writeStamp(memory, JSON.stringify(packages, undefined, 1));
    return packages;
  }

  /**
   * Unpacks packages into a folder.
   * @param packages As `resolve` gave them.
   * @throws UserError when they cannot be downloaded
   */
  async unpack(request: PackageRequest, packages: readonly DebianPackage[], target: string): Promise<void> {
    await this.#turn(async () => {
      const missing = await this.#missing(packages);
      if (missing.length === 0) return;
      const bytes = missing.reduce((sum, { bytes }) => sum + bytes, 0);
      this.#say(
        `fetching ${missing.length} packages (${(bytes / 1e6).toFixed(1)} MB) for ${request.packages.join(", ")}`,
      );
      await this.#download(request);
      const [still] = await this.#missing(packages);
      if (still) throw await this.#outdated(`The package ${still.file} is no longer to be had.`);
    });
    await mkdir(target, { recursive: true });
    for (const { file } of packages) {
      const args = ["--extract", join(this.#apt.archives, file), target];
      await execa("dpkg-deb", args, { env: this.#machine.env, extendEnv: false });
    }
  }

  /** Packages that are not in the cache as the signed list has them; apt itself would compare no more than their size. */
  async #missing(packages: readonly DebianPackage[]): Promise<DebianPackage[]> {
    const missing: DebianPackage[] = [];
    for (const wanted of packages) {
      const path = join(this.#apt.archives, wanted.file);
      if (existsSync(path)) {
        if ((await fileDigest(path)) === wanted.sha256) continue;
        this.#say(`${wanted.file} in the cache is not what was downloaded: it is fetched again`);
        await rm(path);
      }
      missing.push(wanted);
    }
    return missing;
  }

  async #download(request: PackageRequest): Promise<void> {
    try {
      await this.#apt.run(
        ["install", "--download-only", "--yes", "--quiet=2", ...request.packages],
        installed(request),
      );
    } catch (error) {
      if (error instanceof UserError && /\b404\b/.test(error.message)) throw await this.#outdated(error.message);
      throw error;
    }
  }

  async #outdated(message: string): Promise<OutdatedError> {
    await rm(join(this.#root, "resolved"), { recursive: true, force: true });
    await rm(this.#stamp, { force: true });
    return new OutdatedError(message, "Run the command again: it asks the package sources anew.");
  }

  get #stamp(): string {
    return join(this.#root, "refreshed");
  }

  async #refresh(): Promise<void> {
    if (await isFresh(this.#stamp)) return;
    this.#say("asking the machine's package sources");
    await this.#apt.update();
    await writeStamp(this.#stamp, "");
  }

  #turn<T>(action: () => Promise<T>): Promise<T> {
    return inTurn(join(this.#root, "lock.d"), this.#say, action);
  }
}

/** Writes a file whose time counts, also where it has the same content already. */
async function writeStamp(path: string, content: string): Promise<void> {
  await writePrivate(path, content);
  await utimes(path, new Date(), new Date());
}

const keyOf = (request: PackageRequest) =>
  createHash("sha256")
    .update(JSON.stringify([[...request.packages].sort(), installed(request)]))
    .digest("hex")
    .slice(0, 16);

/** A list of installed packages in which what is left out is there, in a version that satisfies everybody. */
function installed({ packages, without = [] }: PackageRequest): string {
  return [...new Set([...installers, ...without])]
    .filter((name) => !packages.includes(name))
    .sort()
    .map(
      (name) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: foreign\nVersion: 999\n`,
    )
    .join("\n");
}

/** Lines of apt's plan: 'URI' NAME_VERSION_ARCHITECTURE.deb BYTES SHA256:DIGEST */
export function planned(plan: string): DebianPackage[] {
  return [...plan.matchAll(/^'\S+' (\S+\.deb) (\d+) SHA256:([0-9a-f]{64})$/gm)]
    .map(([, file = "", bytes, sha256 = ""]) => {
      const [name = "", version = ""] = file.split("_");
      return { name, version: version.replaceAll("%3a", ":"), file, bytes: Number(bytes), sha256 };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
