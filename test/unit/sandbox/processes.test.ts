import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../sandbox/errors.ts";
import { clusterPaths, type ClusterPaths } from "../../../sandbox/paths.ts";
import {
  isCurrent,
  logTail,
  runningProcess,
  startProcess,
  startTime,
  stopProcess,
  trimLog,
  type ProcessSpec,
} from "../../../sandbox/processes.ts";

const shell = "/bin/sh";

describe("a process of the sandbox", () => {
  let paths: ClusterPaths;

  const run = (script: string, name = "job"): ProcessSpec => ({
    name,
    binary: shell,
    args: ["-c", script],
    inputs: [],
  });
  const record = () => join(paths.run, "job.json");

  beforeEach(async () => {
    paths = clusterPaths(await mkdtemp(join(tmpdir(), "apg-processes-")));
  });
  afterEach(async () => {
    await stopProcess(paths, "job");
    await rm(paths.root, { recursive: true });
  });

  it("is known by its id and start time while it lives, and not after", async () => {
    const started = await startProcess(paths, run("sleep 60"));
    assert.equal(startTime(started.pid), started.started);
    assert.deepEqual(await runningProcess(paths, "job"), started);
    assert.equal(await stopProcess(paths, "job"), true);
    assert.equal(startTime(started.pid), undefined);
    assert.equal(await runningProcess(paths, "job"), undefined);
    assert.equal(await stopProcess(paths, "job"), false);
  });

  it("is never mistaken for another that was given its id since", async () => {
    const other = spawn("sleep", ["60"]);
    await once(other, "spawn");
    const stale = { pid: other.pid, started: "1-00000000", fingerprint: "" };
    await startProcess(paths, run("true"));
    await writeFile(record(), JSON.stringify(stale));
    assert.equal(await runningProcess(paths, "job"), undefined);
    assert.equal(await stopProcess(paths, "job"), false);
    assert.notEqual(startTime(other.pid!), undefined);
    other.kill();
    await once(other, "exit");
  });

  it("is killed when it does not heed the polite signal", async () => {
    const { pid } = await startProcess(paths, run("trap '' TERM; echo deaf; while :; do sleep 0.05; done"));
    while (!(await logTail(paths, "job")).includes("deaf")) await sleep(10);
    const begin = Date.now();
    assert.equal(await stopProcess(paths, "job", 200), true);
    assert.equal(startTime(pid), undefined);
    assert.ok(Date.now() - begin >= 200);
  });

  it("outlives a starter that is killed, and can then be stopped by another", async () => {
    const module = new URL("../../../sandbox/processes.ts", import.meta.url).href;
    const starter = `
      const { startProcess } = await import(${JSON.stringify(module)});
      await startProcess(${JSON.stringify(paths)}, ${JSON.stringify(run("sleep 60"))});
      process.kill(process.pid, "SIGKILL");`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", starter]);
    assert.equal(signal, "SIGKILL");
    assert.notEqual(await runningProcess(paths, "job"), undefined);
    assert.equal(await stopProcess(paths, "job"), true);
    assert.equal(await runningProcess(paths, "job"), undefined);
  });

  it("is current only as long as its command line and its input files are the same", async () => {
    const input = join(paths.root, "input");
    await writeFile(input, "one");
    const spec = { ...run("sleep 60"), inputs: [input] };
    await startProcess(paths, spec);
    assert.equal(await isCurrent(paths, spec), true);
    assert.equal(await isCurrent(paths, { ...spec, args: ["-c", "sleep 61"] }), false);
    await writeFile(input, "two");
    assert.equal(await isCurrent(paths, spec), false);
  });

  it("has the end of its output at hand, and of its last run only", async () => {
    for (const word of ["first", "second"]) {
      await startProcess(paths, run(`echo ${word}; echo problem >&2; exit 1`));
      while ((await logTail(paths, "job")).length < 2) await sleep(10);
    }
    assert.deepEqual(await logTail(paths, "job"), ["second", "problem"]);
    assert.deepEqual(await logTail(paths, "job", 1), ["problem"]);
  });

  it("has no stack trace in the end of its output", async () => {
    const crash = String.raw`panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:31 +0x28\nend\n`;
    await startProcess(paths, run(`printf '${crash}'`));
    while ((await logTail(paths, "job")).at(-1) !== "end") await sleep(10);
    assert.deepEqual(await logTail(paths, "job"), ["panic: no", "end"]);
  });

  it("keeps one old log when its log grows too long", async () => {
    await startProcess(paths, run("echo 0123456789; sleep 60"));
    while ((await logTail(paths, "job")).length === 0) await sleep(10);
    await trimLog(paths, "job", 11);
    assert.deepEqual(await logTail(paths, "job"), ["0123456789"]);
    await trimLog(paths, "job", 10);
    assert.deepEqual(await logTail(paths, "job"), []);
    assert.equal(await readFile(join(paths.logs, "job.previous.log"), "utf8"), "0123456789\n");
  });

  it("sees none of the user's variables but PATH", async () => {
    process.env.ETCD_NAME = "the user's";
    await startProcess(paths, run("env; echo end"));
    delete process.env.ETCD_NAME;
    while (!(await logTail(paths, "job", 1)).includes("end")) await sleep(10);
    const names = (await logTail(paths, "job", 20)).map((line) => line.split("=")[0]);
    assert.deepEqual(names.filter((name) => !["_", "PWD", "OLDPWD", "SHLVL"].includes(name!)).sort(), [
      "HOME",
      "PATH",
      "end",
    ]);
  });

  it("is refused in one sentence when its program is missing", async () => {
    const spec = { ...run(""), binary: join(paths.root, "absent") };
    await assert.rejects(startProcess(paths, spec), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.message, `${join(paths.root, "absent")} is missing.`);
      return true;
    });
    assert.equal(existsSync(record()), false);
  });
});
