import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { NetworkPeer } from "../../capability/network-policies.ts";
import type { NodeAffinityArgs } from "../../capability/node-affinity.ts";
import type { TolerationArgs } from "../../capability/tolerations.ts";
import type { ResourceAmounts } from "../../capability/quota.ts";
import type { BackupStore } from "../backup/store.ts";
import type { IssuerReference } from "../certificate-authority.ts";
import type { ClientArgs, MonitoringArgs, PortArgs } from "../peers.ts";
import type { SecretStoreArgs } from "../../security/secrets/store.ts";

const { pool, minInstances, minSynchronous, minPoolers } = thresholds.postgres;

/** PgBouncer in front of the instances: one group for writes, one for reads. */
export interface PoolerSizeArgs {
  /** Pods of each group. @default 2 (CV-DB-05) */
  instances?: number;
  /** Server connections that each pod keeps. @default 20 (AUD-DB-02) */
  minPoolSize?: number;
  /** Server connections that each pod has at most. @default 50 (AUD-DB-02) */
  maxConnections?: number;
  /** Client connections that each pod accepts. @default 1000 (CV-ENV-08) */
  maxClients?: number;
  /** What a pod requests. @default cpu 100m, memory 128Mi */
  requests?: ResourceAmounts;
  /** What a pod is limited to. @default cpu 1000m, memory 256Mi */
  limits?: ResourceAmounts;
}

/** Where base backups and the log go, and for how long. */
export interface PostgresBackupArgs {
  /** Bucket that they go to. */
  store: BackupStore;
  /** Folder in the bucket. @default "postgres/<capability>" */
  path?: string;
  /** When base backups are made, as cron with seconds, UTC: every day, or more often. @default "0 0 2 * * *" (AUD-DB-03, CV-DB-03) */
  schedule?: string;
  /** Days that backups are kept. @default 30 (AUD-DB-03, CV-DB-03) */
  retentionDays?: number;
  /** How the operator is told: "plugin" (Barman Cloud) or "in-tree", its fields before 1.31. @default "plugin" */
  method?: string;
}

/** A point in the archive of a cluster, from which a new one starts. */
export interface RecoveryArgs {
  /** Name under which the lost cluster archived. */
  serverName: string;
  /** Point in time, "YYYY-MM-DD HH:MM:SS+00". @default the newest that the archive holds */
  targetTime?: string;
  /** Bucket of that archive. @default the backup's own */
  store?: BackupStore;
  /** Folder in the bucket. @default the backup's own */
  path?: string;
}

/** What a capability may say of its own cluster; all else follows from the platform. */
export interface PostgresSizeArgs {
  /** Instances, each on a host of its own, spread over zones. @default 3 (AUD-DB-04, CV-DB-02) */
  instances?: number;
  /** Replicas that confirm every commit before it is acknowledged. @default 1 (AUD-DB-04) */
  synchronous?: number;
  /** What an instance requests. @default as much memory as its limit, half of its CPU */
  requests?: ResourceAmounts;
  /** What an instance is limited to; its memory settings follow. @default cpu 2, memory 4Gi */
  limits?: ResourceAmounts;
  /** Most connections to an instance. @default 200 (AUD-DB-02) */
  maxConnections?: number;
  /** PgBouncer's pods: how many, their connections and their size. @default the checklists' numbers (AUD-DB-02, CV-DB-05) */
  pooler?: PoolerSizeArgs;
  /** Size of an instance's volume; it can grow, never shrink. @default "50Gi" */
  storage?: string;
  /** Size of its volume for the write-ahead log; it can grow, never shrink. @default "10Gi" */
  walStorage?: string;
  /** Further parameters of PostgreSQL, over those that follow from the size. @default none */
  parameters?: { [parameter: string]: string };
  /** Longest time until a written row is in the archive, in seconds; at most 300. @default 120 (CV-BCP-08) */
  archiveTimeoutSeconds?: number;
  /** Name under which this cluster archives; a restored one needs a new one. @default the cluster's name */
  serverName?: string;
  /** The archive that the cluster starts from instead of empty. @default empty (CV-DB-03) */
  recoverFrom?: RecoveryArgs;
  /** Class of the data: public, internal, confidential or restricted. @default "confidential" (CV-DATA-04) */
  dataClass?: string;
}

