// Which resources of AWS refer to which. ARNs are not known before the first update, and say little after it: what the engine
// knows of where an input came from comes first, and a name in a known ARN second.
import type { CloudResource } from "./cloud.ts";
import type { PlannedResource } from "./rule.ts";
import { Undecidable } from "./value.ts";

/** Whether an input of a resource came from another one, or names it. */
export function refersTo(from: PlannedResource, property: string, to: PlannedResource): boolean {
  if (from.propertyDependencies?.[property]?.includes(to.urn) === true) return true;
  const name = to.props.name;
  const text = from.props[property];
  return typeof name === "string" && name !== "" && typeof text === "string" && text.split("/").includes(name);
}

/**
 * The resources that refer to the target by an input. Where none does, and there is one of which nobody can say to whom it
 * refers, the question is undecidable.
 */
export function referrersOf(
  target: PlannedResource,
  candidates: readonly CloudResource[],
  property: string,
): CloudResource[] {
  const own = candidates.filter(({ resource }) => refersTo(resource, property, target));
  const open = candidates.find((each) => !each.props.get(property).isKnown && each.sourcesOf(property).length === 0);
  if (own.length === 0 && open !== undefined) throw new Undecidable(open.resource, property);
  return own;
}

/** The planned resource of one of these types that an input came from. */
export function sourceOf(
  side: CloudResource,
  property: string,
  candidates: readonly CloudResource[],
): CloudResource | undefined {
  return candidates.find(({ resource }) => refersTo(side.resource, property, resource));
}
