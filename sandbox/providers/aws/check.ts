// What the vendor's provider and AWS itself refuse, and what they fill in before anything is made.
import { createHash } from "node:crypto";
import type { Checked, Refusal, Subject } from "../provider.ts";
import { checkShape, shown } from "../typings/check.ts";
import type { Shape, Typing } from "../typings/model.ts";
import type { Typings } from "../typings/store.ts";
import { isObject, isUnknown, type Value, type Values } from "../values.ts";
import { knowledgeOf } from "./knowledge/index.ts";
import type { NameRule } from "./knowledge/model.ts";

/** Names that Pulumi makes from the resource's own where the program gives none, besides `name`. */
const autonamed = new Set([
  "name",
  "bucket",
  "key",
  "keyName",
  "nodeGroupName",
  "fargateProfileName",
  "clusterIdentifier",
  "identifier",
  "replicationGroupId",
]);
/** Those that AWS takes, or keeps, in lower case alone. */
const lowerCase = new Set(["bucket", "clusterIdentifier", "identifier", "replicationGroupId"]);

export interface Settings {
  defaultTags: Values;
}

export async function checkInputs(
  typings: Typings,
  typing: Typing,
  settings: Settings,
  { subject, old, inputs, seed }: { subject: Subject; old: Values; inputs: Values; seed: Uint8Array },
): Promise<Checked> {
  const { inputs: shaped, refusals } = await checkShape(typings, typing.inputs, inputs);
  const checked = named(subject, typing.inputs, tagged(typing.inputs, shaped, settings.defaultTags), old, seed);
  // A name that does not even have the right kind has been refused once already.
  const known = refusals.length
    ? []
    : [
        ...refusedNames(subject, checked),
        ...refusedNumbers(subject, checked),
        ...refusedDocuments(checked),
        ...(knowledgeOf(subject.type).objections?.(checked) ?? []),
      ];
  return { inputs: checked, refusals: [...refusals, ...known] };
}

/** The provider's default tags are inputs of every resource that takes tags, as the vendor's provider has it. */
function tagged(shape: Shape, inputs: Values, defaults: Values): Values {
  const own = inputs["tags"];
  if (!shape["tags"] || Object.keys(defaults).length === 0 || (own !== undefined && !isObject(own))) return inputs;
  return { ...inputs, tags: { ...defaults, ...own } };
}

function named({ type, name }: Subject, shape: Shape, inputs: Values, old: Values, seed: Uint8Array): Values {
  const [property] = Object.keys(shape).filter(
    (property) =>
      autonamed.has(property) &&
      !shape[property]!.required &&
      inputs[property] === undefined &&
      inputs[`${property}Prefix`] === undefined &&
      (property === "name" || knowledgeOf(type).names?.[property] !== undefined),
  );
  if (property === undefined) return inputs;
  const defaults = Array.isArray(old["__defaults"]) ? old["__defaults"] : [];
  const kept = defaults.includes(property) ? old[property] : undefined;
  return { ...inputs, [property]: kept ?? generated(type, property, name, inputs, seed), __defaults: [property] };
}

function generated(type: string, property: string, name: string, inputs: Values, seed: Uint8Array): string {
  const rule = knowledgeOf(type).names?.[property];
  const prefix = type === "aws:kms/alias:Alias" ? "alias/" : "";
  const suffix = inputs["fifoTopic"] === true || inputs["fifoQueue"] === true ? ".fifo" : "";
  // The seed is the same for a preview and the update after it, and empty where a program asks for a resource twice.
  const digits = createHash("sha256").update(seed).update(`${type} ${name}`).digest("hex").slice(0, 7);
  const longest = (rule?.length[1] ?? 255) - prefix.length - digits.length - 1 - suffix.length;
  const made = `${prefix}${name.slice(0, longest)}-${digits}${suffix}`;
  return lowerCase.has(property) ? made.toLowerCase() : made;
}

function refusedNames({ type }: Subject, inputs: Values): Refusal[] {
  return Object.entries(knowledgeOf(type).names ?? {}).flatMap(([property, rule]) => {
    const given = inputs[property];
    const reason = typeof given === "string" && !isUnknown(given) ? objection(given, rule) : undefined;
    return reason === undefined ? [] : [{ property, reason }];
  });
}

function objection(
  name: string,
  { length: [shortest, longest], pattern, says, not = [] }: NameRule,
): string | undefined {
  if (name.length < shortest || name.length > longest) {
    return `${shown(name)} has ${name.length} characters; ${shortest} to ${longest} are accepted`;
  }
  if (!pattern.test(name)) return `${shown(name)} given; ${says} are accepted`;
  const refused = not.find(({ pattern }) => pattern.test(name));
  return refused && `${shown(name)} given; ${refused.says} is not accepted`;
}

function refusedNumbers({ type }: Subject, inputs: Values): Refusal[] {
  return Object.entries(knowledgeOf(type).ranges ?? {}).flatMap(([property, [least, greatest]]) => {
    const given = inputs[property];
    if (typeof given !== "number" || (given >= least && given <= greatest)) return [];
    return [{ property, reason: `${given} given; ${least} to ${greatest} is accepted` }];
  });
}

/** Policies are texts to the typings, and JSON to AWS. */
function refusedDocuments(inputs: Values): Refusal[] {
  return Object.entries(inputs).flatMap(([property, value]) => {
    const broken = /[pP]olicy$/.test(property) && typeof value === "string" ? brokenJson(value) : undefined;
    return broken === undefined ? [] : [{ property, reason: `no valid JSON: ${broken}` }];
  });
}

function brokenJson(text: Value & string): string | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
