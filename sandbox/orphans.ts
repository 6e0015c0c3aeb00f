// A `pulumi` that is killed leaves its provider processes behind, still connected to the API server.
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { startTime } from "./processes.ts";
import { workspacePaths } from "./workspace.ts";

/** A process of Linux's /proc, or nothing when it is gone or not ours to see. */
function look(pid: string): { program: string; parent: string } | undefined {
  try {
    const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return { program, parent: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]! };
  } catch {
    return undefined;
  }
}

/**
 * Ends provider processes that were started from this sandbox's own plugin folder and whose `pulumi` is gone. Elsewhere than
 * on Linux nothing is done: they end with the session.
 *
 * @returns how many there were.
 */
export function endOrphanedProviders(dir: string): number {
  if (process.platform !== "linux") return 0;
  const plugins = `${workspacePaths(dir).home}/plugins/`;
  const orphans = readdirSync("/proc").filter((pid) => {
    const seen = /^\d+$/.test(pid) ? look(pid) : undefined;
    return seen?.program.startsWith(plugins) && basename(look(seen.parent)?.program ?? "") !== "pulumi";
  });
  for (const pid of orphans) if (startTime(Number(pid)) !== undefined) process.kill(Number(pid), "SIGKILL");
  return orphans.length;
}
