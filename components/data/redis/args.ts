import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { NodeAffinityArgs } from "../../capability/node-affinity.ts";
import type { ResourceAmounts } from "../../capability/quota.ts";
import type { TolerationArgs } from "../../capability/tolerations.ts";
import type { BackupStore } from "../backup/store.ts";
import type { IssuerReference } from "../certificate-authority.ts";
import type { ClientArgs, MonitoringArgs } from "../peers.ts";
import type { SecretStoreArgs } from "../../security/secrets/store.ts";

/** Where copies of the data go, and for how long. */
export interface RedisBackupArgs {
  /** Bucket that they go to. */
  store: BackupStore;
  /** Image with sh, redis-cli, the AWS CLI and GNU or busybox tools, as `repository:1.2.3@sha256:<64 hex digits>`. */
  toolsImage: string;
  /** When copies are made, as cron in UTC: one or more times every day. @default "30 1 * * *" (AUD-CSTR-06, CV-CACHE-08) */
  schedule?: string;
  /** Days that copies are kept. @default 30 (AUD-DB-03, CV-CACHE-08) */
  retentionDays?: number;
}

/** What a capability may say of its own cache; all else follows from the platform. */
export interface RedisSizeArgs {
  /** Data pods: a master and its replicas. @default 3 (AUD-CACHE-01, CV-CACHE-01) */
  replicas?: number;
  /** Sentinels, an odd number. @default 3 (AUD-CACHE-04) */
  sentinels?: number;
  /** Sentinels that must agree that the master is lost, more than half of them. @default 2 (AUD-CACHE-04) */
  quorum?: number;
  /** Memory that a data pod is limited to; the data gets four fifths of it. @default "5Gi" (AUD-CACHE-05, CV-CACHE-04) */
  memoryLimit?: string;
  /** CPU that a data pod is limited to. @default "2" */
  cpuLimit?: string;
  /** What a data pod requests. @default cpu 500m, and as much memory as its limit (CV-MAN-06) */
  requests?: ResourceAmounts;
  /** Size of a data pod's volume, at least twice the memory limit; fixed for the life of the group. @default "10Gi" (AUD-CACHE-03) */
  storage?: string;
  /** Class of the data: public, internal, confidential or restricted. @default "confidential" (CV-DATA-04) */
  dataClass?: string;
}

/** Arguments of `RedisSentinel`. */
export interface RedisSentinelArgs extends RedisSizeArgs {
  /** Namespace to run in, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability whose data it holds; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /**
   * Image of Redis and Sentinel, 7 or later, as `repository:1.2.3@sha256:<64 hex digits>` (AUD-CACHE-01). Of the official
   * image `redis`, 7.2 is the last release under the BSD licence; from 7.4 on it is RSAL or SSPL, and from 8.0 on AGPL too.
   * Valkey, the BSD-licensed successor of 7.2, is accepted where its image has the programs' old names as well.
   */
  image: string;
  /** Accept images without a digest, as only a sandbox should. @default false (AUD-INFRA-01) */
  allowUndigestedImage?: boolean;
  /** Who signs the servers' certificates, usually `CertificateAuthority.issuer` (CV-CACHE-06). */
  issuer: IssuerReference;
  /** Name of the group, by which clients ask Sentinels for its master. @default "apg" */
  group?: string;
  /** Storage class of the volumes. @default the cluster's default */
  storageClass?: string;
  /** Who connects. @default nobody (AUD-SEC-01) */
  clients?: ClientArgs[];
  /** Labels that a node must or should have. @default any node (CV-SCALE-04) */
  nodeAffinity?: NodeAffinityArgs;
  /** Taints of nodes that do not keep the pods away. @default none (CV-SCALE-04) */
  tolerations?: TolerationArgs[];
  /** Where copies of the data go. @default no copies, which the policy pack refuses (CV-CACHE-08) */
  backup?: RedisBackupArgs;
  /** Where metrics are read from. @default nowhere, and no alerts (CV-CACHE-07) */
  monitoring?: RedisMonitoringArgs;
  /** Whether the engine refuses to delete or replace what holds data. @default true (CV-BCP-02) */
  deletionProtection?: boolean;
  /** The cloud store that generated credentials are kept in. @default none: they are Secrets of the program (AUD-SEC-03) */
  secretStore?: SecretStoreArgs;
  /** Priority class of the pods. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
}

/** Who reads metrics, and what serves them. */
export interface RedisMonitoringArgs extends MonitoringArgs {
  /** Image of redis_exporter, as `repository:1.2.3@sha256:<64 hex digits>`; 1.50 or later where passwords rotate (CV-SECRET-02). */
  exporterImage: string;
}

export const redisSentinelDefaults = deepFrozen({
  allowUndigestedImage: false,
  replicas: thresholds.redis.minReplicas,
  sentinels: thresholds.redis.minSentinels,
  quorum: thresholds.redis.quorum,
  group: "apg",
  memoryLimit: "5Gi",
  cpuLimit: "2",
  storage: "10Gi",
  clients: [] as ClientArgs[],
  nodeAffinity: {},
  tolerations: [] as TolerationArgs[],
  dataClass: "confidential",
  deletionProtection: true,
});

export const redisBackupDefaults = deepFrozen({
  schedule: "30 1 * * *",
  retentionDays: thresholds.backup.minRetentionDays,
});

/** Arguments with their defaults. */
export type GivenRedis = RedisSentinelArgs & Required<Pick<RedisSentinelArgs, keyof typeof redisSentinelDefaults>>;

/** What a data pod requests, given or default. */
export function redisRequests({
  requests,
  memoryLimit,
}: Pick<GivenRedis, "requests" | "memoryLimit">): ResourceAmounts {
  return requests ?? { cpu: "500m", memory: memoryLimit };
}
