// Databases, caches and buckets: what the capabilities keep in them, and what stays secret meanwhile.
import assert from "node:assert/strict";
import { keep, kept } from "./items.ts";
import { generatedValues, placesOf } from "./secrecy.ts";
import { capabilities, namespaceOf, type CapabilityName } from "./sandbox.ts";

/** Items that were kept before anything was lost. */
export const firstItems: { capability: CapabilityName; id: string; content: string }[] = [];

const stores = ["postgres", "redis", "s3"];

export function dataServices(): void {
  for (const capability of capabilities) {
    it(`keeps items of ${capability} in its own database, cache and bucket`, async () => {
      const content = `of ${capability}`;
      const { id, stored } = await keep(capability, content);
      assert.deepEqual(stored.toSorted(), stores);
      firstItems.push({ capability, id, content });
      for (const from of stores) {
        assert.deepEqual(await kept(capability, id, from), { id, content, from });
      }
      for (const other of capabilities.filter((one) => one !== capability)) {
        await assert.rejects(kept(other, id, "postgres"), /404/, `${other} has a database of its own`);
      }
    });
  }

  it("shows none of its generated secrets in state, output, logs, statistics or objects", async () => {
    const values = (await Promise.all(capabilities.map((one) => generatedValues(namespaceOf(one))))).flat();
    // Seven users of Redis, two roles, four keys of buckets and some private keys, for each capability.
    assert.ok(new Set(values.map(({ value }) => value)).size >= 26, `${values.length} values`);
    const shown = (await placesOf(capabilities.map(namespaceOf))).flatMap(({ place, text }) =>
      values.filter(({ value }) => text.includes(value)).map(({ secret }) => `${secret} is in ${place}`),
    );
    assert.deepEqual([...new Set(shown)], []);
  });
}
