import * as pulumi from "@pulumi/pulumi";
import { Cluster as EksCluster } from "@pulumi/aws/eks/cluster.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { thresholds } from "../../../checklist/thresholds.ts";
import { encryptedLogGroup } from "../../cloud/log-groups.ts";
import { roleArn } from "../../cloud/policy-document.ts";
import { podIdentity } from "../../cloud/roles.ts";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import { layGround } from "../ground.ts";
import { serviceCidr } from "../network/args.ts";
import { declareAdministrators, declareApiClients } from "./access.ts";
import { declareAddons, firstAddons, laterAddons } from "./addons.ts";
import { clusterDefaults, clusterProblems } from "./args.ts";
import type { ClusterArgs } from "./args.ts";
import { declareInterruptions } from "./interruptions.ts";
import { declareKeys } from "./keys.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { aliasArn, clusterNames } from "./names.ts";
import { declareNodes } from "./nodes.ts";
import { declareRoles, serviceAccounts, systemNamespace } from "./roles.ts";
import { declareStorage } from "./storage.ts";

/** A cluster on EKS that is reached from within the network alone, with everything that capabilities and operators stand on. */
export class Cluster extends pulumi.ComponentResource {
  /** Kubernetes provider of this cluster. */
  readonly provider: Provider;
  /** Name of the priority class of capabilities' pods. */
  readonly priorityClassName: pulumi.Output<string>;
  /** Content of a kubeconfig file, secret, though it holds no credential. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Name of the cluster, known once it is there. */
  readonly clusterName: pulumi.Output<string>;
  /** Security group of the nodes, which EKS makes and load balancers send to. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  /** Instance profile of nodes, which `NodePools` gives to its own. */
  readonly instanceProfile: string;
  /** ARN of the alias of the key of disks and volumes. */
  readonly volumeKeyArn: string;
  /** Name of the queue by which Karpenter learns of interruptions. */
  readonly interruptionQueue: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:foundation:Cluster", name, args, opts);
    refuse(name, clusterProblems(args));

    const { environment, account, subnetIds, vpcId, administrators } = args;
    const { version, deletionProtection, operatorNamespace } = withDefaults(args, {
      version: clusterDefaults.version,
      deletionProtection: clusterDefaults.deletionProtection,
      operatorNamespace: clusterDefaults.operatorNamespace,
    });
    const nodes = withDefaults(args.systemNodes ?? {}, clusterDefaults.systemNodes);
    const clusterName = args.clusterName ?? `apg-${environment}`;
    const { accountId, region } = account;
    const names = clusterNames(environment);
    const tags = { "apg:environment": environment };
    const child = { parent: this };
    const logGroup = `/aws/eks/${clusterName}/cluster`;

    const roles = declareRoles(name, { accountId, region, clusterName, names, operatorNamespace, tags }, child);
    const keys = declareKeys(
      name,
      account,
      { names, logGroup, volumeCopiers: args.volumeCopiers ?? [], tags },
      { ...child, protect: deletionProtection, dependsOn: Object.values(roles).flat() },
    );
    // Made first: EKS would make it without a key and keep logs for ever.
    const logs = encryptedLogGroup(name, { group: logGroup, region, kmsKeyArn: keys.logs.arn, tags }, child);
    const api = declareApiClients(
      name,
      {
        vpcId,
        region,
        group: `apg-${environment}-api`,
        securityGroupIds: args.apiClientSecurityGroupIds ?? [],
        cidrs: args.apiClientCidrs ?? [],
        tags,
      },
      child,
    );

    const cluster = new EksCluster(
      name,
      {
        name: clusterName,
        region,
        version,
        roleArn: roleArn(accountId, names.clusterRole),
        vpcConfig: {
          subnetIds,
          securityGroupIds: [api.id],
          endpointPrivateAccess: true,
          endpointPublicAccess: false,
        },
        kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: serviceCidr },
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
        encryptionConfig: { resources: ["secrets"], provider: { keyArn: keys.secrets.arn } },
        enabledClusterLogTypes: [...thresholds.cluster.logTypes],
        upgradePolicy: { supportType: "STANDARD" },
        zonalShiftConfig: { enabled: true },
        deletionProtection,
        // The add-ons below are there instead.
        bootstrapSelfManagedAddons: false,
        tags,
      },
      { ...child, protect: deletionProtection, dependsOn: [logs, ...roles.controlPlane] },
    );
    this.clusterName = cluster.name;
    const access = declareAdministrators(name, this.clusterName, region, administrators, tags, child);

    const addon = { clusterName: this.clusterName, region, version, tags };
    const first = declareAddons(name, firstAddons, addon, child);
    const identity = (
      suffix: string,
      serviceAccount: string,
      namespace: string,
      role: string,
      complete: pulumi.Resource[],
    ) =>
      podIdentity(
        `${name}-${suffix}`,
        { clusterName: this.clusterName, region, namespace, serviceAccount, accountId, role, tags },
        { ...child, dependsOn: complete },
      );
    const cni = identity("cni", serviceAccounts.cni, systemNamespace, names.cniRole, roles.cni);
    const volumes = identity("volumes", serviceAccounts.volumes, systemNamespace, names.volumeRole, roles.volumes);
    identity("autoscaler", serviceAccounts.autoscaler, operatorNamespace, names.nodeAutoscalerRole, roles.autoscaler);
    identity("balancers", serviceAccounts.balancers, operatorNamespace, names.loadBalancerRole, roles.balancers);
    const system = declareNodes(
      name,
      {
        environment,
        accountId,
        region,
        clusterName: this.clusterName,
        version,
        subnetIds,
        nodeRole: names.nodeRole,
        kmsKeyArn: keys.volumes.arn,
        nodes,
        tags,
      },
      // A pod that is there before its identity never gets it.
      { ...child, dependsOn: [...first, cni, ...roles.nodes] },
    );
    const later = declareAddons(name, laterAddons, addon, { ...child, dependsOn: [system, volumes] });

    const { queue } = names;
    const interruptions = declareInterruptions(
      name,
      { accountId, region, queue, kmsKeyArn: keys.events.arn, tags },
      child,
    );

    this.kubeconfig = pulumi.secret(
      pulumi
        .all([cluster.name, cluster.endpoint, cluster.certificateAuthority.data])
        .apply(([known, endpoint, certificateAuthority]) =>
          kubeconfigOf({ clusterName: known, region, endpoint, certificateAuthority: certificateAuthority }),
        ),
    );
    // Nobody may do anything in the cluster before the administrators are entered.
    this.provider = new Provider(
      name,
      { kubeconfig: this.kubeconfig, enableServerSideApply: true },
      { ...child, dependsOn: access },
    );
    const inside = { parent: this, provider: this.provider };
    this.priorityClassName = layGround(name, inside);
    this.volumeKeyArn = aliasArn(region, accountId, names.volumesAlias);
    declareStorage(name, this.volumeKeyArn, { ...inside, dependsOn: later });

    this.nodeSecurityGroupId = cluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
    this.instanceProfile = names.instanceProfile;
    this.interruptionQueue = interruptions.name;
    this.registerOutputs({
      priorityClassName: this.priorityClassName,
      kubeconfig: this.kubeconfig,
      clusterName: this.clusterName,
      nodeSecurityGroupId: this.nodeSecurityGroupId,
      interruptionQueue: this.interruptionQueue,
    });
  }
}
