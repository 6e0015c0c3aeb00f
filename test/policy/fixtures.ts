// Changes of the good stack, of one thing each.
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { goodDataStack, goodPart, goodStack, resource } from "./good-stack.ts";
import type { FixtureResource, Json, PlatformPart } from "./good-stack.ts";
import { PlannedStack } from "../../policy-pack/lib/planned-stack.ts";
import { reveal } from "../../policy-pack/lib/sentinels.ts";

/** A change of the stack in place. */
export type Change = (stack: FixtureResource[]) => void;

/** How the engine writes a value that is not known yet. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownList = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";
export const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

/** How the engine writes a secret. */
export function secretOf(value: JavaScriptValue): Json {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** Sets the value at a path of keys and indexes. Keys that hold dots need the path as a list. */
export function set(name: string, path: string | string[], value: JavaScriptValue): Change {
  return (stack) => {
    const keys = typeof path === "string" ? path.split(".") : path;
    let place = find(stack, name).props;
    for (const key of keys.slice(0, -1)) place = place[key] ??= {};
    place[keys.at(-1)!] = value;
  };
}

/** Sets the value at a path within a text that is JSON; without a value it is removed. */
export function setWithin(name: string, property: string, path: string, value?: JavaScriptValue): Change {
  return (stack) => {
    const { props } = find(stack, name);
    const document = JSON.parse(props[property] as string) as Json;
    const keys = path.split(".");
    let place = document;
    for (const key of keys.slice(0, -1)) place = place[key] ??= {};
    if (value === undefined) delete place[keys.at(-1)!];
    else place[keys.at(-1)!] = value;
    props[property] = JSON.stringify(document);
  };
}

/** Says that an input came from these resources. */
export function linked(name: string, property: string, ...sources: string[]): Change {
  return (stack) => {
    const found = find(stack, name);
    const urns = sources.map((source) => find(stack, source).urn);
    found.propertyDependencies = { ...found.propertyDependencies, [property]: urns };
  };
}

/** Makes an input one that nobody knows, nor where it came from. */
export function unlinked(name: string, property: string): Change {
  return (stack) => {
    const found = find(stack, name);
    found.props[property] = unknownText;
    delete found.propertyDependencies?.[property];
  };
}

/** Removes the value at a path. */
export function unset(name: string, path: string | string[]): Change {
  return (stack) => {
    const keys = typeof path === "string" ? path.split(".") : path;
    let place = find(stack, name).props;
    for (const key of keys.slice(0, -1)) place = place[key] as Json;
    const last = keys.at(-1)!;
    if (Array.isArray(place)) place.splice(Number(last), 1);
    else delete place[last];
  };
}

export function add(...resources: FixtureResource[]): Change {
  return (stack) => void stack.push(...structuredClone(resources));
}

/** Adds a copy under another name, changed. */
export function copy(name: string, as: string, ...changes: Change[]): Change {
  return (stack) => {
    const { type, props, propertyDependencies } = find(stack, name);
    const copied = resource(type.replace("kubernetes:", ""), as, structuredClone(props));
    stack.push(propertyDependencies === undefined ? copied : { ...copied, propertyDependencies });
    for (const change of changes) change(stack);
  };
}

export function drop(name: string): Change {
  return (stack) => void stack.splice(stack.indexOf(find(stack, name)), 1);
}

export function all(...changes: Change[]): Change {
  return (stack) => changes.forEach((change) => change(stack));
}

/** Gives a resource another type, for instance that of a Patch. */
export function retype(name: string, type: string): Change {
  return (stack) => {
    Object.assign(find(stack, name), resource(type, name, find(stack, name).props));
  };
}

export function find(stack: readonly FixtureResource[], name: string): FixtureResource {
  const found = stack.find((each) => each.name === name);
  if (found === undefined) throw new Error(`The stack has no resource ${name}.`);
  return found;
}

/** The good stack, changed. */
export function stackWith(...changes: Change[]): FixtureResource[] {
  const stack = goodStack();
  for (const change of changes) change(stack);
  return stack;
}

/** The good stack with its data, changed. */
export function dataStackWith(...changes: Change[]): FixtureResource[] {
  const stack = goodDataStack();
  for (const change of changes) change(stack);
  return stack;
}

/** A part of the platform, changed. */
export function partWith(part: PlatformPart, ...changes: Change[]): FixtureResource[] {
  const stack = goodPart(part);
  for (const change of changes) change(stack);
  return stack;
}

/** The stack as rules see it outside of Pulumi. */
export function planned(stack: readonly FixtureResource[]): PlannedStack {
  return new PlannedStack(
    stack.map(({ urn, type, name, props, parent, dependencies = [], propertyDependencies, region }) => ({
      urn,
      type,
      name,
      props: reveal(structuredClone(props)),
      dependencies,
      ...(parent === undefined ? {} : { parent }),
      ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
      ...(region === undefined ? {} : { region }),
    })),
  );
}
