// The sandbox's cluster as one thing: start, status, stop, reset.
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "./api.ts";
import { certificatePaths, ensureCertificates, type Certificates } from "./certificates.ts";
import {
  healthAddresses,
  planeComponents,
  serverUrl,
  writePlaneConfig,
  type Component,
  type PlaneName,
} from "./control-plane.ts";
import { UserError } from "./errors.ts";
import { contextName, writeKubeconfig } from "./kubeconfig.ts";
import { withLock } from "./lock.ts";
import {
  allowSimulation,
  ensureNodes,
  nodeSimulator,
  nodeStatuses,
  writeNodeConfig,
  type NodeStatus,
} from "./nodes.ts";
import { clusterPaths, type ClusterPaths } from "./paths.ts";
import { isFree, portOwner } from "./ports.ts";
import { isCurrent, logFile, logTail, runningProcess, startProcess, stopProcess, trimLog } from "./processes.ts";
import { readSettings, settle, type Ports } from "./settings.ts";

export interface ClusterOptions {
  /** Folder that everything is kept in. */
  dir: string;
  /** Absolute path of a binary. */
  tools: (name: string) => string;
  /** Number of simulated worker nodes. @default as at the last start; 3 at the first */
  workers?: number;
  /** Told of every step, in one line. */
  progress?: (line: string) => void;
}

/** What is enough where nothing is started. */
export type ClusterFolder = Pick<ClusterOptions, "dir"> & Partial<ClusterOptions>;

export interface ClusterState {
  server: string;
  kubeconfig: string;
  context: string;
  /** For kubectl and other clients: leads them to this cluster, and keeps their caches in the folder. */
  environment: { KUBECONFIG: string; KUBECACHEDIR: string };
  /** Processes that this call started: none when the cluster was running already. */
  started: string[];
}

export interface ClusterStatus {
  /** Every process is alive and healthy, and every node is Ready. */
  running: boolean;
  /** Whether a cluster was ever started in the folder. */
  exists: boolean;
  /** Unhealthy: alive, but its health address does not answer 200. */
  components: { name: string; state: "running" | "unhealthy" | "stopped"; pid?: number }[];
  nodes: NodeStatus[];
}

const startDeadlineMs = 90_000;
const failureHint =
  "Run `npm run sandbox:stop` and try again; if it stays so, `npm run sandbox:reset` starts afresh and deletes what is in the cluster.";
/** Clients before servers. */
const stopOrder = [["kwok", "kube-scheduler", "kube-controller-manager"], ["kube-apiserver"], ["etcd"]];

/**
 * Starts what is not running, so that afterwards the whole cluster is. A process whose command line or certificates have
 * changed since its start is started anew.
 * @throws UserError when that is not possible; what this call has started is stopped again
 */
export async function startCluster(options: ClusterOptions): Promise<ClusterState> {
  const paths = clusterPaths(options.dir);
  return withLock(paths.lock, () => start(paths, options));
}

async function start(paths: ClusterPaths, options: ClusterOptions): Promise<ClusterState> {
  const { tools, progress = () => undefined } = options;
  const { ports, workers } = await settle(paths, options.workers);
  const pki = await ensureCertificates(paths.pki);
  await writeConfig(paths, ports, pki);
  const { etcd, apiserver, controllerManager, scheduler } = planeComponents({ paths, ports, pki, tools });
  const kwok = nodeSimulator({ paths, tools });
  const health = new Health(ports, pki);
  const deadline = Date.now() + startDeadlineMs;
  const started: string[] = [];
  const launched: Component[] = [];

  const launch = async (component: Component) => {
    launched.push(component);
    if (await isCurrent(paths, component)) return trimLog(paths, component.name);
    await stopProcess(paths, component.name);
    for (const port of component.ports) await refuseForeign(component.name, port);
    progress(`Starting ${component.name}`);
    started.push(component.name);
    await startProcess(paths, component);
  };
  /** Tries until it is so: an error on the way (a server that is not quite there yet) counts only when time is up. */
  const until = async (component: Component, reached: () => Promise<boolean>) => {
    let problem = "";
    const attempt = () =>
      reached().catch((error: Error) => {
        problem = `: ${error.message}`;
        return false;
      });
    while (!(await attempt())) {
      await refuseDead(paths, launched);
      if (Date.now() > deadline) {
        throw await failure(
          paths,
          component,
          `${component.name} is not ready after ${startDeadlineMs / 1000} s${problem}`,
        );
      }
      await sleep(50);
    }
  };

  try {
    await launch(etcd);
    await until(etcd, () => health.of("etcd"));
    await launch(apiserver);
    await until(apiserver, () => health.of("kube-apiserver"));
    await launch(controllerManager);
    await launch(scheduler);
    await until(apiserver, async () => {
      await allowSimulation(health.api);
      await ensureNodes(health.api, workers);
      return true;
    });
    await launch(kwok);
    for (const controller of [controllerManager, scheduler]) await until(controller, () => health.of(controller.name));
    await until(controllerManager, () => canCreatePods(health.api));
    await until(kwok, async () => (await nodeStatuses(health.api)).every(({ ready }) => ready));
    await refuseDead(paths, launched);
  } catch (error) {
    for (const name of started.reverse()) await stopProcess(paths, name);
    throw error;
  } finally {
    health.close();
  }
  progress(started.length ? `The cluster is running with ${workers} nodes.` : "The cluster is running already.");
  return {
    server: serverUrl(ports),
    kubeconfig: paths.kubeconfig,
    context: contextName,
    environment: { KUBECONFIG: paths.kubeconfig, KUBECACHEDIR: paths.kubectlCache },
    started,
  };
}

