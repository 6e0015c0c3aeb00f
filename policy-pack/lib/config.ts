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

/** The resources, with the stack's config where the stack's own resource is, and beside it all entries that are no secrets. */
export function withConfig(
  resources: readonly PlannedResource[],
  config: Readonly<Record<string, unknown>>,
  plain: Readonly<Record<string, string>> = {},
): PlannedResource[] {
  if (Object.keys(config).length + Object.keys(plain).length === 0) return [...resources];
  const others = resources.filter(({ type }) => type !== stackType);
  const given = resources.find(({ type }) => type === stackType);
  const urn = given?.urn ?? `${stackType}::stack`;
  return [...others, { urn, type: stackType, name: "stack", props: { configured: config, plain }, dependencies: [] }];
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

  /** When maintenance may happen: a schedule as cron in UTC, and how long from then on (AUD-SOP-04, CV-MONTH-05). */
  get maintenanceWindow(): { schedule: string; duration: string } | undefined {
    const [{ schedule, duration } = {}] = this.#all("maintenanceWindow").map(record);
    return typeof schedule === "string" && typeof duration === "string" ? { schedule, duration } : undefined;
  }

  /** What is forecast to be used at the peak of the next 90 days (CV-SCALE-08), as quantities. */
  get forecastPeak(): { cpu: string | undefined; memory: string | undefined } | undefined {
    const [stated] = this.#all("forecastPeak").map(record);
    const quantity = (value: unknown) =>
      typeof value === "string" || typeof value === "number" ? String(value) : undefined;
    return stated && { cpu: quantity(stated.cpu), memory: quantity(stated.memory) };
  }

  /** Whether the stack says that it needs GPUs (CV-MODEL-05). */
  get needsGpu(): boolean {
    return this.#all("gpu").includes(true) || this.#all("nodePools").some((value) => record(value).gpu !== undefined);
  }

  /** The registries from which images may come, where the stack says so (CV-IMG-04). */
  get registries(): string[] | undefined {
    const [stated] = this.#all("security").flatMap((value) => [record(value).registries].filter(Array.isArray));
    return stated?.filter((each) => typeof each === "string");
  }

  /** Whether all stacks that speak of it leave what an account has one of, such as its audit trail, to another stack. */
  get leavesAccountToOthers(): boolean {
    const stated = this.#all("security").map((value) => record(record(value).compliance).accountWide !== false);
    return stated.length > 0 && !stated.includes(true);
  }

  /** Names of other services whose keys the platform keeps (CV-ENV-04). */
  get thirdParty(): string[] {
    const lists = [...this.#all("thirdParty"), ...this.#all("secrets").map((value) => record(value).thirdParty)];
    return lists
      .filter((value) => Array.isArray(value))
      .flat()
      .map((key) => (typeof key === "string" ? key : record(key).name))
      .filter((name) => typeof name === "string");
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
