import * as pulumi from "@pulumi/pulumi";

/** One argument that a component cannot accept: where it is, and what is wrong with it and what would be right. */
export interface Problem {
  path: string;
  reason: string;
}

/** Refuses a component's arguments: every problem at once, one line each, and no stack trace. */
export class ArgumentsError extends pulumi.InputPropertiesError {
  // By this field Pulumi's program host knows the errors that it prints without a stack trace.
  readonly __pulumiRunError = true;

  constructor(component: string, problems: Problem[]) {
    super({
      message: problems.map(({ path, reason }) => `${component}.${path}: ${reason}`).join("\n"),
      errors: problems.map(({ path, reason }) => ({ propertyPath: path, reason })),
    });
    this.name = "ArgumentsError";
  }
}

/** Throws an `ArgumentsError` when there is any problem. */
export function refuse(component: string, problems: Problem[]): void {
  if (problems.length > 0) throw new ArgumentsError(component, problems);
}

/** A problem when the condition does not hold, in the words `<given> given; <rule>.` */
export function unless(holds: boolean, path: string, given: string | number, rule: string): Problem[] {
  return holds ? [] : [{ path, reason: `${given === "" ? "nothing" : given} given; ${rule}.` }];
}

/** Bounds of a whole number, each with the words that say why. */
export interface Bounds {
  min?: number;
  max?: number;
  /** Checklist items behind the bounds, as they stand in the message: `AUD-PROD-02`. */
  items?: string;
}

/** Problems of a number that must be whole and within bounds. */
export function wholeNumber(path: string, value: number, bounds: Bounds): Problem[] {
  const cited = bounds.items === undefined ? "" : ` (${bounds.items})`;
  if (!Number.isInteger(value)) return unless(false, path, value, "a whole number is needed");
  if (bounds.min !== undefined && value < bounds.min)
    return unless(false, path, value, `at least ${bounds.min} ${bounds.min === 1 ? "is" : "are"} needed${cited}`);
  if (bounds.max !== undefined && value > bounds.max)
    return unless(false, path, value, `at most ${bounds.max} ${bounds.max === 1 ? "is" : "are"} allowed${cited}`);
  return [];
}

/** Problems of a name that becomes a DNS label: the name of a namespace, a service or a pod. */
export function dnsLabel(path: string, value: string, maxLength = 63): Problem[] {
  const holds = /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(value) && value.length <= maxLength;
  return unless(
    holds,
    path,
    value,
    `lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most ${maxLength} characters`,
  );
}

/** Problems of the names in a list that must all differ. */
export function distinct(path: string, names: string[]): Problem[] {
  return names.flatMap((name, index) =>
    unless(names.indexOf(name) === index, `${path}[${index}].name`, name, "each name may be used once"),
  );
}
