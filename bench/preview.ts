import { median, type BenchCluster } from "./stack.ts";
import type { Row } from "./table.ts";

/** What the policy pack adds to a preview of the deployed sandbox stack; plain and policed previews take turns. */
export async function measurePreview(
  cluster: BenchCluster,
  rounds: number,
  say: (line: string) => void,
): Promise<Row[]> {
  say("Preview, without and with the policy pack ...");
  const stack = await cluster.stack("preview", () => undefined);
  await stack.pulumi("up", "--yes", "--skip-preview");
  const plain: number[] = [];
  const empty: number[] = [];
  const policed: number[] = [];
  await stack.pulumi("preview", "--policy-pack", "policy-pack");
  for (let round = 0; round < rounds; round++) {
    plain.push(await stack.time("preview"));
    empty.push(await stack.time("preview", "--policy-pack", "bench/empty-pack"));
    policed.push(await stack.time("preview", "--policy-pack", "policy-pack"));
  }
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  return [
    { what: "preview without change, sandbox stack", value: median(plain), unit: "s", target: 3 },
    { what: "the same with a pack without rules", value: median(empty), unit: "s" },
    { what: "the same with the policy pack", value: median(policed), unit: "s" },
    {
      what: "cost of the policy pack, share of the preview",
      value: median(policed) / median(plain) - 1,
      unit: "ratio",
      target: 0.15,
    },
  ];
}
