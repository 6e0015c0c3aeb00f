import type * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { Edge } from "../edge/edge.ts";
import type { GatewayReference } from "../edge/args.ts";
import type { Foundation } from "../foundation/index.ts";
import { NodePools } from "../foundation/node-pools.ts";
import { chosenCharts, Operators } from "../operators/operators.ts";
import { OperatorIdentities, repositoriesOf } from "../operators/identities.ts";
import { policyControllerRoleArn } from "../operators/names.ts";
import { unreachableCharts } from "../operators/reachable.ts";
import { breakGlassRoleArn } from "../security/names.ts";
import { ImagePolicy, signedImagesLabel } from "../security/image-policy.ts";
import { meshLabel } from "../security/mesh.ts";
import { Runbooks } from "../security/runbooks.ts";
import { Security } from "../security/security.ts";
import type { SecurityArgs } from "../security/security.ts";
import { usualSecretReaders } from "../security/secrets/args.ts";
import { SecretStores } from "../security/secrets/secret-stores.ts";
import { Secrets } from "../security/secrets/secrets.ts";
import type { DataPlatformArgs } from "../data/platform.ts";
import type { PlatformConfig } from "./config.ts";
import { refusesOtherRegistries, restrict } from "./admission.ts";

/** What capabilities find around them. */
export interface Platform {
  /** Provider of whatever runs in the cluster: it waits for the operators. */
  provider: pulumi.ProviderResource;
  /** What public routes hang on; undefined where nothing is public. */
  gateway?: GatewayReference;
  /** Servers of the zone that is made here; undefined where nothing is public, or the zone was there. */
  nameServers?: pulumi.Output<string[]>;
  /** Labels of capabilities' namespaces, by which the mesh and the check of signatures know them. */
  namespaceLabels: { [label: string]: string };
  /** What data services find: where secrets are kept, the firewall and zone of what is delivered, and Velero's role. */
  data: Pick<DataPlatformArgs, "secretStore" | "deliveryWebAclArn" | "deliveryZone" | "clusterStateReady">;
}

/** Declares all that a stack on AWS has around its capabilities, in the order in which one part needs another. */
export async function createPlatform(config: PlatformConfig | undefined, foundation: Foundation): Promise<Platform> {
  if (config === undefined) return { provider: foundation.provider, namespaceLabels: {}, data: {} };
  const { environment, account, capabilities } = config;
  // What AWS ties to the cluster can be made only when the cluster is there.
  const { clusterName = config.clusterName } = foundation;
  const common = { environment, account, clusterName };

  const readers = [
    ...(config.security?.secretReaders ?? []),
    ...(config.secrets ? usualSecretReaders({ ...common, ...config.secrets, capabilities }) : []),
  ];
  const security =
    config.security &&
    new Security("security", {
      ...common,
      ...config.security,
      ...imagesOf(config),
      ...(readers.length > 0 && { secretReaders: readers }),
    });
  const topic = security && { alarmTopicArn: security.topicArn };
  const secrets =
    config.secrets &&
    new Secrets(
      "secrets",
      {
        ...common,
        ...config.secrets,
        ...topic,
        capabilities,
        ...(security && { emergencyRoles: [breakGlassRoleArn(account.accountId, environment)] }),
      },
      { dependsOn: security ?? [] },
    );

  // On somebody else's cluster operators are somebody else's too.
  const identities = foundation.cluster && operatorIdentities(config, clusterName);

  // A pod that starts before its identity is there never gets one, so operators come after their roles.
  const provider = await installed(
    config,
    foundation,
    [foundation.cluster, secrets, identities].filter((each) => each !== undefined),
  );
  const inCluster = { provider };
  if (config.nodePools !== undefined)
    new NodePools(
      "nodes",
      { ...common, clusterName: config.clusterName, ...config.nodePools, zones: config.zones },
      inCluster,
    );
  if (config.security !== undefined) new Runbooks("runbooks", {}, inCluster);
  if (config.signing !== undefined) new ImagePolicy("signatures", config.signing, inCluster);
  if (config.admission !== undefined) restrict("platform", config.admission, config.operators?.images, inCluster);
  if (secrets !== undefined)
    new SecretStores("secrets", { environment, capabilities, store: secrets.store }, inCluster);

  const { network, cluster } = foundation;
  const edge =
    config.edge &&
    network &&
    cluster &&
    new Edge(
      "edge",
      {
        ...common,
        ...config.edge,
        ...topic,
        network: {
          vpcId: network.vpcId,
          cidr: config.cidr,
          publicSubnetIds: network.publicSubnetIds,
          nodeSecurityGroupId: cluster.nodeSecurityGroupId,
        },
      },
      { providers: { kubernetes: provider } },
    );

  return {
    provider,
    ...(edge && { gateway: edge.gateway }),
    ...(edge?.nameServers && { nameServers: edge.nameServers }),
    namespaceLabels: {
      ...(config.mesh && { [meshLabel.key]: meshLabel.value }),
      ...(config.signing && { [signedImagesLabel]: "true" }),
    },
    data: {
      ...(secrets && { secretStore: secrets.store }),
      ...(edge && {
        deliveryWebAclArn: edge.deliveryWebAclArn,
        deliveryZone: { zoneId: edge.zoneId, domain: config.edge!.domain },
      }),
      ...(identities && { clusterStateReady: identities.clusterState }),
    },
  };
}

