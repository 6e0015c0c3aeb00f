import assert from "node:assert/strict";
import fc from "fast-check";
import { durationSeconds, gapText, longestGap } from "../../checklist/cron.ts";

const hour = 3600;
const day = 24 * hour;

describe("the longest gap of a schedule", () => {
  const five: [schedule: string, gap: number | undefined][] = [
    ["* * * * *", 60],
    ["0 2 * * *", day],
    ["*/15 * * * *", 15 * 60],
    ["0 */6 * * *", 6 * hour],
    ["0 8-18 * * *", 14 * hour],
    ["0 2 * * SUN", 7 * day],
    ["0 2 * * 7", 7 * day],
    ["0 2 * * 1-5", 3 * day],
    ["0 2 1 * *", 31 * day],
    ["0 2 29 2 *", 4 * 365 * day + day],
    // One of the two is enough, but where one of them is a star.
    ["0 2 1 * MON", 7 * day],
    ["0 2 */2 * *", 2 * day],
    ["0 2 * JAN *", 336 * day],
    ["5/20 * * * *", 20 * 60],
    ["@daily", day],
    ["@Weekly", 7 * day],
    ["@every 12h", 12 * hour],
    ["CRON_TZ=Europe/Berlin 0 2 * * *", day],
    ["0 2 30 2 *", undefined],
    ["0 25 * * *", undefined],
    ["0 2 * *", undefined],
    ["0 0 2 * * *", undefined],
    ["daily", undefined],
    ["0 2 5-1 * *", undefined],
    ["*/0 * * * *", undefined],
    ["", undefined],
  ];
  for (const [schedule, gap] of five) {
    it(`of "${schedule}" is ${gap === undefined ? "none" : gapText(gap)}`, () => {
      assert.equal(longestGap(schedule), gap);
    });
  }

  it("has seconds first where there are six fields", () => {
    assert.equal(longestGap("0 0 2 * * *", { seconds: true }), day);
    assert.equal(longestGap("*/10 * * * * *", { seconds: true }), 10);
    assert.equal(longestGap("@daily", { seconds: true }), day);
    assert.equal(longestGap("0 2 * * *", { seconds: true }), undefined);
  });

  it("is what one finds by trying every minute", () => {
    const values = (min: number, max: number) =>
      fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((list) => list.join(","));
    const field = (min: number, max: number) => fc.oneof(fc.constant("*"), values(min, max));
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(0, 6), (minutes, hours, weekdays) => {
        const has = (text: string, value: number) => text === "*" || text.split(",").includes(String(value));
        let [last, widest]: [number | undefined, number] = [undefined, 0];
        for (let at = 0; at < 16 * 24 * 60; at += 1) {
          const weekday = (1 + Math.floor(at / 1440)) % 7; // 1 January 2024 was a Monday.
          if (!has(minutes, at % 60) || !has(hours, Math.floor(at / 60) % 24) || !has(weekdays, weekday)) continue;
          if (last !== undefined) widest = Math.max(widest, at - last);
          last = at;
        }
        assert.equal(longestGap(`${minutes} ${hours} * * ${weekdays}`), widest * 60);
      }),
      { numRuns: 60 },
    );
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.string(), (text) => void longestGap(text)));
  });
});

describe("a duration", () => {
  it("is the sum of its parts", () => {
    assert.equal(durationSeconds("720h0m0s"), 30 * day);
    assert.equal(durationSeconds("1h30m"), 5400);
    assert.equal(durationSeconds("30d"), undefined);
  });
});
