// Resources of other providers than Kubernetes', and how they refer to each other. What a resource is called is often not
// known at preview (`bucket.id`); then the engine still knows which resource the value came from.
import type { PlannedResource } from "./rule.ts";
import { Value } from "./value.ts";

export class CloudResource {
  readonly resource: PlannedResource;
  readonly props: Value;

  constructor(resource: PlannedResource) {
    this.resource = resource;
    this.props = new Value(resource, "", resource.props);
  }

  get type(): string {
    return this.resource.type;
  }

  /** How messages name it: Bucket "uploads", by its logical name. */
  get title(): string {
    return `${this.type.split(":").at(-1)} "${this.resource.name}"`;
  }

  tag(key: string): string | undefined {
    return this.props.get("tags").get(key).string() ?? this.props.get("tagsAll").get(key).string();
  }

  /** URNs of the resources that an input came from. */
  sourcesOf(property: string): readonly string[] {
    return this.resource.propertyDependencies?.[property] ?? [];
  }
}

/** Something that a side resource can belong to: what it may be called, and the resource it is. */
export interface Target {
  readonly resource: PlannedResource;
  readonly names: readonly string[];
}

/**
 * Which of the targets an input names: by its value, or where that is not known yet, by the resource that it came from,
 * also by way of another one that names the target in the same input. Undefined when nobody can say.
 */
export function targetOf<T extends Target>(
  side: CloudResource,
  property: string,
  targets: readonly T[],
  others: readonly CloudResource[] = [],
): T | "none" | undefined {
  const value = side.props.get(property);
  if (value.isKnown) {
    const name = value.string();
    return targets.find(({ names }) => name !== undefined && names.includes(name)) ?? "none";
  }
  const urns = side.sourcesOf(property);
  const found = targets.filter(({ resource }) => urns.includes(resource.urn));
  if (found.length === 1) return found[0];
  if (found.length > 1) return undefined;
  for (const other of others) {
    if (!urns.includes(other.resource.urn)) continue;
    const through = targetOf(other, property, targets);
    if (through !== undefined && through !== "none") return through;
  }
  return undefined;
}
