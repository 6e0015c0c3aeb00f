// The public surface: nothing else of components/ is imported from outside.
export { createFoundation } from "./foundation/index.ts";
export type { AwsFoundationConfig, Foundation, FoundationConfig, FoundationExports } from "./foundation/index.ts";
export { ExistingCluster, existingClusterDefaults } from "./foundation/existing-cluster.ts";
export type { ExistingClusterArgs } from "./foundation/existing-cluster.ts";

export { Capability, capabilityDefaults } from "./capability/capability.ts";
export type { CapabilityArgs, NetworkSource, ReplicasArgs, ScalingArgs } from "./capability/capability.ts";

export { CapabilityNamespace, capabilityNamespaceDefaults } from "./capability/namespace.ts";
export type { CapabilityNamespaceArgs } from "./capability/namespace.ts";
export { workloadSizeDefaults } from "./capability/quota.ts";
export type { ResourceAmounts, WorkloadSize } from "./capability/quota.ts";

export { Application } from "./capability/application.ts";
export { applicationDefaults, sessionAffinityDefaults } from "./capability/application-args.ts";
export type { ApplicationArgs } from "./capability/application-args.ts";
export type { ResourcesArgs, SecretReference, SessionAffinityArgs, WorkloadArgs } from "./capability/workload-args.ts";
export type { NodeAffinityArgs } from "./capability/node-affinity.ts";
export { taintEffects, tolerationDefaults } from "./capability/tolerations.ts";
export type { TolerationArgs } from "./capability/tolerations.ts";
export { probesDefaults } from "./capability/probes.ts";
export type { ProbeArgs, ProbesArgs } from "./capability/probes.ts";
export { rolloutDefaults } from "./capability/rollout.ts";
export { settingsDefaults } from "./capability/settings.ts";
export type { FeatureFlag } from "./capability/settings.ts";

export { Autoscaling, autoscalingDefaults, scaleDownDefaults, scaleUpDefaults } from "./capability/autoscaling.ts";
export type { AutoscalingArgs, MetricTarget, ScaleDownArgs, ScaleUpArgs } from "./capability/autoscaling.ts";

export { NetworkPolicies, networkPoliciesDefaults } from "./capability/network-policies.ts";
export type { NetworkEdge, NetworkPeer, NetworkPoliciesArgs } from "./capability/network-policies.ts";

export { CapabilityData } from "./data/capability-data.ts";
export type { CapabilityDataArgs, DataSizeArgs } from "./data/capability-data.ts";
export { CertificateAuthority, certificateDefaults } from "./data/certificate-authority.ts";
export type { CertificateAuthorityArgs, IssuerReference } from "./data/certificate-authority.ts";
export type { CertificateReference, Connection } from "./data/connection.ts";
export type { ClientArgs, MonitoringArgs, PortArgs } from "./data/peers.ts";
export { dataPlatformDefaults } from "./data/platform.ts";
export type { DataAccountArgs, DataImagesArgs, DataPlatformArgs, DataServerArgs } from "./data/platform.ts";
export { PostgresCluster } from "./data/postgres/postgres-cluster.ts";
export { poolerDefaults, postgresBackupDefaults, postgresDefaults } from "./data/postgres/args.ts";
export type {
  PoolerSizeArgs,
  PostgresBackupArgs,
  PostgresClusterArgs,
  PostgresSizeArgs,
  RecoveryArgs,
} from "./data/postgres/args.ts";
export { RedisSentinel } from "./data/redis/redis-sentinel.ts";
export { redisBackupDefaults, redisSentinelDefaults } from "./data/redis/args.ts";
export type { RedisBackupArgs, RedisMonitoringArgs, RedisSentinelArgs, RedisSizeArgs } from "./data/redis/args.ts";
export { redisConnection } from "./data/redis/connection.ts";
export { Backup } from "./data/backup/backup.ts";
export type { BackupArgs } from "./data/backup/backup.ts";
export type { DrilledDatabase } from "./data/backup/drill-cluster.ts";
export { BackupBucket } from "./data/object-storage/backup-bucket.ts";
export { ObjectStorage } from "./data/object-storage/object-storage.ts";
export type { StoredBucket, TenantAccess } from "./data/object-storage/object-storage.ts";
export { podIdentityEdge } from "./data/backup/store.ts";
export { backupBucketDefaults, objectStorageDefaults } from "./data/object-storage/args.ts";
export type {
  AccessLogs,
  AwsAccountArgs,
  AwsStorageArgs,
  BackupBucketArgs,
  CdnArgs,
  DeliveryZoneArgs,
  ObjectStorageArgs,
  PurposeArgs,
  S3ServerArgs,
  StorageArgs,
} from "./data/object-storage/args.ts";
export { backupPolicyDefaults, clusterStateDefaults } from "./data/backup/policy.ts";
export type { BackupPolicyArgs, ClusterStateArgs } from "./data/backup/policy.ts";
export type { BackupStore, SecretKey, StoreCredentials } from "./data/backup/store.ts";
export { migrationDefaults } from "./capability/migration.ts";
export type { MigrationArgs } from "./capability/migration.ts";

