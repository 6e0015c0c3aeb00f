import assert from "node:assert/strict";
import fc from "fast-check";
import { classesOf, pet, randomText, uuid7, type Shape } from "../../../sandbox/providers/random/generate.ts";
import { randomProvider } from "../../../sandbox/providers/random/provider.ts";
import { randomResources } from "../../../sandbox/providers/random/resources.ts";
import type { Subject } from "../../../sandbox/providers/provider.ts";
import { Typings } from "../../../sandbox/providers/typings/store.ts";
import { isUnknown, signatureKey, unknown, type Values } from "../../../sandbox/providers/values.ts";

const typings = new Typings("@pulumi/random");
const provider = randomProvider(typings);
const token = (name: string) => `random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const subject = (name: string): Subject => ({
  type: token(name),
  name: "x",
  urn: `urn:pulumi:s::p::${token(name)}::x`,
});

const check = async (name: string, inputs: Values) =>
  (await provider.check(subject(name), {}, inputs, Buffer.from(""))).refusals.map(
    ({ property, reason }) => `${property}: ${reason}`,
  );
const make = async (name: string, inputs: Values) => provider.create(subject(name), inputs, false);
const revealed = (value: unknown) => (value as { value: string }).value;

describe("the stand-in for the random provider", () => {
  it("has every resource of the SDK that it names, with these outputs", async () => {
    for (const [type, { outputs, defaults = {} }] of Object.entries(randomResources)) {
      const typing = await typings.resource(type);
      assert.ok(typing, type);
      for (const name of [...outputs, ...Object.keys(defaults)]) assert.ok(name in typing.outputs, `${type} ${name}`);
    }
  });

  it("makes texts of the length, from the characters and with the minimum of each kind that are asked for", () => {
    const minimum = fc.nat({ max: 5 });
    const shapes = fc
      .record({
        length: fc.integer({ min: 1, max: 60 }),
        upper: fc.boolean(),
        lower: fc.boolean(),
        numeric: fc.boolean(),
        special: fc.boolean(),
        minUpper: minimum,
        minLower: minimum,
        minNumeric: minimum,
        minSpecial: minimum,
      })
      .filter((shape) => shape.upper || shape.lower || shape.numeric || shape.special)
      .filter((shape) => classesOf(shape).reduce((sum, { minimum }) => sum + minimum, 0) <= shape.length);
    fc.assert(
      fc.property(shapes, (shape: Shape) => {
        const text = randomText(shape);
        const classes = classesOf(shape);
        assert.equal(text.length, shape.length);
        const count = (characters: string) => [...text].filter((character) => characters.includes(character)).length;
        for (const { minimum, characters } of classes) assert.ok(characters === "" || count(characters) >= minimum);
        assert.equal(count(classes.map(({ characters }) => characters).join("")), text.length);
      }),
    );
  });

  it("makes passwords that are secret, all different, and never shown by a preview", async () => {
    const { id, outputs } = await make("RandomPassword", { length: 32, special: false });
    assert.equal(id, "none");
    assert.match(revealed(outputs["result"]), /^[A-Za-z0-9]{32}$/);
    assert.ok(signatureKey in (outputs["result"] as object));
    assert.equal(outputs["upper"], true, "defaults are outputs");
    const another = await make("RandomPassword", { length: 32, special: false });
    assert.notEqual(revealed(another.outputs["result"]), revealed(outputs["result"]));
    const preview = await provider.create(subject("RandomPassword"), { length: 32 }, true);
    assert.ok(isUnknown(preview.outputs["result"]));
  });

  it("gives the same bytes in all of their forms", async () => {
    const { id, outputs } = await make("RandomId", { byteLength: 4, prefix: "apg-" });
    const bytes = Buffer.from(id, "base64url");
    assert.equal(bytes.length, 4);
    assert.equal(outputs["hex"], `apg-${bytes.toString("hex")}`);
    assert.equal(outputs["dec"], `apg-${bytes.readUInt32BE()}`);
    const secretBytes = (await make("RandomBytes", { length: 16 })).outputs;
    assert.equal(revealed(secretBytes["hex"]), Buffer.from(revealed(secretBytes["base64"]), "base64").toString("hex"));
  });

  it("makes UUIDs of the versions that are asked for", async () => {
    assert.match(
      (await make("RandomUuid", {})).id,
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.match(uuid7(0x0123456789ab), /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("makes numbers within their bounds, and shuffles; a seed makes both repeatable", async () => {
    for (let turn = 0; turn < 50; turn++) {
      const { outputs } = await make("RandomInteger", { min: -1, max: 1 });
      assert.ok([-1, 0, 1].includes(outputs["result"] as number));
    }
    const letters = ["a", "b", "c", "d", "e"];
    const { outputs } = await make("RandomShuffle", { inputs: letters, resultCount: 7, seed: "s" });
    assert.deepEqual([...new Set(outputs["results"] as string[])].sort(), letters);
    assert.deepEqual((await make("RandomShuffle", { inputs: letters, resultCount: 7, seed: "s" })).outputs, outputs);
    assert.deepEqual((await make("RandomShuffle", { inputs: [], resultCount: 2 })).outputs["results"], []);
  });

  it("makes names of pets", () => {
    assert.match(pet(3, "_", "apg"), /^apg_[a-z]+_[a-z]+_[a-z]+$/);
    assert.match(pet(1, "-"), /^[a-z]+$/);
  });

  it("makes a value anew when anything about it changes", async () => {
    const deployed = { id: "none", inputs: { length: 16, keepers: { a: "1" } }, outputs: {} };
    const { changes } = await provider.diff(subject("RandomPassword"), deployed, { length: 16, keepers: { a: "2" } });
    assert.deepEqual(changes, [{ path: "keepers.a", kind: "update", replaces: true }]);
  });

  it("refuses what cannot be made, and what is misspelt", async () => {
    assert.deepEqual(await check("RandomPassword", { length: 8, minUpper: 5, minLower: 5 }), [
      "length: 8 given; at least 10, the sum of minUpper, minLower, minNumeric and minSpecial, is accepted",
    ]);
    const none = { upper: false, lower: false, numeric: false, special: false };
    assert.match(
      (await check("RandomString", { length: 8, ...none })).join(),
      /one of upper, lower, numeric and special/,
    );
    assert.deepEqual(await check("RandomPassword", { lenght: 8 }), [
      "lenght: not known; did you mean length?",
      "length: missing, and required",
    ]);
    assert.match((await check("RandomInteger", { min: 2, max: 1 })).join(), /max: 1 given; at least min, 2/);
    assert.deepEqual(await check("RandomPassword", { length: unknown, minUpper: 3 }), []);
  });

  it("names what it has when it is asked for something else", async () => {
    await assert.rejects(
      check("RandomDice", {}),
      /has no random:index\/randomDice:RandomDice\. It has: .*RandomPassword/,
    );
  });
});
