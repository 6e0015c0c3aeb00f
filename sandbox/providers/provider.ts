// What a resource provider of the sandbox's answers, in plain values; server.ts speaks the engine's protocol for it.
import type { Value, Values } from "./values.ts";

/** A refused input: `property` is its path, such as `rules[0].status`. */
export interface Refusal {
  property: string;
  reason: string;
}

/** The resource that is asked about. */
export interface Subject {
  urn: string;
  /** Type token, such as `aws:s3/bucket:Bucket`. */
  type: string;
  /** The program's name for it. */
  name: string;
}

export interface Checked {
  inputs: Values;
  refusals: Refusal[];
}

/** A changed property, by path. */
export interface Change {
  path: string;
  kind: "add" | "delete" | "update";
  /** Whether the resource has to be made anew for it. */
  replaces: boolean;
}

export interface Difference {
  changes: Change[];
  /** Whether the old one has to go before the new one can be there, as where both would have the same name. */
  deleteFirst?: boolean;
}

export interface ResourceProvider {
  version: string;
  checkConfig?(config: Values): Checked | Promise<Checked>;
  configure?(config: Values): void;
  /** @param old Inputs of the last deployment @param seed The same for a preview and the update after it */
  check(subject: Subject, old: Values, inputs: Values, seed: Uint8Array): Checked | Promise<Checked>;
  diff(subject: Subject, known: Deployed, inputs: Values): Difference | Promise<Difference>;
  create(subject: Subject, inputs: Values, preview: boolean): Made | Promise<Made>;
  update(subject: Subject, id: string, old: Values, inputs: Values, preview: boolean): Values | Promise<Values>;
  /** What is there under an id. @param state What is known of it: of a resource that is looked up, very little */
  read(subject: Subject, id: string, inputs: Values, state: Values): Found | Promise<Found>;
  delete?(subject: Subject, id: string, state: Values): void | Promise<void>;
  invoke?(token: string, args: Values): Answer | Promise<Answer>;
}

/** A resource as it was deployed last. */
export interface Deployed {
  id: string;
  inputs: Values;
  outputs: Values;
}

export interface Made {
  id: string;
  outputs: Values;
}

export interface Found {
  inputs: Values;
  outputs: Values;
}

export interface Answer {
  outputs?: Values;
  refusals?: Refusal[];
}

/** Changed properties of one object, one entry each, nested ones by their paths. */
export function changesBetween(old: Values, now: Values, replaces: (path: string) => boolean): Change[] {
  const changes: Change[] = [];
  const visit = (path: string, before: Value | undefined, after: Value | undefined): void => {
    if (before === undefined && after === undefined) return;
    if (before === undefined || before === null) {
      if (after !== before) changes.push({ path, kind: "add", replaces: replaces(path) });
    } else if (after === undefined || after === null) {
      changes.push({ path, kind: "delete", replaces: replaces(path) });
    } else if (Array.isArray(before) && Array.isArray(after)) {
      for (let index = 0; index < Math.max(before.length, after.length); index++) {
        visit(`${path}[${index}]`, before[index], after[index]);
      }
    } else if (
      typeof before === "object" &&
      typeof after === "object" &&
      Array.isArray(before) === Array.isArray(after)
    ) {
      const [a, b] = [before as Values, after as Values];
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) visit(step(path, key), a[key], b[key]);
    } else if (before !== after) {
      changes.push({ path, kind: "update", replaces: replaces(path) });
    }
  };
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (!key.startsWith("__")) visit(key, old[key], now[key]);
  }
  return changes;
}

/** The path of a property of what has a path, as Pulumi writes it. */
export function step(path: string, key: string): string {
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}
