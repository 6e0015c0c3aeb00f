// With the machine's real package sources: skipped where there are none.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../../../sandbox/errors.ts";
import { hostPrograms } from "../../../sandbox/images/host-programs.ts";
import { obtainImages } from "../../../sandbox/images/store.ts";

describe("images of the machine's own packages", () => {
  let cache: string;
  before(async () => (cache = await mkdtemp(join(tmpdir(), "apg-packages-"))));
  after(() => rm(cache, { recursive: true }));

  /** Skips where packages are not to be had; every other failure is one. */
  async function withSources<T>(test: Mocha.Context, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.log(`      skipped: ${error.message}`);
      return test.skip();
    }
  }
  const make = () => obtainImages(["storage-helper"], { tools: (name) => assert.fail(name), cache });

  it("are the same when made twice", async function () {
    const [first] = await withSources(this, make);
    await rm(first!.archive);
    const [second] = await make();
    assert.deepEqual(second, first);
    // Made from nothing, with the libraries and no more.
    assert.ok(first!.bytes > 1e6 && first!.bytes < 20e6, String(first!.bytes));
  });

  it("lend nft and runc to the nodes", async function () {
    const folder = await withSources(this, () => hostPrograms(cache));
    assert.equal(await hostPrograms(cache), folder);
    const [nft, runc] = await Promise.all([
      execa(join(folder, "nft"), ["--version"]),
      execa(join(folder, "runc"), ["features"]),
    ]);
    assert.match(nft.stdout, /^nftables v\d/);
    const { linux } = JSON.parse(runc.stdout) as { linux: { seccomp: { enabled: boolean } } };
    assert.equal(linux.seccomp.enabled, true);
  });
});
