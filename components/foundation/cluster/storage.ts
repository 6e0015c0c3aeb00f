import type * as pulumi from "@pulumi/pulumi";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass.js";

/** Name of the one storage class that claims get which name none. */
export const defaultStorageClass = "gp3";

/**
 * Declares how volumes are made (CV-KUBE-06, AUD-SEC-07). EKS makes a class gp2 of its own too, which since 1.30 is no default.
 * @param kmsKeyArn ARN of the volumes' key, or of its alias
 */
export function declareStorage(name: string, kmsKeyArn: string, opts: pulumi.CustomResourceOptions): StorageClass {
  return new StorageClass(
    `${name}-gp3`,
    {
      metadata: {
        name: defaultStorageClass,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true", kmsKeyId: kmsKeyArn, "csi.storage.k8s.io/fstype": "ext4" },
      reclaimPolicy: "Delete",
      allowVolumeExpansion: true,
      // The volume is made in the zone that the pod is put into.
      volumeBindingMode: "WaitForFirstConsumer",
    },
    opts,
  );
}
