import * as pulumi from "@pulumi/pulumi";
import { cpuText, memoryText, parseAmount } from "../../checklist/quantity.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { refuse, unless } from "../validation.ts";
import type { NetworkPeer } from "../capability/network-policies.ts";
import { workloadSizeDefaults } from "../capability/quota.ts";
import type { ResourceAmounts, WorkloadSize } from "../capability/quota.ts";
import { archiveTimeoutOf, backupPolicyDefaults, policyProblems } from "./backup/policy.ts";
import { capabilityLabels, namespaceName, selectorLabels } from "../capability/naming.ts";
import { Backup } from "./backup/backup.ts";
import { drillName } from "./backup/drill-cluster.ts";
import { drillComponent } from "./backup/drill-pod.ts";
import { BackupBucket } from "./object-storage/backup-bucket.ts";
import { ObjectStorage } from "./object-storage/object-storage.ts";
import type { CdnArgs, PurposeArgs } from "./object-storage/args.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import type { Connection } from "./connection.ts";
import { dataPlatformDefaults } from "./platform.ts";
import type { DataPlatformArgs } from "./platform.ts";
import { poolerDefaults, postgresDefaults } from "./postgres/args.ts";
import type { PostgresSizeArgs } from "./postgres/args.ts";
import { PostgresCluster } from "./postgres/postgres-cluster.ts";
import { redisRequests, redisSentinelDefaults } from "./redis/args.ts";
import type { RedisSizeArgs } from "./redis/args.ts";
import { exporterResources } from "./redis/pods.ts";
import { dataRunbooks, runbookConfigMap } from "./runbooks.ts";
import { RedisSentinel } from "./redis/redis-sentinel.ts";
import { tenantProblems } from "./tenants.ts";

/** What a capability says of its own data. */
export interface DataSizeArgs {
  /** Its database. @default the checklists' numbers (AUD-DB-04) */
  postgres?: PostgresSizeArgs;
  /** Its cache. @default the checklists' numbers (AUD-CACHE-05) */
  redis?: RedisSizeArgs;
  /** What its buckets are for. @default one purpose, `data` (CV-OBJ-02) */
  purposes?: PurposeArgs[];
  /** How what is public by intent is delivered, on AWS. @default nothing is public (CV-OBJ-08) */
  cdn?: CdnArgs;
}

/** Arguments of `CapabilityData`. */
export interface CapabilityDataArgs extends DataSizeArgs {
  /** Namespace of the capability, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** What all capabilities have in common. */
  platform: DataPlatformArgs;
  /** Pods of the application, which alone connect. */
  application: NetworkPeer;
  /** Service account of the application's pods, which has an identity on AWS (CV-ENV-03). */
  serviceAccountName: string;
  /** Pods of the application's migrations. */
  migration: NetworkPeer;
  /** Version of the application, for which what there is is backed up first. @default no backups of releases (AUD-PRE-04) */
  release?: string;
  /** Priority class of the pods. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
}

/** A capability's database, cache, buckets and backups, wired to each other and to its application. */
export class CapabilityData extends pulumi.ComponentResource {
  /** What the application needs to use them. */
  readonly connections: Connection[];
  /** What migrations need (CV-DB-04). */
  readonly migrationConnection: Connection;