export { endpointOf, namespaceName } from "./capability/naming.ts";
export type { Endpoint, WorkloadIdentity } from "./capability/naming.ts";
export type { AccountArgs } from "./cloud/account.ts";
export { Network } from "./foundation/network/network.ts";
export { networkDefaults } from "./foundation/network/args.ts";
export type { NetworkArgs, VpnArgs } from "./foundation/network/args.ts";
export { Cluster } from "./foundation/cluster/cluster.ts";
export { clusterDefaults } from "./foundation/cluster/args.ts";
export type { ClusterArgs, SystemNodesArgs } from "./foundation/cluster/args.ts";
export { NodePools } from "./foundation/node-pools.ts";
export { nodePoolsDefaults } from "./foundation/node-pools/args.ts";
export type { GpuPoolArgs, NodePoolsArgs } from "./foundation/node-pools/args.ts";
export type { MaintenanceWindowArgs } from "./foundation/maintenance-window.ts";

export { OperatorIdentities } from "./operators/identities.ts";
export type {
  ClusterStateIdentityArgs,
  OperatorIdentitiesArgs,
  SignatureIdentityArgs,
} from "./operators/identities.ts";
export type { OperatorImagesArgs } from "./operators/images.ts";
export { veleroRoleArn } from "./operators/names.ts";
export { Operators, operatorsDefaults } from "./operators/operators.ts";
export type { OperatorsArgs, UnreachableChartArgs } from "./operators/operators.ts";

export type { ChallengeIdentityArgs } from "./edge/challenge-role.ts";
export { Edge } from "./edge/edge.ts";
export { edgeDefaults, gatewayPodsDefaults } from "./edge/args.ts";
export type {
  AcmeArgs,
  DnsArgs,
  EdgeArgs,
  EdgeNetworkArgs,
  ExternalAccountArgs,
  FirewallArgs,
  GatewayPodsArgs,
  GatewayReference,
  IssuersArgs,
  KeyBackupArgs,
} from "./edge/args.ts";
export { PublicRoute } from "./edge/public-route.ts";
export { publicRouteDefaults, rateLimitDefaults, tokenDefaults } from "./edge/route-args.ts";
export type { PublicRouteArgs, RateLimitArgs, RouteArgs, TokenArgs, WeightedBackendArgs } from "./edge/route-args.ts";

export * from "./security/index.ts";
export { Secrets } from "./security/secrets/secrets.ts";
export { secretsDefaults } from "./security/secrets/args.ts";
export type { SecretsArgs } from "./security/secrets/args.ts";
export { secretStoreDefaults } from "./security/secrets/store.ts";
export type { SecretRotationArgs, SecretStoreArgs } from "./security/secrets/store.ts";
export { SecretStores } from "./security/secrets/secret-stores.ts";
export type { SecretStoresArgs } from "./security/secrets/secret-stores.ts";
export { ThirdPartyKeys } from "./security/secrets/third-party-keys.ts";
export type { ThirdPartyKeyArgs, ThirdPartyKeysArgs } from "./security/secrets/third-party-keys.ts";

export { meshNamespace } from "./platform/mesh.ts";
export { createPlatform } from "./platform/platform.ts";
export type { Platform } from "./platform/platform.ts";
export type { AdmissionConfig, PlatformConfig } from "./platform/config.ts";

export { ArgumentsError } from "./validation.ts";
export type { Problem } from "./validation.ts";
