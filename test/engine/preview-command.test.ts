// The command as somebody runs it who has cloned the project and has nothing else: no login, no account, no cluster. It does
// not show that AWS accepts what is planned.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../sandbox/workspace.ts";

describe("npm run preview", function () {
  this.timeout(180_000);
  let folder: string;
  const weakened = join(projectRoot, "Pulumi.test-preview.yaml");

  async function preview(...args: string[]) {
    const { exitCode, all } = await execa(process.execPath, [join(projectRoot, "preview", "cli.ts"), ...args], {
      extendEnv: false,
      reject: false,
      all: true,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        TMPDIR: folder,
        APG_INVOKED_FROM: folder,
        // Tools that were built are found; nothing else of this machine's is.
        APG_TOOL_CACHE:
          process.env["APG_TOOL_CACHE"] ?? join(process.env["HOME"] ?? "", ".cache", "apg-platform", "tools"),
      },
    });
    return { exitCode, all };
  }

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "preview-test-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
    rmSync(weakened, { force: true });
  });

  it("plans production, says what stands in for what, and leaves nothing behind", async () => {
    const before = readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
    const { exitCode, all } = await preview("prod", "--json", "plan.json", "--readiness");
    assert.equal(exitCode, 0, all);
    assert.match(all, /^Without a login to prod: everything is planned as new/m);
    assert.match(all, /^Stand-in for the aws provider \d+\.\d+\.\d+: /m);
    assert.match(all, /✅ apg-platform@/);
    assert.match(all, /^Planned in \d+\.\d s\.$/m);
    assert.match(all, /^Readiness of prod on \d{4}-\d{2}-\d{2}$/m);
    const { steps } = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8")) as { steps: unknown[] };
    assert.ok(steps.length > 100);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("apg-preview-")),
      [],
    );
    assert.equal(readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8"), before);
  });

  it("fails when the plan breaks a policy or the configuration", async () => {
    const text = readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
    writeFileSync(weakened, text.replace(/(\/audio-processing:1\.0\.0)@sha256:0+/, "$1"));
    const { exitCode, all } = await preview("test-preview");
    assert.equal(exitCode, 1);
    assert.match(all, /apg:capabilities\[0\]\.image: .* given; .* is accepted/);
  });

  it("ends with 2 and one message when there is nothing to plan", async () => {
    const { exitCode, all } = await preview("production");
    assert.equal(exitCode, 2);
    assert.match(all, /^There is no stack production: .*\nThose that there are: .*prod.*$/);
  });
});
