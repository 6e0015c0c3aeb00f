// Keys of KMS, and the buckets that they encrypt.
import type { Bucket } from "./buckets.ts";
import type { CloudResource } from "./cloud.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { PlannedResource } from "./rule.ts";
import { Undecidable } from "./value.ts";

export const keyType = "aws:kms/key:Key";
export const replicaType = "aws:kms/replicaKey:ReplicaKey";
const aliasType = "aws:kms/alias:Alias";

/** A key and everything that it is called. */
export interface Key {
  readonly cloud: CloudResource;
  readonly resource: PlannedResource;
  readonly names: readonly string[];
}

export function keysOf(stack: PlannedStack): Key[] {
  const keys = stack.ofType(keyType, replicaType);
  return keys.map((cloud) => {
    const aliases = stack
      .ofType(aliasType)
      .filter((alias) => alias.sourcesOf("targetKeyId").includes(cloud.resource.urn))
      .flatMap((alias) => (alias.props.get("name").isText ? (alias.props.get("name").string() ?? "") : []));
    return { cloud, resource: cloud.resource, names: aliases };
  });
}

/** The keys by which a bucket encrypts; "none" among them is one that this stack does not declare. */
export function keysFor(bucket: Bucket, keys: readonly Key[]): (Key | "none")[] {
  return bucket.sides("BucketServerSideEncryptionConfiguration").flatMap((side) =>
    side.props
      .get("rules")
      .list()
      .map((rule) => rule.at("applyServerSideEncryptionByDefault.kmsMasterKeyId"))
      .filter((id) => id.isGiven)
      .map((id) => {
        const urns = side.sourcesOf("rules");
        const [found, ...others] = keys.filter(({ resource }) => urns.includes(resource.urn));
        if (found !== undefined && others.length === 0) return found;
        if (!id.isKnown) throw new Undecidable(side.resource, id.path);
        const name = (id.string() ?? "").replace(/^arn:[^/]*:(?=alias\/)/, "");
        return keys.find(({ names }) => names.includes(name)) ?? "none";
      }),
  );
}
