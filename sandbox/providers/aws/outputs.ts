// What AWS would answer: outputs from inputs, from what was answered before, and made up from what is known of the type.
import type { Kind, Property, Shape, Typing } from "../typings/model.ts";
import type { Typings } from "../typings/store.ts";
import type { Subject } from "../provider.ts";
import { isObject, isUnknown, textOf, unknown, type Value, type Values } from "../values.ts";
import { knowledgeOf } from "./knowledge/index.ts";
import type { Knowledge, Template } from "./knowledge/model.ts";
import { build, expand, foretell } from "./templates.ts";

/** The account and region that ARNs name. */
export interface Place {
  account: string;
  region: string;
  partition: string;
}

export interface Question {
  subject: Subject;
  typing: Typing;
  /** What the program gave. */
  inputs: Values;
  /** The outputs before this change; none where the resource is new. */
  prior?: Values | undefined;
  id?: string;
  /** Whether what AWS makes is unknown yet. */
  preview: boolean;
}

export async function outputsOf(typings: Typings, place: Place, question: Question) {
  return new Answerer(typings, place, question).answer();
}

class Answerer {
  readonly #typings: Typings;
  readonly #question: Question;
  readonly #knowledge: Knowledge;
  readonly #words: Record<string, string>;
  readonly #made = new Map<string, string>();

  constructor(typings: Typings, place: Place, question: Question) {
    const { subject, inputs } = question;
    this.#typings = typings;
    this.#question = question;
    this.#knowledge = knowledgeOf(subject.type);
    const region = typeof inputs["region"] === "string" ? inputs["region"] : place.region;
    const service = /^aws:(\w+)\//.exec(subject.type)?.[1] ?? "aws";
    this.#words = { ...place, region, service, ...this.#knowledge.words?.(inputs) };
  }

  async answer(): Promise<{ id: string; outputs: Values }> {
    const { typing, inputs, prior = {}, preview } = this.#question;
    const outputs: Values = {};
    const known: Values = {};
    for (const [name, template] of Object.entries(this.#knowledge.foreseen?.(inputs) ?? {})) {
      known[name] = prior[name] ?? (preview ? foretell(template) : build(template, this.#word));
    }
    if (typing.outputs["region"]) known["region"] = this.#words["region"]!;
    if (typing.outputs["tagsAll"]) known["tagsAll"] = inputs["tags"] ?? {};
    for (const [name, property] of Object.entries(typing.outputs)) {
      const given = inputs[name] ?? known[name];
      const template = this.#knowledge.makes?.[name];
      const value =
        given === undefined && this.#knowledge.changing?.includes(name) && this.#question.prior
          ? this.#changed(prior[name], template)
          : await this.#value({
              name,
              top: true,
              computed: !(name in typing.inputs),
              property,
              given,
              template,
              prior: prior[name],
            });
      if (value !== undefined) outputs[name] = value;
    }
    return { id: preview ? "" : this.#id(), outputs };
  }

  #id(): string {
    const { id } = this.#question;
    return id ?? this.#once("id", () => expand(this.#knowledge.id ?? this.#usualId(), this.#word));
  }

  #usualId(): string {
    const { type } = this.#question.subject;
    return typeof this.#question.inputs["name"] === "string"
      ? "{name}"
      : `${kebab(type.slice(type.lastIndexOf(":") + 1))}-{hex:17}`;
  }

  #changed(prior: Value | undefined, template: Template | undefined): Value {
    if (this.#question.preview) return unknown;
    return typeof prior === "number" ? prior + 1 : build(template ?? "{hex:12}", this.#word);
  }

  async #value(wanted: Wanted): Promise<Value | undefined> {
    const { given, prior, property, template, name, top, computed } = wanted;
    if (given !== undefined) return this.#complete(property.kind, wanted, given);
    const isInput = !top || !computed;
    // A value that AWS chose stays when nothing is said about it; one that has a fixed default goes back to it.
    if (prior !== undefined && (property.default === undefined || !isInput) && (property.required || !isInput))
      return prior;
    if (template === undefined && property.default !== undefined) return property.default;
    if (template === undefined && (!property.required || (!computed && isNamed(property.kind)))) return undefined;
    if (this.#question.preview) return unknown;
    const prefix = top ? this.#question.inputs[`${name}Prefix`] : undefined;
    if (typeof prefix === "string") return this.#build(wanted, `${prefix}{digits:26}`);
    if (template !== undefined && !isObject(template)) return this.#build(wanted, template);
    return this.#complete(property.kind, wanted, undefined);
  }

  #build({ name, top }: Wanted, template: Template): Value {
    return top && typeof template === "string"
      ? this.#once(name, () => expand(template, this.#word))
      : build(template, this.#word);
  }

  /** A value of a kind, with what is missing in it, or as a whole, made up. */
  async #complete(kind: Kind, wanted: Wanted, given: Value | undefined): Promise<Value | undefined> {
    if (given !== undefined && isUnknown(given)) return given;
    const { template, prior, name } = wanted;
    if (isNamed(kind)) {
      const shape = await this.#typings.named("output", kind.named);
      return this.#object(shape, isObject(given) ? given : {}, wanted);
    }
    if (typeof kind === "object" && "list" in kind) {
      if (!Array.isArray(given)) return given ?? [];
      const before = Array.isArray(prior) && prior.length === given.length ? prior : [];
      const first = Array.isArray(template) ? template[0] : undefined;
      const items = given.map((item, index) =>
        this.#complete(kind.list, { ...wanted, template: first, prior: before[index] }, item),
      );
      return (await Promise.all(items)) as Value[];
    }
    return given ?? this.#invent(kind, name, wanted.computed);
  }

