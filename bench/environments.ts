import { join } from "node:path";
import { execa } from "execa";
import { emptyWorkspace } from "../preview/workspace.ts";
import { projectRoot } from "../sandbox/workspace.ts";
import { median } from "./stack.ts";
import type { Row } from "./table.ts";

/** Previews of production from nothing, on the stand-ins, without and with the policy pack in turns. */
export async function measureProduction(rounds: number, say: (line: string) => void): Promise<Row[]> {
  say("Production, previewed from nothing ...");
  const { env, stackOptions, remove } = await emptyWorkspace("prod", join(projectRoot, "Pulumi.prod.yaml"), say);
  const preview = async (...options: string[]) => {
    const started = performance.now();
    await execa("pulumi", ["preview", ...stackOptions, "--non-interactive", ...options], {
      cwd: projectRoot,
      env,
      extendEnv: false,
      stdin: "ignore",
      maxBuffer: 100_000_000,
    });
    return (performance.now() - started) / 1000;
  };
  const plain: number[] = [];
  const policed: number[] = [];
  try {
    // What Node compiles is kept from here on.
    await preview("--policy-pack", "policy-pack");
    for (let round = 0; round < rounds; round++) {
      plain.push(await preview());
      policed.push(await preview("--policy-pack", "policy-pack"));
    }
  } finally {
    await remove();
  }
  return [
    { what: "preview of production from nothing", value: median(plain), unit: "s" },
    { what: "the same with the policy pack", value: median(policed), unit: "s", target: 12 },
    {
      what: "cost of the policy pack, share of that preview",
      value: median(policed) / median(plain) - 1,
      unit: "ratio",
    },
  ];
}
