import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { NetworkPeer } from "../../capability/network-policies.ts";
import type { SecretKey, StoreCredentials } from "../backup/store.ts";
import { mainPurpose } from "./naming.ts";
import type { SecretStoreArgs } from "../../security/secrets/store.ts";

/** What a bucket is for; there is one for each tenant. */
export interface PurposeArgs {
  /** Name of the purpose; a DNS label. `data` does not show in the buckets' names. */
  name: string;
  /** Class of the data: public, internal, confidential or restricted (CV-DATA-04). */
  dataClass: string;
  /** Days until an object is deleted, the same for every purpose of a class (CV-OBJ-06, CV-DATA-08). */
  expireDays: number;
  /** Days until an object is cold: at once readable, and cheaper to keep than to read. @default 30 (CV-OBJ-06) */
  archiveAfterDays?: number;
  /** Deliver it to the public, through the content delivery network alone. @default false (CV-OBJ-08) */
  public?: boolean;
}

/** A zone in which names of what is delivered get their records. */
export interface DeliveryZoneArgs {
  /** Hosted zone of the domain. */
  zoneId: pulumi.Input<string>;
  /** The domain, such as `example.com`. */
  domain: string;
}

/** How the public buckets are delivered (CV-OBJ-08). */
export interface CdnArgs {
  /** Domain names of the distribution, at least one. CloudFront gives a name to one distribution alone. */
  aliases: string[];
  /**
   * ARN of the certificate for them, which CloudFront takes from us-east-1 alone. @default one is made, as all of the names
   * are of the zone's domain (CV-TLS-01)
   */
  acmCertificateArn?: string;
  /** Where names of its domain get their records, and a certificate its proof. @default the platform's (CV-CUT-01) */
  zone?: DeliveryZoneArgs;
  /** ARN of the web access control list, of scope CLOUDFRONT. @default the platform's (CV-NET-03) */
  webAclId?: pulumi.Input<string>;
}

/** An AWS account and the cluster in it that uses the buckets. */
export interface AwsAccountArgs {
  /** Number of the account, twelve digits: with it policies name roles and keys before these exist. */
  accountId: string;
  /** Region of the buckets. */
  region: string;
  /** Region of the copies (CV-OBJ-07). */
  replicaRegion: string;
  /** Roles that manage buckets and keys but cannot decrypt, at least one; whoever deploys must be among them (CV-DATA-03). */
  administrators: string[];
  /** Roles besides these that may read all but backups, such as auditors and Amazon Macie's own. @default none (CV-DATA-04) */
  readers?: string[];
  /** Name of the EKS cluster, for pod identities (CV-ENV-03). */
  clusterName: pulumi.Input<string>;
  /** Service accounts of the namespace that get access, at least one: those of pods that serve every tenant (CV-OBJ-03). */
  serviceAccounts: string[];
  /** Addresses of the VPC's interface endpoint for S3, such as 10.20.0.0/24, for network policies. */
  endpointCidr: string;
  /** End of the buckets' names, which are shared with the whole world; usually the account's alias. @default none */
  nameSuffix?: string;
}

/** Object storage on AWS. */
export interface AwsStorageArgs extends AwsAccountArgs {
  /** Days that access logs are kept. @default 90 (CV-DATA-08) */
  logRetentionDays?: number;
  /** How public purposes are delivered; needed when there are any. @default no public purposes (CV-OBJ-08) */
  cdn?: CdnArgs;
}

/** Object storage on a server that speaks S3's protocol, versitygw 1.8; see the decisions for what such a server lacks. */
export interface S3ServerArgs {
  /** URL of the server, https (CV-DATA-02). */
  endpoint: string;
  /** Region that the server says it is in. */
  region: string;
  /** Where the server is, for network policies. */
  peer: NetworkPeer;
  /** TCP port of the server's pods. */
  port: number;
  /** Authority that signed the server's certificate: a Secret in the namespace, and the key of the certificate in it. */
  authority: SecretKey;
  /** The server's first user, in a Secret in the namespace; only the Jobs that make buckets and clean them up have it. */
  adminSecret: StoreCredentials;
  /** Image with bash, jq, the AWS CLI and versitygw, as `repository:1.2.3@sha256:<64 hex digits>` (AUD-INFRA-01). */
  toolsImage: string;
  /** Accept an image without a digest, as only a sandbox should. @default false (AUD-INFRA-01) */
  allowUndigestedImage?: boolean;
  /** Raise it, and every user gets a new secret key. @default 1 */
  credentialsVersion?: number;
}

