// Compares two environments' configurations: where they differ, whether they may, and whether the second is weaker.
import { billionths } from "../checklist/quantity.ts";
import { instanceTypes } from "../components/foundation/cluster/instance-types.ts";
import { allowedDifferences } from "./allowed.ts";
import type { AllowedDifference } from "./allowed.ts";

/** A stack's configuration: config keys, and what they hold. */
export type Config = Readonly<Record<string, unknown>>;

/** One key in which the second stack differs from the first. */
export interface Difference {
  /** The key as in the stack file; entries of lists by their names. */
  key: string;
  /** Values as they are shown; undefined where nothing is given. */
  from?: string;
  to?: string;
  /** Why it may differ; undefined when it may not. */
  because?: string;
  /** What is wrong with it; undefined when nothing is. */
  problem?: string;
}

/** What the names of the two environments are, by which their values may differ. */
interface Names {
  from: readonly [kind: string, name: string][];
  to: readonly [kind: string, name: string][];
}

/** Every difference between two stacks, sorted by key: those that may be have a reason, those that may not a problem. */
export function compareStacks(
  from: Config,
  to: Config,
  allowed: readonly AllowedDifference[] = allowedDifferences,
): Difference[] {
  const [before, after] = [leavesOf(from), leavesOf(to)];
  const names: Names = { from: namesOf(from), to: namesOf(to) };
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [a, b] = [before.get(key), after.get(key)];
    if (same(a, b)) return [];
    return [{ key, ...shown("from", a), ...shown("to", b), ...judged(key, a, b, names, allowed) }];
  });
}

function judged(
  key: string,
  a: unknown,
  b: unknown,
  names: Names,
  allowed: readonly AllowedDifference[],
): Pick<Difference, "because" | "problem"> {
  // The last that matches: what is said of one key goes before what is said of many.
  const rule = allowed.findLast((each) => patternOf(each.keys).test(key));
  if (rule === undefined) {
    if (a !== undefined && b !== undefined && same(neutral(a, names.from), neutral(b, names.to)))
      return { because: "the names of environment, account and region" };
    return { problem: absence(a, b) ?? "is not among the differences that are allowed" };
  }
  const [first, second] = [neutral(a ?? rule.absent, names.from), neutral(b ?? rule.absent, names.to)];
  if (first === undefined || second === undefined) return { problem: absence(a, b)! };
  const problem = broken(rule.may, first, second);
  return problem === undefined ? { because: rule.because } : { problem };
}

const absence = (a: unknown, b: unknown) =>
  a === undefined
    ? "is given in the second only: give it in both, or in neither"
    : b === undefined
      ? "is given in the first only: give it in both, or in neither"
      : undefined;

/** What is wrong with the second value, given how it may relate to the first. */
function broken(may: AllowedDifference["may"], a: unknown, b: unknown): string | undefined {
  switch (may) {
    case "any":
      return typeof a === typeof b && b !== "" && !(Array.isArray(b) && b.length === 0)
        ? undefined
        : "is another kind of value, or nothing";
    case "digest":
      return undigested(a) === undigested(b) && hasDigest(b) >= hasDigest(a)
        ? undefined
        : "is another image or version: promote what was tested, image and digest together";
    case "at-least":
    case "at-most": {
      const [x, y] = [amountOf(a), amountOf(b)];
      if (x === undefined || y === undefined) return "is no number or quantity that could be compared";
      if (may === "at-least") return y >= x ? undefined : "is weaker: less than in the first";
      return y <= x ? undefined : "is weaker: more than in the first";
    }
    case "true-if-true":
      return a === true && b !== true ? "is weaker: off in the second" : undefined;
    case "as-many":
      return Array.isArray(a) && Array.isArray(b) && b.length >= a.length
        ? undefined
        : "is weaker: fewer entries than in the first";
    case "as-large": {
      const [x, y] = [smallest(a), smallest(b)];
      if (x === undefined || y === undefined) return "has an instance type whose size is not known here";
      return y.cpu >= x.cpu && y.memoryGib >= x.memoryGib
        ? undefined
        : "is weaker: smaller instances than in the first";
    }
  }
}

