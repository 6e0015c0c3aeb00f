import * as z from "zod";
import { thresholds } from "../../checklist/thresholds.ts";
import { probesDefaults, settingsDefaults } from "../../components/index.ts";
import { sizedSettings } from "../../components/capability/settings.ts";
import { schema } from "../../config/schema.ts";
import { settingObjection } from "../../config/settings.ts";
import type { Field, Sources } from "./arguments.ts";
import { namedIn } from "./components.ts";
import { cell, code, itemsIn, table, withoutItems } from "./markdown.ts";
import { ownWords } from "./own-words.ts";
import type { Words } from "./own-words.ts";

export interface Key {
  readonly path: string;
  readonly words: Words;
  readonly required: boolean;
  /** What is accepted, in the words of the error messages. */
  readonly accepted: string;
  readonly items: readonly string[];
}

/** Every key that the schema knows, in its order. Names that the user chooses are in angle brackets. */
export function keysOf({ types }: Sources): Key[] {
  const unused = new Set(Object.keys(ownWords));

  const wordsFor = (path: string, field: Field | undefined): Words => {
    unused.delete(path);
    const words = ownWords[path] ?? field;
    if (words === undefined) throw new Error(`Nothing says what apg:${path} means.`);
    const probe = /probes\.(liveness|readiness|startup)\.(\w+)$/.exec(path);
    if (probe === null) return words;
    const defaults = probesDefaults[probe[1] as keyof typeof probesDefaults] as Readonly<Record<string, unknown>>;
    return { meaning: words.meaning, default: String(defaults[probe[2]!]) };
  };
  const fieldOf = (parent: string | undefined, name: string) =>
    parent === undefined ? undefined : types.get(parent)?.fields.find((field) => field.name === name);

  // `parent` is the object type that describes the keys of an object; `prefix` leads to them within it.
  const keys = (object: z.ZodObject, path: string, parent?: string, prefix = ""): Key[] =>
    Object.entries(object.shape as Record<string, z.ZodType>).flatMap(([name, optional]) => {
      const required = !(optional instanceof z.ZodOptional);
      const type = required ? optional : (optional.unwrap() as z.ZodType);
      const own = path + name;
      const field = fieldOf(parent, prefix + name);
      const named = field === undefined ? roots[own] : namedIn(field.type, types);
      const below =
        named === undefined && field !== undefined ? ([parent, `${prefix}${name}.`] as const) : ([named, ""] as const);
      return [key(own, wordsFor(own, field), required, type), ...nested(type, own, ...below)];
    });

  const nested = (type: z.ZodType, path: string, parent?: string, prefix?: string): Key[] => {
    if (type instanceof z.ZodObject) return keys(type, `${path}.`, parent, prefix);
    if (type instanceof z.ZodArray) return nested(type.element as z.ZodType, `${path}[]`, parent, prefix);
    if (!(type instanceof z.ZodRecord) || !(type.valueType instanceof z.ZodObject)) return [];
    const own = `${path}.<name>`;
    return [key(own, wordsFor(own, undefined), false, type.valueType), ...nested(type.valueType, own, parent, prefix)];
  };

  const found = keys(schema, "");
  if (unused.size > 0) throw new Error(`The schema does not know ${[...unused].join(", ")}.`);
  return found;
}

/** Object types that describe what is in a key whose own field they are not. */
const roots: Readonly<Record<string, string>> = {
  foundation: "FoundationConfig",
  account: "AccountArgs",
  maintenanceWindow: "MaintenanceWindowArgs",
  forecastPeak: "ResourceAmounts",
  nodePools: "NodePoolsArgs",
  operators: "OperatorsArgs",
  security: "SecurityArgs",
  "security.signing": "ImagePolicyArgs",
  "security.admission": "AdmissionConfig",
  "security.compliance": "SecurityArgs",
  secrets: "SecretsArgs",
  "secrets.thirdParty": "ThirdPartyKeyArgs",
  edge: "EdgeArgs",
  "edge.token": "TokenArgs",
  "capabilities[].route": "PublicRouteArgs",
  capabilities: "CapabilityArgs",
  data: "DataPlatformArgs",
  backup: "BackupPolicyArgs",
};

function key(path: string, words: Words, required: boolean, type: z.ZodType): Key {
  const messages = messagesOf(type);
  return { path, words, required, accepted: acceptedOf(type), items: itemsIn(...messages) };
}

/** What the schema says to values that it refuses: one of no kind that it knows, one too small and one too large. */
function messagesOf(type: z.ZodType): string[] {
  const refusals = [null, "0", "9999P"].flatMap((value) => type.safeParse(value).error?.issues ?? []);
  return [...new Set(refusals.map(({ message }) => message))];
}

/** What a message says is accepted, without the rest of its sentence. */
function acceptedIn(message: string): string {
  return withoutItems(message).replace(/,? (is|are) (accepted|needed|allowed)/, "");
}

function acceptedOf(type: z.ZodType): string {
  if (type instanceof z.ZodObject) return "an object";
  // Of a list's entries the bounds are worth a word; what kind of entries they are, the list's own message says.
  const entries =
    type instanceof z.ZodArray && type.element instanceof z.ZodNumber ? [`each ${acceptedOf(type.element)}`] : [];
  return [...messagesOf(type).map(acceptedIn), ...entries].join("; ");
}

/** A table of keys. */
export function keysBlock(keys: readonly Key[], shown: (path: string) => string): string {
  const rows = keys.map(({ path, words, required, accepted, items }) => [
    code(shown(path)),
    cell(words.meaning),
    required ? "required" : cell(words.default ?? "none"),
    cell(accepted),
    items.join(", "),
  ]);
  return table(["key", "meaning", "default", "accepted", "items"], rows);
}

/** Settings that the checklists have a word about, and the components no default for. */
const withoutDefault = ["DEBUG"];

/** The environment variables that an application gets, and what may be given instead. */
export function settingsBlock(): string {
  const limits = thresholds.resources.limits;
  const defaults: Readonly<Record<string, string>> = { ...settingsDefaults, ...sizedSettings(limits) };
  const rows = [...Object.keys(defaults), ...withoutDefault].map((name) => {
    // The empty text is never a sound value.
    const objection = settingObjection(name, "", limits);
    if (objection === undefined) throw new Error(`No checklist has a word about ${name}.`);
    const value = defaults[name];
    const shown = value === undefined ? "not set" : code(value);
    return [code(name), shown, cell(acceptedIn(objection)), itemsIn(objection).join(", ")];
  });
  return table(["setting", "default", "accepted", "items"], rows);
}