/** Who writes backups of the cluster's state, reads signatures, and proves names, where any is asked for (CV-ENV-03). */
function operatorIdentities(
  { environment, account, capabilities, clusterState, security, signing, edge }: PlatformConfig,
  clusterName: pulumi.Input<string>,
): OperatorIdentities | undefined {
  // Signatures outside of ECR are read without an identity.
  const repositories = signing && repositoriesOf(account, security?.images?.repositories, signing.registries);
  const signed = repositories !== undefined && repositories.length > 0;
  if (clusterState === undefined && !signed && edge === undefined) return undefined;
  return new OperatorIdentities("identities", {
    environment,
    account,
    clusterName,
    ...(clusterState && { clusterState: { ...clusterState, capabilities } }),
    ...(signed && { signatures: { repositories } }),
    ...(edge && { challenges: { hosts: edge.hosts, zoneId: edge.dns?.zoneId } }),
  });
}

/** The stack's images, which whoever checks their signatures pulls as well (CV-IMG-06). */
function imagesOf({ environment, account, security, signing }: PlatformConfig): Pick<SecurityArgs, "images"> {
  const { images } = security ?? {};
  if (images === undefined || signing === undefined) return {};
  const controller = policyControllerRoleArn(account.accountId, environment);
  return { images: { ...images, pullers: [...new Set([...images.pullers, controller])] } };
}

/** Installs the operators; everything that needs them gets a provider that waits for them. */
async function installed(
  config: PlatformConfig,
  { provider, network, cluster }: Foundation,
  after: pulumi.Resource[],
): Promise<pulumi.ProviderResource> {
  const { operators, environment, account, clusterName, cidr } = config;
  if (operators === undefined || operators.managed || network === undefined || cluster === undefined) return provider;
  const { ready } = new Operators(
    "operators",
    {
      ...operators,
      environment,
      clusterName,
      region: account.region,
      vpcId: network.vpcId,
      cidr,
      // What is of no declared registry is refused by the cluster itself, where it is asked to.
      refuseUnmatchedImages: !refusesOtherRegistries(config.admission),
      unreachable: await unreachableCharts(chosenCharts(operators), operators.chartFolder),
    },
    { provider, dependsOn: after },
  );
  return new Provider(
    "platform",
    { kubeconfig: cluster.kubeconfig, enableServerSideApply: true },
    { dependsOn: ready },
  );
}
