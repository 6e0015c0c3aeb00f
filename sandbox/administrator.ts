// The sandbox's cluster in the hands of its administrator: what commands that change the cluster begin with.
import { ApiClient } from "./api.ts";
import { certificatePaths, type Certificates } from "./certificates.ts";
import { serverUrl } from "./control-plane.ts";
import type { Network } from "./network.ts";
import { clusterPaths, type ClusterPaths } from "./paths.ts";
import { readSettings, settledNetwork } from "./settings.ts";

export interface Administered {
  api: ApiClient;
  server: string;
  paths: ClusterPaths;
  pki: Certificates;
  /** Where the nodes are; nothing when they are simulated. */
  network: Network | undefined;
}

/** Runs `action` with the cluster of a folder, which has to have been started. */
export async function administered<T>(dir: string, action: (cluster: Administered) => Promise<T>): Promise<T> {
  const paths = clusterPaths(dir);
  const settings = (await readSettings(paths))!;
  const network = settledNetwork(settings);
  const server = serverUrl(settings.ports, network);
  const pki = certificatePaths(paths.pki);
  const api = new ApiClient(server, pki.authorities.ca.cert, pki.certificates.admin);
  try {
    return await action({ api, server, paths, pki, network });
  } finally {
    api.close();
  }
}
