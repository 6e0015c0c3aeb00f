// The function that rotates is Python, and so are its tests.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

describe("the function that rotates secrets", () => {
  it("passes its own tests", async () => {
    await promisify(execFile)("python3", [join(import.meta.dirname, "rotation/test_rotate.py")]);
  });
});
