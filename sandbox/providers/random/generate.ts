// The values that the random provider makes, from the system's cryptographic source.
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { pets } from "./words.ts";

/** What a text is made of, as RandomPassword and RandomString take it, with all defaults filled in. */
export interface Shape {
  length: number;
  upper: boolean;
  lower: boolean;
  numeric: boolean;
  special: boolean;
  minUpper: number;
  minLower: number;
  minNumeric: number;
  minSpecial: number;
  overrideSpecial?: string;
}

type ShapeClass = "upper" | "lower" | "numeric" | "special";

const alphabets: Record<ShapeClass, string> = {
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** The kinds of character, whether the shape has them, how many at least, and which they are. */
export function classesOf(shape: Shape): { minimum: number; characters: string }[] {
  const special = shape.overrideSpecial ? shape.overrideSpecial : alphabets.special;
  return [
    { minimum: shape.minUpper, characters: shape.upper ? alphabets.upper : "" },
    { minimum: shape.minLower, characters: shape.lower ? alphabets.lower : "" },
    { minimum: shape.minNumeric, characters: shape.numeric ? alphabets.numeric : "" },
    { minimum: shape.minSpecial, characters: shape.special ? special : "" },
  ];
}

/** A text with at least the minimum of each kind, and the rest from all of them. */
export function randomText(shape: Shape): string {
  const classes = classesOf(shape);
  const all = classes.map(({ characters }) => characters).join("");
  const chosen = classes.flatMap(({ minimum, characters }) => pick(characters, characters === "" ? 0 : minimum));
  return shuffled([...chosen, ...pick(all, shape.length - chosen.length)]).join("");
}

const pick = (from: string, count: number) => Array.from({ length: count }, () => from[randomInt(from.length)]!);

export function shuffled<T>(items: readonly T[], next: (below: number) => number = randomInt): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = next(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** RandomId's forms of the same bytes. */
export function identifier(bytes: Buffer, prefix = "") {
  return {
    id: bytes.toString("base64url"),
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
    hex: prefix + bytes.toString("hex"),
  };
}

export const bytes = (length: number) => randomBytes(length);
export const uuid = () => randomUUID();

/** A version 7 UUID: 48 bits of time, the rest random. */
export function uuid7(now = Date.now()): string {
  const hex = now.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

export function pet(length: number, separator: string, prefix?: string): string {
  const { adverbs, adjectives, names } = pets;
  const lists = Array.from({ length }, (_, index) =>
    index === length - 1 ? names : index === length - 2 ? adjectives : adverbs,
  );
  const words = lists.map((list) => list[randomInt(list.length)]!);
  return [...(prefix === undefined ? [] : [prefix]), ...words].join(separator);
}
