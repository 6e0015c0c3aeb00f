import { changesBetween, type ResourceProvider } from "../provider.ts";
import { checkShape } from "../typings/check.ts";
import type { Typings } from "../typings/store.ts";
import { holdsUnknown, secret, unknown, type Values } from "../values.ts";
import { randomResources, type RandomResource } from "./resources.ts";

function resourceOf(type: string): RandomResource {
  const resource = randomResources[type];
  if (resource) return resource;
  throw new Error(
    `The stand-in for the random provider has no ${type}. It has: ${Object.keys(randomResources).join(", ")}.`,
  );
}

/** What the vendor's provider fills in; `number` and `numeric` always say the same. */
function withDefaults({ defaults = {} }: RandomResource, inputs: Values): Values {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  return { ...defaults, ...(defaults["upper"] === undefined ? {} : { numeric, number: numeric }), ...inputs };
}

/** The engine hands outputs over as plain values, and takes them back as they are handed back. */
function markSecrets({ secrets = [] }: RandomResource, outputs: Values): Values {
  const marked = Object.entries(outputs).map(([key, value]) => [key, secrets.includes(key) ? secret(value) : value]);
  return Object.fromEntries(marked) as Values;
}

/** The random provider: values are made at `up`, stay as they are, and are made anew when an input changes. */
export function randomProvider(typings: Typings): ResourceProvider {
  return {
    version: typings.version,
    async check({ type }, _, given) {
      const resource = resourceOf(type);
      const { inputs, refusals } = await checkShape(typings, (await typings.resource(type))?.inputs ?? {}, given);
      if (refusals.length) return { inputs, refusals };
      const shape = Object.entries(inputs).filter(([key]) => key !== "keepers");
      const decidable = !holdsUnknown(Object.fromEntries(shape));
      return { inputs, refusals: decidable ? (resource.refuse?.(inputs) ?? []) : [] };
    },
    diff: (_, { inputs: old }, inputs) => ({ changes: changesBetween(old, inputs, () => true) }),
    create({ type }, inputs, preview) {
      const resource = resourceOf(type);
      const known = withDefaults(resource, inputs);
      if (preview) {
        const later = Object.fromEntries(resource.outputs.map((name) => [name, unknown]));
        return { id: "", outputs: { ...known, ...later } };
      }
      const { id, made } = resource.make(inputs);
      return { id, outputs: markSecrets(resource, { ...known, ...made }) };
    },
    // No change of an input is made in place.
    update: (_, __, old) => old,
    read({ type }, _, inputs, outputs) {
      return { inputs, outputs: markSecrets(resourceOf(type), outputs) };
    },
  };
}
