// What rules read of a stack's config. At preview the engine tells it; of a stack's state it is what the stack gives as its
// output `configured`, under the same names. Either way it lies with the stack's own resource.
import type { PlannedResource } from "./rule.ts";

export const stackType = "pulumi:pulumi:Stack";

const prefix = "apg:";

/** The platform's own entries, by their names without the prefix; lists and maps arrive as JSON. */
export function configured(entries: readonly (readonly [key: string, value: string])[]): Record<string, unknown> {
  return Object.fromEntries(
    entries
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), parsed(value)] as const),
  );
}

/** The resources, with the stack's config where the stack's own resource is. */
export function withConfig(
  resources: readonly PlannedResource[],
  config: Readonly<Record<string, unknown>>,
): PlannedResource[] {
  if (Object.keys(config).length === 0) return [...resources];
  const others = resources.filter(({ type }) => type !== stackType);
  const given = resources.find(({ type }) => type === stackType);
  const urn = given?.urn ?? `${stackType}::stack`;
  return [...others, { urn, type: stackType, name: "stack", props: { configured: config }, dependencies: [] }];
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The config of the stacks that are looked at together. What is not of the expected form counts as not said. */
export class StackConfig {
  readonly #values: readonly Readonly<Record<string, unknown>>[];

  constructor(resources: readonly PlannedResource[]) {
    this.#values = resources.filter(({ type }) => type === stackType).map(({ props }) => record(props.configured));
  }

  /** Names of the tenants; undefined when the stack says nothing about any. */
  get tenants(): string[] | undefined {
    const lists = this.#all("tenants").filter((value) => Array.isArray(value));
    if (lists.length === 0) return undefined;
    const names = lists.flat().map((tenant) => (typeof tenant === "string" ? tenant : record(tenant).name));
    return [...new Set(names.filter((name) => typeof name === "string"))];
  }

  /** Minutes until the service is back, and of data that may be lost (CV-BCP-08): the largest that any stack states. */
  get recovery(): { rtoMinutes: number | undefined; rpoMinutes: number | undefined } {
    const largest = (key: string) => {
      const stated = this.#all("backup").flatMap((value) => {
        const minutes = record(value)[key];
        return typeof minutes === "number" ? [minutes] : [];
      });
      return stated.length === 0 ? undefined : Math.max(...stated);
    };
    return { rtoMinutes: largest("rtoMinutes"), rpoMinutes: largest("rpoMinutes") };
  }

  /** Days after which data of a class is deleted, where the stack says so (CV-DATA-08). */
  retentionDays(dataClass: string): number | undefined {
    const days = this.#all("retention").map((value) => record(value)[dataClass]);
    return days.find((value) => typeof value === "number");
  }

  #all(key: string): unknown[] {
    return this.#values.flatMap((values) => (key in values ? [values[key]] : []));
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
