import { normalisedTenant, ownTenant } from "../tenants.ts";
import { bucketName, bucketNameProblems, reservedPurposes } from "./naming.ts";
import { purposesOf } from "./args.ts";
import type { ObjectStorageArgs, StorageArgs } from "./args.ts";
import { unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";

/** A bucket as it will be, whoever serves it. */
export interface PlannedBucket {
  /** Name of the bucket. */
  name: string;
  /** Normalised name of the tenant. */
  tenant: string;
  /** What the bucket is for. */
  purpose: string;
  /** Class of the data in it. */
  dataClass: string;
  /** Days until an object is deleted. */
  expireDays: number;
  /** Days until an object is cold. */
  archiveAfterDays: number;
  /** Whether the public reads it, through the delivery network. */
  public: boolean;
}

/** The tenants under the names that buckets carry; the capability itself comes first. */
export function tenantsOf({ tenants }: Pick<ObjectStorageArgs, "tenants">): string[] {
  return [ownTenant, ...tenants.map(normalisedTenant)];
}

/** Every bucket that holds data: one for each tenant and purpose (CV-OBJ-02). */
export function plannedBuckets(args: ObjectStorageArgs): PlannedBucket[] {
  const { capability, environment } = args;
  return tenantsOf(args).flatMap((tenant) =>
    purposesOf(args).map(({ name: purpose, ...rest }) => ({
      ...rest,
      tenant,
      purpose,
      name: bucketName({ capability, environment, tenant, purpose, suffix: args.aws?.nameSuffix }),
    })),
  );
}

/** Name of a bucket that a component has for itself. */
export function ownBucket(args: StorageArgs, purpose: keyof typeof reservedPurposes, suffix?: string): string {
  const { capability, environment } = args;
  return bucketName({ capability, environment, tenant: ownTenant, purpose: reservedPurposes[purpose], suffix });
}

/** What stands for the tenant in `S3_BUCKET_TEMPLATE`. */
export function bucketTemplate({ capability, environment, aws }: ObjectStorageArgs, purpose: string): string {
  const mark = "{tenant}";
  return bucketName({ capability, environment, tenant: mark, purpose, suffix: aws?.nameSuffix });
}

/** Problems of the buckets' names: too long, not S3's, or the same as another's (CV-OBJ-02). */
export function planProblems(args: ObjectStorageArgs): Problem[] {
  const { capability, environment, aws } = args;
  const identity = { capability, environment, suffix: aws?.nameSuffix };
  const buckets = plannedBuckets(args);
  const perTenant = purposesOf(args).length;
  const copied = aws !== undefined;
  return [
    ...buckets.flatMap(({ tenant, purpose, name }, index) => {
      const place = Math.floor(index / perTenant);
      const path = place === 0 ? "capability" : `tenants[${place - 1}]`;
      const first = buckets.findIndex((other) => other.name === name);
      const other = buckets[first]!;
      return [
        ...bucketNameProblems(path, { ...identity, tenant, purpose }, copied),
        ...unless(
          first === index,
          path,
          name,
          `with the purpose ${purpose} it is also the bucket of ${other.tenant} for ${other.purpose}; another name is needed (CV-OBJ-02)`,
        ),
      ];
    }),
    ...(copied
      ? bucketNameProblems(
          "capability",
          { ...identity, tenant: ownTenant, purpose: reservedPurposes.accessLogs },
          copied,
        )
      : []),
  ];
}
