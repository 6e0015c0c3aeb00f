import type * as pulumi from "@pulumi/pulumi";
import { Addon } from "@pulumi/aws/eks/addon.js";
import { addonVersions } from "./addon-versions.ts";
import type { AddonName } from "./addon-versions.ts";

/** What the add-ons are made of. */
export interface AddonParts {
  /** Name of the cluster, once it is there. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: string;
  /** Version of the cluster. */
  version: string;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** What nodes need before they are ready. */
export const firstAddons: readonly AddonName[] = ["eks-pod-identity-agent", "kube-proxy", "vpc-cni"];

/** What needs nodes to be ready itself. */
export const laterAddons: readonly AddonName[] = ["aws-ebs-csi-driver", "coredns", "metrics-server"];

/** Settings that differ from the add-on's own. */
const configurations: Partial<Record<AddonName, object>> = {
  // Without it network policies are accepted and do nothing (CV-KUBE-04).
  "vpc-cni": { enableNetworkPolicy: "true" },
  coredns: { autoScaling: { enabled: true, minReplicas: 3, maxReplicas: 10 } },
};

/** Declares add-ons at the versions that belong to the cluster's (CV-MAINT-01). */
export function declareAddons(
  name: string,
  addons: readonly AddonName[],
  { clusterName, region, version, tags }: AddonParts,
  opts: pulumi.CustomResourceOptions,
): Addon[] {
  return addons.map((addonName) => {
    const configuration = configurations[addonName];
    return new Addon(
      `${name}-${addonName}`,
      {
        clusterName,
        region,
        addonName,
        addonVersion: addonVersions[version]![addonName],
        ...(configuration !== undefined && { configurationValues: JSON.stringify(configuration) }),
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
        tags,
      },
      opts,
    );
  });
}