/** What both components of object storage take. */
export interface StorageArgs {
  /** Name of the capability; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Namespace of the pods that use the storage; whatever is declared there comes after it. */
  namespace: pulumi.Input<string>;
  /** Refuse to delete buckets and keys. @default true */
  deletionProtection?: boolean;
  /** Priority class of the Jobs' pods; only with a server. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
  /** An S3-compatible server; this or AWS. @default AWS (CV-OBJ-01) */
  server?: S3ServerArgs;
  /** The cloud store that keys of a server's users are kept in. @default none: they are Secrets of the program (AUD-SEC-03) */
  secretStore?: SecretStoreArgs;
}

/** Arguments of `ObjectStorage`. */
export interface ObjectStorageArgs extends StorageArgs {
  /** Tenants, each with buckets that no other tenant can reach. Names may hold anything that stays apart without it (CV-OBJ-02). */
  tenants: string[];
  /** What buckets each tenant has, and the capability itself. @default one purpose, `data`, kept for 365 days */
  purposes?: PurposeArgs[];
  /** Class of the data in the purpose `data`, where no purposes are given. @default "confidential" (CV-DATA-04) */
  dataClass?: string;
  /** Buckets on AWS; this or a server. @default a server */
  aws?: AwsStorageArgs;
}

/** Names of the buckets that take access logs, one for each region. */
export interface AccessLogs {
  /** Name of the bucket in the region of the buckets. */
  bucket: string;
  /** Name of the bucket in the region of the copies. */
  replicaBucket: string;
}

/** A service account, wherever it is. */
export interface AccountReference {
  /** Namespace of the account. */
  namespace: string;
  /** Name of the account. */
  serviceAccount: string;
}

/** Arguments of `BackupBucket`. */
export interface BackupBucketArgs extends StorageArgs {
  /** Class of the data, as sensitive as the most sensitive that is backed up. @default "confidential" (CV-DATA-04) */
  dataClass?: string;
  /** Days that nobody can delete a backup without a right of its own. @default 30 (AUD-DB-03, CV-DB-03) */
  retentionDays?: number;
  /** Days until what nobody deleted is deleted; well after the last restore that could need it. @default 90 (CV-DATA-08) */
  expireDays?: number;
  /** Where access is logged to, usually `ObjectStorage.accessLogs`; only on AWS. @default nowhere (CV-DATA-05) */
  accessLogs?: AccessLogs;
  /** Service accounts of other namespaces that get an identity, such as that of drills; only on AWS. @default none (CV-BCP-02) */
  otherAccounts?: AccountReference[];
  /** ARNs of further roles that write backups, such as Velero's; only on AWS. @default none (CV-DATA-07) */
  writers?: string[];
  /** What makes these roles: the key names them, so they must be there first. @default they are there (CV-DATA-07) */
  writersReady?: pulumi.Resource[];
  /** A bucket on AWS, whose service accounts are those that write and read backups; this or a server. @default a server */
  aws?: AwsAccountArgs;
}

export const objectStorageDefaults = deepFrozen({
  deletionProtection: true,
  dataClass: "confidential",
  /** Our choice, for want of a number in the checklists. */
  expireDays: 365,
  archiveAfterDays: thresholds.objects.coldAfterDays,
  logRetentionDays: 90,
  credentialsVersion: 1,
});

export const backupBucketDefaults = deepFrozen({
  deletionProtection: true,
  dataClass: "confidential",
  retentionDays: thresholds.backup.minRetentionDays,
  expireDays: 3 * thresholds.backup.minRetentionDays,
});

/** The purposes, with every default applied. */
export function purposesOf({
  purposes,
  dataClass = objectStorageDefaults.dataClass,
}: Pick<ObjectStorageArgs, "purposes" | "dataClass">): Required<PurposeArgs>[] {
  const { expireDays, archiveAfterDays } = objectStorageDefaults;
  const given: PurposeArgs[] = purposes ?? [{ name: mainPurpose, dataClass, expireDays }];
  return given.map((purpose) => ({
    ...purpose,
    archiveAfterDays: purpose.archiveAfterDays ?? archiveAfterDays,
    public: purpose.public ?? false,
  }));
}
