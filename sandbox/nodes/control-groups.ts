// The control groups that the nodes' pods live in: made before a node starts, removed when all have stopped.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = "/sys/fs/cgroup";
const controllers = ["cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "freezer", "blkio", "hugetlb", "systemd"];

/** Version 2 has one tree for all controllers. */
export const isUnified = () => existsSync(join(root, "cgroup.controllers"));

/** The trees that a group is made in: one, or with version 1 one for each controller that the machine has. */
function trees(): string[] {
  if (isUnified()) return [root];
  return controllers.map((name) => join(root, name)).filter((tree) => existsSync(join(tree, "cgroup.procs")));
}

/** Makes a group, such as `/apg0-sandbox/worker-1`, in every tree. */
export async function makeControlGroup(group: string): Promise<void> {
  for (const tree of trees()) {
    let folder = tree;
    for (const part of group.split("/").filter(Boolean)) {
      const parent = folder;
      folder = join(folder, part);
      if (isUnified()) await delegate(parent);
      await mkdir(folder, { recursive: true });
      // Version 1 starts a group of processors with none.
      if (tree.endsWith("cpuset")) {
        for (const file of ["cpuset.cpus", "cpuset.mems"]) {
          if ((await readFile(join(folder, file), "utf8")).trim() !== "") continue;
          await writeFile(join(folder, file), await readFile(join(parent, file), "utf8"));
        }
      }
    }
    if (isUnified()) await delegate(folder);
  }
}

/** Lets the groups below one have the controllers that it has itself. */
async function delegate(folder: string): Promise<void> {
  const present = (await readFile(join(folder, "cgroup.controllers"), "utf8")).trim().split(" ").filter(Boolean);
  await writeFile(join(folder, "cgroup.subtree_control"), present.map((name) => `+${name}`).join(" "));
}

/** Removes a group and all below it; its processes have ended, or are about to. */
export async function removeControlGroup(group: string): Promise<void> {
  // The container runtime makes one too in the tree that a machine with version 1 may have of version 2.
  for (const tree of [...trees(), join(root, "unified")]) {
    const folder = join(tree, group);
    for (let attempt = 0; existsSync(folder); attempt++) {
      try {
        await removeFolder(folder);
      } catch (error) {
        if (attempt === 50) throw error;
        await sleep(100);
      }
    }
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeFolder(join(folder, entry.name));
  }
  await rmdir(folder);
}
