// What the rules over a platform on AWS are built of.
import assert from "node:assert/strict";
import fc from "fast-check";
import { longestGap, runsOf } from "../../checklist/cron.ts";
import { instanceTypes } from "../../components/foundation/cluster/instance-types.ts";
import { timesOutside } from "../../components/foundation/maintenance-window.ts";
import { CloudResource } from "../../policy-pack/lib/cloud.ts";
import { evaluate } from "../../policy-pack/lib/evaluate.ts";
import { instanceSize } from "../../policy-pack/lib/instance-types.ts";
import { linkOf, Named } from "../../policy-pack/lib/links.ts";
import { windowProblem } from "../../policy-pack/lib/maintenance.ts";
import type { Window } from "../../policy-pack/lib/maintenance.ts";
import { unknown } from "../../policy-pack/lib/sentinels.ts";
import { Value } from "../../policy-pack/lib/value.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { partWith, planned, unknownList, unknownText } from "./fixtures.ts";
import type { FixtureResource } from "./good-stack.ts";
import { Pack } from "./harness.ts";

describe("an instance type's size", () => {
  it("is what the cluster's own list says", () => {
    for (const [type, { cpu, memoryGib }] of Object.entries(instanceTypes))
      assert.deepEqual(instanceSize(type), { vcpus: cpu, memoryGiB: memoryGib }, type);
  });

  const others: [type: string, vcpus: number, memoryGiB: number][] = [
    ["r7g.2xlarge", 8, 64],
    ["c7gn.16xlarge", 64, 128],
    ["g6.xlarge", 4, 16],
    ["t3.large", 2, 8],
    ["m7i.metal-24xl", 16, 64],
  ];
  for (const [type, vcpus, memoryGiB] of others) {
    it(`of ${type} is at least ${vcpus} and ${memoryGiB}`, () =>
      assert.deepEqual(instanceSize(type), { vcpus, memoryGiB }));
  }

  for (const type of ["", "xlarge", "m7i", "m7i.huge", "quantum1.xlarge"]) {
    it(`of ${JSON.stringify(type)} is not known`, () => assert.equal(instanceSize(type), undefined));
  }
});

describe("the runs of a schedule", () => {
  it("are never further apart than its longest gap", () => {
    const field = (max: number) => fc.oneof(fc.constant("*"), fc.integer({ min: 0, max }).map(String));
    fc.assert(
      fc.property(field(59), field(23), field(6), (minute, hour, weekday) => {
        const schedule = `${minute} ${hour} * * ${weekday}`;
        const runs = runsOf(schedule, "2026-01-01", 35)!;
        const gaps = runs.slice(1).map((run, index) => run - runs[index]!);
        assert.equal(
          gaps.reduce((most, gap) => Math.max(most, gap)),
          longestGap(schedule),
        );
      }),
    );
  });

  it("are none of what is no schedule", () => assert.equal(runsOf("next Sunday", "2026-01-01", 35), undefined));
});

describe("a maintenance window", () => {
  const resource = { urn: "pool", type: "t", name: "pool", props: {}, dependencies: [] };
  const problem = (window: Window, budgets: object[]) =>
    windowProblem(
      window,
      budgets.map((budget) => new Value(resource, "budget", budget)),
    );
  const windows = fc.record({
    schedule: fc
      .tuple(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
      )
      .map(([minute, hour, days]) => `${minute} ${hour} * * ${days.join(",")}`),
    duration: fc.integer({ min: 1, max: 12 }).map((hours) => `${hours}h`),
  });

  it("is kept by the budgets that the component makes of it, whatever it is", () => {
    fc.assert(
      fc.property(windows, (window) => {
        const budgets = timesOutside(window).map((time) => ({ nodes: "0", ...time }));
        assert.equal(problem(window, budgets), undefined);
      }),
    );
  });

  it("is not kept without one of them", () => {
    fc.assert(
      fc.property(windows, (window) => {
        const [, ...others] = timesOutside(window).map((time) => ({ nodes: "0", ...time }));
        assert.match(problem(window, others) ?? "", /^replaces nodes outside the window/);
      }),
    );
  });
});

describe("a link between resources of a cloud", () => {
  const made = (urn: string, props: Record<string, unknown>, sources: string[] = []) =>
    new CloudResource({ urn, type: "t", name: urn, props, dependencies: [], propertyDependencies: { of: sources } });
  const [a, b] = [new Named(made("a", {}), ["name-of-a"]), new Named(made("b", {}))];
  const cases: [what: string, side: CloudResource, found: Named | "none" | undefined][] = [
    ["is not there", made("s", {}), "none"],
    ["names a target", made("s", { of: "name-of-a" }), a],
    ["has an id that came from a target", made("s", { of: "vpc-0123" }, ["b"]), b],
    ["is not known, and came from a target", made("s", { of: unknown }, ["b"]), b],
    ["is not known, and came from nobody", made("s", { of: unknown }), undefined],
    ["came from two, and is the name of one", made("s", { of: "name-of-a" }, ["a", "b"]), a],
    ["came from two", made("s", { of: "vpc-0123" }, ["a", "b"]), undefined],
    ["names something else", made("s", { of: "elsewhere" }), "none"],
    [
      "is an ARN with the name of a target in it",
      made("s", { of: "arn:aws:x:eu-central-1:1:kind/app/name-of-a/0f" }),
      a,
    ],
    [
      "is an ARN with more than the name in it",
      made("s", { of: "arn:aws:x:eu-central-1:1:kind/name-of-a-2/0f" }),
      "none",
    ],
    ["is a path with the name of a target in it", made("s", { of: "folder/name-of-a" }), "none"],
  ];
  for (const [what, side, found] of cases)
    it(`that ${what} leads where it should`, () => assert.equal(linkOf(side, "of", [a, b]), found));
});

describe("a platform that is there already", () => {
  /** As at the second preview: ids are known, and where they came from as well. */
  const withIds = (stack: readonly FixtureResource[]) => {
    const json = JSON.stringify(stack)
      .replaceAll(JSON.stringify(unknownText), '"id-0123"')
      .replaceAll(JSON.stringify(unknownList), '["id-0123","id-0124","id-0125"]');
    return planned(JSON.parse(json) as FixtureResource[]);
  };

  for (const part of ["foundation", "security"] as const) {
    it(`is judged as before it was there: ${part}`, () => {
      const found = evaluate(allRules, withIds(partWith(part)));
      assert.deepEqual(
        found.flatMap(({ violations, unknown: open }) => [...violations, ...open]),
        [],
      );
    });
  }
});

describe("secrets in stack config", () => {
  it("are refused in plain text, and accepted when they are encrypted", async () => {
    const pack = await Pack.start();
    try {
      await pack.askOnly("config-holds-no-secret-in-plain-text");
      const config = { "apg:environment": "prod", "apg:databasePassword": "correct horse" };
      await pack.configureStack(config);
      const plain = await pack.analyze(partWith("foundation"));
      assert.deepEqual(
        plain.map(({ message }) => message),
        [
          "Stack config has what its name calls a secret under apg:databasePassword: set it by pulumi config set --secret.",
        ],
      );
      await pack.configureStack(config, ["apg:databasePassword"]);
      assert.deepEqual(await pack.analyze(partWith("foundation")), []);
    } finally {
      await pack.stop();
    }
  });
});
