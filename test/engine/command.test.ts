import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { clusterStatus, resetCluster, stopCluster } from "../../sandbox/cluster.ts";
import { projectRoot, sandboxEnvironment, workspacePaths } from "../../sandbox/workspace.ts";

/** A sandbox as `npm run sandbox` makes it, beside the developer's own. */
const place = { dir: join(projectRoot, ".sandbox-test-command"), stack: "test-command" };
const paths = workspacePaths(place.dir);

function sandbox(...args: string[]) {
  return execa(process.execPath, ["sandbox/cli.ts", ...args], {
    cwd: projectRoot,
    env: { ...process.env, APG_SANDBOX_DIR: place.dir, APG_SANDBOX_STACK: place.stack, NO_COLOR: "1" },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: "ignore",
  });
}

const inSandbox = (file: string, ...args: string[]) =>
  execa(file, args, {
    cwd: projectRoot,
    env: sandboxEnvironment(place.dir),
    extendEnv: false,
    reject: false,
    all: true,
    stdin: "ignore",
  });

const pulumi = (...args: string[]) =>
  inSandbox("pulumi", ...args, "--stack", place.stack, "--non-interactive", "--color", "never");

/** Command lines of the processes that run something of a folder. */
function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(folder));
}

const isProvider = (line: string) => line.includes("pulumi-resource-kubernetes");

interface State {
  deployment: { resources?: { urn: string; id?: string }[]; pending_operations?: unknown[] };
}

const exported = async () => (JSON.parse((await pulumi("stack", "export")).stdout) as State).deployment;
const resources = async () => (await exported()).resources ?? [];
const identities = async () => (await resources()).map(({ urn, id }) => `${urn} ${id}`).sort();

/** What Pulumi believes there is, and what there is. */
async function inventory(): Promise<{ state: string[]; objects: string[] }> {
  assert.deepEqual((await exported()).pending_operations ?? [], [], "nothing is pending");
  const kinds = "deployments,services,configmaps,networkpolicies,resourcequotas,horizontalpodautoscalers";
  const { stdout } = await inSandbox("kubectl", "get", kinds, "--all-namespaces", "--output", "name");
  const state = (await resources()).map(({ urn }) => urn).sort();
  assert.equal(new Set(state).size, state.length, "nothing is doubled");
  return { state, objects: stdout.split("\n").sort() };
}

