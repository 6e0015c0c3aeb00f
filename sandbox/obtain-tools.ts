// Finds the tools that a sandbox needs and builds what is missing, saying beforehand what that takes.
import { buildModule, checkBuildPossible, gigabytes } from "./build-tools.ts";
import type { NodeKind } from "./settings.ts";
import { output, steps, type Task } from "./steps.ts";
import { diskKept, diskWhileBuilding, sandboxPins } from "./tool-pins.ts";
import { findTools, toolCache, type ToolSearch } from "./tools.ts";
import { installKubernetesProvider } from "./vendor-plugins.ts";

const plane = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
const nodeTools: Record<NodeKind, string[]> = {
  simulated: ["kwok"],
  real: ["kubelet", "kube-proxy", "containerd", "containerd-shim-runc-v2", "ctr", "bridge", "loopback", "host-local"],
};

/**
 * What a cluster and the commands on it need, and what else is asked for, all built in one go; on a machine with the
 * vendor's Pulumi that one takes over.
 * @param more Names of further tools.
 */
export async function obtainTools(
  dir: string,
  say: (line: string) => void,
  nodes: NodeKind | "none" = "simulated",
  more: readonly string[] = [],
): Promise<ToolSearch["found"]> {
  const needed = [...(nodes === "none" ? [] : [...plane, ...nodeTools[nodes]]), "kubectl", "pulumi", ...more];
  const vendors = (await findTools(["pulumi"])).found.get("pulumi")?.origin === "PATH";
  if (!vendors) needed.push("pulumi-language-nodejs", "pulumi-resource-kubernetes");
  else if (!(await installKubernetesProvider(dir))) needed.push("pulumi-resource-kubernetes");
  return findOrBuild(needed, say);
}

/**
 * The tools of these names.
 * @throws UserError when a build is needed and not possible, or fails
 */
export async function findOrBuild(names: readonly string[], say: (line: string) => void): Promise<ToolSearch["found"]> {
  const { found, missing } = await findTools(names);
  if (missing.length === 0) return found;

  await checkBuildPossible(missing);
  const minutes = missing.reduce((sum, module) => sum + sandboxPins.modules[module]!.minutes, 0);
  say(
    `Building ${missing.join(", ")} from pinned Go modules, once: about ${minutes} minutes on two cores, up to ` +
      `${gigabytes(diskWhileBuilding)} of disk meanwhile, ${gigabytes(diskKept)} kept in ${toolCache()}.`,
  );
  await steps(
    missing.map((module) => ({
      title: `${module} ${sandboxPins.modules[module]!.version} (about ${sandboxPins.modules[module]!.minutes} min)`,
      task: async (_: unknown, task: Task) => buildModule(module, output(task)),
    })),
  ).run();
  return (await findTools(names)).found;
}
