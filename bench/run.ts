// `npm run bench`: one run, figures as a table and as JSON (bench/results.json). Everything is compared side by side on the
// same machine and cluster; only ratios and the growth with size mean something on another one.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareUpWithKubectl } from "./deploy.ts";
import { measureProduction } from "./environments.ts";
import { measureGrowth } from "./growth.ts";
import { measurePreview } from "./preview.ts";
import { millisecondsToFirstResource } from "./start.ts";
import { measureRealNodes } from "./real-nodes.ts";
import { BenchCluster, median } from "./stack.ts";
import { table, type Row } from "./table.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1,10,50" },
    rounds: { type: "string", default: "5" },
    "real-only": { type: "boolean", default: false },
    "production-only": { type: "boolean", default: false },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(
    "npm run bench -- [--rounds 5] [--sizes 1,10,50] [--real-only | --production-only]\n\nAbout 30 minutes on two cores; --sizes 1,10 takes 12, --real-only (the sandbox with real nodes alone) 4, --production-only (previews of production alone) 3. Writes bench/results.json.",
  );
  process.exit(0);
}
const rounds = Number(values.rounds);
const sizes = values.sizes.split(",").map(Number);
if (!(rounds >= 1) || sizes.some((size) => !(Number.isInteger(size) && size >= 1))) {
  console.error("--rounds takes a number from 1 on, --sizes whole numbers parted by commas.");
  process.exit(1);
}

const rows: Row[] = [];
const say = (line: string) => console.error(line);
if (!values["production-only"]) rows.push(...(await measureRealNodes(say)));
if (!values["real-only"]) rows.push(...(await measureProduction(rounds, say)));
if (!values["real-only"] && !values["production-only"]) await measureSimulated();

console.log(table(rows));
writeFileSync(
  join(import.meta.dirname, "results.json"),
  `${JSON.stringify({ schema: "apg-bench/v1", rounds, cores: cpus().length, node: process.version, rows }, undefined, 2)}\n`,
);

/** Everything about the engine: on simulated nodes, so that nothing but the engine and the API server is at work. */
async function measureSimulated(): Promise<void> {
  const cluster = await BenchCluster.start(Math.max(3, Math.ceil(Math.max(...sizes) / 2) + 3), say);
  try {
    await measureEngine(cluster);
  } finally {
    await cluster.stop();
  }
}

async function measureEngine(cluster: BenchCluster): Promise<void> {
  rows.push(...(await compareUpWithKubectl(cluster, Math.min(rounds, 3), say)));
  // After some updates, as in a working day: Node has compiled the program before.
  say("Program start ...");
  const starts: number[] = [];
  for (let round = 0; round < rounds; round++) starts.push(await millisecondsToFirstResource(cluster.environment));
  rows.push({
    what: "program start to first registered resource",
    value: median(starts) / 1000,
    unit: "s",
    target: 1.0,
  });
  rows.push(...(await measurePreview(cluster, rounds, say)));
  rows.push(...(await measureGrowth(cluster, sizes, say)));
}
