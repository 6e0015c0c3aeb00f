import { unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";

/** The purpose that a bucket's name leaves out. */
export const mainPurpose = "data";

/** Purposes that the components themselves have buckets for. */
export const reservedPurposes = { accessLogs: "access-logs", backup: "backup" } as const;

/** What a bucket's name is made of (CV-OBJ-02). */
export interface BucketIdentity {
  /** Name of the capability. */
  capability: string;
  /** Name of the environment. */
  environment: string;
  /** Normalised name of the tenant. */
  tenant: string;
  /** What the bucket is for. */
  purpose: string;
  /** What makes the name unique in the whole world, usually an account's alias. */
  suffix?: string | undefined;
}

/** Name of a bucket; a function of names alone, so that policies and settings know it at preview. */
export function bucketName({ capability, environment, tenant, purpose, suffix }: BucketIdentity): string {
  const parts = ["apg", capability, tenant, purpose === mainPurpose ? undefined : purpose, environment, suffix];
  return parts.filter((part) => part !== undefined).join("-");
}

/** Alias of the key of a capability's backups, without `alias/`. */
export function backupKeyAlias(capability: string, environment: string): string {
  return `apg-${capability}-${environment}-backup`;
}

/** Name of a bucket's copy in the other region. */
export function replicaName(bucket: string): string {
  return `${bucket}-dr`;
}

/** Ends that S3 keeps for names of its own. */
const reservedEnds = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** Whether S3 accepts the name of a bucket. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name) && !reservedEnds.some((end) => name.endsWith(end));
}

/** Problems of a bucket's name, or of the longer one of its copy, each with what to shorten. */
export function bucketNameProblems(path: string, identity: BucketIdentity, copied: boolean): Problem[] {
  const bucket = bucketName(identity);
  const name = copied ? replicaName(bucket) : bucket;
  const parts = [
    `the capability ${identity.capability}`,
    `the tenant ${identity.tenant}`,
    ...(identity.purpose === mainPurpose ? [] : [`the purpose ${identity.purpose}`]),
    `the environment ${identity.environment}`,
    ...(identity.suffix === undefined ? [] : [`the suffix ${identity.suffix}`]),
  ];
  return [
    ...unless(
      name.length <= 63,
      path,
      name,
      `at most 63 characters are allowed, and it has ${name.length}: shorten ${parts.slice(0, -1).join(", ")} or ${parts.at(-1)} (CV-OBJ-02)`,
    ),
    ...unless(
      name.length > 63 || isBucketName(bucket),
      path,
      bucket,
      "lower-case letters, digits and hyphens are allowed, and none of the ends that S3 keeps for itself, such as -s3alias (CV-OBJ-02)",
    ),
  ];
}
