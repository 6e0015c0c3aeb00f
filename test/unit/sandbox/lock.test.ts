import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../sandbox/errors.ts";
import { withLock } from "../../../sandbox/lock.ts";
import { startTime } from "../../../sandbox/processes.ts";

describe("the sandbox's lock", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "apg-lock-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("is held during the action, and free again afterwards, whether the action succeeds or fails", async () => {
    assert.equal(await withLock(dir, async () => (await readdir(dir)).length), 1);
    await assert.rejects(
      withLock(dir, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.deepEqual(await readdir(dir), []);
  });

  it("names the process that holds it", async () => {
    const holder = spawn("sleep", ["60"]);
    await once(holder, "spawn");
    await writeFile(join(dir, `${holder.pid}-${startTime(holder.pid!)}`), "");
    await assert.rejects(
      withLock(dir, () => Promise.resolve()),
      new UserError(
        `Another command (process ${holder.pid}) is starting or stopping this sandbox.`,
        "Wait until it has finished, then run the command again.",
      ),
    );
    holder.kill();
    await once(holder, "exit");
    await withLock(dir, () => Promise.resolve());
  });

  it("refuses a second action of the same process", async () => {
    await withLock(dir, async () => {
      await assert.rejects(
        withLock(dir, () => Promise.resolve()),
        UserError,
      );
    });
  });

  it("is not held by a process that was killed, nor by one that was given its id", async () => {
    await writeFile(join(dir, `${process.pid}-1-00000000`), "");
    await writeFile(join(dir, `999999999-1-00000000`), "");
    await withLock(dir, async () => assert.equal((await readdir(dir)).length, 1));
  });

  it("lets one in at a time when many come at once", async () => {
    const module = new URL("../../../sandbox/lock.ts", import.meta.url).href;
    const script = `
      import { writeFile, rm } from "node:fs/promises";
      import { withLock } from ${JSON.stringify(module)};
      let entered = 0;
      while (entered < 5) {
        try {
          await withLock(${JSON.stringify(join(dir, "claims"))}, async () => {
            await writeFile(${JSON.stringify(join(dir, "inside"))}, "", { flag: "wx" });
            await rm(${JSON.stringify(join(dir, "inside"))});
            entered++;
          });
        } catch (error) {
          if (error.name !== "UserError") throw error;
        }
      }`;
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "inherit" }),
    );
    const codes = await Promise.all(children.map(async (child) => ((await once(child, "exit")) as [number])[0]));
    assert.deepEqual(codes, [0, 0, 0]);
  }).timeout(60_000);
});
