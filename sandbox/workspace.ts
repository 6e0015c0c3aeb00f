// The sandbox's own Pulumi set-up: home, plugins, state and passphrase inside its folder, and the one environment in which
// `pulumi` and `kubectl` work on it. Nothing of the user's own is read or changed.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { readIfPresent, writePrivate } from "./files.ts";
import { clusterPaths } from "./paths.ts";
import { kubernetesProviderVersion } from "./tool-pins.ts";
import type { ToolSearch } from "./tools.ts";
import { installProviders } from "./vendor-plugins.ts";

/** Root of the project: where Pulumi.yaml is. */
export const projectRoot = dirname(import.meta.dirname);
export const projectName = "apg-platform";

/** Where the sandbox of this clone lives, and the name of its stack. */
export interface SandboxPlace {
  dir: string;
  stack: string;
}

/** This clone's sandbox; APG_SANDBOX_DIR and APG_SANDBOX_STACK move it, which is how the tests get one of their own. */
export function sandboxPlace(env = process.env): SandboxPlace {
  return {
    dir: env["APG_SANDBOX_DIR"] ?? join(projectRoot, ".sandbox"),
    stack: env["APG_SANDBOX_STACK"] ?? "sandbox",
  };
}

export function workspacePaths(dir: string) {
  const { root, kubeconfig, kubectlCache } = clusterPaths(dir);
  const pulumi = join(root, "pulumi");
  return {
    root,
    kubeconfig,
    kubectlCache,
    pulumi,
    bin: join(root, "bin"),
    home: join(pulumi, "home"),
    state: join(pulumi, "state"),
    passphrase: join(pulumi, "passphrase"),
    /** Which cluster the stack was last deployed to. */
    deployedTo: join(pulumi, "deployed-to"),
    compileCache: join(root, "compile-cache"),
    stackFile: (stack: string) => join(projectRoot, `Pulumi.${stack}.yaml`),
  };
}

/** The variables that make `pulumi` and `kubectl` work on the sandbox; `undefined` means that it must not be set. */
export function sandboxVariables(dir: string, env = process.env): Record<string, string | undefined> {
  const paths = workspacePaths(dir);
  const path = (env["PATH"] ?? "").split(":").filter((folder) => folder !== paths.bin);
  return {
    PATH: [paths.bin, ...path].join(":"),
    KUBECONFIG: paths.kubeconfig,
    KUBECACHEDIR: paths.kubectlCache,
    PULUMI_HOME: paths.home,
    PULUMI_BACKEND_URL: `file://${paths.state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: paths.passphrase,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_STACK: undefined,
    // The salt of the generated passphrase is this machine's own: where the stack file has lost it, the state has it.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NODE_COMPILE_CACHE: paths.compileCache,
  };
}

/** The environment for a child process. */
export function sandboxEnvironment(dir: string, env = process.env): Record<string, string> {
  const merged = { ...env, ...sandboxVariables(dir, env) };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Lays out bin/ (links to the tools and to Node), Pulumi's home with its plugins, the state folder and the
 * passphrase. Safe to repeat.
 */
export async function prepareWorkspace(dir: string, found: ToolSearch["found"]): Promise<void> {
  const paths = workspacePaths(dir);
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await mkdir(paths.home, { recursive: true, mode: 0o700 });
  await rm(paths.bin, { recursive: true, force: true });
  await mkdir(paths.bin, { recursive: true });
  await symlink(process.execPath, join(paths.bin, "node"));
  const provider = "pulumi-resource-kubernetes";
  for (const [name, { path, origin }] of found) {
    if (origin === "built" && name !== provider) await symlink(path, join(paths.bin, name));
  }
  const built = found.get(provider);
  if (built) {
    const plugin = join(paths.home, "plugins", `resource-kubernetes-v${kubernetesProviderVersion}`);
    await rm(plugin, { recursive: true, force: true });
    await mkdir(plugin, { recursive: true });
    await symlink(built.path, join(plugin, provider));
  }
  await installProviders(dir, found.get("pulumi")?.origin === "PATH");
  if (!existsSync(paths.passphrase)) await writePrivate(paths.passphrase, randomBytes(32).toString("base64url"));
}

/** Removes what a generated passphrase has left in the stack file, so that the next one does not meet the old one's salt. */
export async function forgetSalt(dir: string, stack: string): Promise<void> {
  const file = workspacePaths(dir).stackFile(stack);
  const text = await readIfPresent(file);
  const without = text?.replace(/^encryptionsalt: .*\n?/m, "");
  if (without !== undefined && without !== text) await writeFile(file, without);
}

/**
 * Keeps that salt out of `git status` and of commits: .gitattributes names a filter for the stack file, and only a clone
 * whose own git configuration defines it, as this does, runs it. Outside a git checkout there is nothing to do.
 */
export async function hideSaltFromGit(): Promise<void> {
  const git = (...args: string[]) => execa("git", args, { cwd: projectRoot, reject: false });
  const filter = ["config", "--local", "filter.sandbox-salt.clean"];
  if ((await git(...filter)).exitCode === 1) await git(...filter, "sed '/^encryptionsalt:/d'");
  // git takes a file of another length for changed before it asks the filter. Where the salt is all that is new, adding the
  // file stages nothing and tells git its length.
  const file = "Pulumi.sandbox.yaml";
  const changes = await git("diff", "--", file);
  if (changes.exitCode === 0 && changes.stdout === "") await git("add", "--", file);
}
