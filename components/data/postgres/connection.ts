import { certificatePath } from "../connection.ts";
import type { Connection } from "../connection.ts";
import * as names from "./names.ts";

/** What an application needs to use the cluster of that name, through its poolers. */
export function connectionOf(clusterName: string): Connection {
  const secretName = names.roleSecret(clusterName, names.roles.application);
  return {
    name: "postgres",
    // The address says it too; so does this, where a policy can read it (CV-DB-07).
    settings: {
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: certificatePath({ file: names.certificateFile(clusterName) }),
    },
    secrets: [
      { env: "DATABASE_URL", secretName, key: "url" },
      { env: "DATABASE_READ_URL", secretName, key: "read-url" },
    ],
    certificates: [
      { secretName: names.serverSecret(clusterName), key: "ca.crt", file: names.certificateFile(clusterName) },
    ],
    edges: [{ name: "postgres", peer: { podLabels: names.poolerPods(clusterName) }, ports: [names.ports.postgres] }],
  };
}

/** What migrations need: the primary itself, as the owner of the tables (CV-DB-04). */
export function migrationConnectionOf(clusterName: string): Connection {
  return {
    ...connectionOf(clusterName),
    secrets: [{ env: "DATABASE_URL", secretName: names.roleSecret(clusterName, names.roles.owner), key: "url" }],
    edges: [{ name: "postgres", peer: { podLabels: names.instancePods(clusterName) }, ports: [names.ports.postgres] }],
  };
}
