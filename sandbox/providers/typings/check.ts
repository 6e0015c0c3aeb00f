// Holds inputs to a type's shape, as the vendor's provider does before it talks to anyone.
import type { Refusal } from "../provider.ts";
import { step } from "../provider.ts";
import { holdsUnknown, isObject, isUnknown, signatureKey, unknown, type Value, type Values } from "../values.ts";
import type { Kind, Property, Shape } from "./model.ts";
import { distance, nearest } from "./nearest.ts";
import type { Typings } from "./store.ts";

/**
 * @returns the inputs in the kinds that they are declared in (texts that hold numbers and the like are converted, documents
 * are turned into text), and what is wrong with them
 */
export async function checkShape(
  typings: Typings,
  shape: Shape,
  inputs: Values,
): Promise<{ inputs: Values; refusals: Refusal[] }> {
  const refusals: Refusal[] = [];
  const checked = await new Check(typings, refusals).object("", shape, inputs);
  return { inputs: checked, refusals };
}

class Check {
  readonly #typings: Typings;
  readonly #refusals: Refusal[];

  constructor(typings: Typings, refusals: Refusal[]) {
    this.#typings = typings;
    this.#refusals = refusals;
  }

  async object(path: string, shape: Shape, given: Values): Promise<Values> {
    const names = Object.keys(shape);
    const result: Values = {};
    for (const [name, value] of Object.entries(given)) {
      const property = shape[name];
      if (name.startsWith("__") || value === null) continue;
      if (property) result[name] = await this.#property(step(path, name), property, value);
      else this.#refuse(step(path, name), unknownName(name, names));
    }
    for (const name of names.filter((name) => shape[name]!.required && (given[name] ?? null) === null)) {
      this.#refuse(step(path, name), "missing, and required");
    }
    return result;
  }

  async #property(path: string, { kind, values = [] }: Property, value: Value): Promise<Value> {
    const checked = await this.#value(path, kind, value);
    for (const [text, at] of textsOf(checked, path)) {
      const meant = values.includes(text) ? undefined : values.find((known) => isMisspelling(text, known));
      if (meant !== undefined) this.#refuse(at, `${shown(text)} given; did you mean ${shown(meant)}?`);
    }
    return checked;
  }

  async #value(path: string, kind: Kind, value: Value): Promise<Value> {
    if (isUnknown(value) || kind === "any" || (isObject(value) && signatureKey in value)) return value;
    if (typeof kind === "string") return this.#scalar(path, kind, value);
    if ("list" in kind) {
      if (!Array.isArray(value)) return this.#mismatch(path, value, "a list");
      return Promise.all(value.map((item, index) => this.#value(`${path}[${index}]`, kind.list, item)));
    }
    if ("oneOf" in kind) {
      if (typeof value === "string" && kind.oneOf.includes(value)) return value;
      const accepted = kind.oneOf.map(shown);
      if (typeof value === "string") this.#refuse(path, `${shown(value)} given; ${choice(accepted)} is accepted`);
      else this.#mismatch(path, value, choice(accepted));
      return value;
    }
    if ("document" in kind) {
      if (typeof value === "string") return this.#documentText(path, value);
      if (!isObject(value)) return this.#mismatch(path, value, "a document, as an object or as text,");
      const document = await this.object(path, await this.#typings.named("input", kind.document), value);
      return holdsUnknown(document) ? unknown : JSON.stringify(sorted(document));
    }
    if (!isObject(value)) return this.#mismatch(path, value, "an object");
    if ("named" in kind) return this.object(path, await this.#typings.named("input", kind.named), value);
    const entries = Object.entries(value).map(async ([key, item]) => [
      key,
      await this.#value(step(path, key), kind.map, item),
    ]);
    return Object.fromEntries(await Promise.all(entries)) as Values;
  }

  /** A scalar of another kind that has the same text is taken, as the vendor's providers take it. */
  #scalar(path: string, kind: "string" | "number" | "boolean", value: Value): Value {
    if (typeof value === kind) return value;
    if (kind === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
    if (kind === "number" && typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
    if (kind === "boolean" && (value === "true" || value === "false")) return value === "true";
    return this.#mismatch(path, value, `a ${kind}`);
  }

  #documentText(path: string, text: string): Value {
    try {
      JSON.parse(text);
    } catch (error) {
      this.#refuse(path, `no valid JSON: ${(error as Error).message}`);
    }
    return text;
  }

  #mismatch(path: string, value: Value, accepted: string): Value {
    // A text may be a secret that has come to the wrong place.
    const given = typeof value === "string" ? "a string" : shown(value);
    this.#refuse(path, `${given} given; ${accepted} is accepted`);
    return value;
  }

  #refuse(property: string, reason: string): void {
    this.#refusals.push({ property, reason });
  }
}

const choice = (of: readonly string[]) => (of.length < 2 ? of.join() : `${of.slice(0, -1).join(", ")} or ${of.at(-1)}`);

function unknownName(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  if (meant !== undefined) return `not known; did you mean ${meant}?`;
  return `not known; known are: ${names.toSorted().join(", ")}`;
}

function textsOf(value: Value, path: string): [text: string, path: string][] {
  if (typeof value === "string") return isUnknown(value) ? [] : [[value, path]];
  return Array.isArray(value) ? value.flatMap((item, index) => textsOf(item, `${path}[${index}]`)) : [];
}

/**
 * Values that comments list are seldom all there are, and newer ones differ in their numbers: so only what differs from one
 * of them in its case, or in a letter or two of many, is taken for a slip.
 */
function isMisspelling(given: string, known: string): boolean {
  if (given.toLowerCase() === known.toLowerCase()) return given !== known;
  const digits = (text: string) => text.replace(/\D/g, "");
  return digits(given) === digits(known) && known.length >= 6 && distance(given, known) <= (known.length >= 9 ? 2 : 1);
}

/** A value in a message; long ones and objects by their kind, since they may hold what nobody should read. */
export function shown(value: Value): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 76)}..."` : text;
}

/** Keys in order, as the vendor's provider writes documents: what is equal stays equal. */
function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key]!)]),
  );
}
