// Charts of the pinned names and versions with nothing in them, for plans that must not depend on whether the charts' homes
// can be reached. What the real ones have in them is not looked at.
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { charts } from "../../components/operators/charts.ts";
import { vendoredFile } from "../../components/operators/reachable.ts";

/** A folder of charts. */
export interface ChartFolder {
  path: string;
  /** Has a stack file take charts from the folder. */
  edit: (text: string) => string;
  remove: () => Promise<void>;
}

export async function emptyCharts(): Promise<ChartFolder> {
  const path = await mkdtemp(join(tmpdir(), "apg-charts-"));
  for (const chart of charts) {
    const name = basename(chart.chart);
    mkdirSync(join(path, name), { recursive: true });
    writeFileSync(join(path, name, "Chart.yaml"), `apiVersion: v2\nname: ${name}\nversion: ${chart.version}\n`);
    await execa("tar", ["-C", path, "-czf", vendoredFile(path, chart), name]);
  }
  return {
    path,
    edit: (text) => text.replace(/^ {2}apg:operators:\n/m, (key) => `${key}    chartFolder: ${path}\n`),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
