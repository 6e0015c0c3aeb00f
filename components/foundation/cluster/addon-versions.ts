// Versions of EKS add-ons by the cluster's version. To move on: `aws eks describe-addon-versions --kubernetes-version 1.35`.
import { deepFrozen } from "../../../checklist/thresholds.ts";

/** The add-ons of every cluster, by the names that EKS has for them. */
export const addonNames = [
  "vpc-cni",
  "kube-proxy",
  "eks-pod-identity-agent",
  "coredns",
  "aws-ebs-csi-driver",
  "metrics-server",
] as const;

export type AddonName = (typeof addonNames)[number];

export const addonVersions: Readonly<Record<string, Readonly<Record<AddonName, string>>>> = deepFrozen({
  "1.34": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.34.6-eksbuild.21",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
    coredns: "v1.12.4-eksbuild.29",
    "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
    "metrics-server": "v0.8.1-eksbuild.10",
  },
  "1.35": {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.35.3-eksbuild.21",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
    coredns: "v1.13.2-eksbuild.21",
    "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
    "metrics-server": "v0.8.1-eksbuild.10",
  },
});
