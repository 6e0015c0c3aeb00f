import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { refuseUpdate, shrinks, valueAt } from "../../../../components/data/guard.ts";
import { majorOf, olderMajor, unsafeUpdate } from "../../../../components/data/postgres/problems.ts";
import { record } from "../../recorder.ts";

const sized = (size: unknown) => ({ spec: { storage: { size } } });
const resized = (from: unknown, to: unknown) =>
  shrinks({ was: sized(from), becomes: sized(to) }, "spec.storage.size", "storage", "AUD-DB-03");
const imaged = (imageName: unknown) => ({ spec: { imageName } });
const updated = (from: unknown, to: unknown) => olderMajor({ was: imaged(from), becomes: imaged(to) });
const image = (version: string) => `ghcr.io/cloudnative-pg/postgresql:${version}@sha256:${"0".repeat(64)}`;

describe("a volume that becomes smaller", () => {
  it("is refused with the argument, both sizes and the items", () => {
    assert.deepEqual(resized("50Gi", "20Gi"), [
      "storage: 20Gi given; it is 50Gi, and a volume cannot be made smaller (AUD-DB-03).",
    ]);
    assert.equal(resized("1Gi", "1G").length, 1);
  });

  it("is none when it grows, stays, is written otherwise, or is not known", () => {
    for (const [from, to] of [
      ["20Gi", "50Gi"],
      ["20Gi", "20Gi"],
      ["1Gi", "1024Mi"],
      ["20Gi", undefined],
      [undefined, "20Gi"],
    ])
      assert.deepEqual(resized(from, to), []);
  });

  it("is refused one way of two that differ, whatever they are", () => {
    const size = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(size, size, (a, b) => {
        assert.equal(resized(`${a}Mi`, `${b}Mi`).length, b < a ? 1 : 0);
      }),
    );
  });
});

describe("an older major version of PostgreSQL", () => {
  it("is refused, with what to do instead", () => {
    assert.deepEqual(updated(image("16.4"), image("15.17")), [
      `image: ${image("15.17")} given; the data is of PostgreSQL 16, which no older version reads: restore a backup into a new cluster instead (AUD-DB-01, CV-DB-01).`,
    ]);
  });

  it("is none when it is the same, newer, an older minor one, or not known", () => {
    for (const [from, to] of [
      [image("15.17"), image("16.4")],
      [image("15.17"), image("15.4")],
      ["postgresql@sha256:0", image("14.1")],
      [image("15"), undefined],
    ])
      assert.deepEqual(updated(from, to), []);
  });

  it("is read from the tag, wherever the registry listens", () => {
    const majors = ["registry:5000/postgresql:15", "postgresql:15.17-system-trixie", "registry:5000/postgresql", "pg"];
    assert.deepEqual(majors.map(majorOf), [15, 15, undefined, undefined]);
  });
});

describe("an update of a cluster", () => {
  it("is refused for everything at once", () => {
    const cluster = (storage: string, wal: string, version: string) => ({
      spec: { storage: { size: storage }, walStorage: { size: wal }, imageName: image(version) },
    });
    const found = unsafeUpdate({ was: cluster("50Gi", "10Gi", "16.1"), becomes: cluster("20Gi", "5Gi", "15.17") });
    assert.deepEqual(
      found.map((problem) => problem.split(":")[0]),
      ["storage", "walStorage", "image"],
    );
  });

  it("is looked at through keys that may not be there", () => {
    assert.equal(valueAt({ a: [{ b: 1 }] }, "a.0.b"), 1);
    assert.equal(valueAt({ a: null }, "a.0.b"), undefined);
    assert.equal(valueAt({}, "a.b"), undefined);
  });
});

describe("a hook that refuses updates", () => {
  it("says all that is wrong after the component's name, at preview as well", async () => {
    const { value } = await record(() => refuseUpdate("audio", () => ["storage: a.", "image: b."]));
    const [hook] = value.beforeUpdate as [pulumi.ResourceHook];
    assert.equal(hook.opts?.onDryRun, true);
    const args = { urn: "", id: "", name: "", type: "", oldInputs: {}, newInputs: {} } as pulumi.ResourceHookArgs;
    assert.throws(() => void hook.callback(args), { message: "audio.storage: a.\naudio.image: b." });
  });

  it("lets everything else pass, and hands over what was and what becomes", async () => {
    const seen: unknown[] = [];
    const { value } = await record(() =>
      refuseUpdate("audio", (change) => {
        seen.push(change);
        return [];
      }),
    );
    const [hook] = value.beforeUpdate as [pulumi.ResourceHook];
    const args = { oldInputs: { size: 1 }, newInputs: { size: 2 } } as unknown as pulumi.ResourceHookArgs;
    await hook.callback(args);
    assert.deepEqual(seen, [{ was: { size: 1 }, becomes: { size: 2 } }]);
  });
});