  constructor(name: string, args: CapabilityDataArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:CapabilityData", name, args, opts);
    const { serverSecrets, ...defaults } = dataPlatformDefaults;
    const platform = withDefaults(args.platform, defaults);
    refuse(name, [
      ...unless(
        (platform.aws === undefined) !== (platform.server === undefined),
        "platform",
        platform.aws === undefined ? "neither aws nor server" : "both aws and server",
        "exactly one of them is needed (CV-OBJ-01)",
      ),
      ...tenantProblems("platform.tenants", platform.tenants, "CV-DB-08, CV-OBJ-02"),
      ...policyProblems("platform.backup", platform.backup ?? {}),
    ]);

    const { namespace, capability, environment, priorityClassName } = args;
    const { images, tenants, storageClass, nodeAffinity, tolerations, deletionProtection, monitoring } = platform;
    const policy = { ...backupPolicyDefaults, ...platform.backup };
    const identity = { namespace, capability, environment };
    const common = { ...identity, deletionProtection, priorityClassName, secretStore: platform.secretStore };
    const allowUndigestedImage = platform.allowUndigestedImages;
    const child = { parent: this };
    const client = { name: capability, peer: args.application };

    const { issuer } = new CertificateAuthority(name, identity, child);
    const server = platform.server && {
      ...platform.server,
      authority: { ...serverSecrets.authority },
      adminSecret: { ...serverSecrets.administrator },
      toolsImage: images.tools,
      allowUndigestedImage,
    };
    const account = (serviceAccounts: string[]) => platform.aws && { ...platform.aws, serviceAccounts };

    const own = account([args.serviceAccountName]);
    const { deliveryWebAclArn: webAclId, deliveryZone: zone } = platform;
    const storageAccount = own && { ...own, cdn: args.cdn && { webAclId, zone, ...args.cdn } };
    const storage = new ObjectStorage(
      name,
      { ...common, tenants, purposes: args.purposes, aws: storageAccount, server },
      child,
    );
    const { store } = new BackupBucket(
      `${name}-backup`,
      {
        ...common,
        retentionDays: policy.retentionDays,
        accessLogs: storage.accessLogs,
        aws: account(backupAccounts),
        // The restored database signs in as the account of its own name.
        otherAccounts: [{ namespace: namespaceName(capability, environment, drillName), serviceAccount: drillName }],
        writers: policy.clusterState?.roleArn === undefined ? [] : [policy.clusterState.roleArn],
        writersReady: platform.clusterStateReady,
        server,
      },
      child,
    );
    const postgres = new PostgresCluster(
      name,
      {
        ...common,
        ...args.postgres,
        archiveTimeoutSeconds: args.postgres?.archiveTimeoutSeconds ?? archiveTimeoutOf(policy.rpoMinutes),
        image: images.postgres,
        poolerImage: images.pgbouncer,
        allowUndigestedImage,
        issuer,
        apiServer: platform.apiServer,
        operatorVersion: platform.operatorVersion,
        tenants,
        storageClass,
        nodeAffinity,
        tolerations,
        monitoring,
        clients: [client],
        migrations: [
          { name: `${capability}-migrate`, peer: args.migration },
          { name: drillComponent, peer: { podLabels: selectorLabels({ ...args, component: drillComponent }) } },
        ],
        backup: {
          store,
          schedule: policy.databaseSchedule,
          retentionDays: policy.retentionDays,
          method: policy.method,
        },
      },
      child,
    );
    const redis = new RedisSentinel(
      name,
      {
        ...common,
        ...args.redis,
        image: images.redis,
        allowUndigestedImage,
        issuer,
        storageClass,
        nodeAffinity,
        tolerations,
        clients: [client],
        monitoring: monitoring && { ...monitoring, exporterImage: images.redisExporter ?? "" },
        backup: {
          store,
          toolsImage: images.tools,
          schedule: policy.cacheSchedule,
          retentionDays: policy.retentionDays,
        },
      },
      child,
    );

    const sizes = withDefaults(args.postgres ?? {}, databaseDefaults);
    new Backup(
      name,
      {
        ...identity,
        store,
        policy: platform.backup,
        database: {
          clusterName: postgresDefaults.clusterName,
          image: images.postgres,
          path: `postgres/${capability}`,
          serverName: sizes.serverName ?? postgresDefaults.clusterName,
          method: policy.method,
          requests: sizes.requests ?? sizes.limits,
          limits: sizes.limits,
          storage: sizes.storage,
          walStorage: sizes.walStorage,
          storageClass,
        },
        connection: postgres.migrationConnection,
        cacheFolder: `redis/${capability}`,
        toolsImage: images.tools,
        apiServer: platform.apiServer,
        operator: postgresDefaults.operator,
        monitoring,
        release: args.release,
        priorityClassName,
      },
      { ...child, dependsOn: postgres },
    );
    runbookConfigMap(
      `${name}-runbooks`,
      { namespace, labels: capabilityLabels(capability, environment) },
      dataRunbooks,
      child,
    );

    this.connections = [postgres.connection, redis.connection, storage.connection];
    this.migrationConnection = postgres.migrationConnection;
    this.registerOutputs({ connections: this.connections, migrationConnection: this.migrationConnection });
  }
}

const { instances, limits, storage, walStorage } = postgresDefaults;
const databaseDefaults = { instances, limits, storage, walStorage };

/** Service accounts that write and read backups: of the operator's instances, and of the jobs. */
const backupAccounts = [postgresDefaults.clusterName, "redis-backup", drillComponent];

/** Sizes of all that runs in the namespace for the data, for its quota. */
export function dataWorkloads({ postgres = {}, redis = {} }: DataSizeArgs): WorkloadSize[] {
  const database = withDefaults(postgres, databaseDefaults);
  const { replicas, sentinels, memoryLimit, cpuLimit } = redisSentinelDefaults;
  const cache = withDefaults(redis, { replicas, sentinels, memoryLimit, cpuLimit });
  const pooler = withDefaults(postgres.pooler ?? {}, poolerDefaults);
  const small = { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } };
  return [
    {
      maxReplicas: database.instances,
      requests: database.requests ?? database.limits,
      limits: database.limits,
    },
    { maxReplicas: 2 * pooler.instances, requests: pooler.requests, limits: pooler.limits },
    {
      maxReplicas: cache.replicas,
      requests: redisRequests(cache),
      limits: { cpu: cache.cpuLimit, memory: cache.memoryLimit },
    },
    { maxReplicas: cache.sentinels, ...small },
    // Jobs: migrations, buckets, backups and drills.
    { maxReplicas: 4, ...small },
  ];
}

/** Volumes of the data: two of each database instance, one of each pod of the cache; and as many again while they move. */
export function dataClaims({ postgres = {}, redis = {} }: DataSizeArgs): number {
  const instances = postgres.instances ?? thresholds.postgres.minInstances;
  const { replicas = redisSentinelDefaults.replicas, sentinels = redisSentinelDefaults.sentinels } = redis;
  return 2 * (2 * instances + replicas + sentinels);
}

/** What the largest pod of the capability may be limited to: of its application, its database or its cache. */
export function dataPodMaximum(
  { postgres = {}, redis = {} }: DataSizeArgs,
  { monitoring }: DataPlatformArgs,
): ResourceAmounts {
  const { memoryLimit = redisSentinelDefaults.memoryLimit, cpuLimit = redisSentinelDefaults.cpuLimit } = redis;
  const beside = monitoring === undefined ? { cpu: "0", memory: "0" } : exporterResources.limits;
  const amount = (quantity: string) => parseAmount(quantity) ?? 0n;
  const largest = (...amounts: bigint[]) => amounts.reduce((a, b) => (a > b ? a : b));
  const { limits } = withDefaults(postgres, databaseDefaults);
  return {
    cpu: cpuText(
      largest(amount(workloadSizeDefaults.limits.cpu), amount(limits.cpu), amount(cpuLimit) + amount(beside.cpu)),
    ),
    memory: memoryText(
      largest(
        amount(workloadSizeDefaults.limits.memory),
        amount(limits.memory),
        amount(memoryLimit) + amount(beside.memory),
      ),
    ),
  };
}
