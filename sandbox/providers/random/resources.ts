// The random provider's resources: what fills in for absent inputs, what is refused, and what is made.
import { createHash, randomInt } from "node:crypto";
import type { Refusal } from "../provider.ts";
import type { Value, Values } from "../values.ts";
import { bytes, classesOf, identifier, pet, randomText, shuffled, uuid, uuid7, type Shape } from "./generate.ts";

export interface RandomResource {
  defaults?: Values;
  /** What is wrong with known inputs of the right kinds. */
  refuse?(inputs: Values): Refusal[];
  /** Outputs that are made, and the id. */
  make(inputs: Values): { id: string; made: Record<string, Value> };
  /** Outputs that are unknown before they are made. */
  outputs: readonly string[];
  /** Those of them that are secret. */
  secrets?: readonly string[];
}

const textDefaults = {
  upper: true,
  lower: true,
  special: true,
  minUpper: 0,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
} as const;

/** `number` is the old name of `numeric`. */
function shapeOf(inputs: Values): Shape {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  return { ...textDefaults, ...inputs, numeric } as unknown as Shape;
}

function refuseShape(inputs: Values): Refusal[] {
  const shape = shapeOf(inputs);
  const classes = classesOf(shape);
  const least = classes.reduce((sum, { minimum }) => sum + minimum, 0);
  const refusals: Refusal[] = [...atLeastOne("length")(inputs)];
  if (shape.length < least) {
    const reason = `${shape.length} given; at least ${least}, the sum of minUpper, minLower, minNumeric and minSpecial, is accepted`;
    refusals.push({ property: "length", reason });
  }
  if (classes.every(({ characters }) => characters === "")) {
    refusals.push({ property: "numeric", reason: "one of upper, lower, numeric and special has to be true" });
  }
  return refusals;
}

const atLeastOne = (property: string) => (inputs: Values) => {
  const given = inputs[property];
  return typeof given === "number" && given < 1 ? [{ property, reason: `${given} given; at least 1 is accepted` }] : [];
};

const text: Pick<RandomResource, "defaults" | "refuse"> = { defaults: textDefaults, refuse: refuseShape };

/** Numbers below a bound: random ones, or the same ones every time for a seed. The vendor's for a seed are others. */
function source(seed: Value | undefined): (below: number) => number {
  if (typeof seed !== "string" || seed === "") return (below) => randomInt(below);
  let turn = 0;
  return (below) => {
    const digest = createHash("sha256").update(`${seed} ${turn++}`).digest();
    return Number(digest.readBigUInt64BE() % BigInt(below));
  };
}

const uuidOf = (make: () => string): RandomResource => ({
  outputs: ["result"],
  make: () => {
    const result = make();
    return { id: result, made: { result } };
  },
});

/** By type token. */
export const randomResources: Readonly<Record<string, RandomResource>> = {
  // bcryptHash is left out: nothing here computes one.
  "random:index/randomPassword:RandomPassword": {
    ...text,
    outputs: ["result", "bcryptHash"],
    secrets: ["result", "bcryptHash"],
    make: (inputs) => ({ id: "none", made: { result: randomText(shapeOf(inputs)) } }),
  },
  "random:index/randomString:RandomString": {
    ...text,
    outputs: ["result"],
    make: (inputs) => {
      const result = randomText(shapeOf(inputs));
      return { id: result, made: { result } };
    },
  },
  "random:index/randomId:RandomId": {
    outputs: ["b64Std", "b64Url", "dec", "hex"],
    refuse: atLeastOne("byteLength"),
    make: ({ byteLength, prefix }) => {
      const { id, ...made } = identifier(bytes(byteLength as number), (prefix ?? "") as string);
      return { id, made };
    },
  },
  "random:index/randomBytes:RandomBytes": {
    outputs: ["base64", "hex"],
    secrets: ["base64", "hex"],
    refuse: atLeastOne("length"),
    make: ({ length }) => {
      const made = bytes(length as number);
      return { id: "none", made: { base64: made.toString("base64"), hex: made.toString("hex") } };
    },
  },
  "random:index/randomUuid:RandomUuid": uuidOf(uuid),
  "random:index/randomUuid4:RandomUuid4": uuidOf(uuid),
  "random:index/randomUuid7:RandomUuid7": uuidOf(() => uuid7()),
  "random:index/randomInteger:RandomInteger": {
    outputs: ["result"],
    refuse: ({ min, max }) =>
      typeof min === "number" && typeof max === "number" && max < min
        ? [{ property: "max", reason: `${max} given; at least min, ${min}, is accepted` }]
        : [],
    make: ({ min, max, seed }) => {
      const result = (min as number) + source(seed)((max as number) - (min as number) + 1);
      return { id: String(result), made: { result } };
    },
  },
  "random:index/randomPet:RandomPet": {
    outputs: [],
    defaults: { length: 2, separator: "-" },
    refuse: atLeastOne("length"),
    make: ({ length, separator, prefix }) => ({
      id: pet((length ?? 2) as number, (separator ?? "-") as string, prefix as string | undefined),
      made: {},
    }),
  },
  "random:index/randomShuffle:RandomShuffle": {
    outputs: ["results"],
    make: ({ inputs, resultCount, seed }) => {
      const given = inputs as Value[];
      const count = (resultCount ?? given.length) as number;
      const next = source(seed);
      const results: Value[] = [];
      // More results than inputs are asked for: shuffled again as often as it takes.
      while (given.length > 0 && results.length < count) results.push(...shuffled(given, next));
      return { id: "-", made: { results: results.slice(0, count) } };
    },
  },
};
