// Starts again what has died: run as a process of the sandbox with real nodes, `node supervisor.ts FOLDER`.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Component } from "./control-plane.ts";
import { readIfPresent } from "./files.ts";
import { LockedError, withLock } from "./lock.ts";
import { clusterPaths, type ClusterPaths } from "./paths.ts";
import { isCurrent, startProcess, stopProcess, type ProcessRecord, type ProcessSpec } from "./processes.ts";

const lookEveryMs = 1000;
/** A process that keeps dying is started after 1, 2, 4 ... seconds, up to this many. */
const longestPauseMs = 30_000;
/** Servers first. */
const first = ["switch", "etcd", "kube-apiserver"];

export function supervisorComponent({ root }: ClusterPaths): Component {
  const script = import.meta.filename;
  return { name: "supervisor", binary: process.execPath, args: [script, root], inputs: [script], ports: [] };
}

/** When a process that died may be started again: at once for the first time, then after ever longer pauses. */
export class Pauses {
  readonly #deaths = new Map<string, { count: number; last: number }>();

  /** Whether to start it at `now`; a process that then lived for twice the longest pause is forgiven. */
  mayStart(name: string, now: number): boolean {
    const death = this.#deaths.get(name);
    if (!death || now - death.last > 2 * longestPauseMs) {
      this.#deaths.set(name, { count: 1, last: now });
      return true;
    }
    if (now - death.last < Math.min(500 * 2 ** death.count, longestPauseMs)) return false;
    this.#deaths.set(name, { count: death.count + 1, last: now });
    return true;
  }
}

/** What has died, or has inputs that have changed. A process that was stopped has no record. */
async function fallen(paths: ClusterPaths): Promise<ProcessSpec[]> {
  const specs: ProcessSpec[] = [];
  for (const { spec } of await records(paths)) {
    if (spec.name !== "supervisor" && !(await isCurrent(paths, spec))) specs.push(spec);
  }
  return specs;
}

/**
 * Starts again what has fallen and may be started at `now`. One at a time, and each looked at once more: a new switch is an
 * input of others.
 */
export async function restoreProcesses(paths: ClusterPaths, pauses: Pauses, now = Date.now()): Promise<string[]> {
  const restored: string[] = [];
  for (;;) {
    const next = (await fallen(paths)).find(({ name }) => !restored.includes(name) && pauses.mayStart(name, now));
    if (!next) return restored;
    await stopProcess(paths, next.name, 1000);
    await startProcess(paths, next);
    restored.push(next.name);
  }
}

async function records({ run }: ClusterPaths): Promise<ProcessRecord[]> {
  const files = (await readdir(run)).filter((file) => file.endsWith(".json"));
  const texts = await Promise.all(files.map((file) => readIfPresent(join(run, file))));
  const rank = ({ spec }: ProcessRecord) => (first.includes(spec.name) ? first.indexOf(spec.name) : first.length);
  return texts.flatMap((text) => (text ? [JSON.parse(text) as ProcessRecord] : [])).sort((a, b) => rank(a) - rank(b));
}

async function supervise(dir: string): Promise<void> {
  const paths = clusterPaths(dir);
  const pauses = new Pauses();
  for (;;) {
    try {
      if ((await fallen(paths)).length === 0) continue;
      // A command that starts or stops the sandbox has the lock, and does this itself.
      const restored = await withLock(paths.lock, () => restoreProcesses(paths, pauses));
      if (restored.length) console.log(`${new Date().toISOString()} started again: ${restored.join(", ")}`);
    } catch (error) {
      if (!(error instanceof LockedError)) console.error(`${new Date().toISOString()} ${(error as Error).message}`);
    } finally {
      await sleep(lookEveryMs);
    }
  }
}

if (import.meta.main) {
  process.on("SIGTERM", () => process.exit(0));
  await supervise(process.argv[2]!);
}
