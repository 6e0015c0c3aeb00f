// The backups of a release: what there was before it, under its name, complete before the first of its pods starts.
import * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { refuse, unless } from "../../validation.ts";
import { custom } from "../custom.ts";
import { backupMethod } from "../postgres/archive.ts";
import type { ArchiveMethod } from "../postgres/archive.ts";

/** Velero, where it runs: it copies the namespace's objects and volumes. */
export interface ReleaseStateArgs {
  /** Namespace that Velero runs in. */
  namespace: pulumi.Input<string>;
  /** Namespace that is copied. */
  includedNamespace: pulumi.Input<string>;
  /** Name of the BackupStorageLocation that it goes to. */
  storageLocation: pulumi.Input<string>;
  /** Names of the VolumeSnapshotLocations that volumes go to. @default volumes are not copied */
  volumeSnapshotLocations?: pulumi.Input<string>[];
  /** How long it is kept, such as "720h0m0s". */
  ttl: string;
}

/** What a release's backups are made of. */
export interface ReleaseBackupsArgs {
  /** Namespace and labels of the database's backup. */
  metadata: k8s.meta.v1.ObjectMeta;
  /** Name of the Cluster. */
  cluster: string;
  /** Version of the release: its image's tag. */
  version: string;
  /** How the operator is told of the archive. */
  method: ArchiveMethod;
  /** Velero. @default the database alone is backed up */
  velero?: ReleaseStateArgs;
  /** Whether the engine waits until the backups are complete; without their operators they never are. @default true (AUD-PRE-04) */
  wait?: boolean;
}

/** The version as names of objects can have it. */
export function versionSlug(version: string): string {
  return version
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/**
 * Declares them (AUD-PRE-04, CV-CUT-07): give them to the application in `dependsOn`. A later release has others; these then
 * leave the program and stay in the cluster, until their time is over.
 */
export function releaseBackups(
  name: string,
  { metadata, cluster, version, method, velero, wait = true }: ReleaseBackupsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const slug = versionSlug(version);
  const objectName = `${cluster}-release-${slug}`;
  refuse(name, [
    ...unless(slug !== "", "version", version, "a version is needed, the tag of the image (AUD-PRE-04)"),
    ...unless(
      objectName.length <= 63,
      "version",
      version,
      `the backup would be called ${objectName}, and a name has at most 63 characters (AUD-PRE-04)`,
    ),
  ]);
  const kept = { ...opts, retainOnDelete: true, customTimeouts: { create: "1h" } };
  // The API server keeps no empty object, and the engine would put it there again every time.
  const until = (phase: string): { annotations?: { [annotation: string]: string } } =>
    wait ? { annotations: { "pulumi.com/waitFor": `jsonpath={.status.phase}=${phase}` } } : {};
  const ofDatabase = custom(
    `${name}-release-${slug}`,
    "postgresql.cnpg.io/v1",
    "Backup",
    { ...metadata, name: objectName, ...until("completed") },
    { cluster: { name: cluster }, ...backupMethod(method) },
    kept,
  );
  if (velero === undefined) return [ofDatabase];
  const ofState = custom(
    `${name}-release-${slug}`,
    "velero.io/v1",
    "Backup",
    {
      name: pulumi.interpolate`${velero.includedNamespace}-release-${slug}`,
      namespace: velero.namespace,
      // Velero's own namespace is no capability's.
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
      ...until("Completed"),
    },
    {
      includedNamespaces: [velero.includedNamespace],
      storageLocation: velero.storageLocation,
      snapshotVolumes: true,
      ...(velero.volumeSnapshotLocations && { volumeSnapshotLocations: velero.volumeSnapshotLocations }),
      ttl: velero.ttl,
    },
    kept,
  );
  return [ofDatabase, ofState];
}
