import type { StorageArgs } from "./args.ts";
import type { PlannedBucket } from "./plan.ts";

export type Names = Pick<StorageArgs, "capability" | "environment">;

/** Tags of a bucket, which say whose it is and what is in it (CV-OBJ-02, CV-DATA-04). */
export function bucketTags(
  { capability, environment }: Names,
  { tenant, purpose, dataClass }: Pick<PlannedBucket, "tenant" | "purpose" | "dataClass">,
): { [tag: string]: string } {
  return {
    "apg:capability": capability,
    "apg:environment": environment,
    "apg:tenant": tenant,
    "apg:purpose": purpose,
    "data-class": dataClass,
  };
}
