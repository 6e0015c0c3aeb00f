// The sandbox's cluster as one thing: start, stop, reset. What runs is in cluster-status.ts.
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "./api.ts";
import { ensureCertificates } from "./certificates.ts";
import { Health, stopGroups } from "./cluster-status.ts";
import { planeComponents, serverUrl, writePlaneConfig, type PlaneArgs } from "./control-plane.ts";
import { contextName, writeKubeconfig } from "./kubeconfig.ts";
import { Launcher } from "./launcher.ts";
import { LockedError, withLock } from "./lock.ts";
import { guardRanges, serviceAddress, unguardRanges, type Network } from "./network.ts";
import { makeControlGroup, removeControlGroup } from "./nodes/control-groups.ts";
import {
  controlGroup,
  declareNodes,
  nodeComponents,
  switchComponent,
  writeRealNodeConfig,
  type RealNodesArgs,
} from "./nodes/real.ts";
import { allowSimulation, ensureNodes, nodeSimulator, writeNodeConfig } from "./nodes/simulated.ts";
import { hasReported, nodeStatuses } from "./nodes/status.ts";
import {
  allowNetworkPolicy,
  enforcesNetworkPolicies,
  networkPolicyComponent,
  writeNetworkPolicyConfig,
} from "./nodes/policy-agent.ts";
import { clusterPaths, type ClusterPaths } from "./paths.ts";
import { runningProcess, stopProcess } from "./processes.ts";
import { readSettings, settle, settledNetwork, type NodeKind } from "./settings.ts";
import { supervisorComponent } from "./supervisor.ts";

export { clusterStatus, type ClusterStatus } from "./cluster-status.ts";

