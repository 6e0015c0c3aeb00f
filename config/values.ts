// The kinds of values that a stack's configuration is made of. Every message says what is accepted and names the checklist
// items behind it.
import * as z from "zod";
import { labelValue } from "../checklist/label-syntax.ts";
import type { Syntax } from "../checklist/label-syntax.ts";
import { parseAmount } from "../checklist/quantity.ts";

/** A whole number within bounds. */
export function count(bounds: { min: number; max?: number }, items: string) {
  const { min, max } = bounds;
  const range = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  const atLeast = z
    .int(`a whole number ${range} is accepted (${items})`)
    .min(min, `at least ${min} is needed (${items})`);
  return max === undefined
    ? atLeast
    : atLeast.max(max, `at most ${max} ${max === 1 ? "is" : "are"} allowed (${items})`);
}

export function text(accepted: string) {
  return z.string(accepted).min(1, accepted);
}

export function syntax({ holds, accepted }: Syntax, items: string) {
  const cited = `${accepted} (${items})`;
  return z.string(cited).refine(holds, cited);
}

/** A name that Kubernetes takes for a namespace, a service or a label's value. */
export function dnsLabel(items: string, maxLength = 50) {
  const accepted = `a name of lower-case letters, digits and hyphens, starting with a letter, at most ${maxLength} characters, is accepted (${items})`;
  return z
    .string(accepted)
    .max(maxLength, accepted)
    .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, accepted);
}

export function environmentVariable(items: string) {
  const accepted = `the name of an environment variable is accepted: capital letters, digits and underscores, starting with a letter (${items})`;
  return z.string(accepted).regex(/^[A-Z][A-Z0-9_]*$/, accepted);
}

/** A Kubernetes quantity; `pulumi config set --path` turns "2" into the number 2. */
export function amount(example: string, items: string) {
  const accepted = `a Kubernetes quantity such as ${JSON.stringify(example)} is accepted (${items})`;
  return z
    .union([z.string(), z.number()], accepted)
    .transform(String)
    .refine((given) => parseAmount(given) !== undefined, { error: accepted, abort: true });
}

export const atLeast = (least: string) =>
  amount(least, "AUD-PROD-03").refine((given) => parseAmount(given)! >= parseAmount(least)!, {
    error: `at least ${JSON.stringify(least)} is needed (AUD-PROD-03)`,
  });

export const atMost = (most: string) =>
  amount(most, "AUD-PROD-03").refine((given) => parseAmount(given)! <= parseAmount(most)!, {
    error: `at most ${JSON.stringify(most)} is allowed (AUD-PROD-03)`,
  });

export const podLabels = z.record(
  z.string(),
  text("a label's value, as text, is accepted (AUD-SEC-01)"),
  "an object of labels and their values is accepted (AUD-SEC-01)",
);

const nodeLabelsAccepted = "a list of at least one value is accepted (CV-SCALE-04)";
export const nodeLabels = z.record(
  z.string(),
  z.array(syntax(labelValue, "CV-SCALE-04"), nodeLabelsAccepted).min(1, nodeLabelsAccepted),
  "an object of labels, each with a list of values, is accepted (CV-SCALE-04)",
);

/** An object without unknown keys. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape, items: string) {
  return z.strictObject(shape, `an object with ${Object.keys(shape).join(", ")} is accepted (${items})`);
}

const portAccepted = "a whole number from 1 to 65535 is accepted (CV-NET-01)";
export const port = z.int(portAccepted).min(1, portAccepted).max(65535, portAccepted);
