import assert from "node:assert/strict";
import fc from "fast-check";
import { cpuQuantity, memoryQuantity, thousandths } from "../../../components/quantity.ts";

describe("quantities", () => {
  it("are read as Kubernetes reads them", () => {
    const read = ["500m", "2", "0.5", "1.0001", "1Gi", "1G", "1.5Mi", "0"].map(thousandths);
    assert.deepEqual(read, [500n, 2000n, 500n, 1001n, 1024n ** 3n * 1000n, 10n ** 12n, 1_572_864_000n, 0n]);
  });

  it("are not guessed", () => {
    const none = ["", "1 Gi", "-1", "1g", "one", "1.", ".5", "1e3", "Gi"].map(thousandths);
    assert.deepEqual(new Set(none), new Set([undefined]));
  });

  it("of CPU survive writing and reading", () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (m) => thousandths(cpuQuantity(m)) === m));
  });

  it("of memory survive writing and reading, in whole bytes and never fewer", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (m) => {
        const read = thousandths(memoryQuantity(m))!;
        return read >= m && read - m < 1000n && read % 1000n === 0n;
      }),
    );
  });

  it("of memory use the largest suffix that is exact", () => {
    const written = [0n, 1n, 1000n, 1024_000n, 1024n ** 3n * 30_000n, 1536n * 1024n ** 2n * 1000n].map(memoryQuantity);
    assert.deepEqual(written, ["0", "1", "1", "1Ki", "30Gi", "1536Mi"]);
  });
});
