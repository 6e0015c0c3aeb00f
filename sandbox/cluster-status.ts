// How the cluster's processes and nodes really are; changes nothing.
import { readdir } from "node:fs/promises";
import { ApiClient } from "./api.ts";
import { certificatePaths, type Certificates } from "./certificates.ts";
import { readIfPresent } from "./files.ts";
import { healthAddresses, type PlaneName } from "./control-plane.ts";
import type { Network } from "./network.ts";
import { nodeName } from "./nodes/names.ts";
import { enforcesNetworkPolicies } from "./nodes/policy-agent.ts";
import { nodeStatuses, type NodeStatus } from "./nodes/status.ts";
import { clusterPaths, type ClusterPaths } from "./paths.ts";
import { recordFile, runningProcess } from "./processes.ts";
import { readSettings, settledNetwork, type NodeKind, type Ports, type Settings } from "./settings.ts";

export interface ClusterStatus {
  /** Every process is alive and healthy, and every node is Ready. */
  running: boolean;
  /** Whether a cluster was ever started in the folder. */
  exists: boolean;
  kind: NodeKind;
  /** Unhealthy: alive, but its health address does not answer 200. */
  components: { name: string; state: "running" | "unhealthy" | "stopped"; pid?: number }[];
  nodes: NodeStatus[];
}

/** What a running cluster consists of, servers first. */
export function componentNames({ kind, workers }: Pick<Settings, "kind" | "workers">): string[] {
  const plane = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
  if (kind === "simulated") return [...plane, "kwok"];
  const nodes = Array.from({ length: workers }, (_, index) => nodeName(index + 1));
  return ["switch", ...plane, ...nodes, "network-policy", "supervisor"];
}

/** Every process that has a record, in the order in which they are stopped: clients before servers, side by side in a group. */
export async function stopGroups({ run }: Pick<ClusterPaths, "run">): Promise<string[][]> {
  const last = [["kube-apiserver"], ["etcd"], ["switch"]];
  const first = ["supervisor"];
  const present = (await readdir(run).catch(() => [])).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  const others = present.filter((name) => !first.includes(name) && !last.flat().includes(name));
  return [first, others, ...last];
}

export async function clusterStatus({ dir }: { dir: string }): Promise<ClusterStatus> {
  const paths = clusterPaths(dir);
  const settings = await readSettings(paths);
  if (!settings) return { running: false, exists: false, kind: "simulated", components: [], nodes: [] };
  const health = new Health(settings.ports, certificatePaths(paths.pki), settledNetwork(settings));
  try {
    const components: ClusterStatus["components"] = [];
    const standIns = (await readIfPresent(recordFile(paths, "stand-ins"))) === undefined ? [] : ["stand-ins"];
    for (const name of [...componentNames(settings), ...standIns]) {
      const pid = (await runningProcess(paths, name))?.pid;
      const isWell = name === "network-policy" ? enforcesNetworkPolicies(paths) : health.of(name);
      const state = pid === undefined ? "stopped" : (await isWell) ? "running" : "unhealthy";
      components.push({ name, state, pid });
    }
    const reachable = components.some(({ name, state }) => name === "kube-apiserver" && state === "running");
    const nodes = reachable ? await nodeStatuses(health.api).catch(() => []) : [];
    const running =
      components.every(({ state }) => state === "running") &&
      nodes.length >= settings.workers &&
      nodes.every(({ ready }) => ready);
    return { running, exists: true, kind: settings.kind, components, nodes };
  } finally {
    health.close();
  }
}

/** Asks the components how they are. */
export class Health {
  readonly api: ApiClient;
  readonly #checks = new Map<string, { client: ApiClient; path: string }>();

  constructor(ports: Ports, pki: Certificates, network?: Network) {
    const addresses = healthAddresses(ports, network);
    for (const [name, { url, path, authority, client }] of Object.entries(addresses)) {
      const api = new ApiClient(url, pki.authorities[authority].cert, pki.certificates[client]);
      this.#checks.set(name, { client: api, path });
    }
    this.api = this.#checks.get("kube-apiserver" satisfies PlaneName)!.client;
  }

  /** True too for what has no health address. */
  async of(name: string): Promise<boolean> {
    const check = this.#checks.get(name);
    return check === undefined || check.client.isHealthy(check.path);
  }

  close(): void {
    for (const { client } of this.#checks.values()) client.close();
  }
}
