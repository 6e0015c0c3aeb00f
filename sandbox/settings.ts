import { UserError } from "./errors.ts";
import { readIfPresent, writePrivate } from "./files.ts";
import type { ClusterPaths } from "./paths.ts";
import { chooseFreePorts } from "./ports.ts";

const portNames = ["etcd", "etcdPeer", "apiserver", "controllerManager", "scheduler"] as const;
const defaultWorkers = 3;

export type Ports = Record<(typeof portNames)[number], number>;

/** What stays the same from one start of the cluster to the next. */
export interface Settings {
  ports: Ports;
  workers: number;
}

/** The settings of the last start, or nothing before the first. */
export async function readSettings(paths: Pick<ClusterPaths, "settings">): Promise<Settings | undefined> {
  const text = await readIfPresent(paths.settings);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Settings;
  } catch {
    throw new UserError(`${paths.settings} is damaged.`, "Start afresh with `npm run sandbox:reset`.");
  }
}

/** The settings of the last start, or new ones with free ports; a number of workers that is given is kept for the next. */
export async function settle(paths: Pick<ClusterPaths, "settings">, workers?: number): Promise<Settings> {
  const present = await readSettings(paths);
  const settings: Settings = {
    ports: present?.ports ?? (await chooseFreePorts(portNames)),
    workers: workers ?? present?.workers ?? defaultWorkers,
  };
  await writePrivate(paths.settings, `${JSON.stringify(settings, undefined, 2)}\n`);
  return settings;
}
