// A capability's data on AWS with a store of secrets: everything that its pods use comes from there.
import assert from "node:assert/strict";
import { CapabilityData } from "../../../../components/data/capability-data.ts";
import { evaluate } from "../../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../../../policy-pack/rules/index.ts";
import { onAws } from "../data/fixtures.ts";
import { record } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { home, state, store, types } from "./fixtures.ts";

const component = (of: string) => ({
  podLabels: { "app.kubernetes.io/name": "audio-processing", "app.kubernetes.io/component": of },
});

describe("a capability's data with a store of secrets", () => {
  it("holds no Secret of the program, and uses none that the store does not fill", async () => {
    const { resources } = await record(
      () =>
        new CapabilityData("audio", {
          ...home,
          platform: { ...onAws, secretStore: store },
          application: component("api"),
          migration: component("migrate"),
          serviceAccountName: "audio-processing-api",
        }),
      state,
    );
    assert.ok(!resources.some(({ type }) => type === types.secret));
    const kept = resources.filter(({ type }) => type === types.kept).map(({ inputs }) => inputs.name);
    assert.deepEqual(kept.sort(), [
      "apg-prod/apg-audio-processing-prod/postgres-role-app",
      "apg-prod/apg-audio-processing-prod/postgres-role-migrate",
      "apg-prod/apg-audio-processing-prod/redis-auth",
    ]);
    const keeping = resources.filter(({ type }) => /secretsmanager|rolePolicy/.test(type));
    assert.deepEqual(await refusedByAws(keeping), []);
    const stack = new PlannedStack(
      resources.map(({ type, name, inputs }) => ({
        urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
        type,
        name,
        props: inputs,
        dependencies: [],
      })),
    );
    const mine = allRules.filter(
      ({ decides, name }) => decides.some((id) => /^CV-(SECRET|ENV-0[124])/.test(id)) && name !== "secrets-rotate",
    );
    const complaints = evaluate(mine, stack).flatMap(({ rule, violations, unknown }) =>
      [...violations, ...unknown].map((each) => ({ rule, ...each })),
    );
    assert.deepEqual(complaints, []);
  });
});