/** How things really are; changes nothing. */
export async function clusterStatus({ dir }: ClusterFolder): Promise<ClusterStatus> {
  const paths = clusterPaths(dir);
  const settings = await readSettings(paths);
  if (!settings) return { running: false, exists: false, components: [], nodes: [] };
  const health = new Health(settings.ports, certificatePaths(paths.pki));
  try {
    const components: ClusterStatus["components"] = [];
    for (const name of stopOrder.flat().reverse()) {
      const pid = (await runningProcess(paths, name))?.pid;
      const state = pid === undefined ? "stopped" : (await health.of(name)) ? "running" : "unhealthy";
      components.push({ name, state, pid });
    }
    const reachable = components.some(({ name, state }) => name === "kube-apiserver" && state === "running");
    const nodes = reachable ? await nodeStatuses(health.api).catch(() => []) : [];
    const running =
      components.every(({ state }) => state === "running") &&
      nodes.length >= settings.workers &&
      nodes.every(({ ready }) => ready);
    return { running, exists: true, components, nodes };
  } finally {
    health.close();
  }
}

/**
 * Ends every process of the cluster and keeps its data.
 * @returns the names of those that were running
 */
export async function stopCluster({ dir, progress }: ClusterFolder): Promise<string[]> {
  const paths = clusterPaths(dir);
  return withLock(paths.lock, () => stop(paths, progress));
}

/** Stops the cluster and deletes its data, certificates and settings. */
export async function resetCluster({ dir, progress }: ClusterFolder): Promise<void> {
  const paths = clusterPaths(dir);
  await withLock(paths.lock, async () => {
    await stop(paths, progress);
    for (const path of [paths.settings, paths.kubeconfig, paths.kubectlCache, paths.cluster]) {
      await rm(path, { recursive: true, force: true });
    }
  });
}

async function stop(paths: ClusterPaths, progress: ClusterOptions["progress"]): Promise<string[]> {
  const stopped: string[] = [];
  for (const names of stopOrder) {
    await Promise.all(
      names.map(async (name) => {
        if (!(await stopProcess(paths, name))) return;
        stopped.push(name);
        progress?.(`Stopped ${name}`);
      }),
    );
  }
  return stopped;
}

/** Asks the components how they are. */
class Health {
  readonly api: ApiClient;
  readonly #checks = new Map<string, { client: ApiClient; path: string }>();

  constructor(ports: Ports, pki: Certificates) {
    const addresses = healthAddresses(ports);
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

async function writeConfig(paths: ClusterPaths, ports: Ports, pki: Certificates): Promise<void> {
  await writePlaneConfig({ paths, ports, pki });
  await writeNodeConfig({ paths, ports, pki });
  await writeKubeconfig(paths.kubeconfig, {
    server: serverUrl(ports),
    authority: pki.authorities.ca.cert,
    client: pki.certificates.admin,
    user: `${contextName}-admin`,
  });
}

/** A pod is refused until the controllers have made its namespace's service account. */
async function canCreatePods(api: ApiClient): Promise<boolean> {
  return api.isHealthy("/api/v1/namespaces/default/serviceaccounts/default");
}

async function refuseForeign(name: string, port: number): Promise<void> {
  // The system closes the port of a process that was killed a moment after the process is gone.
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await isFree(port)) return;
    await sleep(100);
  }
  throw new UserError(
    `Port ${port} of ${name} is taken by ${portOwner(port)}.`,
    "Stop that process and run the command again, or choose new ports with `npm run sandbox:reset` (deletes what is in the cluster).",
  );
}

async function refuseDead(paths: ClusterPaths, components: Component[]): Promise<void> {
  for (const component of components) {
    if (await runningProcess(paths, component.name)) continue;
    throw await failure(paths, component, `${component.name} has stopped`);
  }
}

async function failure(paths: ClusterPaths, { name }: Component, what: string): Promise<UserError> {
  const lines = (await logTail(paths, name)).map((line) => `  ${line}`);
  return new UserError([`${what}. The end of ${logFile(paths, name)}:`, ...lines].join("\n"), failureHint);
}
