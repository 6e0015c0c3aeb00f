import assert from "node:assert/strict";
import fc from "fast-check";
import { billionths } from "../../../checklist/quantity.ts";
import { backlogOf, bytesOf, majorityOf, maxmemoryOf, redisSize } from "../../../components/data/redis/sizing.ts";
import { redisBytes } from "../../../policy-pack/lib/redis.ts";

const mebi = 1024n * 1024n;
const limits = fc.bigInt({ min: 1n, max: 2n ** 45n });

describe("the sizes of a Redis group", () => {
  it("are the checklists' for the checklists' limit", () => {
    const maxmemory = maxmemoryOf(bytesOf("5Gi"));
    assert.equal(redisSize(maxmemory), "4gb");
    assert.equal(redisSize(backlogOf(maxmemory)), "64mb");
    assert.equal(bytesOf("5Gi") * 10n ** 9n, billionths("5Gi"));
  });

  it("leave at least a quarter of the data's memory over it, whatever the limit", () => {
    fc.assert(fc.property(limits, (limit) => maxmemoryOf(limit) * 5n <= limit * 4n));
  });

  it("waste less than a megabyte", () => {
    fc.assert(fc.property(limits, (limit) => (limit * 4n) / 5n - maxmemoryOf(limit) < mebi));
  });

  it("never become smaller with a larger limit", () => {
    fc.assert(
      fc.property(limits, limits, (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        return maxmemoryOf(less) <= maxmemoryOf(more) && backlogOf(maxmemoryOf(less)) <= backlogOf(maxmemoryOf(more));
      }),
    );
  });

  it("keep the backlog between 1 and 64 MiB", () => {
    fc.assert(fc.property(limits, (limit) => backlogOf(limit) >= mebi && backlogOf(limit) <= 64n * mebi));
  });

  it("are written so that Redis, and whoever judges its files, read the same number", () => {
    fc.assert(fc.property(limits, (bytes) => BigInt(redisBytes(redisSize(bytes)) ?? -1) === bytes));
  });
});

describe("the majority of Sentinels", () => {
  const sentinels = fc.integer({ min: 1, max: 99 });

  it("is never reached twice at once, so that two parts of a split network never both decide", () => {
    fc.assert(fc.property(sentinels, (count) => 2 * majorityOf(count) > count));
  });

  it("is the fewest for which that holds", () => {
    fc.assert(fc.property(sentinels, (count) => 2 * (majorityOf(count) - 1) <= count));
  });

  it("stays when any one of three or more is lost", () => {
    fc.assert(fc.property(fc.integer({ min: 3, max: 99 }), (count) => count - 1 >= majorityOf(count)));
  });
});
