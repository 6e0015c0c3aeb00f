// Whose resource is it? The one place that decides which resources and which evidence speak about which capability.
//
// Each checklist is about one capability: only what belongs to that capability, or is shared by all, can prove or break
// its items. A weak pod of computer vision says nothing about audio processing; a weak pod that nobody owns says
// something about both.
import { capabilityLabel, sharedCapability } from "./labels.ts";
import type { PlannedResource } from "../policy-pack/lib/rule.ts";

/** One stack's name and what is in it. */
export interface ScopedStack {
  name: string;
  resources: readonly PlannedResource[];
}

export interface Scope {
  /** Whether the stacks hold a namespace of the capability at all. Without one, nothing shared proves anything about it. */
  deploys(capability: string): boolean;
  /** Whether a resource speaks about the capability: it belongs to it, or to none in particular. */
  covers(capability: string, urn: string): boolean;
  /** Whether a stack's evidence speaks about the capability: the stack deploys it, or deploys none in particular. */
  stackSpeaksFor(capability: string, stack: string): boolean;
}

/**
 * A resource belongs to the capability of
 * 1. its namespace, by the label on a Namespace resource in any of the stacks (the Namespace itself included);
 * 2. else its own label: cluster-scoped resources, and those in a namespace that is not labelled or not ours;
 * 3. else it is shared, as is whatever belongs to the gateway that all capabilities stand behind.
 * The namespace comes first, so that a label on a resource cannot talk it out of the namespace it runs in.
 */
export function scopeOf(stacks: readonly ScopedStack[]): Scope {
  const namespaces = new Map<string, string>();
  const deployedBy = new Map<string, Set<string>>(stacks.map(({ name }) => [name, new Set()]));
  for (const { name: stack, resources } of stacks) {
    for (const { name, label } of resources.filter(isNamespace).flatMap(metadataOf)) {
      if (name === undefined || label === undefined) continue;
      namespaces.set(name, label);
      if (label !== sharedCapability) deployedBy.get(stack)!.add(label);
    }
  }
  const owners = new Map(
    stacks
      .flatMap(({ resources }) => resources)
      .map((resource) => [
        resource.urn,
        new Set(metadataOf(resource).map(({ namespace, label }) => ownerOf(namespaces.get(namespace ?? "") ?? label))),
      ]),
  );
  const deployed = new Set(namespaces.values());
  return {
    deploys: (capability) => deployed.has(capability),
    covers: (capability, urn) => {
      const found = owners.get(urn);
      return found === undefined || found.has(capability) || found.has(undefined);
    },
    stackSpeaksFor: (capability, stack) => {
      const own = deployedBy.get(stack);
      return own === undefined || own.size === 0 ? deployed.has(capability) : own.has(capability);
    },
  };
}

function ownerOf(label: string | undefined): string | undefined {
  return label === sharedCapability ? undefined : label;
}

function isNamespace({ type }: PlannedResource): boolean {
  return /^kubernetes:core\/v1:Namespace(Patch|List)?$/.test(type);
}

interface Metadata {
  name: string | undefined;
  namespace: string | undefined;
  label: string | undefined;
}

/** The metadata of a resource, or of each object in a List, as far as it is plain text: the unknown and the secret have no names. */
function metadataOf({ props }: PlannedResource): Metadata[] {
  const objects: unknown[] = Array.isArray(props.items) ? props.items : [props];
  return objects.map((object) => {
    const metadata = record(record(object).metadata);
    return {
      name: text(metadata.name),
      namespace: text(metadata.namespace),
      label: text(record(metadata.labels)[capabilityLabel]),
    };
  });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
