// Which charts can be fetched from here. Where the registries of charts are out of reach, as in a build system without the
// internet, a preview goes on without them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PinnedChart } from "./charts.ts";

/** A chart that cannot be fetched, and why. */
export interface UnreachableChart {
  /** Name of the chart's release. */
  name: string;
  /** Where it should have come from, and what went wrong there. */
  reason: string;
}

/** Asks an address, and rejects when it cannot be reached. */
export type Ask = (address: string) => Promise<{ ok: boolean; status: number }>;

const timeoutMs = 3_000;

/** The file of a chart in a folder of charts, as `helm pull` names it. */
export function vendoredFile(folder: string, { chart, version }: Pick<PinnedChart, "chart" | "version">): string {
  return join(folder, `${chart.split("/").at(-1)}-${version}.tgz`);
}

/** What answers when the chart's home can be reached: an index, or a registry's entrance. */
export function homeOf({ chart, repository }: Pick<PinnedChart, "chart" | "repository">): string {
  if (repository !== undefined) return `${repository}/index.yaml`;
  const [host] = chart.replace("oci://", "").split("/");
  // Docker's registry answers under another name than its images have.
  return `https://${host === "docker.io" ? "registry-1.docker.io" : host}/v2/`;
}

/**
 * The charts that cannot be fetched here: of all of them at once, in some three seconds at most.
 *
 * @param folder Folder of vendored charts, when they come from there.
 */
export async function unreachableCharts(
  wanted: readonly PinnedChart[],
  folder?: string,
  ask: Ask = head,
): Promise<UnreachableChart[]> {
  if (folder !== undefined) {
    return wanted
      .map((chart) => ({ name: chart.name, file: vendoredFile(folder, chart) }))
      .filter(({ file }) => !existsSync(file))
      .map(({ name, file }) => ({ name, reason: `${file} does not exist` }));
  }
  const homes = [...new Set(wanted.map(homeOf))];
  const faults = new Map(await Promise.all(homes.map(async (home) => [home, await faultOf(home, ask)] as const)));
  return wanted.flatMap((chart) => {
    const fault = faults.get(homeOf(chart));
    return fault === undefined ? [] : [{ name: chart.name, reason: `${homeOf(chart)} ${fault}` }];
  });
}

async function faultOf(home: string, ask: Ask): Promise<string | undefined> {
  try {
    const { ok, status } = await ask(home);
    // What asks who is there, or wants to be asked otherwise, is there.
    return ok || [401, 405].includes(status) ? undefined : `answers ${status}`;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return name === "TimeoutError"
      ? `does not answer in ${timeoutMs / 1000} s`
      : `cannot be reached${cause?.code === undefined ? "" : ` (${cause.code})`}`;
  }
}

async function head(address: string): Promise<{ ok: boolean; status: number }> {
  return fetch(address, { method: "HEAD", redirect: "follow", signal: AbortSignal.timeout(timeoutMs) });
}