export interface ClusterOptions {
  /** Folder that everything is kept in. */
  dir: string;
  /** Absolute path of a binary. */
  tools: (name: string) => string;
  /** Real or simulated worker nodes. @default as at the last start; simulated at the first */
  nodes?: NodeKind;
  /** Number of worker nodes. @default as at the last start; 3 at the first */
  workers?: number;
  /** Folder with the programs that real nodes start by name: nft and runc. @default real nodes are not to be had */
  programs?: string;
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

const startDeadlineSeconds = 90;

/**
 * Starts what is not running, so that afterwards the whole cluster is. A process whose command line or certificates have
 * changed since its start is started anew.
 * @throws UserError when that is not possible; what this call has started is stopped again
 */
export async function startCluster(options: ClusterOptions): Promise<ClusterState> {
  const paths = clusterPaths(options.dir);
  return exclusively(paths, () => start(paths, options));
}

async function start(paths: ClusterPaths, options: ClusterOptions): Promise<ClusterState> {
  const { tools, progress = () => undefined } = options;
  const settings = await settle(paths, options);
  const { ports, workers } = settings;
  const network = settledNetwork(settings);
  // Before anything exists that could send a packet there.
  if (network) await guardRanges(network, paths.root);
  const addresses = network ? [network.host, serviceAddress(network, 1)] : [];
  const pki = await ensureCertificates(paths.pki, new Date(), addresses);
  const plane: PlaneArgs = { paths, ports, pki, network, tools };
  await writePlaneConfig(plane);
  await writeKubeconfig(paths.kubeconfig, {
    server: serverUrl(ports, network),
    authority: pki.authorities.ca.cert,
    client: pki.certificates.admin,
    user: `${contextName}-admin`,
  });

  const health = new Health(ports, pki, network);
  const launcher = new Launcher(paths, progress, startDeadlineSeconds);
  try {
    if (network) await launcher.launch(switchComponent({ paths, network, count: workers }));
    await startPlane(plane, launcher, health);
    if (network) {
      const programs = options.programs!;
      await startRealNodes({ ...plane, network, count: workers, programs }, launcher, health.api);
    } else {
      await startSimulatedNodes(plane, workers, launcher, health.api);
    }
    await launcher.refuseDead();
  } catch (error) {
    await launcher.undo();
    throw error;
  } finally {
    health.close();
  }
  const { started } = launcher;
  progress(started.length ? `The cluster is running with ${workers} nodes.` : "The cluster is running already.");
  return {
    server: serverUrl(ports, network),
    kubeconfig: paths.kubeconfig,
    context: contextName,
    environment: { KUBECONFIG: paths.kubeconfig, KUBECACHEDIR: paths.kubectlCache },
    started,
  };
}

async function startPlane(plane: PlaneArgs, launcher: Launcher, health: Health): Promise<void> {
  const { etcd, apiserver, controllerManager, scheduler } = planeComponents(plane);
  await launcher.launch(etcd);
  await launcher.until(etcd, () => health.of("etcd"));
  await launcher.launch(apiserver);
  await launcher.until(apiserver, () => health.of("kube-apiserver"));
  await launcher.launch(controllerManager);
  await launcher.launch(scheduler);
  for (const component of [controllerManager, scheduler]) {
    await launcher.until(component, () => health.of(component.name));
  }
  // A pod is refused until the controllers have made its namespace's service account.
  await launcher.until(controllerManager, () =>
    health.api.isHealthy("/api/v1/namespaces/default/serviceaccounts/default"),
  );
}

async function startSimulatedNodes(plane: PlaneArgs, workers: number, launcher: Launcher, api: ApiClient) {
  await writeNodeConfig(plane);
  const kwok = nodeSimulator(plane);
  await allowSimulation(api);
  await ensureNodes(api, workers);
  await launcher.launch(kwok);
  await launcher.until(kwok, () => allReady(api));
}

async function startRealNodes(args: RealNodesArgs, launcher: Launcher, api: ApiClient): Promise<void> {
  const { paths, network, count } = args;
  await writeRealNodeConfig(args);
  await writeNetworkPolicyConfig(args);
  await declareNodes(api, { network, count });
  await allowNetworkPolicy(api);
  const nodes = nodeComponents({ paths, count });
  const begun = new Date();
  for (const node of nodes) {
    await makeControlGroup(`${controlGroup(network)}/${node.name}`);
    await launcher.launch(node);
  }
  const policies = networkPolicyComponent(paths);
  await launcher.launch(policies);
  for (const node of nodes) {
    // What the API server says of a node that has just started may be from before it was stopped.
    const isNew = launcher.started.includes(node.name);
    await launcher.until(node, async () => !isNew || (await hasReported(api, node.name, begun)));
  }
  await launcher.until(nodes[0]!, () => allReady(api));
  await launcher.until(policies, () => enforcesNetworkPolicies(paths));
  await launcher.launch(supervisorComponent(paths));
}

async function allReady(api: ApiClient): Promise<boolean> {
  return (await nodeStatuses(api)).every(({ ready }) => ready);
}

/**
 * Ends every process of the cluster, removes what real nodes have left on the machine, and keeps the cluster's data.
 * @returns the names of those that were running
 */
export async function stopCluster({ dir, progress }: ClusterFolder): Promise<string[]> {
  const paths = clusterPaths(dir);
  return exclusively(paths, () => stop(paths, progress));
}

/** Stops the cluster and deletes its data, certificates and settings. */
export async function resetCluster({ dir, progress }: ClusterFolder): Promise<void> {
  const paths = clusterPaths(dir);
  await exclusively(paths, async () => {
    await stop(paths, progress);
    for (const path of [paths.settings, paths.kubeconfig, paths.kubectlCache, paths.cluster]) {
      await rm(path, { recursive: true, force: true });
    }
  });
}

async function stop(paths: ClusterPaths, progress: ClusterOptions["progress"]): Promise<string[]> {
  const stopped: string[] = [];
  for (const names of await stopGroups(paths)) {
    await Promise.all(
      names.map(async (name) => {
        if (!(await stopProcess(paths, name))) return;
        stopped.push(name);
        progress?.(`Stopped ${name}`);
      }),
    );
  }
  const settings = await readSettings(paths);
  const network = settings && settledNetwork(settings);
  if (network) await removeTraces(network);
  return stopped;
}

/** Alone at work on the cluster. The supervisor, when it is just starting something again, is waited for. */
async function exclusively<T>(paths: ClusterPaths, action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await withLock(paths.lock, action);
    } catch (error) {
      const supervisor = (await runningProcess(paths, "supervisor"))?.pid;
      if (!(error instanceof LockedError) || error.holder !== supervisor) throw error;
      await sleep(100);
    }
  }
}

/** What would stay on the machine after the processes: the rest is gone with their namespaces. */
async function removeTraces(network: Network): Promise<void> {
  await removeControlGroup(controlGroup(network));
  await unguardRanges(network);
}
