// Policy documents of AWS, given as JSON text or as an object. Of an object the parts that are known can be judged while
// others, such as an ARN, are not known yet.
import type { Value } from "./value.ts";

export interface Statement {
  readonly value: Value;
  readonly allows: boolean;
  /** How messages name it: by its Sid, or by its place. */
  readonly title: string;
}

export function statementsOf(document: Value): Statement[] {
  return document
    .parsed()
    .get("Statement")
    .oneOrMore()
    .map((value, index) => ({
      value,
      allows: value.get("Effect").string() === "Allow",
      title: value.get("Sid").isText ? `statement ${value.get("Sid").string()}` : `statement ${index + 1}`,
    }));
}

/** What a statement speaks of: its actions, in lower case, as IAM compares them. */
export function actionsOf({ value }: Statement): string[] {
  return texts(value.get("Action")).map((action) => action.toLowerCase());
}

/** Whom a statement speaks of: "*", or the principals of each sort. */
export function principalsOf({ value }: Statement): string[] {
  const principal = value.get("Principal");
  if (!principal.isGiven) return [];
  if (principal.isText || principal.isList) return texts(principal);
  return principal.entries().flatMap(([, each]) => texts(each));
}

/** The value of a condition: of an operator, also by its ...IfExists, and a key, both in any case. */
export function conditionOf({ value }: Statement, operator: string, key: string): string | undefined {
  for (const [name, keys] of value.get("Condition").entries()) {
    if (name.toLowerCase() !== operator.toLowerCase()) continue;
    for (const [each, wanted] of keys.entries()) {
      if (each.toLowerCase() !== key.toLowerCase()) continue;
      const [only, ...more] = wanted.oneOrMore();
      if (more.length === 0) return only?.scalar();
    }
  }
  return undefined;
}

export function texts(value: Value): string[] {
  return value.oneOrMore().map((each) => each.string() ?? "");
}
