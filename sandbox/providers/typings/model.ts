// What an SDK's typings say of a resource type.
import type { Value } from "../values.ts";

export type Kind =
  | "string"
  | "number"
  | "boolean"
  /** Anything: assets, and what the typings leave open. */
  | "any"
  | { list: Kind }
  | { map: Kind }
  /** An object of a named type, such as `s3.BucketLogging`. */
  | { named: string }
  /** A document that is sent as text; a program may also give it as an object of the named type. */
  | { document: string }
  /** One of these texts and no other. */
  | { oneOf: string[] };

export interface Property {
  kind: Kind;
  required: boolean;
  /** Values that the comment or an enumeration names: there may be more. */
  values?: string[];
  /** Value when it is left out, by its comment. */
  default?: Value;
  /** Whether its comment says that a change of it makes the resource anew. */
  replaces?: true;
}

export type Shape = Readonly<Record<string, Property>>;

export interface Typing {
  inputs: Shape;
  outputs: Shape;
  /** Outputs that the SDK treats as secret. */
  secrets: readonly string[];
}
