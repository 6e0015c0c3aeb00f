import assert from "node:assert/strict";
import { join } from "node:path";
import { execa } from "execa";
import { which } from "../../../sandbox/tools.ts";
import { projectRoot } from "../../../sandbox/workspace.ts";

describe("the reference capability", function () {
  // Its modules are downloaded and compiled the first time.
  this.timeout(600_000);

  it("passes its own tests", async function () {
    if (!(await which("go"))) {
      console.log("    Not run: there is no go on PATH.");
      this.skip();
    }
    const cwd = join(projectRoot, "sandbox/tools/reference-capability");
    const env = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly" };
    for (const args of [["vet"], ["test"]]) {
      const { exitCode, all } = await execa("go", [...args, "./..."], { cwd, env, reject: false, all: true });
      assert.equal(exitCode, 0, all);
    }
  });
});
