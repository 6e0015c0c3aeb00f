import assert from "node:assert/strict";
import { ThirdPartyKeys } from "../../../../components/security/secrets/third-party-keys.ts";
import type { ThirdPartyKeyArgs } from "../../../../components/security/secrets/third-party-keys.ts";
import { record, refusal } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { home, state, store, types } from "./fixtures.ts";

const declared = (keys: ThirdPartyKeyArgs[]) => new ThirdPartyKeys("audio-keys", { ...home, store, keys });

describe("ThirdPartyKeys", () => {
  it("are kept without a value, and brought to the pods once people have put one in", async () => {
    const recording = await record(() => declared([{ name: "openai", critical: true }, { name: "maps" }]), state);
    const parent = "apg:security:ThirdPartyKeys";
    assert.deepEqual(
      recording.paths,
      [
        `${parent}::audio-keys`,
        ...["openai", "maps"].flatMap((name) =>
          [types.kept, types.rolePolicy, types.external].map((type) => `${parent}$${type}::audio-keys-${name}`),
        ),
      ].sort(),
    );
    assert.deepEqual(await refusedByAws(recording.resources), []);
    const { name, tags } = recording.inputs(types.kept, "audio-keys-openai");
    assert.equal(name, "apg-prod/apg-audio-processing-prod/third-party/openai/key");
    assert.deepEqual(tags, {
      "apg:capability": "audio-processing",
      "apg:environment": "prod",
      "apg:critical": "true",
      "apg:rotation": "by hand because only the service can make a new key",
      "apg:third-party": "openai",
      "data-class": "restricted",
    });
    assert.equal((recording.inputs(types.kept, "audio-keys-maps").tags as Inputs)["apg:critical"], "false");
    const { metadata, spec } = recording.inputs(types.external, "audio-keys-openai") as {
      metadata: Inputs;
      spec: Inputs;
    };
    assert.equal(metadata.name, "third-party-openai");
    // The engine must not wait for people.
    assert.equal(metadata.annotations, undefined);
    assert.deepEqual((spec.target as { template: Inputs }).template.data, {
      key: "{{ .key }}",
      version: "{{ .key | sha256sum }}",
    });
    assert.deepEqual(recording.value.secretNames, { openai: "third-party-openai", maps: "third-party-maps" });
    assert.deepEqual(recording.protectedPaths, [`${types.kept}::audio-keys-maps`, `${types.kept}::audio-keys-openai`]);
  });

  it("refuse names that are none, and those that are there twice", async () => {
    const accepted =
      "lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 50 characters";
    assert.deepEqual(await refusal(() => declared([{ name: "Open AI" }, { name: "maps" }, { name: "maps" }])), [
      `audio-keys.keys[0].name: Open AI given; ${accepted}.`,
      "audio-keys.keys[2].name: maps given; each service may be named once (CV-ENV-04).",
    ]);
  });
});
