import assert from "node:assert/strict";
import fc from "fast-check";
import { billion, billionths, cpuText, memoryText, parseAmount } from "../../checklist/quantity.ts";

const whole = fc.bigInt({ min: 0n, max: 10n ** 15n });

describe("a quantity", () => {
  const known: [quantity: string | number, size: bigint][] = [
    ["1500m", 1_500_000_000n],
    ["1.5", 1_500_000_000n],
    [1.5, 1_500_000_000n],
    [2, 2n * billion],
    ["0", 0n],
    [".5", 500_000_000n],
    ["5.", 5n * billion],
    ["1Gi", 2n ** 30n * billion],
    ["1.5Gi", 3n * 2n ** 29n * billion],
    ["1G", 10n ** 9n * billion],
    ["1e9", 10n ** 9n * billion],
    ["1E3", 1000n * billion],
    ["1E", 10n ** 18n * billion],
    ["12e-3", 12_000_000n],
    ["1k", 1000n * billion],
    ["1Ki", 1024n * billion],
    ["100n", 100n],
    ["0.1n", 1n],
    ["250u", 250_000n],
    ["+1", billion],
    ["-1", -billion],
  ];
  for (const [quantity, size] of known) {
    it(`reads ${JSON.stringify(quantity)} exactly`, () => assert.equal(billionths(quantity), size));
  }

  for (const quantity of [
    "",
    "two",
    "1 Gi",
    "1gi",
    "1K",
    "1ki",
    "1g",
    "Gi",
    "1.2.3",
    "0x10",
    "1e",
    "NaN",
    "Infinity",
  ]) {
    it(`does not take ${JSON.stringify(quantity)} for one`, () => assert.equal(billionths(quantity), undefined));
  }

  it("is read back as written, of CPU", () => {
    fc.assert(fc.property(whole, (milli) => billionths(cpuText(milli * 1_000_000n)) === milli * 1_000_000n));
  });

  it("is read back as written, of memory", () => {
    fc.assert(fc.property(whole, (bytes) => billionths(memoryText(bytes * billion)) === bytes * billion));
  });

  it("is written as no less than there is, by less than a millicore or a byte more", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (size) => {
        const more = [billionths(cpuText(size))! - size, billionths(memoryText(size))! - size] as const;
        return more.every((each) => each >= 0n) && more[0] < billion / 1000n && more[1] < billion;
      }),
    );
  });

  it("of memory is written with the largest suffix that is exact, in whole bytes", () => {
    const bytes = [0n, 1n, 1024n, 30n * 1024n ** 3n, 1536n * 1024n ** 2n].map((size) => memoryText(size * billion));
    assert.deepEqual([memoryText(1n), ...bytes], ["1", "0", "1", "1Ki", "30Gi", "1536Mi"]);
  });

  it("agrees about units: a thousand of one is one of the next", () => {
    const units = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    fc.assert(
      fc.property(fc.nat(10 ** 6), fc.nat(units.length - 2), (count, unit) => {
        assert.equal(billionths(`${count * 1000}${units[unit]}`), billionths(`${count}${units[unit + 1]}`));
      }),
    );
  });

  it("keeps order: the larger number is the larger quantity", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (a, b) => {
          const [less, more] = a <= b ? [a, b] : [b, a];
          return (billionths(less.toFixed(9)) ?? 0n) <= (billionths(more.toFixed(9)) ?? 0n);
        },
      ),
    );
  });

  it("adds without the errors of floating point", () => {
    assert.equal((billionths("0.1") ?? 0n) + (billionths("0.2") ?? 0n), billionths("300m"));
  });
});

describe("an amount", () => {
  for (const quantity of ["500m", "2", "0.5", "1Gi", "1.5Mi", "1e3", "0"]) {
    it(`of ${quantity} is that quantity`, () => assert.equal(parseAmount(quantity), billionths(quantity)));
  }

  for (const quantity of ["-1", "-0", "+1", " 1", "1 ", "1 Gi", "4GB", "one", ""]) {
    it(`is not ${JSON.stringify(quantity)}`, () => assert.equal(parseAmount(quantity), undefined));
  }

  it("is rounded up to thousandths", () => {
    fc.assert(fc.property(whole, (size) => parseAmount(`${size}n`) === billionths(cpuText(size))));
    assert.deepEqual([parseAmount("1.0001"), parseAmount("1n")], [billionths("1001m"), billionths("1m")]);
  });
});