/** What the smallest of some instance types has; undefined when one of them is unknown. */
function smallest(types: unknown): { cpu: number; memoryGib: number } | undefined {
  const sizes = (Array.isArray(types) ? types : []).map((type) => instanceTypes[String(type)]);
  if (sizes.length === 0 || sizes.includes(undefined)) return undefined;
  const least = (of: "cpu" | "memoryGib") => Math.min(...sizes.map((each) => each![of]));
  return { cpu: least("cpu"), memoryGib: least("memoryGib") };
}

/** A number or a quantity, exactly. */
function amountOf(value: unknown): bigint | undefined {
  return typeof value === "number" || typeof value === "string" ? billionths(value) : undefined;
}

const undigested = (image: unknown) => String(image).replace(/@sha256:[0-9a-f]{64}$/, "");
const hasDigest = (image: unknown) => Number(/@sha256:[0-9a-f]{64}$/.test(String(image)));

/** The words by which a stack's values name its environment, account and region. */
function namesOf(config: Config): [kind: string, name: string][] {
  const account = config["apg:account"] as { accountId?: unknown; region?: unknown } | undefined;
  const found: [string, unknown][] = [
    ["environment", config["apg:environment"]],
    ["account", account?.accountId],
    ...[config["aws:allowedAccountIds"]].flat().map((id): [string, unknown] => ["account", id]),
    ["region", account?.region],
    ["region", config["aws:region"]],
  ];
  return found.filter((each): each is [string, string] => typeof each[1] === "string" && each[1] !== "");
}

/** A value with those words taken out, where they stand alone or between marks. */
function neutral(value: unknown, names: Names["from"]): unknown {
  if (Array.isArray(value)) return value.map((each) => neutral(each, names));
  if (typeof value !== "string") return value;
  return names.reduce((text, [kind, name]) => {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, "g"), `<${kind}>`);
  }, value);
}

/** The values at the ends of a configuration; lists of plain values are one value. */
export function leavesOf(config: Config): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: string) => {
    if (Array.isArray(value)) {
      if (!value.some(isContainer)) leaves.set(path, value);
      else {
        const names = value.map(nameIn);
        const distinct = new Set(names).size === names.length;
        for (const [at, each] of value.entries()) walk(each, `${path}.${(distinct ? names[at] : undefined) ?? at}`);
      }
    } else if (isContainer(value)) {
      const entries = Object.entries(value);
      if (entries.length === 0) leaves.set(path, value);
      for (const [key, each] of entries) walk(each, path === "" ? key : `${path}.${key}`);
    } else leaves.set(path, value);
  };
  walk(config, "");
  return leaves;
}

function nameIn(entry: unknown): string | undefined {
  const { name, key } = isContainer(entry) ? (entry as { name?: unknown; key?: unknown }) : {};
  return [name, key].find((each): each is string => typeof each === "string");
}

const isContainer = (value: unknown): value is object => value !== null && typeof value === "object";
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function shown<K extends "from" | "to">(side: K, value: unknown): { [key in K]?: string } {
  if (value === undefined) return {};
  return { [side]: typeof value === "string" ? value : JSON.stringify(value) } as { [key in K]?: string };
}

const patterns = new Map<string, RegExp>();

function patternOf(keys: string): RegExp {
  const known = patterns.get(keys);
  if (known !== undefined) return known;
  const parts = keys.split(".").map((part) => {
    if (part === "**") return "(?:[^.]+\\.)*";
    const text = part.replace(/[+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^.]*");
    return `${text}\\.`;
  });
  const pattern = new RegExp(`^${parts.join("")}$`.replace(/\\\.\$$/, "$"));
  patterns.set(keys, pattern);
  return pattern;
}
