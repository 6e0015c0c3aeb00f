// What makes real nodes a cluster: names, storage, metrics. Applied at every start, waited for once.
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "./api.ts";
import { dns, dnsImage } from "./addons/dns.ts";
import { metrics, metricsImage } from "./addons/metrics.ts";
import { applyObjects, isAvailable } from "./addons/objects.ts";
import { storage, storageHelperImage, storageImage } from "./addons/storage.ts";
import { certificatePaths } from "./certificates.ts";
import { serverUrl } from "./control-plane.ts";
import { UserError } from "./errors.ts";
import { serviceAddress } from "./network.ts";
import { pauseImage } from "./nodes/real.ts";
import { clusterPaths } from "./paths.ts";
import { readSettings, settledNetwork } from "./settings.ts";

/** Images that every cluster with real nodes needs. */
export const basicImages = [pauseImage, dnsImage, metricsImage, storageImage, storageHelperImage];

const deadlineMs = 120_000;

/**
 * Applies the add-ons of a cluster with real nodes.
 * @throws UserError when they are not available after two minutes
 */
export async function ensureAddons(dir: string, progress: (line: string) => void): Promise<void> {
  const paths = clusterPaths(dir);
  const settings = await readSettings(paths);
  const network = settings && settledNetwork(settings);
  if (!network) return;
  const pki = certificatePaths(paths.pki);
  const api = new ApiClient(serverUrl(settings.ports, network), pki.authorities.ca.cert, pki.certificates.admin);
  try {
    const objects = [...dns(serviceAddress(network, 10)), ...storage(), ...metrics()];
    await applyObjects(api, objects);
    const deadline = Date.now() + deadlineMs;
    for (const object of objects.filter(({ kind }) => kind === "Deployment")) {
      progress(`waiting for ${object.metadata.name}`);
      while (!(await isAvailable(api, object))) {
        if (Date.now() > deadline) {
          throw new UserError(
            `${object.metadata.name} is not available after ${deadlineMs / 1000} s.`,
            `Look at its pods: kubectl -n ${object.metadata.namespace} describe pods -l app.kubernetes.io/name=${object.metadata.name}`,
          );
        }
        await sleep(200);
      }
    }
  } finally {
    api.close();
  }
}
