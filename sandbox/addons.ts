// What makes real nodes a cluster: names, storage, metrics. Applied at every start, waited for once.
import { dns, dnsImage } from "./addons/dns.ts";
import { metrics, metricsImage } from "./addons/metrics.ts";
import { applyObjects, untilAvailable } from "./addons/objects.ts";
import { storage, storageHelperImage, storageImage } from "./addons/storage.ts";
import { administered } from "./administrator.ts";
import { serviceAddress } from "./network.ts";
import { pauseImage } from "./nodes/real.ts";

/** Images that every cluster with real nodes needs. */
export const basicImages = [pauseImage, dnsImage, metricsImage, storageImage, storageHelperImage];

/**
 * Applies the add-ons of a cluster with real nodes.
 * @throws UserError when they are not available after two minutes
 */
export async function ensureAddons(dir: string, progress: (line: string) => void): Promise<void> {
  await administered(dir, async ({ api, network }) => {
    if (!network) return;
    const objects = [...dns(serviceAddress(network, 10)), ...storage(), ...metrics()];
    await applyObjects(api, objects);
    await untilAvailable(api, objects, progress);
  });
}
