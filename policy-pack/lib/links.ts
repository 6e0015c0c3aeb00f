// Which resources of a cloud belong together when their ids are made by the cloud: nobody knows them at the first preview,
// and afterwards the engine knows them and where they came from. So where they came from is asked first, and a name second.
import type { CloudResource, Target } from "./cloud.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { PlannedResource } from "./rule.ts";
import { Undecidable } from "./value.ts";

/** A resource with what it may be called. */
export class Named implements Target {
  readonly cloud: CloudResource;
  readonly names: readonly string[];

  constructor(cloud: CloudResource, names: readonly (string | undefined)[] = []) {
    this.cloud = cloud;
    this.names = names.filter((name) => name !== undefined);
  }

  get resource(): PlannedResource {
    return this.cloud.resource;
  }

  get title(): string {
    return this.cloud.title;
  }
}

/** The planned resources of some types, by their names. */
export function namedOf(stack: PlannedStack, ...types: readonly string[]): Named[] {
  return stack.ofType(...types).map((cloud) => new Named(cloud, [textOf(cloud, "name")]));
}

/** Whether a text is one of the names, or an ARN with one of them in it. */
export function isNamedBy(text: string, names: readonly string[]): boolean {
  return names.includes(text) || (text.startsWith("arn:") && text.split("/").some((part) => names.includes(part)));
}

/** The planned resources of some types that an input came from. */
export function sourcesAmong<T extends Pick<Target, "resource">>(
  side: CloudResource,
  property: string,
  targets: readonly T[],
): T[] {
  const urns = side.sourcesOf(property);
  return targets.filter(({ resource }) => urns.includes(resource.urn));
}

/** The one that an input names; "none" where it names something else, undefined where nobody can say. */
export function linkOf<T extends Target>(
  side: CloudResource,
  property: string,
  targets: readonly T[],
): T | "none" | undefined {
  const value = side.props.get(property);
  if (!value.isGiven) return "none";
  const sources = sourcesAmong(side, property, targets);
  if (sources.length === 1) return sources[0];
  if (!value.isKnown) return undefined;
  const name = value.string() ?? "";
  return targets.find(({ names }) => isNamedBy(name, names)) ?? (sources.length > 1 ? undefined : "none");
}

/** The resources of some types beside a target. Where nobody knows whose one is, a target without any is undecidable. */
export function besideOf<T extends Target>(
  stack: PlannedStack,
  target: Pick<T, "resource">,
  targets: readonly T[],
  property: string,
  ...types: readonly string[]
): CloudResource[] {
  const sides = stack.ofType(...types).map((side) => ({ side, of: linkOf(side, property, targets) }));
  const own = sides.filter(({ of }) => of !== "none" && of?.resource === target.resource).map(({ side }) => side);
  const open = sides.find(({ of }) => of === undefined)?.side;
  if (own.length === 0 && open !== undefined) throw new Undecidable(open.resource, property);
  return own;
}

/** What a value says, or undefined where it is not known. */
export function textOf(resource: CloudResource, property: string): string | undefined {
  const value = resource.props.get(property);
  return value.isText ? value.string() : undefined;
}
