import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { ArgumentsError } from "../validation.ts";
import type { AccountArgs } from "../cloud/account.ts";
import type { SystemNodesArgs } from "./cluster/args.ts";
import { Cluster } from "./cluster/cluster.ts";
import { ExistingCluster } from "./existing-cluster.ts";
import type { VpnArgs } from "./network/args.ts";
import { Network } from "./network/network.ts";

/** A network and a cluster in it, on AWS. */
export interface AwsFoundationConfig {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account that it is in. */
  account: AccountArgs;
  /** Network of the VPC, /16 to /20, private (CV-NET-02). */
  cidr: string;
  /** Availability zones, three to six; a zone is added at the end (CV-NET-02). */
  zones: string[];
  /** Whether each zone has a NAT gateway of its own. @default true (CV-NET-02) */
  natGatewayPerZone?: boolean;
  /** The way in for people. @default none: administration by SSM alone (CV-NET-06) */
  vpn?: VpnArgs;
  /** The most pods that the forecast of 90 days has. @default unknown (CV-SCALE-08) */
  forecastPods?: number;
  /** ARNs of the roles that administer the cluster. @default the account's administrators (AUD-GO-05) */
  clusterAdministrators?: string[];
  /** Name of the cluster. @default apg-<environment> */
  clusterName?: string;
  /** Version of Kubernetes. @default the one that `Cluster` has (CV-KUBE-01) */
  version?: string;
  /** Networks within the VPC that may call the cluster's API besides people, such as a runner's. @default none (CV-NET-06) */
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

/** Where capabilities run; exactly one of the three. */
export interface FoundationConfig {
  /** A cluster that is already there. */
  cluster?: {
    /** Content of a kubeconfig file; kept secret. @default the one that kubectl uses */
    kubeconfig?: pulumi.Input<string>;
    /** Context of the kubeconfig. @default its current context */
    context?: string;
  };
  /** Name of the stack that owns the foundation and exports it as `foundation`: organization/project/stack. */
  stack?: string;
  /** A network and a cluster of this stack's own, on AWS. */
  aws?: AwsFoundationConfig;
}

/** What a stack exports as `foundation`, so that other stacks can use its cluster. */
export interface FoundationExports {
  /** Content of the kubeconfig file, secret; undefined when the one that kubectl uses serves. */
  kubeconfig?: string;
  /** Context of the kubeconfig; undefined for its current one. */
  context?: string;
  /** Name of the priority class of capabilities' pods. */
  priorityClassName: string;
  /** Name of the cluster on EKS; undefined elsewhere. */
  clusterName?: string;
}

/** The ground that capabilities stand on, whether this stack owns it or another does. */
export interface Foundation {
  /** Kubernetes provider for everything that runs there. */
  provider: pulumi.ProviderResource;
  /** Name of the priority class of capabilities' pods. */
  priorityClassName: pulumi.Output<string>;
  /** To be exported as `foundation`; secret when it holds a kubeconfig. */
  exports: pulumi.Output<FoundationExports>;
  /** The network of this stack's own; undefined elsewhere. */
  network?: Network;
  /** The cluster of this stack's own; undefined elsewhere. */
  cluster?: Cluster;
  /** Name of the cluster on EKS; undefined elsewhere. */
  clusterName?: pulumi.Output<string>;
}

/** Lays the foundation: a cluster that is there already, or one of this stack, or the one that another stack exports. */
export function createFoundation(config: FoundationConfig): Foundation {
  const { cluster, stack, aws } = config;
  const given = Object.entries({ cluster, stack, aws }).filter(([, value]) => value !== undefined);
  if (given.length === 1) {
    if (cluster !== undefined) return givenFoundation(cluster);
    return stack === undefined ? awsFoundation(aws!) : foundationOf(stack);
  }
  const named = given.length === 0 ? "none of cluster, stack and aws" : given.map(([name]) => name).join(" and ");
  throw new ArgumentsError("foundation", [{ path: "cluster", reason: `${named} given; exactly one is needed.` }]);
}

function givenFoundation(config: NonNullable<FoundationConfig["cluster"]>): Foundation {
  const { provider, priorityClassName, kubeconfig, context } = new ExistingCluster("foundation", config);
  return { provider, priorityClassName, exports: pulumi.output({ kubeconfig, context, priorityClassName }) };
}

function awsFoundation(config: AwsFoundationConfig): Foundation {
  const { environment, account, cidr, zones, natGatewayPerZone, vpn, forecastPods, ...own } = config;
  const network = new Network("network", {
    environment,
    account,
    cidr,
    zones,
    ...(natGatewayPerZone !== undefined && { natGatewayPerZone }),
    ...(vpn !== undefined && { vpn }),
    ...(forecastPods !== undefined && { forecastPods }),
  });
  const { clusterAdministrators = account.administrators, ...sizes } = own;
  const people = network.vpnSecurityGroupId;
  const cluster = new Cluster("foundation", {
    ...sizes,
    environment,
    account,
    administrators: clusterAdministrators,
    vpcId: network.vpcId,
    subnetIds: network.privateSubnetIds,
    ...(people !== undefined && { apiClientSecurityGroupIds: [people] }),
  });
  const { provider, priorityClassName, kubeconfig, clusterName } = cluster;
  return {
    provider,
    priorityClassName,
    network,
    cluster,
    clusterName,
    exports: pulumi.output({ kubeconfig, priorityClassName, clusterName }),
  };
}

function foundationOf(stack: string): Foundation {
  const reference = new pulumi.StackReference("foundation", { name: stack });
  const exports = reference.requireOutput("foundation") as pulumi.Output<FoundationExports>;
  // The kubeconfig makes all of it secret; the names are none, and what they are used in must stay readable.
  const priorityClassName = pulumi.unsecret(exports.apply((known) => known.priorityClassName));
  const provider = new Provider("foundation", {
    kubeconfig: exports.apply(({ kubeconfig }) => kubeconfig as string),
    context: pulumi.unsecret(exports.apply(({ context }) => context as string)),
    enableServerSideApply: true,
  });
  return { provider, priorityClassName, exports };
}
