// Files that containers read from Secrets and ConfigMaps.
import type { Container, Pod } from "./pod.ts";

/** Whether a file is in a volume of Secrets or ConfigMaps that the container mounts. */
export function isMounted(pod: Pod, { value }: Container, file: string): boolean {
  const volumes = pod.spec
    .get("volumes")
    .list()
    .filter((volume) => ["secret", "configMap", "projected"].some((source) => volume.get(source).exists))
    .map((volume) => volume.get("name").string());
  return value
    .get("volumeMounts")
    .list()
    .filter((mount) => volumes.includes(mount.get("name").string()))
    .map((mount) => mount.get("mountPath").string() ?? "")
    .some((path) => path !== "" && (file === path || file.startsWith(path.endsWith("/") ? path : `${path}/`)));
}
