// Resource plugins in the sandbox's own Pulumi home: the vendor's where they can be had, stand-ins of our own elsewhere.
import { execa } from "execa";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import aws from "@pulumi/aws/package.json" with { type: "json" };
import random from "@pulumi/random/package.json" with { type: "json" };
import { kubernetesProviderVersion } from "./tool-pins.ts";
import { projectRoot, sandboxEnvironment, workspacePaths } from "./workspace.ts";

/**
 * Has the vendor's CLI install the vendor's Kubernetes provider into the sandbox's own Pulumi home.
 *
 * @returns whether it could; where releases cannot be downloaded, the provider is built.
 */
export function installKubernetesProvider(dir: string): Promise<boolean> {
  return installVendors(dir, "kubernetes", kubernetesProviderVersion);
}

async function installVendors(dir: string, name: string, version: string): Promise<boolean> {
  await mkdir(workspacePaths(dir).home, { recursive: true, mode: 0o700 });
  const result = await execa("pulumi", ["plugin", "install", "resource", name, `v${version}`], {
    cwd: projectRoot,
    env: sandboxEnvironment(dir),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 300_000,
  });
  return result.exitCode === 0;
}

/** A provider of which the sandbox has a stand-in, at the version of its SDK. */
interface Provider {
  name: string;
  version: string;
  /** Whether the vendor's plugin is downloaded where that is possible: it is small, and needs no account to work. */
  download: boolean;
  /** What the stand-in is, in words. */
  standIn: string;
}

const providers: readonly Provider[] = [
  {
    name: "random",
    version: random.version,
    download: true,
    standIn: "makes the same kinds of values, from this machine's source of randomness; no bcrypt hash",
  },
  {
    name: "aws",
    version: aws.version,
    download: false,
    standIn: "checks inputs by the SDK's typings and makes up what AWS would answer; no account, nothing is created",
  },
];

/** Tells a stand-in's folder from the vendor's. */
const marker = "stand-in";
const folderOf = (plugins: string, { name, version }: Provider) => join(plugins, `resource-${name}-v${version}`);
const isVendors = (folder: string, { name }: Provider) =>
  existsSync(join(folder, `pulumi-resource-${name}`)) &&
  !existsSync(join(folder, marker)) &&
  // Pulumi's own mark of a download that has not ended.
  !existsSync(`${folder}.partial`);

/**
 * Provides the plugins of which there are stand-ins: the vendor's when it is installed in the sandbox's own Pulumi home or
 * the user's, or can be downloaded, else the stand-in. APG_PROVIDERS=stand-ins takes the stand-ins whatever is installed.
 *
 * @param vendorsPulumi Whether the CLI is the vendor's, which can download plugins.
 */
export async function installProviders(dir: string, vendorsPulumi: boolean, env = process.env): Promise<void> {
  const plugins = join(workspacePaths(dir).home, "plugins");
  await mkdir(plugins, { recursive: true });
  const usersOwn = join(env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
  for (const provider of providers) {
    const folder = folderOf(plugins, provider);
    const users = folderOf(usersOwn, provider);
    if (env["APG_PROVIDERS"] === "stand-ins") await installStandIn(folder, provider);
    else if (isVendors(folder, provider)) continue;
    else if (isVendors(users, provider)) await replaceFolder(folder, (draft) => symlink(users, draft));
    else if (existsSync(join(folder, marker))) await installStandIn(folder, provider);
    else if (!(vendorsPulumi && provider.download && (await installVendors(dir, provider.name, provider.version)))) {
      await installStandIn(folder, provider);
    }
  }
}

/** A stand-in is a script that starts its source under the Node that runs the sandbox. */
function installStandIn(folder: string, { name, standIn }: Provider): Promise<void> {
  const main = join(import.meta.dirname, "providers", name, "main.ts");
  return replaceFolder(folder, async (draft) => {
    await mkdir(draft);
    await writeFile(join(draft, marker), `${standIn}\n`);
    const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(main)} "$@"\n`;
    await writeFile(join(draft, `pulumi-resource-${name}`), script, { mode: 0o755 });
  });
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

async function replaceFolder(folder: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.${process.pid}.draft`;
  await rm(draft, { recursive: true, force: true });
  await make(draft);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
}

/** The providers of a sandbox that are stand-ins, and what each of them is. */
export async function providerStandIns(dir: string): Promise<{ name: string; version: string; standIn: string }[]> {
  const plugins = join(workspacePaths(dir).home, "plugins");
  const present = existsSync(plugins) ? await readdir(plugins) : [];
  return providers
    .filter(({ name, version }) => present.includes(`resource-${name}-v${version}`))
    .filter((provider) => existsSync(join(folderOf(plugins, provider), marker)))
    .map(({ name, version, standIn }) => ({ name, version, standIn }));
}
