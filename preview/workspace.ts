// Where a preview runs: with the user's own login to the stack, or in a folder that is thrown away, on an empty state and with
// stand-ins for what needs an account.
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { UserError } from "../sandbox/errors.ts";
import { obtainTools } from "../sandbox/obtain-tools.ts";
import { kubernetesProviderVersion } from "../sandbox/tool-pins.ts";
import { which } from "../sandbox/tools.ts";
import { providerStandIns } from "../sandbox/vendor-plugins.ts";
import { prepareWorkspace, projectRoot, sandboxEnvironment, workspacePaths } from "../sandbox/workspace.ts";
import { shortName } from "./arguments.ts";

/** Where `pulumi` runs for a stack. */
export interface PreviewWorkspace {
  /** What to say of it beforehand, line by line. */
  remarks: string[];
  env: Record<string, string>;
  /** Options that choose the stack and its configuration. */
  stackOptions: string[];
  /** Folder for what is made on the way. */
  folder: string;
  /** Removes what was made for it. */
  remove: () => Promise<void>;
}

/** The user's own login to the stack, if there is one. */
export async function ownWorkspace(stack: string, env = process.env): Promise<PreviewWorkspace | undefined> {
  if ((await which("pulumi", env)) === undefined) return undefined;
  const given = {
    ...defined(env),
    // The program is TypeScript for the Node that runs this.
    PATH: [dirname(process.execPath), env["PATH"] ?? ""].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const { exitCode } = await execa("pulumi", ["stack", "--stack", stack, "--show-name", "--non-interactive"], {
    cwd: projectRoot,
    env: given,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: 60_000,
  });
  if (exitCode !== 0) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "apg-preview-"));
  return {
    remarks: [`With your login to ${stack}: the plan is what would change there.`],
    env: given,
    stackOptions: ["--stack", stack],
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * A folder with everything that a preview needs and nobody has: state, passphrase, plugins, and a copy of the stack file, so
 * that the passphrase's salt gets into none that is kept.
 */
export async function emptyWorkspace(
  stack: string,
  stackFile: string,
  say: (line: string) => void,
): Promise<PreviewWorkspace> {
  // The vendor's plugin for AWS would ask for an account.
  process.env["APG_PROVIDERS"] ??= "stand-ins";
  const dir = await mkdtemp(join(tmpdir(), "apg-preview-"));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    await takeKubernetesProvider(dir);
    await prepareWorkspace(dir, await obtainTools(dir, say, "none"));
    const name = shortName(stack);
    const config = join(dir, "project", `Pulumi.${name}.yaml`);
    const env = {
      ...sandboxEnvironment(dir),
      // Compiled sources are worth keeping from one preview to the next.
      NODE_COMPILE_CACHE: join(projectRoot, "node_modules", ".cache", "preview"),
    };
    await mkdir(dirname(config));
    await copyFile(join(projectRoot, "Pulumi.yaml"), join(dirname(config), "Pulumi.yaml"));
    await writeFile(config, withoutSecretsProvider(await readFile(stackFile, "utf8")), { mode: 0o600 });
    const made = await execa("pulumi", ["stack", "init", name, "--no-select", "--non-interactive"], {
      cwd: dirname(config),
      env,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    if (made.exitCode !== 0)
      throw new UserError(`pulumi stack init failed: ${made.stderr.trim()}`, "Correct what it names, and try again.");
    return {
      remarks: [
        `Without a login to ${stack}: everything is planned as new, on an empty state that is thrown away, and no cluster is asked.`,
        ...(await providerStandIns(dir)).map(
          ({ name: of, version, standIn }) => `Stand-in for the ${of} provider ${version}: ${standIn}.`,
        ),
      ],
      env,
      stackOptions: ["--stack", name, "--config-file", config],
      folder: dir,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The stack file without what belongs to another state's secrets; values encrypted by it cannot be read here. */
export function withoutSecretsProvider(text: string): string {
  const without = text.replace(/^(encryptionsalt|encryptedkey|secretsprovider): .*\n?/gm, "");
  const secret = /^( *)([^\s:]+:?[^\s:]*):\n\1 +secure:/m.exec(without);
  if (secret)
    throw new UserError(
      `${secret[2]} is encrypted, and its key is with the stack's login.`,
      "Log in to the stack (pulumi login, pulumi stack select), then plan again without --fresh.",
    );
  return without;
}

/** Takes the user's plugin over, so that it is not downloaded for a folder that is thrown away. */
async function takeKubernetesProvider(dir: string, env = process.env): Promise<void> {
  const folder = `resource-kubernetes-v${kubernetesProviderVersion}`;
  const users = join(env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins", folder);
  if (!existsSync(join(users, "pulumi-resource-kubernetes"))) return;
  const plugins = join(workspacePaths(dir).home, "plugins");
  await mkdir(plugins, { recursive: true });
  await symlink(users, join(plugins, folder));
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
