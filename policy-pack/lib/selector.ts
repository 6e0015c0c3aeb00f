// Label selectors, as the API server evaluates them.
import type { Value } from "./value.ts";

/** Whether the selector selects everything: it is there, and demands nothing. */
export function selectsAll(selector: Value): boolean {
  return selector.get("matchLabels").keys().length === 0 && selector.get("matchExpressions").list().length === 0;
}

export function selects(selector: Value, labels: ReadonlyMap<string, string>): boolean {
  const wanted = [...selector.get("matchLabels").map()];
  const expressions = selector.get("matchExpressions").list();
  return wanted.every(([key, value]) => labels.get(key) === value) && expressions.every((each) => holds(each, labels));
}

function holds(expression: Value, labels: ReadonlyMap<string, string>): boolean {
  const label = labels.get(expression.get("key").string() ?? "");
  const values = expression.get("values").strings();
  switch (expression.get("operator").string()) {
    case "In":
      return label !== undefined && values.includes(label);
    case "NotIn":
      return label === undefined || !values.includes(label);
    case "Exists":
      return label !== undefined;
    case "DoesNotExist":
      return label === undefined;
    default:
      return false;
  }
}
