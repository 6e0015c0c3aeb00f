// Reads a stack's state, as `pulumi stack export` prints it, as if it were planned: the inputs of what is deployed.
import { stackType } from "./config.ts";
import { PlannedStack } from "./planned-stack.ts";
import type { PlannedResource } from "./rule.ts";
import { reveal } from "./sentinels.ts";

interface StateResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  parent?: string;
  /** The provider's URN and id. */
  provider?: string;
  outputs?: Record<string, unknown>;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null> | null;
  /** Waits to be deleted: a newer resource with the same URN has taken its place. */
  delete?: boolean;
}

/** Versions of the format: the engine writes 4 where a stack uses what 3 has no place for, such as hooks. */
const versions: readonly unknown[] = [3, 4];

/** @throws Error when the export is not one of a stack. */
export function plannedStackFromState(state: unknown): PlannedStack {
  const { version, deployment } = (state ?? {}) as { version?: unknown; deployment?: { resources?: unknown } | null };
  if (!versions.includes(version) || typeof deployment !== "object" || deployment === null) {
    throw new Error("This is not the output of `pulumi stack export` (version 3 or 4).");
  }
  const resources = (deployment.resources ?? []) as StateResource[];
  const regions = new Map(resources.map(({ urn, inputs }) => [urn, inputs?.region] as const));
  return new PlannedStack(resources.filter(({ delete: old }) => old !== true).map((each) => planned(each, regions)));
}

function planned(resource: StateResource, regions: ReadonlyMap<string, unknown>): PlannedResource {
  const { urn, type, inputs, outputs, parent, dependencies, propertyDependencies } = resource;
  const props = reveal(structuredClone(inputs ?? {}));
  // A state holds nothing of the stack's config but what the stack says of it itself, as an output.
  if (type === stackType) props.configured = reveal(structuredClone({ configured: outputs?.configured })).configured;
  const region = regions.get(resource.provider?.slice(0, resource.provider.lastIndexOf("::")) ?? "");
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  return {
    urn,
    type,
    name,
    props,
    dependencies: dependencies ?? [],
    ...(parent === undefined ? {} : { parent }),
    ...(typeof region === "string" ? { region } : {}),
    ...(propertyDependencies === undefined || propertyDependencies === null
      ? {}
      : { propertyDependencies: sourcesIn(propertyDependencies) }),
  };
}

function sourcesIn(properties: Readonly<Record<string, string[] | null>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(properties).map(([property, urns]) => [property, urns ?? []]));
}
