import type * as pulumi from "@pulumi/pulumi";
import { custom } from "../custom.ts";
import type { Home } from "../parts.ts";
import { nameOf } from "../../names.ts";
import { backupPolicyDefaults, clusterStateDefaults } from "./policy.ts";
import type { BackupPolicyArgs } from "./policy.ts";
import type { BackupStore } from "./store.ts";

/** Where Velero puts what it copies. */
export interface SavedState {
  /** Namespace that Velero runs in. */
  namespace: string;
  /** Name of the BackupStorageLocation. */
  storageLocation: pulumi.Output<string>;
  /** Names of the VolumeSnapshotLocations; undefined where there is none. */
  volumeSnapshotLocations?: pulumi.Output<string>[];
}

/** The namespace's objects and volumes, by Velero (CV-BCP-02, CV-CACHE-08). */
export function clusterState(
  name: string,
  { policy, capability, environment, namespace, store }: Home & { policy?: BackupPolicyArgs; store: BackupStore },
  opts: pulumi.CustomResourceOptions,
): SavedState | undefined {
  if (policy?.clusterState === undefined) return undefined;
  const { namespace: velero, schedule, prefix } = { ...clusterStateDefaults, ...policy.clusterState };
  const retentionDays = policy.retentionDays ?? backupPolicyDefaults.retentionDays;
  const objectName = `${capability}-${environment}`;
  // Velero's own namespace is no capability's.
  const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" };
  const location = custom(
    `${name}-velero`,
    "velero.io/v1",
    "BackupStorageLocation",
    { name: objectName, namespace: velero, labels },
    {
      provider: "aws",
      objectStorage: { bucket: store.bucket, prefix },
      config: {
        region: store.region,
        ...(store.kmsKeyArn !== undefined && { kmsKeyId: store.kmsKeyArn, serverSideEncryption: "aws:kms" }),
      },
      accessMode: "ReadWrite",
    },
    opts,
  );
  const storageLocation = nameOf(location, objectName);
  // Without a place for copies of volumes Velero passes them over, and says nothing. A server that is not AWS has none.
  const snapshots =
    store.endpoint === undefined
      ? custom(
          `${name}-velero`,
          "velero.io/v1",
          "VolumeSnapshotLocation",
          { name: objectName, namespace: velero, labels },
          { provider: "aws", config: { region: store.region } },
          opts,
        )
      : undefined;
  const volumes = snapshots && { volumeSnapshotLocations: [nameOf(snapshots, objectName)] };
  custom(
    `${name}-velero`,
    "velero.io/v1",
    "Schedule",
    { name: objectName, namespace: velero, labels },
    {
      schedule,
      useOwnerReferencesInBackup: false,
      template: {
        includedNamespaces: [namespace],
        storageLocation,
        snapshotVolumes: true,
        ...volumes,
        ttl: ttlOf(retentionDays),
      },
    },
    opts,
  );
  return { namespace: velero, storageLocation, ...volumes };
}

/** Days as Velero counts them. */
export function ttlOf(days: number): string {
  return `${days * 24}h0m0s`;
}
