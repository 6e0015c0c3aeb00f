// The cluster that a drill restores into: one small instance of the same version, for as long as the comparison takes.
import { recoverySource } from "../postgres/archive.ts";
import type { ArchiveMethod } from "../postgres/archive.ts";
import { database, roles } from "../postgres/names.ts";
import type { ResourceAmounts } from "../../capability/quota.ts";
import type { BackupStore } from "./store.ts";

export const drillName = "drill";
/** Secret with keys for the archive, there only while a drill runs. */
export const drillStoreSecret = "drill-store";

/** The database whose backups are tried. */
export interface DrilledDatabase {
  /** Name of the Cluster. */
  clusterName: string;
  /** Image of PostgreSQL. */
  image: string;
  /** Folder of the archive in the bucket. */
  path: string;
  /** Name under which the cluster archives. */
  serverName: string;
  /** How the operator is told of the archive: "plugin" or "in-tree". */
  method: string;
  /** What an instance requests. */
  requests: ResourceAmounts;
  /** What an instance is limited to. */
  limits: ResourceAmounts;
  /** Size of an instance's volume. */
  storage: string;
  /** Size of its volume for the log. */
  walStorage: string;
  /** Storage class of the volumes. @default the cluster's default */
  storageClass?: string;
}

/** The store as the scratch namespace reaches it, where keys are there only while a drill runs. */
export function scratchStore(store: BackupStore): BackupStore {
  if (store.credentials === undefined) return store;
  return {
    ...store,
    credentials: {
      secretName: drillStoreSecret,
      accessKeyIdKey: "access-key-id",
      secretAccessKeyKey: "secret-access-key",
    },
  };
}

/** The Cluster as JSON; the drill adds the point to which it recovers. */
export function drillCluster(namespace: string, drilled: DrilledDatabase, store: BackupStore) {
  const { image, path, serverName, requests, limits } = drilled;
  const archive = { store: scratchStore(store), path, serverName };
  const volume = (size: string) => ({
    size,
    ...(drilled.storageClass !== undefined && { storageClass: drilled.storageClass }),
  });
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: drillName, namespace },
    spec: {
      description: "Restored to be compared, and removed.",
      imageName: image,
      instances: 1,
      enableSuperuserAccess: false,
      enablePDB: false,
      smartShutdownTimeout: 1,
      stopDelay: 15,
      bootstrap: { recovery: { source: "origin", database, owner: roles.owner } },
      externalClusters: [recoverySource(drilled.method as ArchiveMethod, "origin", archive, drillName)],
      postgresql: {
        // It must allow what its source allowed, or recovery stops.
        parameters: { ssl_min_protocol_version: "TLSv1.3", archive_timeout: "0" },
        pg_hba: ["hostssl all all all scram-sha-256", "hostnossl all all all reject"],
      },
      resources: { requests, limits },
      storage: volume(drilled.storage),
      walStorage: volume(drilled.walStorage),
    },
  };
}
