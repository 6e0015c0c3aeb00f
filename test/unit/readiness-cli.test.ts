import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { capabilityManifests, exportedState } from "./readiness-state.ts";

const cli = join(import.meta.dirname, "..", "..", "report", "cli.ts");
const state = JSON.stringify(exportedState("readiness-cli-test", capabilityManifests("audio-processing")));

describe("npm run readiness", function () {
  this.timeout(30_000);
  let folder: string;

  /** A `pulumi` that behaves as the real one did in the same situation. */
  function pulumi(script: string) {
    const file = join(folder, "bin", "pulumi");
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  async function readiness(...args: string[]) {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [cli, ...args], {
      reject: false,
      extendEnv: false,
      env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, HOME: folder, APG_INVOKED_FROM: folder },
    });
    return { exitCode, stdout, stderr };
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "readiness-"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "state.json"), state);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reports on a stack that pulumi exports, and exits with 0 whatever the report says", async () => {
    pulumi(
      `[ "$*" = "stack export --stack acme/apg-platform/prod --non-interactive --color never" ] && cat "${folder}/state.json"`,
    );
    const { exitCode, stdout, stderr } = await readiness("acme/apg-platform/prod");
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^Readiness of acme\/apg-platform\/prod on \d{4}-\d{2}-\d{2}\n/);
    assert.match(stdout, /^both +453 /m);
    assert.match(stdout, /No stack here deploys computer-vision/);
  });

  it("reports on a state file, without pulumi, and takes the stack's name from it", async () => {
    const { exitCode, stdout } = await readiness("--state", "state.json");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Readiness of readiness-cli-test on /);
  });

  it("reports on a plan as on the state that it leads to, and knows what the stack's configuration says", async () => {
    const { deployment } = JSON.parse(state) as { deployment: { resources: object[] } };
    const steps = [
      ...deployment.resources.map((newState) => ({ op: "create", newState })),
      { op: "delete", oldState: deployment.resources[0] },
    ];
    const config = { "apg:standIns": JSON.stringify({ database: "a small one" }), "apg:tenants": '["acme"]' };
    writeFileSync(join(folder, "plan.json"), JSON.stringify({ config, steps }));
    const planned = await readiness("--plan", "plan.json", "--format", "json");
    const reported = await readiness("--state", "state.json", "--format", "json");
    const items = (text: string) => (JSON.parse(text) as { items: unknown[] }).items;
    assert.deepEqual(items(planned.stdout), items(reported.stdout));
    assert.match((await readiness("--plan", "plan.json")).stdout, /database: a small one/);
  });

  it("writes JSON to a file, and exits with 1 under --strict when something mandatory is not satisfied", async () => {
    const args = ["--state", "state.json", "--format", "json", "--output", "report.json", "--strict"];
    assert.deepEqual(await readiness(...args), { exitCode: 1, stdout: "", stderr: "" });
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as {
      schema: string;
      items: unknown[];
    };
    assert.deepEqual([report.schema, report.items.length], ["apg-readiness/v1", 453]);
  });

  it("lists every item under --all", async () => {
    const { stdout } = await readiness("--state", "state.json", "--all");
    assert.equal(
      stdout.match(/^(satisfied|violated|no check yet|evidence (missing|expired)) +(AUD|CV)-/gm)?.length,
      453,
    );
  });

  it("prints its usage when asked", async () => {
    const { exitCode, stdout } = await readiness("--help");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Usage: npm run readiness -- <stack>/);
  });

  const sandbox = 'for the sandbox, run eval "$(npm run -s sandbox:env)" first';
  const failures: { when: string; script?: string; args?: string[]; says: string }[] = [
    {
      when: "there is no pulumi",
      says: `There is no pulumi on PATH. Install Pulumi, or ${sandbox}; or give --state FILE.`,
    },
    {
      when: "the stack does not exist",
      script: "echo \"error: no stack named 'prod' found\" >&2; exit 6",
      says: `There is no stack prod in this backend. \`pulumi stack ls --all\` lists those that there are; ${sandbox}.`,
    },
    {
      when: "the passphrase is wrong",
      script: "echo 'error: constructing secrets manager of type \"passphrase\": incorrect passphrase' >&2; exit 1",
      says: `The state of prod does not open with this passphrase. Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the stack's own; ${sandbox}.`,
    },
    {
      when: "pulumi is not logged in",
      script: "echo 'error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions' >&2; exit 3",
      says: `Pulumi is not logged in to a backend. Run \`pulumi login\`, or ${sandbox}.`,
    },
    {
      when: "pulumi fails in another way",
      script: "echo 'error: unable to open bucket file:///x: no such file' >&2; exit 1",
      says: "pulumi cannot export the state of prod: unable to open bucket file:///x: no such file",
    },
    {
      when: "pulumi prints something else than a state",
      script: "echo hello",
      says: "pulumi stack export --stack prod gives no stack state: the JSON (version 3 or 4) that `pulumi stack export` writes is asked for.",
    },
    {
      when: "the format is unknown",
      args: ["prod", "--format", "pdf"],
      says: "--format: pdf given; terminal and json are accepted.",
    },
  ];
  for (const { when, script, args = ["prod"], says } of failures) {
    it(`says in one line what to do when ${when}`, async () => {
      if (script) pulumi(script);
      assert.deepEqual(await readiness(...args), { exitCode: 2, stdout: "", stderr: says });
    });
  }

  it("says in one line what to do when the state file is missing or no state", async () => {
    const missing = join(folder, "missing.json");
    const broken = join(folder, "broken.json");
    writeFileSync(broken, '{"version":3,"deployment":{"resources":[{}]}}');
    assert.deepEqual(await readiness("--state", "missing.json"), {
      exitCode: 2,
      stdout: "",
      stderr: `${missing} does not exist. Write it with: pulumi stack export --stack <stack> --file ${missing}`,
    });
    assert.deepEqual(await readiness("--state", "broken.json"), {
      exitCode: 2,
      stdout: "",
      stderr: `${broken} gives no stack state: the JSON (version 3 or 4) that \`pulumi stack export\` writes is asked for.`,
    });
  });

  it("says in one line what to do when the plan is missing or none", async () => {
    const missing = join(folder, "missing.json");
    assert.deepEqual(await readiness("--plan", "missing.json"), {
      exitCode: 2,
      stdout: "",
      stderr: `${missing} does not exist. Write it with: pulumi preview --json --show-sames --stack <stack> > ${missing}`,
    });
    assert.deepEqual(await readiness("--plan", "state.json"), {
      exitCode: 2,
      stdout: "",
      stderr: `${join(folder, "state.json")} is no plan: the JSON that \`pulumi preview --json --show-sames\` writes is asked for.`,
    });
  });

  it("says which option it does not know, and which there are", async () => {
    const { exitCode, stderr } = await readiness("prod", "--colour");
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Unknown option '--colour'[^]*Usage: npm run readiness/);
    assert.match((await readiness()).stderr, /^Which stack\?[^]*Usage: npm run readiness/);
  });
});
