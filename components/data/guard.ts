// What must not be made smaller or older, checked by the engine against what is there, at preview already.
import * as pulumi from "@pulumi/pulumi";
import { parseAmount } from "../../checklist/quantity.ts";

/** The inputs of a resource, as they were and as they shall be. */
export interface Change {
  /** What the engine last applied. */
  was: Record<string, unknown>;
  /** What the program asks for now. */
  becomes: Record<string, unknown>;
}

/** The value at a path of keys; undefined where there is none. */
export function valueAt(inputs: Record<string, unknown>, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      inputs,
    );
}

/** A message when a quantity becomes smaller. */
export function shrinks({ was, becomes }: Change, path: string, argument: string, items: string): string[] {
  const [before, after] = [valueAt(was, path), valueAt(becomes, path)];
  if (typeof before !== "string" || typeof after !== "string") return [];
  const smaller = (parseAmount(after) ?? 0n) < (parseAmount(before) ?? 0n);
  return smaller
    ? [`${argument}: ${after} given; it is ${before}, and a volume cannot be made smaller (${items}).`]
    : [];
}

/**
 * Hooks that refuse an update of a resource, at preview and before anything is touched, for every reason at once; none under
 * Pulumi's mocks, which know no hooks and would wait for ever.
 * @param name Name of the component, with which messages start.
 */
export function refuseUpdate(name: string, problems: (change: Change) => string[]): pulumi.ResourceHookBinding {
  const monitor = pulumi.runtime.getMonitor() as { registerResourceHook?: unknown } | undefined;
  if (monitor?.registerResourceHook === undefined) return {};
  const hook = new pulumi.ResourceHook(
    `${name}-keeps-its-data`,
    ({ oldInputs, newInputs }) => {
      const found = problems({
        was: (oldInputs ?? {}) as Record<string, unknown>,
        becomes: (newInputs ?? {}) as Record<string, unknown>,
      });
      if (found.length > 0) throw new Error(found.map((problem) => `${name}.${problem}`).join("\n"));
    },
    { onDryRun: true },
  );
  return { beforeUpdate: [hook] };
}
