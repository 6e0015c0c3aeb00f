// Fills the placeholders of a template.
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { unknown, type Value } from "../values.ts";
import type { Template } from "./knowledge/model.ts";
import { ownDigits } from "./ledger.ts";

/** As many as the ids of EC2 have. */
const idDigits = 17;

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
const pick = (from: string, count: number) =>
  Array.from({ length: count }, () => from[randomInt(from.length)]!).join("");

const makers: Record<string, (count: number) => string> = {
  uuid: () => randomUUID(),
  now: () => new Date().toISOString(),
  years: (count) => new Date(Date.now() + count * 365 * 86_400_000).toISOString(),
  hex: (count) => (count === idDigits ? ownDigits(count) : randomBytes(count).toString("hex").slice(0, count)),
  lower: (count) => pick(letters, count),
  upper: (count) => pick(letters.toUpperCase(), count),
  digits: (count) => pick("123456789", 1) + pick("0123456789", count - 1),
  base64: (count) => randomBytes(count).toString("base64").slice(0, count),
};

/** @param word The value of a placeholder that is a name */
export function expand(template: string, word: (name: string) => string): string {
  return template.replace(/\{(\w+)(?::(\d+))?\}/g, (_, name: string, count?: string) => {
    const make = name === "uuid" || name === "now" || count !== undefined ? makers[name] : undefined;
    return make ? make(Number(count)) : word(name);
  });
}

/** A whole structure of templates. */
export function build(template: Template, word: (name: string) => string): Value {
  if (typeof template === "string") return expand(template, word);
  if (Array.isArray(template)) return template.map((item) => build(item, word));
  if (typeof template !== "object") return template;
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, build(item, word)]));
}

/** The same before it is built: what has a placeholder is unknown. */
export function foretell(template: Template): Value {
  if (typeof template === "string") return template.includes("{") ? unknown : template;
  if (Array.isArray(template)) return template.map(foretell);
  if (typeof template !== "object") return template;
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, foretell(item)]));
}

/** What the placeholders of a template were, read from a text that was made with it; only names of inputs and outputs. */
export function read(template: string, text: string): Record<string, string> {
  const names: string[] = [];
  const parts = template.split(/(\{\w+(?::\d+)?\})/).map((part) => {
    if (!part.startsWith("{")) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    names.push(part.slice(1, -1));
    return "(.+?)";
  });
  const values = new RegExp(`^${parts.join("")}$`).exec(text)?.slice(1) ?? [];
  const named = names.map((name, index) => [name, values[index]] as const);
  return Object.fromEntries(
    named.filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !(entry[0] in makers) && !entry[0].includes(":"),
    ),
  );
}