/** Arguments of `PostgresCluster`. */
export interface PostgresClusterArgs extends PostgresSizeArgs {
  /** Namespace to run in, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability whose data it holds; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Name of the cluster; its Services and Secrets start with it. @default "postgres" */
  clusterName?: string;
  /** Image of PostgreSQL, whose tag says the version: 14 or later, 15 where both checklists hold (AUD-DB-01, CV-DB-01). */
  image: string;
  /** Accept images without a digest, as only a sandbox should. @default false (AUD-INFRA-01) */
  allowUndigestedImage?: boolean;
  /** Who signs the server's certificate, usually `CertificateAuthority.issuer` (CV-DB-07). */
  issuer: IssuerReference;
  /** Where the cluster's API server is reached, as pods' packets have it: instances ask it who is primary. */
  apiServer: PortArgs;
  /** Image of PgBouncer, through which alone applications connect, as `repository:1.2.3@sha256:<64 hex digits>` (AUD-DB-01). */
  poolerImage: string;
  /** Storage class of the volumes. @default the cluster's default */
  storageClass?: string;
  /** Labels that a node must or should have: those of the pool for data. @default any node (CV-SCALE-04) */
  nodeAffinity?: NodeAffinityArgs;
  /** Taints of nodes that do not keep the instances away: those of the pool for data. @default none (CV-SCALE-04) */
  tolerations?: TolerationArgs[];
  /** Tenants, each of which gets a schema and a role of its own. @default none (CV-DB-08) */
  tenants?: string[];
  /** Who connects through the poolers. @default nobody (AUD-SEC-01) */
  clients?: ClientArgs[];
  /** Who connects to the primary itself: migrations. @default nobody (AUD-SEC-01) */
  migrations?: ClientArgs[];
  /** Where backups go. @default no backups, which the policy pack refuses (AUD-DB-03, CV-DB-03) */
  backup?: PostgresBackupArgs;
  /** Where metrics are read from. @default nowhere, and no alerts (AUD-DB-05, CV-DB-06) */
  monitoring?: MonitoringArgs;
  /** The operator's pods. @default those of CloudNativePG's own manifest */
  operator?: NetworkPeer;
  /** Release of the operator, "1.27" or later; some fields moved between releases. @default "1.28" */
  operatorVersion?: string;
  /** Whether the engine refuses to delete the cluster. @default true (CV-BCP-02) */
  deletionProtection?: boolean;
  /** The cloud store that generated credentials are kept in. @default none: they are Secrets of the program (AUD-SEC-03) */
  secretStore?: SecretStoreArgs;
  /** Priority class of the pods. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
}

export const postgresDefaults = deepFrozen({
  clusterName: "postgres",
  allowUndigestedImage: false,
  instances: minInstances,
  synchronous: minSynchronous,
  limits: { cpu: "2", memory: "4Gi" },
  maxConnections: 200,
  storage: "50Gi",
  walStorage: "10Gi",
  parameters: {},
  archiveTimeoutSeconds: 120,
  nodeAffinity: {},
  tolerations: [] as TolerationArgs[],
  tenants: [] as string[],
  clients: [] as ClientArgs[],
  migrations: [] as ClientArgs[],
  operator: { namespace: "cnpg-system", podLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
  operatorVersion: "1.28",
  dataClass: "confidential",
  deletionProtection: true,
});

export const poolerDefaults = deepFrozen({
  instances: minPoolers,
  minPoolSize: pool.min,
  maxConnections: pool.max,
  maxClients: 1000,
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "1000m", memory: "256Mi" },
});

export const postgresBackupDefaults = deepFrozen({
  schedule: "0 0 2 * * *",
  retentionDays: thresholds.backup.minRetentionDays,
  method: "plugin",
});

/** Arguments with their defaults, as the problems and the rendering need them. */
export type GivenPostgres = PostgresClusterArgs & Required<Pick<PostgresClusterArgs, keyof typeof postgresDefaults>>;