describe("npm run sandbox", function () {
  this.timeout(300_000);

  before(clear);
  after(clear);

  async function clear() {
    await resetCluster({ dir: place.dir });
    rmSync(place.dir, { recursive: true, force: true });
    rmSync(paths.stackFile(place.stack), { force: true });
  }

  it("explains itself", async () => {
    const { exitCode, stdout } = await sandbox("--help");
    assert.equal(exitCode, 0);
    for (const command of ["sandbox:status", "sandbox:env", "sandbox:stop", "sandbox:reset", "--workers"]) {
      assert.ok(stdout.includes(command), command);
    }
  });

  it("says what is accepted when it is called wrongly", async () => {
    const unknown = await sandbox("up", "--wrokers", "3");
    assert.equal(unknown.exitCode, 1);
    assert.match(unknown.all, /Unknown option '--wrokers'.*\n.*--help lists what is accepted/s);
    const workers = await sandbox("up", "--workers", "none");
    assert.equal(workers.exitCode, 1);
    assert.match(workers.all, /--workers: none given; a whole number from 1 to 200 is accepted\./);
  });

  it("says that there is none before the first start", async () => {
    for (const command of ["status", "env"]) {
      const { exitCode, all } = await sandbox(command);
      assert.equal(exitCode, 1);
      assert.match(all, /There is no sandbox in this clone yet.*npm run sandbox makes one/s);
    }
    const stopped = await sandbox("stop");
    assert.equal(stopped.exitCode, 0);
    assert.match(stopped.all, /Nothing was running/);
  });

  it("goes from nothing to the running stack, and ends with outputs, readiness and what to try next", async () => {
    const { exitCode, all } = await sandbox("up", "--nodes", "simulated");
    assert.equal(exitCode, 0, all);
    assert.match(all, /Resources:\s+\+ \d+ created/);
    assert.match(all, /Outputs:[\s\S]*audio-processing-api\.apg-audio-processing-sandbox\.svc/);
    assert.match(all, /audio-processing[\s\S]*computer-vision[\s\S]*satisfied/i, "readiness summary");
    assert.match(all, /simulated: no container runs/);
    assert.match(all, /eval "\$\(npm run -s sandbox:env\)"/);
    assert.doesNotMatch(all, /can't run policy/);
    assert.ok(!all.includes(readFileSync(paths.passphrase, "utf8")), "the passphrase is not shown");
  });

  it("is idempotent", async () => {
    const { exitCode, all } = await sandbox("up", "--nodes", "simulated");
    assert.equal(exitCode, 0, all);
    assert.match(all, /Resources:\s+\d+ unchanged/);
    assert.doesNotMatch(all, /created|updated|deleted|replaced/);
  });

  it("sets up a shell in which pulumi and kubectl behave as their users expect", async () => {
    const script = `eval "$(${process.execPath} sandbox/cli.ts env)"
      set -e
      pulumi stack output --stack ${place.stack} --json
      pulumi preview --stack ${place.stack} --non-interactive --expect-no-changes
      pulumi about --stack ${place.stack} 2>&1
      kubectl get namespaces --output name
      node --version`;
    const { exitCode, all } = await execa("bash", ["-c", script], {
      cwd: projectRoot,
      env: { ...process.env, APG_SANDBOX_DIR: place.dir, APG_SANDBOX_STACK: place.stack, PULUMI_ACCESS_TOKEN: "mine" },
      reject: false,
      all: true,
    });
    assert.equal(exitCode, 0, all);
    assert.match(all, /"endpoints"/);
    assert.match(all, /namespace\/apg-computer-vision-sandbox/);
    assert.match(all, /\nv24\./);
    assert.doesNotMatch(all, /version mismatch|warning: .*version/i);
  });

  it("tells the truth about what runs", async () => {
    const well = await sandbox("status");
    assert.equal(well.exitCode, 0, well.all);
    assert.match(well.all, /nodes\s+3 of 3 Ready/);
    const { components } = await clusterStatus({ dir: place.dir });
    process.kill(components.find(({ name }) => name === "kube-scheduler")!.pid!, "SIGKILL");
    const hurt = await sandbox("status");
    assert.equal(hurt.exitCode, 1);
    assert.match(hurt.all, /kube-scheduler\s+stopped/);
  });

  it("says what to do when the cluster was stopped behind Pulumi's back, and carries on after it", async () => {
    await stopCluster({ dir: place.dir });
    const before = await identities();
    const file = readFileSync(paths.stackFile(place.stack), "utf8");
    writeFileSync(paths.stackFile(place.stack), file.replace("      settings:\n", "$&        BATCH_SIZE: '8'\n"));
    const update = await pulumi("up", "--yes", "--skip-preview");
    writeFileSync(paths.stackFile(place.stack), file);
    assert.notEqual(update.exitCode, 0, update.all);
    assert.match(update.all, /configured Kubernetes cluster is unreachable/);
    assert.deepEqual(await identities(), before, "the state is as it was");
    const again = await sandbox("up", "--nodes", "simulated");
    assert.equal(again.exitCode, 0, again.all);
    assert.doesNotMatch(again.all, /\d+ (created|deleted|replaced)/, "what had been deployed is still there");
  });

  it("deploys everything again when the cluster's data are gone", async () => {
    const before = await inventory();
    await resetCluster({ dir: place.dir });
    const { exitCode, all } = await sandbox("up", "--nodes", "simulated");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await inventory(), before);
  });

  it("converges after an update that was killed in the middle: nothing lost, nothing doubled", async () => {
    const before = await inventory();
    assert.equal((await pulumi("destroy", "--yes", "--skip-preview")).exitCode, 0);
    const update = inSandbox("pulumi", "up", "--yes", "--skip-preview", "--stack", place.stack, "--non-interactive");
    for await (const line of update.iterable()) if (/ServiceAccount .* created/.test(line)) break;
    update.kill("SIGKILL");
    await update;
    assert.ok((await resources()).length < before.state.length, "it was killed in the middle");

    assert.equal(processesOf(place.dir).filter(isProvider).length, 1, "the killed update left its provider behind");

    const { exitCode, all } = await sandbox("up", "--nodes", "simulated");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await inventory(), before);
    assert.equal((await pulumi("preview", "--expect-no-changes")).exitCode, 0);
    assert.equal(processesOf(place.dir).filter(isProvider).length, 0, "and that has been ended");
  });

  it("leaves a stack alone that another pulumi is updating", async () => {
    const lock = join(paths.state, ".pulumi/locks/organization/apg-platform", place.stack, "held.json");
    writeFileSync(
      lock,
      JSON.stringify({ pid: process.pid, username: "somebody", hostname: "here", timestamp: new Date() }),
    );
    const { exitCode, all } = await sandbox("up", "--nodes", "simulated");
    rmSync(lock);
    assert.equal(exitCode, 1);
    assert.match(all, new RegExp(`Another pulumi \\(process ${process.pid}\\) is at work on the stack test-command`));
  });

  it("names the passphrase file when the passphrase is not the stack's", async () => {
    const right = readFileSync(paths.passphrase, "utf8");
    writeFileSync(paths.passphrase, "something else");
    const before = readFileSync(join(paths.state, ".pulumi/stacks/apg-platform", `${place.stack}.json`), "utf8");
    const { exitCode, all } = await sandbox("up", "--nodes", "simulated");
    writeFileSync(paths.passphrase, right);
    assert.equal(exitCode, 1);
    assert.match(all, /incorrect passphrase/);
    assert.ok(all.includes(`The passphrase in ${paths.passphrase} is not the one that the stack was made with`), all);
    assert.equal(readFileSync(join(paths.state, ".pulumi/stacks/apg-platform", `${place.stack}.json`), "utf8"), before);
  });

  it("stops and leaves no process", async () => {
    assert.equal((await sandbox("stop")).exitCode, 0);
    assert.deepEqual(processesOf(place.dir), []);
  });

  it("resets to nothing, twice without complaint", async () => {
    for (let round = 0; round < 2; round++) assert.equal((await sandbox("reset")).exitCode, 0);
    assert.ok(!existsSync(place.dir));
    assert.doesNotMatch(readFileSync(paths.stackFile(place.stack), "utf8"), /encryptionsalt/);
  });
});
