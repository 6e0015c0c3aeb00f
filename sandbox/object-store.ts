// Starts the S3-compatible server, and keeps what opens it: keys made once for each sandbox, and a certificate of its authority.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { objectStore, objectStoreNames, type RootKeys } from "./addons/object-store.ts";
import { applyObjects, untilAvailable } from "./addons/objects.ts";
import { administered } from "./administrator.ts";
import { ensureCertificate } from "./certificates.ts";
import { readIfPresent, writePrivate } from "./files.ts";
import type { ClusterPaths } from "./paths.ts";

/** Where the keys are, whether there are any or not. */
export const objectStoreKeysFile = ({ cluster }: Pick<ClusterPaths, "cluster">) =>
  join(cluster, "object-store-keys.json");

/** The keys of the server; made when there are none. */
export async function ensureObjectStoreKeys(paths: Pick<ClusterPaths, "cluster">): Promise<RootKeys> {
  const file = objectStoreKeysFile(paths);
  const present = await readIfPresent(file);
  if (present !== undefined) return JSON.parse(present) as RootKeys;
  const keys = {
    accessKeyId: `apg${randomBytes(8).toString("hex")}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  await writePrivate(file, JSON.stringify(keys));
  return keys;
}

/**
 * Starts the server on real nodes, which have to have its images.
 * @throws UserError when it is not available after two minutes
 */
export async function ensureObjectStore(dir: string, progress: (line: string) => void): Promise<void> {
  await administered(dir, async ({ api, paths, network }) => {
    if (!network) return;
    const files = await ensureCertificate(paths.pki, "object-store", {
      authority: "ca",
      commonName: "object-store",
      hosts: objectStoreNames,
      usages: ["server"],
    });
    const [cert, key] = await Promise.all([files.cert, files.key].map((file) => readFile(file, "utf8")));
    const objects = objectStore({ keys: await ensureObjectStoreKeys(paths), cert: cert!, key: key! });
    await applyObjects(api, objects);
    await untilAvailable(api, objects, progress);
  });
}
