// Where the archive of a cluster is, once, and the two forms in which the operator takes it: the Barman Cloud plugin, and the
// in-tree fields that the plugin supersedes.
import type { BackupStore } from "../backup/store.ts";
import { postgresBackupDefaults } from "./args.ts";
import type { GivenPostgres } from "./args.ts";

/** How the operator is told of the archive: by the Barman Cloud plugin, or by the Cluster's own fields. */
export const archiveMethods = ["plugin", "in-tree"] as const;
export type ArchiveMethod = (typeof archiveMethods)[number];

export const pluginName = "barman-cloud.cloudnative-pg.io";

/** One archive: the files of one server under one name. */
export interface Archive {
  /** Bucket that they are in. */
  store: BackupStore;
  /** Folder in the bucket. */
  path: string;
  /** Name that the files are kept under; every cluster needs one that no other ever wrote to. */
  serverName: string;
}

/** Where this cluster archives, and where another one did. */
export function archivesOf({ backup, recoverFrom, serverName, clusterName, capability }: GivenPostgres) {
  const path = backup?.path ?? `postgres/${capability}`;
  const own: Archive | undefined = backup && { store: backup.store, path, serverName: serverName ?? clusterName };
  const store = recoverFrom?.store ?? backup?.store;
  const origin: Archive | undefined = recoverFrom &&
    store && { store, path: recoverFrom.path ?? path, serverName: recoverFrom.serverName };
  const method = (backup?.method ?? postgresBackupDefaults.method) as ArchiveMethod;
  return { own, origin, method };
}

/** What both forms say alike: bucket, access, compression and encryption. */
export function storeConfiguration({ store, path }: Omit<Archive, "serverName">) {
  const { bucket, endpoint, authority, credentials, kmsKeyArn } = store;
  // An S3-compatible server encrypts by itself or not at all; AWS is told to, and with which key.
  const encryption =
    endpoint !== undefined ? {} : kmsKeyArn === undefined ? { encryption: "AES256" } : { encryption: "aws:kms" };
  return {
    destinationPath: `s3://${bucket}/${path}`,
    ...(endpoint !== undefined && { endpointURL: endpoint }),
    ...(authority !== undefined && { endpointCA: { name: authority.secretName, key: authority.key } }),
    s3Credentials:
      credentials === undefined
        ? { inheritFromIAMRole: true }
        : {
            accessKeyId: { name: credentials.secretName, key: credentials.accessKeyIdKey },
            secretAccessKey: { name: credentials.secretName, key: credentials.secretAccessKeyKey },
          },
    data: {
      compression: "gzip",
      immediateCheckpoint: true,
      ...encryption,
      ...(kmsKeyArn !== undefined && { additionalCommandArgs: ["--sse-kms-key-id", kmsKeyArn] }),
    },
    wal: {
      compression: "gzip",
      maxParallel: 2,
      ...encryption,
      ...(kmsKeyArn !== undefined && { archiveAdditionalCommandArgs: ["--sse-kms-key-id", kmsKeyArn] }),
    },
  };
}

/** The parts of a Cluster that make it archive. */
export function archiving(method: ArchiveMethod, archive: Archive, retentionDays: number, objectStore: string) {
  if (method === "plugin")
    return {
      plugins: [
        {
          name: pluginName,
          isWALArchiver: true,
          parameters: { barmanObjectName: objectStore, serverName: archive.serverName },
        },
      ],
    };
  return {
    backup: {
      target: "prefer-standby",
      retentionPolicy: `${retentionDays}d`,
      barmanObjectStore: { ...storeConfiguration(archive), serverName: archive.serverName },
    },
  };
}

/** An archive as the source of a recovery: an entry of `externalClusters`. */
export function recoverySource(method: ArchiveMethod, name: string, archive: Archive, objectStore: string) {
  if (method === "plugin")
    return {
      name,
      plugin: { name: pluginName, parameters: { barmanObjectName: objectStore, serverName: archive.serverName } },
    };
  return { name, barmanObjectStore: { ...storeConfiguration(archive), serverName: archive.serverName } };
}

/** How a ScheduledBackup or a Backup asks for a base backup. */
export function backupMethod(method: ArchiveMethod) {
  return method === "plugin"
    ? { method: "plugin", pluginConfiguration: { name: pluginName } }
    : { method: "barmanObjectStore" };
}
