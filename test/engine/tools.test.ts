import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { buildModule, checkBuildPossible, dropBuildCaches } from "../../sandbox/build-tools.ts";
import { UserError } from "../../sandbox/errors.ts";
import type { Pins } from "../../sandbox/tool-pins.ts";
import { findTools, which } from "../../sandbox/tools.ts";

/** A tool that builds in seconds: the real tools take minutes and are built by the same code before the tests begin. */
const pins = (folder: string): Pins => ({
  folder,
  modules: { hello: { version: "1.2.3", minutes: 1 } },
  tools: [
    {
      name: "hello",
      module: "hello",
      package: ".",
      ldflags: "-X main.version=1.2.3",
      onPath: { versionArguments: [], suitable: ([major, minor]) => major === 1 && minor >= 2 },
    },
  ],
});

const main = `package main

import "fmt"

var version string

func main() { fmt.Println("hello", version) }
`;

describe("the tool cache", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "apg-tools-"));
    await mkdir(join(folder, "pins", "hello"), { recursive: true });
    await writeFile(join(folder, "pins", "hello", "go.mod"), "module hello\n\ngo 1.26.0\n");
    await writeFile(join(folder, "pins", "hello", "main.go"), main);
    env = { ...process.env, APG_TOOL_CACHE: join(folder, "cache") };
  });

  afterEach(async () => {
    // Go's own files may still be appearing when a test has killed it.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  const program = (path: string, text: string) =>
    writeFile(path, `#!/bin/sh\n${text}\n`).then(() => chmod(path, 0o755));

  it("builds what is missing, finds it from then on, and keeps nothing but the binary", async function () {
    this.timeout(180_000);
    const wanted = pins(join(folder, "pins"));
    assert.deepEqual((await findTools(["hello"], env, wanted)).missing, ["hello"]);
    const lines: string[] = [];
    await buildModule("hello", (line) => lines.push(line), env, wanted);
    await dropBuildCaches(env);
    const { found, missing } = await findTools(["hello"], env, wanted);
    assert.deepEqual(missing, []);
    assert.equal(found.get("hello")?.origin, "built");
    assert.equal((await execa(found.get("hello")!.path)).stdout, "hello 1.2.3");
    assert.ok(
      lines.some((line) => /^hello: \d+ packages, \d+ s: /.test(line)),
      `progress was told: ${lines[0]}`,
    );
    assert.deepEqual(
      (await readdir(join(folder, "cache"))).filter((name) => !name.startsWith("hello-1.2.3-")),
      ["building.lock"],
    );
  });

  it("treats a build that was killed as not there, and goes on with it", async function () {
    this.timeout(180_000);
    const wanted = pins(join(folder, "pins"));
    const script = `
      import { buildModule } from ${JSON.stringify(join(import.meta.dirname, "../../sandbox/build-tools.ts"))};
      await buildModule("hello", (line) => console.log(line), process.env, ${JSON.stringify(wanted)});`;
    const builder = execa(process.execPath, ["--input-type=module", "-e", script], {
      env,
      reject: false,
      detached: true,
    });
    for await (const line of builder.iterable()) if (/\d+ packages/.test(line)) break;
    process.kill(-builder.pid!, "SIGKILL");
    await builder;
    assert.deepEqual((await findTools(["hello"], env, wanted)).missing, ["hello"]);
    await buildModule("hello", () => undefined, env, wanted);
    assert.deepEqual((await findTools(["hello"], env, wanted)).missing, []);
  });

  it("says what the compiler said when a build fails, and leaves nothing that could be taken for a tool", async function () {
    this.timeout(180_000);
    const wanted = pins(join(folder, "pins"));
    await writeFile(join(folder, "pins", "hello", "main.go"), "package main\n\nfunc main() { missing() }\n");
    await assert.rejects(
      buildModule("hello", () => undefined, env, wanted),
      (error) => error instanceof UserError && /undefined: missing/.test(error.message),
    );
    assert.deepEqual((await findTools(["hello"], env, wanted)).missing, ["hello"]);
  });

  it("lets two builders at once make one build", async function () {
    this.timeout(180_000);
    const wanted = pins(join(folder, "pins"));
    const waited: string[] = [];
    const note = (line: string) => void (line.startsWith("waiting") && waited.push(line));
    await Promise.all([
      buildModule("hello", note, env, wanted),
      sleep(50).then(() => buildModule("hello", note, env, wanted)),
    ]);
    assert.deepEqual((await findTools(["hello"], env, wanted)).missing, []);
    assert.match(waited[0] ?? "", /^waiting for another build of the tools \(process \d+\)$/);
  });

  it("takes a suitable program from PATH and passes over an old one", async () => {
    const wanted = pins(join(folder, "pins"));
    const bin = join(folder, "bin");
    await mkdir(bin);
    const path = { ...env, PATH: `${bin}:${env["PATH"]}` };
    await program(join(bin, "hello"), "echo hello v1.1.9");
    assert.deepEqual((await findTools(["hello"], path, wanted)).missing, ["hello"]);
    await program(join(bin, "hello"), "echo hello v1.4.0");
    assert.deepEqual((await findTools(["hello"], path, wanted)).found.get("hello"), {
      path: join(bin, "hello"),
      origin: "PATH",
    });
  });

  const refused = (message: RegExp, hint: RegExp) => (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, message);
    assert.match(error.hint, hint);
    return true;
  };

  it("says what to install when there is no Go", async () => {
    await assert.rejects(
      checkBuildPossible(["etcd"], { ...env, PATH: join(folder, "nothing") }),
      refused(
        /^Go is needed to build etcd, and there is no go on PATH\.$/,
        /Install Go 1\.26 or later .* or put these on PATH yourself: etcd\./,
      ),
    );
  });

  it("says which Go it found when that is too old", async () => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    await program(join(bin, "go"), "echo go1.22.5");
    await assert.rejects(
      checkBuildPossible(["kwok"], { ...env, PATH: bin }),
      refused(/^Go 1\.26 or later is needed to build kwok; .*\/bin\/go is go1\.22\.5\.$/, /Install Go 1\.26/),
    );
  });

  it("says how much disk is needed and how much is free", async () => {
    assert.ok(await which("go", env), "this test needs Go");
    await assert.rejects(
      checkBuildPossible(["etcd"], env, () => Promise.resolve(2.5e9)),
      refused(/takes 15\.0 GB of disk for a while, and 2\.5 GB are free in .*cache\.$/, /APG_TOOL_CACHE/),
    );
  });
});
