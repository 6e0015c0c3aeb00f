import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { AccountArgs } from "../../cloud/account.ts";
import { dnsLabel, unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { instanceTypes, isLargeEnough } from "./instance-types.ts";
import { versionProblems } from "./versions.ts";

/** Nodes of the cluster's own workloads; those of capabilities are `NodePools`. */
export interface SystemNodesArgs {
  /** Instance types, all of at least 4 vCPU and 16 GiB. @default ["m7i.xlarge", "m6i.xlarge"] (CV-KUBE-02) */
  instanceTypes?: string[];
  /** Fewest nodes, one in each zone. @default 3 (CV-KUBE-02) */
  minSize?: number;
  /** Most nodes, also during an update. @default 6 */
  maxSize?: number;
  /** Size of a node's disk in GiB. @default 100 */
  diskGib?: number;
}

/** Arguments of `Cluster`. */
export interface ClusterArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account that it is in. */
  account: AccountArgs;
  /** Private subnets, one in each of at least three zones, usually `Network.privateSubnetIds` (CV-NET-02). */
  subnetIds: pulumi.Input<string>[];
  /** Id of the VPC of the subnets. */
  vpcId: pulumi.Input<string>;
  /** ARNs of the roles that administer the cluster: whoever deploys, and the role for emergencies (AUD-GO-05). */
  administrators: string[];
  /** Name of the cluster. @default apg-<environment> */
  clusterName?: string;
  /** Version of Kubernetes, in standard support on EKS. @default "1.35" (CV-KUBE-01) */
  version?: string;
  /** Day by which support is judged, as 2026-11-24. @default today */
  today?: string;
  /** Security groups of those who may call the API, usually `Network.vpnSecurityGroupId`. @default none (CV-NET-06) */
  apiClientSecurityGroupIds?: pulumi.Input<string>[];
  /** Networks within the VPC of those who may call the API, such as a runner's. @default none (CV-NET-06) */
  apiClientCidrs?: string[];
  /** Nodes of the cluster's own workloads. @default three of 4 vCPU and 16 GiB (CV-KUBE-02) */
  systemNodes?: SystemNodesArgs;
  /** Namespace that the operators of nodes and load balancers run in. @default kube-system */
  operatorNamespace?: string;
  /** ARNs of the roles that copy pods' volumes and bring them back, such as Velero's; they may be made later. @default none (CV-BCP-02) */
  volumeCopiers?: string[];
  /** Whether the cluster and its keys are kept from being deleted. @default true (CV-BCP-02) */
  deletionProtection?: boolean;
}

export const clusterDefaults = deepFrozen({
  version: "1.35",
  deletionProtection: true,
  operatorNamespace: "kube-system",
  systemNodes: { instanceTypes: ["m7i.xlarge", "m6i.xlarge"], minSize: 3, maxSize: 6, diskGib: 100 },
});

/** What is wrong with the arguments, in their words. */
export function clusterProblems(args: ClusterArgs): Problem[] {
  const { environment, administrators, subnetIds, apiClientCidrs = [] } = args;
  const nodes = { ...clusterDefaults.systemNodes, ...args.systemNodes };
  const { minCpu, minMemoryGib, minNodes, minZones } = thresholds.cluster;
  return [
    ...dnsLabel("environment", environment, 30),
    ...versionProblems("version", args.version ?? clusterDefaults.version, args.today),
    ...unless(
      subnetIds.length >= minZones,
      "subnetIds",
      subnetIds.length,
      `at least ${minZones} are needed, one in each zone (CV-NET-02)`,
    ),
    ...unless(
      administrators.length > 0,
      "administrators",
      "",
      "at least the role that deploys is needed, as nobody else can reach a new cluster (AUD-GO-05)",
    ),
    ...administrators.flatMap((arn, index) =>
      unless(
        /^arn:aws:iam::\d{12}:role\/.+$/.test(arn),
        `administrators[${index}]`,
        arn,
        "the ARN of a role is accepted (AUD-GO-05)",
      ),
    ),
    ...apiClientCidrs.flatMap((cidr, index) =>
      unless(
        !cidr.endsWith("/0"),
        `apiClientCidrs[${index}]`,
        cidr,
        "a network within the VPC is accepted, and never the whole world (CV-NET-06)",
      ),
    ),
    ...nodes.instanceTypes.flatMap((type, index) => {
      const size = instanceTypes[type];
      const path = `systemNodes.instanceTypes[${index}]`;
      const rule = `types of at least ${minCpu} vCPU and ${minMemoryGib} GiB are accepted`;
      if (size === undefined) return unless(false, path, type, `${rule}, of a family known here (CV-KUBE-02)`);
      return unless(
        isLargeEnough(size),
        path,
        `${type} with ${size.cpu} vCPU and ${size.memoryGib} GiB`,
        `${rule} (CV-KUBE-02)`,
      );
    }),
    ...wholeNumber("systemNodes.minSize", nodes.minSize, { min: minNodes, items: "CV-KUBE-02" }),
    ...unless(
      nodes.maxSize >= nodes.minSize,
      "systemNodes.maxSize",
      nodes.maxSize,
      `at least minSize, which is ${nodes.minSize}, is needed`,
    ),
    ...wholeNumber("systemNodes.diskGib", nodes.diskGib, { min: 50 }),
  ];
}
