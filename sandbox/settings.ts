import { UserError } from "./errors.ts";
import { readIfPresent, writePrivate } from "./files.ts";
import { chooseSlot, networkOf, type Network } from "./network.ts";
import type { ClusterPaths } from "./paths.ts";
import { chooseFreePorts } from "./ports.ts";

const portNames = ["etcd", "etcdPeer", "apiserver", "controllerManager", "scheduler"] as const;
const defaultWorkers = 3;
/**
 * Of the API server on its own address of a real cluster, the same in every slot: a network policy that lets pods call it has
 * to name it, and the packets have this one once the service's address is translated.
 */
export const apiServerPort = 26_443;

/** Real: containers run. Simulated: pods become Ready without. */
export type NodeKind = "real" | "simulated";

export type Ports = Record<(typeof portNames)[number], number>;

/** What stays the same from one start of the cluster to the next. */
export interface Settings {
  ports: Ports;
  workers: number;
  kind: NodeKind;
  /** Which of the machine's address ranges a cluster with real nodes has. */
  slot?: number;
}

/** Where the nodes of a cluster are; nothing when they are simulated. */
export const settledNetwork = ({ slot }: Settings): Network | undefined =>
  slot === undefined ? undefined : networkOf(slot);

/** The settings of the last start, or nothing before the first. */
export async function readSettings(paths: Pick<ClusterPaths, "settings">): Promise<Settings | undefined> {
  const text = await readIfPresent(paths.settings);
  if (text === undefined) return undefined;
  try {
    return { kind: "simulated", ...(JSON.parse(text) as Omit<Settings, "kind">) };
  } catch {
    throw new UserError(`${paths.settings} is damaged.`, "Start afresh with `npm run sandbox:reset`.");
  }
}

/**
 * The settings of the last start, or new ones with free ports and addresses; a number of workers that is given is kept for
 * the next.
 * @throws UserError when the cluster has nodes of the other kind
 */
export async function settle(
  paths: Pick<ClusterPaths, "settings">,
  { workers, nodes }: { workers?: number; nodes?: NodeKind } = {},
): Promise<Settings> {
  const present = await readSettings(paths);
  const kind = present?.kind ?? nodes ?? "simulated";
  if (nodes !== undefined && nodes !== kind) {
    throw new UserError(
      `This clone's sandbox has ${kind} nodes, and they cannot become ${nodes}.`,
      "npm run sandbox:reset deletes it; the next start may choose.",
    );
  }
  const slot = kind === "real" ? (present?.slot ?? (await chooseSlot())) : undefined;
  const ports = present?.ports ?? (await chooseFreePorts(portNames));
  const settings: Settings = {
    ports: kind === "real" ? { ...ports, apiserver: apiServerPort } : ports,
    workers: workers ?? present?.workers ?? defaultWorkers,
    kind,
    ...(slot !== undefined && { slot }),
  };
  await writePrivate(paths.settings, `${JSON.stringify(settings, undefined, 2)}\n`);
  return settings;
}
