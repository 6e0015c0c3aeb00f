// What holds data, under the real engine: what would lose it is refused before anything is touched, and a release replaces and
// deletes nothing of it. On simulated nodes, with a state that a deployment has left and the stand-in for AWS.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { run, testCluster } from "../cluster.ts";
import type { Given } from "./programs/data/index.ts";

const cwd = join(import.meta.dirname, "programs/data");
const stack = "test-data";
const file = join(cwd, `Pulumi.${stack}.yaml`);
const namespaces = ["apg-audio-sandbox", "apg-audio-drill-sandbox"];

const first: Given = {
  application: "apg/audio:1.0.0",
  postgres: "ghcr.io/cloudnative-pg/postgresql:15.17",
  redis: "redis:7.2.11",
  storage: "2Gi",
};

/** Writes the stack file: what was deployed at first, but for these. */
function give(changes: Partial<Given> = {}): void {
  const config = { "aws:region": "eu-central-1", "apg-platform:given": { ...first, ...changes } };
  writeFileSync(file, stringify({ config }));
}

const pulumi = (...args: string[]) =>
  run("pulumi", [...args, "--stack", stack, "--non-interactive", "--color", "never"], { cwd });

/** The same, where it has to succeed. */
async function done(program: "pulumi" | "kubectl", ...args: string[]): Promise<string> {
  const { exitCode, stdout, all } = await (program === "pulumi" ? pulumi(...args) : run(program, args));
  assert.equal(exitCode, 0, all);
  return stdout;
}

interface Resource {
  urn: string;
  type: string;
  id?: string;
  inputs?: unknown;
}

/** What the state holds of each resource; when it was last looked at, and from where, does not count. */
async function state(): Promise<Resource[]> {
  const { deployment } = JSON.parse(await done("pulumi", "stack", "export")) as {
    deployment: { resources?: Resource[] };
  };
  return (deployment.resources ?? []).map(({ urn, type, id, inputs }) => ({ urn, type, id, inputs }));
}

/** Types of the resources by what a preview would do to them. */
async function planned(): Promise<Record<string, string[]>> {
  const { steps } = JSON.parse(await done("pulumi", "preview", "--json", "--show-sames")) as {
    steps: { op: string; newState?: Resource; oldState?: Resource }[];
  };
  const types: Record<string, string[]> = {};
  for (const { op, newState, oldState } of steps) (types[op] ??= []).push((newState ?? oldState)!.type);
  return types;
}

describe("a stack that holds data", function () {
  this.timeout(120_000);

  before(async () => {
    await testCluster();
    give();
    await done("pulumi", "stack", "init", "--no-select");
    await done("pulumi", "up", "--yes", "--skip-preview");
  });

  after(async () => {
    // To destroy it would take as long again: it is protected, and the state must forget that first.
    await pulumi("stack", "rm", "--yes", "--force");
    await run("kubectl", ["delete", "--ignore-not-found", "namespaces", ...namespaces]);
    rmSync(file, { force: true });
  });

  it("is refused what would lose it at preview, in one line for each argument, and nothing is changed", async () => {
    const before = await state();
    give({ postgres: "ghcr.io/cloudnative-pg/postgresql:14.20", storage: "1Gi" });
    const { exitCode, all } = await pulumi("preview");
    assert.notEqual(exitCode, 0);
    for (const line of [
      "audio.storage: 1Gi given; it is 2Gi, and a volume cannot be made smaller (AUD-DB-03).",
      "audio.image: ghcr.io/cloudnative-pg/postgresql:14.20 given; the data is of PostgreSQL 15, which no older version reads: restore a backup into a new cluster instead (AUD-DB-01, CV-DB-01).",
    ])
      assert.ok(all.includes(line), `${line}\nis not in\n${all}`);
    assert.doesNotMatch(all, /\n\s+at .*:\d+:\d+/, "no stack trace");
    assert.deepEqual(await state(), before);
  });

  it("is not destroyed while it is protected", async () => {
    const before = await state();
    give();
    const { exitCode, all } = await pulumi("destroy", "--yes");
    assert.notEqual(exitCode, 0);
    for (const kind of ["PostgresCluster$kubernetes:postgresql.cnpg.io/v1:Database", "StatefulSet", "Key", "Bucket"])
      assert.match(all, new RegExp(`${kind.replaceAll(/[$.]/g, "\\$&")}.*cannot be deleted`), kind);
    assert.deepEqual(await state(), before);
  });

  it("is released and grows, and nothing that holds data is replaced or deleted", async () => {
    give({
      application: "apg/audio:1.1.0",
      postgres: "ghcr.io/cloudnative-pg/postgresql:15.18",
      redis: "redis:7.2.12",
      storage: "4Gi",
    });
    const { update = [], same, ...others } = await planned();
    const custom = update.filter((type) => !type.startsWith("apg:")).sort();
    assert.deepEqual(custom, [
      "kubernetes:apps/v1:Deployment",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:batch/v1:CronJob",
      "kubernetes:postgresql.cnpg.io/v1:Cluster",
    ]);
    assert.ok(same!.length > 150, "and everything else stays as it is");
    // The settings of the drill and the migration are made anew, and the release's own backup.
    const expected = /core\/v1:ConfigMap|batch\/v1:Job|(postgresql\.cnpg|velero)\.io\/v1:Backup$/;
    for (const [op, types] of Object.entries(others))
      assert.deepEqual(
        types.filter((type) => !expected.test(type)),
        [],
        op,
      );
  });
});
