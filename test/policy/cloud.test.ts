import assert from "node:assert/strict";
import { CloudResource, targetOf } from "../../policy-pack/lib/cloud.ts";
import { StackConfig } from "../../policy-pack/lib/config.ts";
import type { PlannedResource } from "../../policy-pack/lib/rule.ts";
import { unknown } from "../../policy-pack/lib/sentinels.ts";
import { plannedStackFromState } from "../../policy-pack/lib/state.ts";

function side(name: string, bucket: unknown, sources?: string[]): CloudResource {
  const propertyDependencies = sources === undefined ? {} : { propertyDependencies: { bucket: sources } };
  const resource: PlannedResource = { urn: name, type: "t", name, props: { bucket }, dependencies: [] };
  return new CloudResource({ ...resource, ...propertyDependencies });
}

const target = (urn: string) => ({ resource: side(urn, undefined).resource, names: [`name-of-${urn}`] });
const [a, b] = [target("a"), target("b")];
const targets = [a, b];

describe("a side resource", () => {
  const cases: [what: string, given: CloudResource, found: typeof a | "none" | undefined][] = [
    ["names its target", side("s", "name-of-b"), b],
    ["names something else", side("s", "elsewhere"), "none"],
    ["has the name from its target, not known yet", side("s", unknown, ["a", "provider"]), a],
    ["has it from two", side("s", unknown, ["a", "b"]), undefined],
    ["has it from nobody that is planned", side("s", unknown, ["c"]), undefined],
    ["has it from nobody at all", side("s", unknown), undefined],
    ["has it from another side resource", side("s", unknown, ["other"]), a],
  ];
  const others = [side("other", unknown, ["a"])];
  for (const [what, given, found] of cases) {
    it(`that ${what} is ${found === undefined ? "nobody knows whose" : "found"}`, () => {
      assert.equal(targetOf(given, "bucket", targets, others), found);
    });
  }
});

describe("a stack's config", () => {
  const of = (...configured: unknown[]) =>
    new StackConfig(
      configured.map((each, index) => ({
        ...side(`urn-${index}`, undefined).resource,
        type: "pulumi:pulumi:Stack",
        props: { configured: each },
      })),
    );

  it("says nothing where there is none, or where it is of another form", () => {
    for (const config of [
      of(),
      of(undefined),
      of("text"),
      of({ tenants: "acme", backup: [], retention: { x: "1" } }),
    ]) {
      assert.equal(config.tenants, undefined);
      assert.deepEqual(config.recovery, { rtoMinutes: undefined, rpoMinutes: undefined });
      assert.equal(config.retentionDays("x"), undefined);
    }
  });

  it("of several stacks is that of all together, by the weakest target", () => {
    const config = of(
      { tenants: ["acme", { name: "globex" }], backup: { rtoMinutes: 15 } },
      { tenants: ["acme", "initech"], backup: { rtoMinutes: 20, rpoMinutes: 5 }, retention: { internal: 90 } },
    );
    assert.deepEqual(config.tenants, ["acme", "globex", "initech"]);
    assert.deepEqual(config.recovery, { rtoMinutes: 20, rpoMinutes: 5 });
    assert.equal(config.retentionDays("internal"), 90);
  });

  it("is in a state what the stack gives as its output", () => {
    const urn = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s";
    const provider = "urn:pulumi:s::p::pulumi:providers:aws::far";
    const resources = [
      { urn, type: "pulumi:pulumi:Stack", outputs: { configured: { tenants: ["acme"] }, other: 1 } },
      { urn: provider, type: "pulumi:providers:aws", inputs: { region: "eu-west-1" } },
      {
        urn: "urn:pulumi:s::p::aws:s3/bucket:Bucket::b",
        type: "aws:s3/bucket:Bucket",
        inputs: {},
        provider: `${provider}::0123`,
        propertyDependencies: { bucket: null, tags: ["urn:x"] },
      },
    ];
    const stack = plannedStackFromState({ version: 3, deployment: { resources } });
    assert.deepEqual(stack.config.tenants, ["acme"]);
    const [bucket] = stack.ofType("aws:s3/bucket:Bucket");
    assert.equal(bucket?.resource.region, "eu-west-1");
    assert.deepEqual(bucket?.resource.propertyDependencies, { bucket: [], tags: ["urn:x"] });
  });
});
