import { thresholds } from "../../../checklist/thresholds.ts";
import type { StoreCredentials } from "../backup/store.ts";
import { transportStatements } from "../../cloud/bucket-guard.ts";
import { bucketActions, objectActions } from "./identity-policies.ts";
import { bucketArn } from "../../cloud/policy-document.ts";

/** A bucket as the server will have it. */
export interface ServedBucket {
  /** Name of the bucket. */
  name: string;
  /** Access key ids of the users that read and write its objects. */
  users: string[];
  /** Days until an object is deleted. */
  expireDays: number;
  /** Days that nobody can delete an object without a right of its own. */
  lockDays?: number;
  /** Tags of the bucket. */
  tags: { [tag: string]: string };
}

/** A user of the server, and the Secret that holds its keys. */
export interface ServedUser {
  /** Access key id; it is no secret, and policies name it. */
  accessKeyId: string;
  /** Name of the Secret. */
  secretName: string;
  /** End of the resources' names. */
  suffix: string;
}

/** What a server is to have. */
export interface ServedStorage {
  /** What the names of the Jobs start with: what the buckets are for. */
  prefix: string;
  /** Users of the buckets. */
  users: ServedUser[];
  /** The buckets. */
  buckets: ServedBucket[];
}

/** Keys of a user's Secret. */
export const secretKeys = { accessKeyIdKey: "access-key-id", secretAccessKeyKey: "secret-access-key" } as const;

/** Where the keys of a user are. */
export function credentialsOf({ secretName }: Pick<ServedUser, "secretName">): StoreCredentials {
  return { secretName, ...secretKeys };
}

/** Policy of a served bucket. Without a word in it nobody but the server's first user reaches the bucket. */
export function servedPolicy({ name, users }: Pick<ServedBucket, "name" | "users">) {
  const [plainHttp] = transportStatements(name);
  const principal = { Effect: "Allow", Principal: { AWS: users } };
  return {
    Version: "2012-10-17",
    Statement: [
      plainHttp,
      { Sid: "Buckets", ...principal, Action: bucketActions, Resource: bucketArn(name) },
      { Sid: "Objects", ...principal, Action: objectActions, Resource: `${bucketArn(name)}/*` },
    ],
  };
}

/** What the scripts read. */
export function servedPlan({ users, buckets }: ServedStorage) {
  return {
    users: users.map(({ accessKeyId }) => accessKeyId),
    buckets: buckets.map((bucket) => ({
      name: bucket.name,
      tags: bucket.tags,
      policy: servedPolicy(bucket),
      ...(bucket.lockDays !== undefined && { lockDays: bucket.lockDays }),
      expireDays: bucket.expireDays,
      noncurrentDays: thresholds.objects.noncurrentDays,
      abortDays: thresholds.objects.maxAbortMultipartDays,
    })),
  };
}
