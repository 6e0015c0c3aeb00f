// Names of everything that the cluster's parts call each other by: all of them follow from the environment, so that what a
// policy says of them is known before they exist.

/** Names of a cluster's parts. */
export interface ClusterNames {
  /** Role of the control plane. */
  clusterRole: string;
  /** Role of nodes, Karpenter's too. */
  nodeRole: string;
  /** Instance profile of nodes, which has the role's name. */
  instanceProfile: string;
  /** Role of the network plugin's pods. */
  cniRole: string;
  /** Role of the volume driver's pods. */
  volumeRole: string;
  /** Role of Karpenter's pods. */
  nodeAutoscalerRole: string;
  /** Role of the load balancer controller's pods. */
  loadBalancerRole: string;
  /** Alias of the key of Kubernetes' secrets, without `alias/`. */
  secretsAlias: string;
  /** Alias of the key of the control plane's logs. */
  logsAlias: string;
  /** Alias of the key of nodes' disks and pods' volumes. */
  volumesAlias: string;
  /** Alias of the key of the queue. */
  eventsAlias: string;
  /** Queue of interruptions. */
  queue: string;
}

/** The names of an environment's cluster. */
export function clusterNames(environment: string): ClusterNames {
  const of = (purpose: string) => `apg-${environment}-${purpose}`;
  return {
    clusterRole: of("cluster"),
    nodeRole: of("node"),
    instanceProfile: of("node"),
    cniRole: of("vpc-cni"),
    volumeRole: of("ebs-csi"),
    nodeAutoscalerRole: of("karpenter"),
    loadBalancerRole: of("load-balancer-controller"),
    secretsAlias: of("cluster-secrets"),
    logsAlias: of("cluster-logs"),
    volumesAlias: of("volumes"),
    eventsAlias: of("node-events"),
    queue: of("karpenter"),
  };
}

/** ARN of a key by its alias, which is known before the key's own. */
export function aliasArn(region: string, accountId: string, alias: string): string {
  return `arn:aws:kms:${region}:${accountId}:alias/${alias}`;
}
