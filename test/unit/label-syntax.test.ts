import assert from "node:assert/strict";
import { labelKey, labelValue } from "../../checklist/label-syntax.ts";

const long = (length: number) => "a".repeat(length);

describe("the key of a label", () => {
  const sound = ["a", "9", "Pool_1.x-y", long(63), "apg.io/pool", "a/b", "1-x.2/B", `${long(253)}/${long(63)}`];
  const unsound = ["", "/", "a/", "/a", "a/b/c", "-a", "a.", "a b", "é", "a\n", "Apg.io/pool", "a..b/c", "a-.b/c"];
  for (const key of sound) it(`may be ${key}`, () => assert.ok(labelKey.holds(key)));
  for (const key of [...unsound, long(64), `${long(254)}/a`, `a/${long(64)}`])
    it(`may not be ${JSON.stringify(key)}`, () => assert.ok(!labelKey.holds(key)));
});

describe("the value of a label", () => {
  for (const value of ["", "a", "9", "eu-west-1a", "A_b.C", long(63)])
    it(`may be ${JSON.stringify(value)}`, () => assert.ok(labelValue.holds(value)));
  for (const value of ["-", "-a", "a_", ".a", "a/b", "a b", "é", "a\n", long(64)])
    it(`may not be ${JSON.stringify(value)}`, () => assert.ok(!labelValue.holds(value)));
});
