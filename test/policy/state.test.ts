import assert from "node:assert/strict";
import { evaluate } from "../../policy-pack/lib/evaluate.ts";
import { Secret } from "../../policy-pack/lib/sentinels.ts";
import { plannedStackFromState } from "../../policy-pack/lib/state.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { containerPath, deployment } from "./cases/case.ts";
import { set, stackWith } from "./fixtures.ts";
import type { Change } from "./fixtures.ts";

const ciphertext = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };

function exported(...changes: Change[]) {
  const resources = stackWith(...changes).map(({ urn, type, props }) => ({ urn, type, inputs: props, custom: true }));
  return { version: 3, deployment: { resources } };
}

describe("a stack's state", () => {
  it("is judged by its inputs, with the strict settings", () => {
    const results = evaluate(allRules, plannedStackFromState(exported()));
    assert.deepEqual(
      results.flatMap(({ violations, unknown }) => [...violations, ...unknown]),
      [],
    );
    const undigested = exported(set("deployment", `${containerPath}.image`, "api:1.4.2"));
    const [images] = evaluate(
      allRules.filter(({ name }) => name === "images-are-pinned"),
      plannedStackFromState(undigested),
    );
    assert.deepEqual(
      images?.violations.map(({ message }) => message),
      [
        `Container "api" of ${deployment} uses the image api:1.4.2, which can be moved: add its digest, repository:1.2.3@sha256:<digest>.`,
      ],
    );
    assert.deepEqual(images?.satisfied, []);
  });

  it("keeps no secret, not even encrypted", () => {
    const stack = plannedStackFromState({
      version: 3,
      deployment: { resources: [{ urn: "urn:pulumi:s::p::t::n", type: "t", inputs: { a: [ciphertext] } }] },
    });
    assert.deepEqual(stack.resources[0]?.props, { a: [new Secret()] });
    assert.equal(String(new Secret()), "[secret]");
  });

  it("is undecidable where a rule needs a secret", () => {
    const state = exported(set("autoscaler", "spec.maxReplicas", ciphertext));
    const found = evaluate(allRules, plannedStackFromState(state)).filter(({ unknown }) => unknown.length > 0);
    assert.deepEqual(
      found.map(({ rule, unknown }) => [rule, unknown[0]?.path]),
      [
        ["autoscalers-keep-the-replica-bounds", "spec.maxReplicas"],
        ["workloads-spread-over-zones-and-hosts", "spec.maxReplicas"],
        ["disruption-budgets-can-be-kept", "spec.maxReplicas"],
        ["quotas-fit-the-workloads-at-full-scale", "spec.maxReplicas"],
      ],
    );
  });

  it("leaves out what waits to be deleted, and keeps parents and dependencies", () => {
    const stack = plannedStackFromState({
      version: 3,
      deployment: {
        resources: [
          { urn: "urn:pulumi:s::p::t::old", type: "t", delete: true },
          { urn: "urn:pulumi:s::p::t::n", type: "t", parent: "urn:parent", dependencies: ["urn:other"] },
        ],
      },
    });
    assert.deepEqual(stack.resources, [
      {
        urn: "urn:pulumi:s::p::t::n",
        type: "t",
        name: "n",
        props: {},
        parent: "urn:parent",
        dependencies: ["urn:other"],
      },
    ]);
  });

  it("may be empty", () => {
    assert.deepEqual(plannedStackFromState({ version: 3, deployment: {} }).resources, []);
  });

  for (const state of [undefined, "text", {}, { version: 2, deployment: {} }, { version: 3, deployment: null }]) {
    it(`is not ${JSON.stringify(state)}`, () => {
      assert.throws(() => plannedStackFromState(state), {
        message: "This is not the output of `pulumi stack export` (version 3 or 4).",
      });
    });
  }
});
