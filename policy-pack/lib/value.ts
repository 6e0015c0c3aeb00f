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
