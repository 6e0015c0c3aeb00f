// Node classes and node pools as Karpenter reads them.
import { deepFrozen } from "../../../checklist/thresholds.ts";
import type { ResourceAmounts } from "../../capability/quota.ts";
import { nodeUserData } from "../cluster/node-config.ts";
import { timesOutside, windowTime } from "../maintenance-window.ts";
import type { MaintenanceWindowArgs } from "../maintenance-window.ts";
import { tierTag } from "../network/tags.ts";
import { graceHours } from "./args.ts";

/** Label and taint by which pods choose a pool. */
export const poolLabel = "apg.io/pool";
/** Taint of nodes with accelerators, by the name of the resource that they offer. */
export const gpuTaint = "nvidia.com/gpu";

/** How many nodes may go at once. */
const share = "10%";
/** Minutes that a node is idle before it goes: fewer than the half hour that AUD-SCALE-03 grants. */
const consolidateAfter = "5m";

/** What a node class is made of. */
export interface NodeClassParts {
  /** Name of the environment. */
  environment: string;
  /** Name of the cluster. */
  clusterName: string;
  /** Instance profile of the nodes. */
  instanceProfile: string;
  /** Version of the image. */
  imageVersion: string;
  /** Key of the disks. */
  volumeKeyArn: string;
  /** Size of a disk in GiB. */
  diskGib: number;
}

/** How nodes are made: Amazon Linux 2023, in private subnets, with encrypted disks, and no metadata for pods (CV-KUBE-02). */
export function nodeClassSpec(parts: NodeClassParts): object {
  const { environment, clusterName, instanceProfile, imageVersion, volumeKeyArn, diskGib } = parts;
  return {
    amiFamily: "AL2023",
    amiSelectorTerms: [{ alias: `al2023@${imageVersion}` }],
    instanceProfile,
    subnetSelectorTerms: [{ tags: { "apg:environment": environment, [tierTag]: "private" } }],
    // EKS makes this group and tags it.
    securityGroupSelectorTerms: [{ tags: { "aws:eks:cluster-name": clusterName } }],
    metadataOptions: {
      httpEndpoint: "enabled",
      httpProtocolIPv6: "disabled",
      httpPutResponseHopLimit: 1,
      httpTokens: "required",
    },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeType: "gp3",
          volumeSize: `${diskGib}Gi`,
          encrypted: true,
          kmsKeyID: volumeKeyArn,
          deleteOnTermination: true,
        },
      },
    ],
    userData: nodeUserData(),
    tags: { "apg:environment": environment, Name: `apg-${environment}-node` },
  };
}

/** One condition on instances. */
export interface Requirement {
  /** Well-known label of nodes. */
  key: string;
  /** How it is compared. */
  operator: string;
  /** What with. */
  values: string[];
}

/** What a node pool is made of. */
export interface NodePoolParts {
  /** Name of the pool. */
  pool: string;
  /** Name of the node class. */
  nodeClass: string;
  /** Availability zones. */
  zones: readonly string[];
  /** Conditions besides those that all pools have. */
  requirements: readonly Requirement[];
  /** Keys of the taints, each with its value. */
  taints: readonly { key: string; value: string }[];
  /** The most that all of its nodes have. */
  limits: ResourceAmounts;
  /** Hours until a node is replaced. */
  maxNodeHours: number;
  /** When nodes may be replaced. */
  window: MaintenanceWindowArgs;
}

/** Conditions of every pool: at least 4 vCPU and 16 GiB (CV-KUBE-02). */
const sizes: readonly Requirement[] = deepFrozen([
  { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
  { key: "kubernetes.io/os", operator: "In", values: ["linux"] },
  { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
  { key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: ["3"] },
  { key: "karpenter.k8s.aws/instance-memory", operator: "Gt", values: ["16383"] },
]) as readonly Requirement[];

/** A pool: which instances, how many at most, and when they go (AUD-SCALE-03, AUD-SOP-04, CV-MAINT-01). */
export function nodePoolSpec(parts: NodePoolParts): object {
  const { pool, nodeClass, zones, requirements, taints, limits, maxNodeHours, window } = parts;
  return {
    limits: { ...limits },
    disruption: { consolidationPolicy: "WhenEmptyOrUnderutilized", consolidateAfter, budgets: budgets(window) },
    template: {
      metadata: { labels: { [poolLabel]: pool } },
      spec: {
        nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: nodeClass },
        expireAfter: `${maxNodeHours}h`,
        terminationGracePeriod: `${graceHours}h`,
        requirements: [
          ...sizes,
          { key: "topology.kubernetes.io/zone", operator: "In", values: [...zones] },
          ...requirements,
        ],
        ...(taints.length > 0 && { taints: taints.map((taint) => ({ ...taint, effect: "NoSchedule" })) }),
      },
    },
  };
}

/**
 * Nodes with pods are replaced in the window alone. Those without go at any time, as nothing is maintained by that and
 * AUD-SCALE-03 wants them gone within half an hour. Expiry, which Karpenter does whatever the budgets say, is the backstop:
 * a new image replaces nodes in a window long before.
 */
function budgets(window: MaintenanceWindowArgs): object[] {
  return [
    { nodes: share, ...windowTime(window) },
    ...timesOutside(window).map((time) => ({ nodes: "0", reasons: ["Drifted", "Underutilized"], ...time })),
    { nodes: share, reasons: ["Empty"] },
  ];
}
