import { join, resolve } from "node:path";

export type ClusterPaths = ReturnType<typeof clusterPaths>;

/** Where everything of the cluster lies. All of it is inside `dir`; nothing else on the machine is written. */
export function clusterPaths(dir: string) {
  const root = resolve(dir);
  const cluster = join(root, "cluster");
  return {
    root,
    /** Ports and number of workers: what must stay the same from one start to the next. */
    settings: join(root, "cluster.json"),
    /** Which kubeconfig the sandbox was given, where its cluster is not its own. */
    given: join(root, "given-kubeconfig"),
    /** The administrator's. */
    kubeconfig: join(root, "kubeconfig"),
    kubectlCache: join(root, "kubectl-cache"),
    lock: join(root, "cluster.lock"),
    cluster,
    pki: join(cluster, "pki"),
    config: join(cluster, "config"),
    etcdData: join(cluster, "etcd"),
    run: join(cluster, "run"),
    logs: join(cluster, "logs"),
  };
}
