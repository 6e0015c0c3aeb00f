// A cluster that is there already (kind, k3d, EKS ...): the sandbox takes its kubeconfig and starts nothing.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { UserError } from "./errors.ts";
import { readIfPresent, writePrivate } from "./files.ts";
import { contextName } from "./kubeconfig.ts";
import { clusterPaths } from "./paths.ts";

interface Kubeconfig {
  contexts?: { name: string; context: object }[];
  "current-context"?: string;
}

/** The kubeconfig that the sandbox was given; nothing when its cluster is its own. */
export async function givenCluster(dir: string): Promise<string | undefined> {
  return readIfPresent(clusterPaths(dir).given);
}

/**
 * Makes the current context of a kubeconfig the sandbox's.
 * @throws UserError when it cannot be read, or the sandbox has a cluster of its own
 */
export async function adoptKubeconfig(dir: string, file: string): Promise<void> {
  const paths = clusterPaths(dir);
  const source = resolve(process.env["APG_INVOKED_FROM"] ?? ".", file);
  if (existsSync(paths.settings)) {
    throw new UserError(
      "This clone's sandbox has a cluster of its own.",
      "npm run sandbox:reset deletes it; then the kubeconfig is taken.",
    );
  }
  const args = ["--kubeconfig", source, "config", "view", "--raw", "--flatten", "--minify", "--output", "json"];
  const result = await execa("kubectl", args, { reject: false });
  const config = result.exitCode === 0 ? (JSON.parse(result.stdout) as Kubeconfig) : undefined;
  const [context] = config?.contexts ?? [];
  if (!existsSync(source) || !config || !context) {
    throw new UserError(
      `--kubeconfig: ${file} given; a file with a current context is accepted.`,
      "kubectl --kubeconfig FILE config current-context shows what it has.",
    );
  }
  await writePrivate(
    paths.kubeconfig,
    stringify({ ...config, contexts: [{ ...context, name: contextName }], "current-context": contextName }),
  );
  await writePrivate(paths.given, source);
}
