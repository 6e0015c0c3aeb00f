// Clusters of EKS and what belongs to them.
import { linkOf, namedOf } from "./links.ts";
import type { Named } from "./links.ts";
import type { CloudResource } from "./cloud.ts";
import type { PlannedStack } from "./planned-stack.ts";

export const clusterType = "aws:eks/cluster:Cluster";
export const nodeGroupType = "aws:eks/nodeGroup:NodeGroup";
export const addonType = "aws:eks/addon:Addon";

export function clustersOf(stack: PlannedStack): Named[] {
  return namedOf(stack, clusterType);
}

/** The clusters whose stacks also have what an account has one of; none where the config leaves that to another stack. */
export function accountClustersOf(stack: PlannedStack): Named[] {
  return stack.config.leavesAccountToOthers ? [] : clustersOf(stack);
}

/** The cluster that something names, if this stack declares it. */
export function clusterOf(stack: PlannedStack, side: CloudResource): Named | undefined {
  const found = linkOf(side, "clusterName", clustersOf(stack));
  return found === "none" ? undefined : found;
}

/** The minor version of Kubernetes, 34 of "1.34" or "v1.34.2"; undefined where it is none. */
export function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)(\D|$)/.exec(version ?? "")?.[1];
  return minor === undefined ? undefined : Number(minor);
}
