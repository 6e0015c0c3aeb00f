// How property values travel between the engine and a provider.
import struct from "google-protobuf/google/protobuf/struct_pb.js";

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

/** What the engine sends for a value that is not known before `up`, by the kind that it will have. */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string, and what a program leaves unknown
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
]);

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const isUnknown = (value: unknown): boolean => typeof value === "string" && unknowns.has(value);

/** Whether a value is unknown or holds one that is. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(holdsUnknown);
}

/** Marks secrets, assets and their like: Pulumi's own key, and what stands under it. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value that the engine keeps encrypted. */
export const secret = (value: Value): Value => ({ [signatureKey]: secretSignature, value });

export const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A scalar as text; nothing for what has none. */
export const textOf = (value: Value | undefined): string => (typeof value === "object" ? "" : String(value ?? ""));

export function fromStruct(message: struct.Struct | undefined): Values {
  return message?.toJavaScript() ?? {};
}

/** Leaves out what is undefined, which the message has no word for. */
export function toStruct(values: Record<string, Value | undefined>): struct.Struct {
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Values);
}
