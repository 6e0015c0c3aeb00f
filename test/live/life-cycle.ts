// Load, loss of processes and nodes, stop, start and reset: what they come back to, and what they leave on the machine.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { clusterPaths } from "../../sandbox/paths.ts";
import { childOf, runningProcess } from "../../sandbox/processes.ts";
import { firstItems } from "./data-services.ts";
import { kept } from "./items.ts";
import { processesOf, tracesOf, type Traces } from "./machine.ts";
import { allReady, audio, done, eventually, json, kubectl, place, sandbox, service } from "./sandbox.ts";

/** @param untouched What of the machine was there before the sandbox. */
export function lifeCycle(untouched: () => Traces): void {
  it("scales the capability up under load", async () => {
    type Scaler = { status: { desiredReplicas?: number } };
    const scaler = async () => json<Scaler>("-n", audio, "get", "hpa", "audio-processing-api");
    await eventually("the autoscaler has figures", 120, async () => {
      const { status } = await json<{ status: { currentMetrics?: unknown[] } }>(
        ...["-n", audio, "get", "hpa", "audio-processing-api"],
      );
      return (status.currentMetrics ?? []).length > 0;
    });
    const { desiredReplicas: atFirst } = (await scaler()).status;
    assert.ok(atFirst !== undefined && atFirst >= 3);
    // Six clients, for three minutes at the most. The scale-up window alone takes one.
    const load = `for client in 1 2 3 4 5 6; do (while true; do wget -qO- "${service}/v1/work?cpu=1s" >/dev/null; done) & done; sleep 180`;
    const clients = kubectl(["-n", "apg-gateway-sandbox", "exec", "gateway", "--", "timeout", "180", "sh", "-c", load]);
    try {
      await eventually("there are more pods", 175, async () => (await scaler()).status.desiredReplicas! > atFirst);
    } finally {
      await kubectl(["-n", "apg-gateway-sandbox", "delete", "pod", "gateway", "--now"]);
      await clients;
    }
  });

  it("starts again what dies: a program of a node, a server, a whole node", async () => {
    const paths = clusterPaths(place.dir);
    const node = (await runningProcess(paths, "worker-2"))!;
    const scheduler = (await runningProcess(paths, "kube-scheduler"))!;
    const kubelets = async () => {
      const inside = ["--target", String(childOf((await runningProcess(paths, "worker-1"))!)!.pid), "--pid", "--mount"];
      return (await execa("nsenter", [...inside, "pgrep", "-x", "kubelet"], { reject: false })).stdout;
    };
    const first = await kubelets();
    assert.notEqual(first, "");
    const inside = ["--target", String(childOf((await runningProcess(paths, "worker-1"))!)!.pid), "--pid", "--mount"];
    await execa("nsenter", [...inside, "kill", "-KILL", first]);
    process.kill(scheduler.pid, "SIGKILL");
    process.kill(node.pid, "SIGKILL");
    await eventually("the kubelet is another", 30, async () => !["", first].includes(await kubelets()));
    await eventually("the scheduler is another", 30, async () => {
      const pid = (await runningProcess(paths, "kube-scheduler"))?.pid;
      return pid !== undefined && pid !== scheduler.pid;
    });
    await eventually("the node is another", 30, async () => {
      const pid = (await runningProcess(paths, "worker-2"))?.pid;
      return pid !== undefined && pid !== node.pid;
    });
    await eventually("all nodes are Ready", 90, allReady);
    await done(["-n", audio, "rollout", "status", "deployment/audio-processing-api", "--timeout=120s"]);
    await done(["-n", "live", "rollout", "status", "daemonset/everywhere", "--timeout=120s"]);
    const restarts = (await readFile(join(paths.logs, "supervisor.log"), "utf8")).match(/started again:.*worker-2/g);
    assert.equal(restarts?.length, 1, "the node comes up at its first start, whatever the killed one has left");
  });

  it("stops and leaves nothing on the machine, and stops twice", async () => {
    const { exitCode, all } = await sandbox("stop");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(processesOf(place.dir), []);
    assert.deepEqual(await tracesOf(), untouched());
    assert.match((await sandbox("stop")).all, /Nothing was running/);
    assert.match((await sandbox("status")).all, /worker-1\s+stopped/);
  });

  it("starts again where it was, also after the starter was killed in the middle", async () => {
    const starter = sandbox("up");
    await eventually("the first node is started", 60, async () => {
      return (await runningProcess(clusterPaths(place.dir), "worker-1")) !== undefined;
    });
    starter.kill("SIGKILL");
    await starter;
    const { exitCode, all } = await sandbox("up");
    assert.equal(exitCode, 0, all);
    assert.doesNotMatch(all, /\d+ (created|deleted|replaced)/, "what had been deployed is still there");
    assert.match(all, /reference capability, in place of/, "and what stands in is named when nothing changes, too");
    for (const { capability, id, content } of firstItems) {
      for (const from of ["postgres", "s3"]) {
        assert.deepEqual(await kept(capability, id, from), { id, content, from }, "what was kept is still there");
      }
    }
  });

  it("leaves nothing when everything was killed but the nodes", async () => {
    const paths = clusterPaths(place.dir);
    for (const name of ["supervisor", "network-policy", "kube-apiserver", "switch"]) {
      process.kill((await runningProcess(paths, name))!.pid, "SIGKILL");
    }
    const { exitCode, all } = await sandbox("reset");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(processesOf(place.dir), []);
    assert.deepEqual(await tracesOf(), untouched());
  });
}
