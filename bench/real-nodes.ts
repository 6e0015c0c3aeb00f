// What a sandbox with real nodes costs: its start, the stack on it, what it takes at rest, its end. Tools and images are there.
import { readFileSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { resetCluster, startCluster, stopCluster } from "../sandbox/cluster.ts";
import { hostPrograms } from "../sandbox/images/host-programs.ts";
import { imageCache } from "../sandbox/images/store.ts";
import { obtainTools } from "../sandbox/obtain-tools.ts";
import { lackOf } from "../sandbox/requirements.ts";
import { projectRoot, workspacePaths } from "../sandbox/workspace.ts";
import type { Row } from "./table.ts";

const place = { dir: join(projectRoot, ".sandbox-bench-real"), stack: "bench-real" };
/** Long enough for every probe, look of an autoscaler and scrape of metrics. */
const restSeconds = 30;

export async function measureRealNodes(say: (line: string) => void): Promise<Row[]> {
  const lack = await lackOf();
  if (lack) {
    say(`Real nodes are left out: they need ${lack.what}, which this machine does not have.`);
    return [];
  }
  const clear = async () => {
    await resetCluster({ dir: place.dir });
    rmSync(place.dir, { recursive: true, force: true });
    rmSync(workspacePaths(place.dir).stackFile(place.stack), { force: true });
  };
  await clear();
  try {
    return await measure(say);
  } finally {
    await clear();
  }
}

async function measure(say: (line: string) => void): Promise<Row[]> {
  const found = await obtainTools(place.dir, say, "real");
  const programs = await hostPrograms(imageCache());
  const before = usedMemory();
  say("Real nodes ...");
  const cluster = await secondsOf(() =>
    startCluster({ dir: place.dir, nodes: "real", programs, tools: (name) => found.get(name)!.path }),
  );
  say("Both capabilities on real nodes ...");
  const up = await secondsOf(async () => {
    const env = { APG_SANDBOX_DIR: place.dir, APG_SANDBOX_STACK: place.stack };
    await execa(process.execPath, ["sandbox/cli.ts", "up"], { cwd: projectRoot, env, stdin: "ignore" });
  });
  say("Rest ...");
  await sleep(restSeconds * 1000);
  const busy = await busyShare(restSeconds);
  const memory = usedMemory() - before;
  const stop = await secondsOf(() => stopCluster({ dir: place.dir }));
  return [
    { what: "three real nodes Ready, from nothing", value: cluster, unit: "s", target: 30 },
    { what: "both capabilities answer, after that", value: up, unit: "s", target: 180 },
    { what: "memory at rest, whole sandbox", value: memory / 2 ** 30, unit: "GiB", target: 4 },
    { what: "processors at rest, share of the machine", value: busy, unit: "ratio", target: 0.3 },
    { what: "stop", value: stop, unit: "s", target: 15 },
  ];
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return (performance.now() - begun) / 1000;
}

/** Memory of the whole machine that is not to be had for something else: without what only caches files. */
function usedMemory(): number {
  const text = readFileSync("/proc/meminfo", "utf8");
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
  return (kibibytes("MemTotal") - kibibytes("MemAvailable")) * 1024;
}

/** Share of all processors that was busy for some seconds, whoever kept them so. */
async function busyShare(seconds: number): Promise<number> {
  const idle = () => cpus().reduce((sum, { times }) => sum + times.idle, 0);
  const total = () => cpus().reduce((sum, { times }) => sum + Object.values(times).reduce((a, b) => a + b, 0), 0);
  const [idleBefore, totalBefore] = [idle(), total()];
  await sleep(seconds * 1000);
  return 1 - (idle() - idleBefore) / (total() - totalBefore);
}
