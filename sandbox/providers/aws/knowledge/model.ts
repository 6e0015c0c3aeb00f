// What is known of a resource type beyond the SDK's typings: what AWS answers, which names it takes, what cannot be changed.
import type { Refusal } from "../../provider.ts";
import type { Values } from "../../values.ts";

/**
 * A text with placeholders: an input or output of the resource by name (`{bucket}`), `{region}`, `{account}`, `{partition}`,
 * `{service}`, or something made anew: `{uuid}`, `{now}`, `{years:2}` from now, and so many characters of `{hex:17}`,
 * `{lower:6}` or `{upper:13}` (letters and digits), `{digits:10}`, `{base64:60}`.
 */
export type Template = string | number | boolean | Template[] | { [key: string]: Template };

export interface NameRule {
  length: [shortest: number, longest: number];
  pattern: RegExp;
  /** What the pattern allows, in words. */
  says: string;
  /** Names of the right form that are refused nevertheless. */
  not?: { pattern: RegExp; says: string }[];
}

export interface Knowledge {
  /** Of the id. @default `{name}`, or what the type is called and random digits */
  id?: string;
  /** Of outputs; of one that is an object, of the members that were not given. */
  makes?: Record<string, Template>;
  /** Further placeholders for the templates, made once for a resource. */
  words?: (inputs: Values) => Record<string, string>;
  /** Outputs that come with every change, beside those of which this gives the first value. */
  changing?: readonly string[];
  /** Paths of inputs that AWS cannot change, without indices: a change of one makes the resource anew. */
  fixed?: readonly string[];
  /** Whether `name` can be changed; of most types it cannot. */
  renamable?: true;
  names?: Record<string, NameRule>;
  /** Least and greatest value of a number. */
  ranges?: Record<string, readonly [number, number]>;
  /** What else AWS refuses. */
  objections?: (inputs: Values) => Refusal[];
  /** Outputs of which the vendor's provider knows the plain parts before it asks AWS; those with placeholders are unknown. */
  foreseen?: (inputs: Values) => Record<string, Template>;
}

export type Types = Record<string, Knowledge>;
