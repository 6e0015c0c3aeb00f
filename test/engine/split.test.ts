import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { readinessOf } from "../../report/readiness.ts";
import { kubectl, testCluster, TestStack } from "../cluster.ts";

type Config = Record<string, unknown> & { "apg:capabilities": Record<string, unknown>[] };

const edit = (change: (config: Config) => void) => (text: string) => {
  const { config } = parse(text) as { config: Config };
  change(config);
  return stringify({ config });
};

describe("an environment of several stacks", function () {
  this.timeout(180_000);

  const platform = new TestStack(
    "platform",
    edit((config) => void (config["apg:capabilities"] = [])),
  );
  const audio = new TestStack(
    "audio",
    edit((config) => {
      config["apg:foundation"] = { stack: `organization/apg-platform/${platform.name}` };
      const [capability] = config["apg:capabilities"];
      config["apg:capabilities"] = [{ ...capability, acceptsFrom: ["gateway"] }];
    }),
  );
  const stacks = [platform, audio];
  const state = async (stack: TestStack) => JSON.parse((await stack.pulumi("stack", "export")).stdout) as unknown;

  before(async () => {
    await testCluster();
    for (const stack of stacks) await stack.pulumi("stack", "init", "--no-select");
  });

  after(() => stacks.forEach((stack) => stack.remove()));

  it("says which output is missing while the platform's stack is not deployed", async () => {
    const { exitCode, all } = await audio.pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0);
    assert.match(all, /foundation/);
    assert.equal((await kubectl("get", "namespaces", "--selector", "apg.io/capability")).items.length, 0);
  });

  it("deploys the platform's stack and then the capability's, with the policy pack on", async () => {
    for (const stack of stacks) {
      const { exitCode, all } = await stack.pulumi("up", "--yes", "--policy-pack", "policy-pack");
      assert.equal(exitCode, 0, all);
      assert.doesNotMatch(all, /can't run policy/);
    }
    const pods = await kubectl<{ items: { spec: { priorityClassName: string } }[] }>(
      ...["get", "pods", "--namespace", "apg-audio-processing-sandbox"],
    );
    assert.deepEqual(new Set(pods.items.map(({ spec }) => spec.priorityClassName)), new Set(["apg-capability"]));
  });

  it("changes nothing the second time", async () => {
    for (const stack of stacks) {
      const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      assert.equal(exitCode, 0, all);
    }
  });

  it("is judged as one environment: only together do the stacks prove what needs both", async () => {
    const states = [await state(platform), await state(audio)];
    const satisfied = (given: unknown[], stackNames: string[]) =>
      new Set(
        readinessOf(given, { stackNames })
          .items.filter(({ status }) => status === "satisfied")
          .map(({ item }) => item.id),
      );
    const together = satisfied(states, ["test-platform", "test-audio"]);
    const alone = satisfied([states[1]], ["test-audio"]);
    assert.ok(together.has("AUD-PROD-02") && together.has("AUD-PROD-04"), [...together].join());
    assert.ok([...alone].every((id) => together.has(id)));
    assert.ok(
      [...together].every((id) => id.startsWith("AUD-")),
      "no vision item is proved by an audio stack",
    );
    assert.deepEqual(satisfied([states[0]], ["test-platform"]), new Set());
  });

  it("is destroyed without a trace", async () => {
    for (const stack of stacks.toReversed()) {
      const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
      assert.equal(exitCode, 0, all);
    }
    assert.equal((await kubectl("get", "namespaces", "--selector", "apg.io/capability")).items.length, 0);
  });
});
