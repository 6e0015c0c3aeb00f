import { execa } from "execa";
import { mkdir } from "node:fs/promises";
import { kubernetesProviderVersion } from "./tool-pins.ts";
import { projectRoot, sandboxEnvironment, workspacePaths } from "./workspace.ts";

/**
 * Has the vendor's CLI install the vendor's Kubernetes provider into the sandbox's own Pulumi home.
 *
 * @returns whether it could; where releases cannot be downloaded, the provider is built.
 */
export async function installKubernetesProvider(dir: string): Promise<boolean> {
  await mkdir(workspacePaths(dir).home, { recursive: true, mode: 0o700 });
  const result = await execa(
    "pulumi",
    ["plugin", "install", "resource", "kubernetes", `v${kubernetesProviderVersion}`],
    {
      cwd: projectRoot,
      env: sandboxEnvironment(dir),
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      timeout: 300_000,
    },
  );
  return result.exitCode === 0;
}
