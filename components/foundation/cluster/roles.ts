import type * as pulumi from "@pulumi/pulumi";
import { InstanceProfile } from "@pulumi/aws/iam/instanceProfile.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { podTrust } from "../../cloud/pod-trust.ts";
import { policyDocument } from "../../cloud/policy-document.ts";
import { leastRole } from "../../cloud/roles.ts";
import { autoscalerPolicies } from "./autoscaler-policies.ts";
import { balancerPolicies } from "./balancer-policies.ts";
import type { ClusterNames } from "./names.ts";

/** What the roles are made of. */
export interface RoleParts {
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the cluster. */
  region: string;
  /** Name of the cluster. */
  clusterName: string;
  /** Names of its parts. */
  names: ClusterNames;
  /** Namespace of the operators of nodes and load balancers. */
  operatorNamespace: string;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** The roles, each complete when all of its resources are there. */
export interface ClusterRoles {
  /** Of the control plane. */
  controlPlane: pulumi.Resource[];
  /** Of nodes, with their instance profile. */
  nodes: pulumi.Resource[];
  /** Of the network plugin's pods. */
  cni: pulumi.Resource[];
  /** Of the volume driver's pods. */
  volumes: pulumi.Resource[];
  /** Of Karpenter's pods. */
  autoscaler: pulumi.Resource[];
  /** Of the load balancer controller's pods. */
  balancers: pulumi.Resource[];
}

/** Service accounts that the add-ons and operators run as. */
export const serviceAccounts = {
  cni: "aws-node",
  volumes: "ebs-csi-controller-sa",
  autoscaler: "karpenter",
  balancers: "aws-load-balancer-controller",
} as const;

/** Where add-ons run. */
export const systemNamespace = "kube-system";

/** Declares the roles of the control plane, of nodes, and of the pods that work on the cluster itself (AUD-SEC-05). */
export function declareRoles(name: string, parts: RoleParts, opts: pulumi.CustomResourceOptions): ClusterRoles {
  const { names, operatorNamespace, tags } = parts;
  const role = (suffix: string, named: string, trust: string, policies: string[], description: string) =>
    leastRole(`${name}-${suffix}`, { role: named, trust, policies, description, tags }, opts);
  // AWS keeps these policies in step with its own software.
  const managed = (suffix: string, declared: pulumi.Resource[], named: string, policy: string) => [
    ...declared,
    new RolePolicyAttachment(
      `${name}-${suffix}-${policy.slice(policy.lastIndexOf("/") + 1)}`,
      { role: named, policyArn: `arn:aws:iam::aws:policy/${policy}` },
      { ...opts, dependsOn: declared },
    ),
  ];
  const pods = (serviceAccount: string, namespace = systemNamespace) => podTrust(namespace, serviceAccount);

  const controlPlane = role("control-plane", names.clusterRole, trustOf("eks"), [], "Control plane of the cluster.");
  const nodes = role("nodes", names.nodeRole, trustOf("ec2"), [], "Nodes of the cluster.");
  const cni = role("cni", names.cniRole, pods(serviceAccounts.cni), [], "Network plugin's pods.");
  const volumes = role("volumes", names.volumeRole, pods(serviceAccounts.volumes), [], "Volume driver's pods.");
  // Nodes join, pull images, and let people in by Session Manager (CV-NET-06); what pods need, they have by roles of their own.
  const rights = [
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
  ];
  return {
    controlPlane: managed("control-plane", controlPlane, names.clusterRole, "AmazonEKSClusterPolicy"),
    nodes: [
      ...rights.flatMap((policy) => managed("nodes", nodes, names.nodeRole, policy)),
      new InstanceProfile(
        `${name}-nodes`,
        { name: names.instanceProfile, role: names.nodeRole, tags },
        { ...opts, dependsOn: nodes },
      ),
    ],
    cni: managed("cni", cni, names.cniRole, "AmazonEKS_CNI_Policy"),
    volumes: managed("volumes", volumes, names.volumeRole, "service-role/AmazonEBSCSIDriverPolicy"),
    autoscaler: role(
      "autoscaler",
      names.nodeAutoscalerRole,
      pods(serviceAccounts.autoscaler, operatorNamespace),
      autoscalerPolicies(parts),
      "Karpenter's pods.",
    ),
    balancers: role(
      "balancers",
      names.loadBalancerRole,
      pods(serviceAccounts.balancers, operatorNamespace),
      balancerPolicies(parts),
      "AWS Load Balancer Controller's pods.",
    ),
  };
}

function trustOf(service: string): string {
  return policyDocument([
    {
      Sid: "Service",
      Effect: "Allow",
      Principal: { Service: `${service}.amazonaws.com` },
      Action: service === "eks" ? ["sts:AssumeRole", "sts:TagSession"] : "sts:AssumeRole",
    },
  ]);
}
