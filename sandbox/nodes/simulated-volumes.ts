// Volumes for simulated nodes: nothing makes any there, and a pod whose claim has none waits for ever. They hold nothing.
import { applyObjects, type KubernetesObject } from "../addons/objects.ts";
import { administered } from "../administrator.ts";

const count = 64;

const volume = (index: number): KubernetesObject => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `simulated-${index}` },
  spec: {
    capacity: { storage: "1Ti" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    csi: { driver: "simulated.apg.io", volumeHandle: `simulated-${index}` },
  },
});

/** Sees to it that there are volumes for claims without a class; those that a claim has left are made anew. */
export async function ensureSimulatedVolumes(dir: string): Promise<void> {
  await administered(dir, async ({ api }) => {
    type Listed = { items: { metadata: { name: string }; status?: { phase?: string } }[] };
    const { items } = await api.get<Listed>("/api/v1/persistentvolumes");
    const left = items.filter(({ status }) => status?.phase === "Released").map(({ metadata }) => metadata.name);
    for (const name of left) await api.delete(`/api/v1/persistentvolumes/${name}`);
    await applyObjects(
      api,
      Array.from({ length: count }, (_, index) => volume(index)),
    );
  });
}
