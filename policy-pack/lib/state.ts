// Reads a stack's state, as `pulumi stack export` prints it, as if it were planned: the inputs of what is deployed.
import { PlannedStack } from "./planned-stack.ts";
import type { PlannedResource } from "./rule.ts";
import { reveal } from "./sentinels.ts";

interface StateResource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  parent?: string;
  dependencies?: string[];
  /** Waits to be deleted: a newer resource with the same URN has taken its place. */
  delete?: boolean;
}

/** @throws Error when the export is not one of a stack (version 3). */
export function plannedStackFromState(state: unknown): PlannedStack {
  const { version, deployment } = (state ?? {}) as { version?: unknown; deployment?: { resources?: unknown } | null };
  if (version !== 3 || typeof deployment !== "object" || deployment === null) {
    throw new Error("This is not the output of `pulumi stack export` (version 3).");
  }
  const resources = (deployment.resources ?? []) as StateResource[];
  return new PlannedStack(resources.filter((resource) => resource.delete !== true).map(planned));
}

function planned({ urn, type, inputs, parent, dependencies }: StateResource): PlannedResource {
  const props = reveal(structuredClone(inputs ?? {}));
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  return { urn, type, name, props, dependencies: dependencies ?? [], ...(parent === undefined ? {} : { parent }) };
}
