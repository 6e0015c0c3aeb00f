import { upArguments, type BenchCluster } from "./stack.ts";
import type { Row } from "./table.ts";

/** Updates that a figure of the split form is at least the average of. */
const fewestUpdates = 6;

/**
 * How the cost of `up` from nothing grows with the number of capabilities: all in one stack, and in a stack each that refers
 * to a foundation stack. The time per resource of the split form should stay flat.
 */
export async function measureGrowth(
  cluster: BenchCluster,
  sizes: readonly number[],
  say: (line: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  const perResource: number[] = [];
  const name = (index: number) => `bench-${String(index + 1).padStart(3, "0")}`;
  for (const size of sizes) {
    say(`${size} capabilities in one stack ...`);
    const one = await cluster.stack(`one-${size}`, (config) => {
      config["apg:capabilities"] = Array.from({ length: size }, (_, index) => capability(config, name(index)));
    });
    const seconds = await one.time(...upArguments);
    const { resources } = await one.contents();
    rows.push({ what: `${size} capabilities in one stack: resources`, value: resources, unit: "resources" });
    rows.push({ what: `${size} capabilities in one stack: up`, value: seconds, unit: "s" });
    rows.push({
      what: `${size} capabilities in one stack: each`,
      value: (1000 * seconds) / resources,
      unit: "ms per resource",
    });
    await cluster.clear();

    // An update waits for the autoscaler's next look, so a single one is faster or slower by seconds than the next.
    const repetitions = Math.ceil(fewestUpdates / size);
    const stacks = size * repetitions;
    say(`${size} capabilities in a stack each, ${stacks} updates ...`);
    let total = 0;
    let count = 0;
    for (let repetition = 1; repetition <= repetitions; repetition++) {
      const foundation = await cluster.stack(
        `foundation-${size}-${repetition}`,
        (config) => void (config["apg:capabilities"] = []),
      );
      await foundation.pulumi(...upArguments);
      for (let index = 0; index < size; index++) {
        const split = await cluster.stack(`split-${size}-${repetition}-${index + 1}`, (config) => {
          config["apg:capabilities"] = [capability(config, name(index))];
          config["apg:foundation"] = { stack: `organization/apg-platform/${foundation.name}` };
        });
        total += await split.time(...upArguments);
        count += (await split.contents()).resources;
      }
      if (repetition < repetitions) await cluster.clear();
    }
    perResource.push((1000 * total) / count);
    rows.push({ what: `${size} capabilities in a stack each: an up, on average`, value: total / stacks, unit: "s" });
    rows.push({
      what: `${size} capabilities in a stack each: each`,
      value: perResource.at(-1)!,
      unit: "ms per resource",
    });
    await cluster.clear();
  }
  if (sizes.length > 1) {
    rows.push({
      what: `time per resource, a stack each: ${sizes.at(-1)} capabilities / ${sizes[0]}`,
      value: perResource.at(-1)! / perResource[0]!,
      unit: "ratio",
      target: 1.25,
    });
  }
  return rows;
}

/** The first capability under another name, and with no edges to others. */
function capability(config: { "apg:capabilities": Record<string, unknown>[] }, name: string): Record<string, unknown> {
  return { ...config["apg:capabilities"][0]!, name, connectsTo: [], acceptsFrom: [] };
}
