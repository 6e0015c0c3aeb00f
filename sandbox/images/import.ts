// Images into the nodes' own stores.
import { join } from "node:path";
import { execa } from "execa";
import { childOf, runningProcess } from "../processes.ts";
import type { ClusterPaths } from "../paths.ts";
import { UserError } from "../errors.ts";
import { normalised } from "./reference.ts";
import type { BuiltImage } from "./store.ts";

/**
 * Makes images known to nodes; those that a node has already are skipped.
 * @returns how many imports there were
 */
export async function importImages(
  paths: ClusterPaths,
  nodes: readonly string[],
  images: readonly BuiltImage[],
  { tools, progress = () => undefined }: { tools: (name: string) => string; progress?: (line: string) => void },
): Promise<number> {
  const counts = await Promise.all(
    nodes.map(async (node) => {
      const ctr = await nodeRunner(paths, node, tools("ctr"));
      const present = await presentImages(ctr);
      let count = 0;
      for (const { name, references, archive, digest, bytes } of images) {
        if (references.every((reference) => present.get(normalised(reference)) === digest)) continue;
        progress(`${node}: importing ${name}, ${Math.ceil(bytes / 1e6)} MB`);
        await ctr(["images", "import", "--local", archive]);
        count += 1;
      }
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

type Runner = (args: string[]) => Promise<string>;

/** Runs ctr inside a node: in its mounts, where its store is. */
async function nodeRunner(paths: ClusterPaths, node: string, ctr: string): Promise<Runner> {
  const record = await runningProcess(paths, node);
  const first = record && childOf(record);
  if (!first) throw new UserError(`${node} does not run.`, "npm run sandbox starts it.");
  const address = ["--address", "/run/containerd/containerd.sock", "--namespace", "k8s.io"];
  return async (args) => {
    const inside = ["--target", String(first.pid), "--mount", "--net", "--", ctr, ...address, ...args];
    const result = await execa("nsenter", inside, { reject: false });
    if (result.exitCode === 0) return result.stdout;
    throw new UserError(
      `${node} does not take images: ${result.stderr.split("\n")[0] || result.shortMessage}`,
      `The end of ${join(paths.cluster, "nodes", node, "log", "containerd.log")} says more; npm run sandbox tries again.`,
    );
  };
}

async function presentImages(ctr: Runner): Promise<Map<string, string>> {
  const lines = (await ctr(["images", "list"])).split("\n").slice(1);
  return new Map(lines.map((line) => line.split(/\s+/)).map(([reference = "", , digest = ""]) => [reference, digest]));
}
