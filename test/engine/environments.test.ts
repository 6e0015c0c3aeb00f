import assert from "node:assert/strict";
import { testCluster, TestStack } from "../cluster.ts";
import { programCounts } from "../unit/program-counts.ts";
import { emptyCharts } from "./empty-charts.ts";
import type { ChartFolder } from "./empty-charts.ts";

/** Their clusters are not here, and no account: what CI needs to preview a change is the engine and the policies alone. */
describe("the staging and production stacks, previewed without their clusters", function () {
  this.timeout(180_000);
  let charts: ChartFolder;
  before(async () => {
    await testCluster();
    charts = await emptyCharts();
  });
  after(() => charts.remove());

  for (const environment of ["staging", "prod"] as const) {
    it(`${environment} obeys every policy, and every policy can be decided`, async () => {
      const stack = new TestStack(environment, charts.edit, environment);
      try {
        await stack.pulumi("stack", "init", "--no-select");
        const { exitCode, all } = await stack.pulumi("preview", "--policy-pack", "policy-pack");
        assert.equal(exitCode, 0, all);
        const planned = Object.values(programCounts[environment]).reduce((sum, count) => sum + count, 1);
        assert.equal(/Resources:\s+\+ (\d+) to create/.exec(all)?.[1], String(planned), "these, and the stack itself");
        assert.doesNotMatch(all, /can't run policy|\[(mandatory|advisory)\]/);
      } finally {
        stack.remove();
      }
    });

    it(`${environment} refuses an image without a digest`, async () => {
      const undigested = (text: string) => text.replace(/^( +image: .*\/audio-processing:1\.0\.0)@sha256:0+$/m, "$1");
      const stack = new TestStack(environment, undigested, environment);
      try {
        const { exitCode, all } = await stack.pulumi("preview");
        assert.notEqual(exitCode, 0);
        assert.match(
          all,
          /1 problem; .*\n +apg:capabilities\[0\]\.image: .* given; .*@sha256:<64 hex digits>" is accepted/,
        );
      } finally {
        stack.remove();
      }
    });
  }

  it("prod obeys every policy with accelerators, too", async () => {
    const image = `000000000001.dkr.ecr.eu-central-1.amazonaws.com/mirror/k8s-device-plugin:0.18.0@sha256:${"0".repeat(64)}`;
    const accelerated = (text: string) =>
      charts.edit(text.replace("    dataLimits:\n", `    gpu:\n      devicePluginImage: ${image}\n    dataLimits:\n`));
    const stack = new TestStack("prod-gpu", accelerated, "prod");
    try {
      await stack.pulumi("stack", "init", "--no-select");
      const { exitCode, all } = await stack.pulumi("preview", "--policy-pack", "policy-pack");
      assert.equal(exitCode, 0, all);
      assert.match(all, /kubernetes:apps\/v1:DaemonSet nodes-gpu/);
      assert.doesNotMatch(all, /can't run policy|\[(mandatory|advisory)\]/);
    } finally {
      stack.remove();
    }
  });
});