  async #object(shape: Shape, given: Values, { template, prior, computed }: Wanted): Promise<Values> {
    const object: Values = {};
    for (const [name, property] of Object.entries(shape)) {
      const value = await this.#value({
        name,
        top: false,
        computed,
        property,
        given: given[name] ?? undefined,
        template: isObject(template) ? (template as Record<string, Template>)[name] : undefined,
        prior: isObject(prior) ? prior[name] : undefined,
      });
      if (value !== undefined) object[name] = value;
    }
    return object;
  }

  #invent(kind: Kind, name: string, computed: boolean): Value | undefined {
    // What the program could have given, and AWS was not asked for, is most often empty.
    if (kind === "string") return computed ? this.#text(name) : "";
    if (kind === "number") return 0;
    if (kind === "boolean") return false;
    if (typeof kind !== "object") return undefined;
    return "oneOf" in kind ? kind.oneOf[0] : "document" in kind ? "" : {};
  }

  /** A text for an output of which only the name is known. */
  #text(name: string): string {
    const { type } = this.#question.subject;
    const kind = kebab(type.slice(type.lastIndexOf(":") + 1));
    const template = [
      [/^arn$/, `arn:{partition}:{service}:{region}:{account}:${kind}/{id}`],
      [/Arn$/, `arn:{partition}:{service}:{region}:{account}:${kebab(name.replace(/Arn$/, ""))}/{hex:17}`],
      [/^(ownerId|accountId|awsAccountId|registryId|owner)$/, "{account}"],
      [/[zZ]oneId$/, "Z{upper:13}"],
      [/(Id|Identifier)$/, `${kebab(name.replace(/(Id|Identifier)$/, ""))}-{hex:17}`],
      [/([eE]ndpoint|[dD]omainName|[dD]nsName|[hH]ostname)$/, "{hex:10}.{service}.{region}.amazonaws.com"],
      [/[uU]r[li]$/, "https://{hex:10}.{service}.{region}.amazonaws.com"],
      [/(At|Date|Time)$/, "{now}"],
      [/[eE]tag$/, "{hex:32}"],
      [/^(status|state)$/, "ACTIVE"],
    ] as const;
    const fitting = template.find(([pattern]) => pattern.test(name))?.[1];
    return fitting === undefined ? "" : this.#once(name, () => expand(fitting, this.#word));
  }

  /** Made once for a resource: its ARN is the same wherever another output names it. */
  #once(name: string, make: () => string): string {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    this.#made.set(name, "");
    const value = make();
    this.#made.set(name, value);
    return value;
  }

  #word = (name: string): string => {
    const { inputs, prior = {}, typing } = this.#question;
    if (name === "id") return this.#id();
    const value = inputs[name] ?? prior[name];
    if (value !== undefined && !isObject(value)) return textOf(value);
    const template = this.#words[name] ?? this.#knowledge.makes?.[name];
    if (template !== undefined && typeof template !== "object")
      return this.#once(name, () => expand(String(template), this.#word));
    const property: Property | undefined = typing.outputs[name];
    return property?.default === undefined ? this.#text(name) : textOf(property.default);
  };
}

interface Wanted {
  name: string;
  /** Whether it is an output of the resource itself, not a member of one. */
  top: boolean;
  /** Whether it, or what it is a member of, is for AWS alone to say. */
  computed: boolean;
  property: Property;
  given: Value | undefined;
  template: Template | undefined;
  prior: Value | undefined;
}

const isNamed = (kind: Kind): kind is { named: string } => typeof kind === "object" && "named" in kind;
const kebab = (name: string) => name.replace(/(?<=[a-z0-9])([A-Z])/g, "-$1").toLowerCase();
