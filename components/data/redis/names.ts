// What things are called in the namespace of a group, and where they listen.
import { deepFrozen } from "../../../checklist/thresholds.ts";
import { certificatePath } from "../connection.ts";

export const redis = "redis";
export const sentinel = "sentinel";
export const backup = "redis-backup";
export type Component = typeof redis | typeof sentinel;
export const components: readonly Component[] = [redis, sentinel];

export const ports = deepFrozen({ redis: 6379, sentinel: 26379, metrics: 9121 });

export const authSecret = "redis-auth";
export const applicationSecret = "redis-application";
export const backupSecret = "redis-backup";
export const tlsSecret = (component: Component) => `${component}-tls`;

/** Where pods find their files. */
export const directories = deepFrozen({
  config: "/etc/redis/config",
  auth: "/etc/redis/auth",
  tls: "/etc/redis/tls",
  data: "/data",
});

/** File of the authority in the pods of clients. */
export const authorityFile = "redis-ca.crt";
export const authorityPath = certificatePath({ file: authorityFile });

/** Pods of one StatefulSet by name, which are their Services' names too. */
export function podNames(component: Component, count: number): string[] {
  return Array.from({ length: count }, (_, ordinal) => `${component}-${ordinal}`);
}
