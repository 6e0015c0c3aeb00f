import type * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { Edge } from "../edge/edge.ts";
import type { GatewayReference } from "../edge/args.ts";
import type { Foundation } from "../foundation/index.ts";
import { NodePools } from "../foundation/node-pools.ts";
import { chosenCharts, Operators } from "../operators/operators.ts";
import { unreachableCharts } from "../operators/reachable.ts";
import { breakGlassRoleArn } from "../security/names.ts";
import { ImagePolicy, signedImagesLabel } from "../security/image-policy.ts";
import { meshLabel } from "../security/mesh.ts";
import { Runbooks } from "../security/runbooks.ts";
import { Security } from "../security/security.ts";
import { usualSecretReaders } from "../security/secrets/args.ts";
import { SecretStores } from "../security/secrets/secret-stores.ts";
import { Secrets } from "../security/secrets/secrets.ts";
import type { DataPlatformArgs } from "../data/platform.ts";
import type { PlatformConfig } from "./config.ts";
import { restrict } from "./admission.ts";

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
  /** What data services find: where secrets are kept, and the web access control list of what is delivered. */
  data: Pick<DataPlatformArgs, "secretStore" | "deliveryWebAclArn">;
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
    new Security("security", { ...common, ...config.security, ...(readers.length > 0 && { secretReaders: readers }) });
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

  // A pod that starts before its identity is there never gets one, so operators come after their roles.
  const provider = await installed(
    config,
    foundation,
    [foundation.cluster, secrets].filter((each) => each !== undefined),
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
  if (config.admission !== undefined) restrict("platform", config.admission, inCluster);
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
      ...(edge && { deliveryWebAclArn: edge.deliveryWebAclArn }),
    },
  };
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
