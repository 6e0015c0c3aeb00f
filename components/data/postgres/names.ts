// What things are called in the namespace of a cluster. All of it follows from the cluster's name.
import { deepFrozen } from "../../../checklist/thresholds.ts";

/** The database's roles besides those of tenants. */
export const roles = deepFrozen({
  /** What the application is: it reads and writes rows. Nobody signs in as it. */
  application: "app",
  /** What migrations sign in as: it owns the tables. */
  owner: "migrate",
});

/** What the application signs in as, in turns, so that one can get a new password while another is used (CV-SECRET-02). */
export const turns = deepFrozen(["a", "b", "c"] as const);

/** Roles of the turns: each is the application as soon as it has signed in. */
export const loginRole = (turn: string) => `${roles.application}_${turn}`;

/** Everybody who signs in. */
export const signingIn: readonly string[] = deepFrozen([...turns.map(loginRole), roles.owner]);

export const database = "app";

export const api = "postgresql.cnpg.io/v1";

export const ports = deepFrozen({ postgres: 5432, status: 8000, metrics: 9187, poolerMetrics: 9127 });

export type PoolerType = "rw" | "ro";
export const poolerTypes: readonly PoolerType[] = ["rw", "ro"];

export const poolerName = (cluster: string, type: PoolerType) => `${cluster}-pooler-${type}`;
export const serverSecret = (cluster: string) => `${cluster}-tls`;
export const roleSecret = (cluster: string, role: string) => `${cluster}-role-${role.replaceAll("_", "-")}`;
export const queries = (cluster: string) => `${cluster}-queries`;
/** Of the plugin: the cluster's own archive, and the one that it came from. */
export const objectStore = (cluster: string, of: "own" | "origin") => (of === "own" ? cluster : `${cluster}-origin`);
export const certificateFile = (cluster: string) => `${cluster}-ca.crt`;

/** Labels by which the operator knows the pods of a cluster: instances, their jobs and the poolers. */
export const clusterPods = (cluster: string) => ({ "cnpg.io/cluster": cluster });
export const instancePods = (cluster: string) => ({ ...clusterPods(cluster), "cnpg.io/podRole": "instance" });
export const poolerPods = (cluster: string) => ({ ...clusterPods(cluster), "cnpg.io/podRole": "pooler" });
