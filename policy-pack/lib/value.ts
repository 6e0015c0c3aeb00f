// A place in a resource's inputs, with the path that leads to it. Reading a value that is unknown or secret throws, so
// that no rule takes "not known" for "absent": evaluation turns the throw into a finding at that path.
import { billionths } from "../../checklist/quantity.ts";
import type { PlannedResource } from "./rule.ts";
import { Secret, Unknown } from "./sentinels.ts";

/** A rule needed a value that is not known, or that is a secret. */
export class Undecidable extends Error {
  readonly resource: PlannedResource;
  readonly path: string;
  constructor(resource: PlannedResource, path: string) {
    super(`${path} is not known`);
    this.resource = resource;
    this.path = path;
  }
}

/** A value has another type than Kubernetes wants there. */
export class Malformed extends Error {
  readonly resource: PlannedResource;
  readonly path: string;
  readonly expected: string;
  constructor({ resource, path }: Value, expected: string) {
    super(`${path} is not ${expected}`);
    this.resource = resource;
    this.path = path;
    this.expected = expected;
  }
}

export class Value {
  readonly resource: PlannedResource;
  readonly path: string;
  readonly #raw: unknown;

  constructor(resource: PlannedResource, path: string, raw: unknown) {
    this.resource = resource;
    this.path = path;
    this.#raw = raw;
  }

  /** The value under one key, which may itself hold dots. */
  get(key: string): Value {
    const record = this.#record();
    const path = /[./]/.test(key) ? `${this.path}["${key}"]` : this.path === "" ? key : `${this.path}.${key}`;
    return new Value(this.resource, path, record?.[key]);
  }

  /** The value at a path of plain keys, "spec.template". */
  at(path: string): Value {
    return path.split(".").reduce((value: Value, key) => value.get(key), this);
  }

  get exists(): boolean {
    return this.isSecret || this.#settled() !== undefined;
  }

  /** Whether there is anything at all, also something that is not known yet or a secret. */
  get isGiven(): boolean {
    return this.#raw !== undefined && this.#raw !== null;
  }

  /** Whether the value itself can be read; what is in it may still be unknown. */
  get isKnown(): boolean {
    return !(this.#raw instanceof Unknown || this.#raw instanceof Secret);
  }

  get isText(): boolean {
    return typeof this.#raw === "string";
  }

  get isList(): boolean {
    return Array.isArray(this.#raw);
  }

  get isSecret(): boolean {
    return this.#raw instanceof Secret;
  }

  /** The items of a list; none when it is absent. */
  list(): Value[] {
    const raw = this.#settled() ?? [];
    if (!Array.isArray(raw)) throw new Malformed(this, "a list");
    return raw.map((item: unknown, index) => new Value(this.resource, `${this.path}[${index}]`, item));
  }

  /** The keys of an object; none when it is absent. */
  keys(): string[] {
    return Object.keys(this.#record() ?? {});
  }

  entries(): [string, Value][] {
    return this.keys().map((key) => [key, this.get(key)]);
  }

  string(): string | undefined {
    return this.#typed("string", "a string");
  }

  boolean(): boolean | undefined {
    return this.#typed("boolean", "true or false");
  }

  number(): number | undefined {
    return this.#typed("number", "a number");
  }

  /** A number or a percentage, as Kubernetes' IntOrString. */
  numberOrText(): number | string | undefined {
    const raw = this.#settled();
    if (raw !== undefined && typeof raw !== "number" && typeof raw !== "string") {
      throw new Malformed(this, "a number or a percentage");
    }
    return raw;
  }

  /** A text, or a number or switch as it would be written. */
  scalar(): string | undefined {
    const raw = this.#settled();
    if (raw === undefined) return undefined;
    if (typeof raw !== "string" && typeof raw !== "number" && typeof raw !== "boolean") {
      throw new Malformed(this, "a text");
    }
    return String(raw);
  }

  /** The items of a list, or what stands in its place, as policies have it. */
  oneOrMore(): Value[] {
    if (this.isList) return this.list();
    return this.isGiven ? [this] : [];
  }

  /** The value in a text that is JSON; the value itself when it is none. */
  parsed(): Value {
    const raw = this.#settled();
    if (typeof raw !== "string") return this;
    try {
      return new Value(this.resource, this.path, JSON.parse(raw));
    } catch {
      throw new Malformed(this, "JSON");
    }
  }

  /** A quantity in billionths. */
  quantity(): bigint | undefined {
    const raw = this.#settled();
    if (raw === undefined) return undefined;
    const size = typeof raw === "string" || typeof raw === "number" ? billionths(raw) : undefined;
    if (size === undefined) throw new Malformed(this, 'a quantity such as "500m" or "1Gi"');
    return size;
  }

  strings(): string[] {
    return this.list().map((item) => item.string() ?? "");
  }

  /** A map of strings, such as labels. */
  map(): Map<string, string> {
    return new Map(this.entries().map(([key, value]) => [key, value.string() ?? ""]));
  }

  #settled(): unknown {
    if (this.#raw instanceof Unknown || this.#raw instanceof Secret) throw new Undecidable(this.resource, this.path);
    return this.#raw ?? undefined;
  }

  #record(): Record<string, unknown> | undefined {
    const raw = this.#settled();
    if (raw !== undefined && (typeof raw !== "object" || Array.isArray(raw))) {
      throw new Malformed(this, "an object");
    }
    return raw as Record<string, unknown> | undefined;
  }

  #typed<T>(type: string, expected: string): T | undefined {
    const raw = this.#settled();
    if (raw !== undefined && typeof raw !== type) throw new Malformed(this, expected);
    return raw as T | undefined;
  }
}

/** A value that is not there, of a resource that another one should have been found for. */
export function notGiven(resource: PlannedResource): Value {
  return new Value(resource, "", undefined);
}
