import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import type { NodeAffinityArgs } from "../capability/node-affinity.ts";
import type { TolerationArgs } from "../capability/tolerations.ts";
import type { BackupPolicyArgs } from "./backup/policy.ts";
import type { DeliveryZoneArgs } from "./object-storage/args.ts";
import type { MonitoringArgs, PortArgs } from "./peers.ts";
import type { SecretStoreArgs } from "../security/secrets/store.ts";

/** Images of the data services, each as `repository:1.2.3@sha256:<64 hex digits>` (AUD-INFRA-01, CV-IMG-05). */
export interface DataImagesArgs {
  /** PostgreSQL for CloudNativePG; its tag says the version (AUD-DB-01). */
  postgres: string;
  /** PgBouncer for CloudNativePG. */
  pgbouncer: string;
  /** Redis with Sentinel; its tag says the version (AUD-CACHE-01). */
  redis: string;
  /** Exporter of Redis' metrics; needed with monitoring. @default none */
  redisExporter?: string;
  /** bash, curl, jq, psql, redis-cli and the AWS CLI, for backups and drills (images/data-tools). */
  tools: string;
}

/** The platform's account on AWS, where buckets, keys and roles are. */
export interface DataAccountArgs extends AccountArgs {
  /** Name of the EKS cluster, for pod identities (CV-ENV-03). */
  clusterName: string;
  /** Addresses of the VPC's interface endpoint for S3. */
  endpointCidr: string;
  /** End of the buckets' names, usually the account's alias. @default none */
  nameSuffix?: string;
}

/** An S3-compatible server that is already there. */
export interface DataServerArgs extends PortArgs {
  /** URL of the server, https (CV-DATA-02). */
  endpoint: string;
  /** Region that the server says it is in. */
  region: string;
}

/** What the data services of all capabilities have in common. */
export interface DataPlatformArgs {
  /** Images of what runs. */
  images: DataImagesArgs;
  /** Accept images without a digest, as only a sandbox should. @default false (AUD-INFRA-01) */
  allowUndigestedImages?: boolean;
  /** The cluster's API server, as pods' packets have it: Postgres instances and drills ask it. */
  apiServer: PortArgs;
  /** Buckets on AWS; this or a server. @default a server (CV-OBJ-01) */
  aws?: DataAccountArgs;
  /** Buckets on an S3-compatible server; this or AWS. @default AWS (CV-OBJ-01) */
  server?: DataServerArgs;
  /** Tenants, each with schemas, roles and buckets of its own. @default none (CV-DB-08, CV-OBJ-02) */
  tenants?: string[];
  /** Storage class of all volumes. @default the cluster's default */
  storageClass?: string;
  /** Labels that nodes for data must or should have. @default any node (CV-SCALE-04) */
  nodeAffinity?: NodeAffinityArgs;
  /** Taints of nodes for data. @default none (CV-SCALE-04) */
  tolerations?: TolerationArgs[];
  /** Release of CloudNativePG. @default "1.28" */
  operatorVersion?: string;
  /** Prometheus' pods. @default nobody reads metrics, and nobody is alerted */
  monitoring?: MonitoringArgs;
  /** How backups are made, kept and tried. @default the checklists' numbers (AUD-DB-03, CV-BCP-08) */
  backup?: BackupPolicyArgs;
  /** The cloud store that generated credentials are kept in, usually `Secrets.store`. @default none: they are Secrets of the program (AUD-SEC-03) */
  secretStore?: SecretStoreArgs;
  /** ARN of the web access control list, of scope CLOUDFRONT, for what is public and names none, usually `Edge.deliveryWebAclArn`. @default none (CV-NET-03) */
  deliveryWebAclArn?: pulumi.Input<string>;
  /** Zone of the names of what is public, usually `Edge.zoneId` and its domain. @default none: names and certificates are made elsewhere (CV-CUT-01) */
  deliveryZone?: DeliveryZoneArgs;
  /** What makes the role in `backup.clusterState.roleArn`, usually `OperatorIdentities.clusterState`; keys of backups wait for it. @default it is there (CV-DATA-07) */
  clusterStateReady?: pulumi.Resource[];
  /** Whether the engine refuses to delete what holds data. @default true (CV-BCP-02) */
  deletionProtection?: boolean;
}

export const dataPlatformDefaults = deepFrozen({
  allowUndigestedImages: false,
  tenants: [] as string[],
  operatorVersion: "1.28",
  deletionProtection: true,
  /** Secrets that a server's owner keeps in each capability's namespace. */
  serverSecrets: {
    administrator: {
      secretName: "object-store-admin",
      accessKeyIdKey: "accessKeyId",
      secretAccessKeyKey: "secretAccessKey",
    },
    authority: { secretName: "object-store-authority", key: "ca.crt" },
  },
});
