// A stand-in for the aws provider: inputs are held to the SDK's typings and to what is known of AWS, and what AWS would
// answer is made up. It needs no account and makes nothing.
import { changesBetween, type Refusal, type ResourceProvider } from "../provider.ts";
import { checkShape } from "../typings/check.ts";
import type { Typing } from "../typings/model.ts";
import type { Typings } from "../typings/store.ts";
import { isUnknown, secret, textOf, type Values } from "../values.ts";
import { checkInputs } from "./check.ts";
import { functions } from "./functions.ts";
import { knowledgeOf } from "./knowledge/index.ts";
import { exampleAccount, type Ledger } from "./ledger.ts";
import { outputsOf, type Place, type Question } from "./outputs.ts";
import { read } from "./templates.ts";

interface Config {
  place: Place;
  defaultTags: Values;
}

export function awsProvider(typings: Typings, ledger: Ledger): ResourceProvider {
  let config: Config = { place: placeOf({}), defaultTags: {} };

  const typingOf = async (type: string): Promise<Typing> => {
    const typing = await typings.resource(type);
    if (!typing) throw new Error(`@pulumi/aws ${typings.version} has no resource type ${type}.`);
    return typing;
  };
  const answer = async (typing: Typing, question: Omit<Question, "typing">) => {
    const { id, outputs } = await outputsOf(typings, config.place, { typing, ...question });
    return { id, outputs: markSecrets(typing, outputs) };
  };

  return {
    version: typings.version,

    async checkConfig(given) {
      const { inputs, refusals } = await checkShape(typings, await typings.configuration(), parsed(given));
      return { inputs: given, refusals: [...refusals.map(shortened), ...refusedRegion(inputs)] };
    },
    configure(given) {
      const { defaultTags, ...rest } = parsed(given);
      config = { place: placeOf(rest), defaultTags: ((defaultTags as Values | undefined)?.["tags"] ?? {}) as Values };
    },

    async check(subject, old, inputs, seed) {
      return checkInputs(typings, await typingOf(subject.type), config, { subject, old, inputs, seed });
    },
    async diff({ type }, { id, inputs: old, outputs }, inputs) {
      ledger.enter(id, outputs);
      const typing = await typingOf(type);
      const { fixed = [], renamable, names = {} } = knowledgeOf(type);
      const replacing = new Set([
        "region",
        ...fixed,
        ...Object.keys(typing.inputs).filter((name) => typing.inputs[name]!.replaces),
      ]);
      if (!renamable) for (const name of ["name", ...Object.keys(names)]) replacing.add(name);
      const changes = changesBetween(old, inputs, (path) => prefixesOf(path).some((prefix) => replacing.has(prefix)));
      // A provider that has moved to another region takes along what names no region itself.
      const moved = textOf(outputs["region"]) !== config.place.region && outputs["region"] !== undefined;
      if (moved && (inputs["region"] ?? old["region"]) === undefined) {
        changes.push({ path: "region", kind: "update", replaces: true });
      }
      return {
        changes,
        deleteFirst:
          changes.some(({ replaces }) => replaces) && keepsName(old, inputs, ["name", ...Object.keys(names)]),
      };
    },
    async create(subject, inputs, preview) {
      if (!preview) refuseDangling(ledger, inputs);
      const made = await answer(await typingOf(subject.type), { subject, inputs, preview });
      if (!preview) ledger.enter(made.id, made.outputs);
      return made;
    },
    async update(subject, id, prior, inputs, preview) {
      if (!preview) refuseDangling(ledger, inputs);
      const { outputs } = await answer(await typingOf(subject.type), { subject, inputs, prior, id, preview });
      return outputs;
    },
    async delete({ type }, id, state) {
      const { inputs } = await typingOf(type);
      const given = Object.entries(state).filter(([name]) => name in inputs);
      ledger.strike(id, state, Object.fromEntries(given));
    },
    async read(subject, id, inputs, state) {
      const typing = await typingOf(subject.type);
      if (Object.keys(inputs).length) ledger.enter(id, state);
      if (Object.keys(inputs).length) return { inputs, outputs: markSecrets(typing, state) };
      // One that is looked up, of which the id is all that is known.
      const given = { ...read(knowledgeOf(subject.type).id ?? "{name}", id), ...state };
      const { outputs } = await answer(typing, { subject, inputs: given, id, preview: false });
      const entries = Object.entries(outputs).filter(([name]) => name in typing.inputs);
      return { inputs: Object.fromEntries(entries), outputs };
    },

    async invoke(token, args) {
      const answerer = functions[token];
      const typing = await typings.function(token);
      if (!answerer || !typing) {
        throw new Error(
          `The stand-in for the aws provider cannot answer ${token}. It answers: ${Object.keys(functions).join(", ")}.`,
        );
      }
      const { inputs, refusals } = await checkShape(typings, typing.inputs, args);
      if (refusals.length) return { refusals };
      return { outputs: answerer(inputs, { ...config.place, defaultTags: config.defaultTags }) };
    },
  };
}

function refuseDangling(ledger: Ledger, inputs: Values): void {
  const dangling = ledger.dangling(inputs);
  if (dangling.length) throw new Error(dangling.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
}

/** The engine hands configuration over as texts: those that are not texts in the typings are JSON. */
function parsed(given: Values): Values {
  const entries = Object.entries(given)
    .filter(([name]) => !["version", "pluginDownloadURL"].includes(name) && !name.startsWith("__"))
    .map(([name, value]) => {
      const isJson = typeof value === "string" && /^[[{]|^(true|false)$|^\d+$/.test(value);
      return [name, isJson ? (JSON.parse(value) as unknown) : value];
    });
  return Object.fromEntries(entries) as Values;
}

/** Configuration can hold credentials, which the engine would show as the value of the property. */
const shortened = ({ property, reason }: Refusal): Refusal => ({ property: "", reason: `${property}: ${reason}` });

function refusedRegion({ region }: Values): Refusal[] {
  if (region === undefined || region === null) {
    return [
      { property: "region", reason: "missing: give the provider a region, or set aws:region in the stack's config" },
    ];
  }
  const fits = typeof region !== "string" || isUnknown(region) || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region);
  return fits ? [] : [{ property: "region", reason: "no region; one such as eu-central-1 is accepted" }];
}

function placeOf({ region, allowedAccountIds }: Values): Place {
  const name = typeof region === "string" && !isUnknown(region) ? region : "us-east-1";
  const accounts = Array.isArray(allowedAccountIds) ? allowedAccountIds : [];
  return {
    region: name,
    account: accounts.length === 1 ? textOf(accounts[0]) : exampleAccount,
    partition: name.startsWith("cn-") ? "aws-cn" : name.startsWith("us-gov-") ? "aws-us-gov" : "aws",
  };
}

/** `vpcConfig.subnetIds[0]`: `vpcConfig` and `vpcConfig.subnetIds`. */
function prefixesOf(path: string): string[] {
  const names = path.replace(/\[[^\]]*\]/g, "").split(".");
  return names.map((_, index) => names.slice(0, index + 1).join("."));
}

/** Two of the same name cannot be there at once. */
function keepsName(old: Values, inputs: Values, names: readonly string[]): boolean {
  const generated = Array.isArray(inputs["__defaults"]) ? inputs["__defaults"] : [];
  return names.some((name) => inputs[name] !== undefined && old[name] === inputs[name] && !generated.includes(name));
}

function markSecrets({ secrets }: Typing, outputs: Values): Values {
  const marked = Object.entries(outputs).map(([name, value]) => [name, secrets.includes(name) ? secret(value) : value]);
  return Object.fromEntries(marked) as Values;
}
