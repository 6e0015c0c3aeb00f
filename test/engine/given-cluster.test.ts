// `npm run sandbox -- --kubeconfig FILE`: the stack on a cluster that is there already, here the tests' own with simulated nodes.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { clusterStatus } from "../../sandbox/cluster.ts";
import { projectRoot, sandboxEnvironment, workspacePaths } from "../../sandbox/workspace.ts";
import { testCluster, testPlace } from "../cluster.ts";

const place = { dir: join(projectRoot, ".sandbox-test-given"), stack: "test-given" };
const paths = workspacePaths(place.dir);
const kubeconfig = workspacePaths(testPlace.dir).kubeconfig;

const options = { cwd: projectRoot, reject: false, all: true, stdin: "ignore" } as const;
const sandbox = (...args: string[]) =>
  execa(process.execPath, ["sandbox/cli.ts", ...args], {
    ...options,
    env: { APG_SANDBOX_DIR: place.dir, APG_SANDBOX_STACK: place.stack, NO_COLOR: "1" },
  });
const inSandbox = (file: string, ...args: string[]) =>
  execa(file, args, { ...options, env: sandboxEnvironment(place.dir), extendEnv: false });

describe("a sandbox on a given cluster", function () {
  this.timeout(180_000);

  before(async () => {
    await testCluster();
    clear();
    // The foundation alone: the capabilities on this cluster are other tests' business.
    const config = readFileSync(paths.stackFile("sandbox"), "utf8").replace(/^encryptionsalt: .*\n?/m, "");
    writeFileSync(
      paths.stackFile(place.stack),
      config.replace(/ {2}apg:capabilities:\n[\s\S]*/, "  apg:capabilities: []\n"),
    );
  });
  after(clear);

  function clear() {
    rmSync(place.dir, { recursive: true, force: true });
    rmSync(paths.stackFile(place.stack), { force: true });
  }

  it("says what is accepted when the file is none", async () => {
    const { exitCode, all } = await sandbox("up", "--kubeconfig", "package.json");
    assert.equal(exitCode, 1);
    assert.match(all, /--kubeconfig: package\.json given; a file with a current context is accepted\./);
    assert.ok(!existsSync(paths.kubeconfig), "nothing was taken");
  });

  it("deploys there, starts nothing, and says so", async () => {
    const { exitCode, all } = await sandbox("up", "--kubeconfig", kubeconfig);
    assert.equal(exitCode, 0, all);
    assert.match(all, /It runs on the cluster of the kubeconfig that was given\./);
    assert.equal((await clusterStatus(place)).exists, false);
    const classes = await inSandbox(
      "kubectl",
      "--context",
      "apg-sandbox",
      "get",
      "priorityclasses",
      "--output",
      "name",
    );
    assert.match(classes.all, /apg-capability/);
    const status = await sandbox("status");
    assert.equal(status.exitCode, 0);
    assert.ok(status.all.includes(`The sandbox is on the cluster of ${kubeconfig}`), status.all);
  });

  it("is on the same cluster the next time, without being told", async () => {
    const { exitCode, all } = await sandbox("up");
    assert.equal(exitCode, 0, all);
    assert.match(all, /Resources:\s+\d+ unchanged/);
  });

  it("leaves the cluster as it is when it is reset", async () => {
    const args = ["--stack", place.stack, "--yes", "--skip-preview", "--non-interactive"];
    const destroyed = await inSandbox("pulumi", "destroy", ...args);
    assert.equal(destroyed.exitCode, 0, destroyed.all);
    const { exitCode, all } = await sandbox("reset");
    assert.equal(exitCode, 0, all);
    assert.match(all, /stays there/);
    assert.equal((await clusterStatus(testPlace)).running, true);
  });
});
