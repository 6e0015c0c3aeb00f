import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { clusterStatus, resetCluster, startCluster, stopCluster, type ClusterState } from "../../sandbox/cluster.ts";
import { UserError } from "../../sandbox/errors.ts";
import { tools } from "./tools.ts";

const components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

/** What the restricted pod security standard asks of a pod. */
const restricted = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "main",
      image: "example/app:1.0.0",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
};

describe("the sandbox's cluster", function () {
  this.timeout(150_000);

  let dir: string;
  let state: ClusterState;
  const options = () => ({ dir, tools });
  const pids = async () => {
    const { components } = await clusterStatus({ dir });
    return Object.fromEntries(components.map(({ name, pid }) => [name, pid]));
  };
  const processesOf = (folder: string) =>
    readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    });
  const kubectl = (args: string[], input?: object) =>
    execa(tools("kubectl"), args, {
      env: state.environment,
      reject: false,
      ...(input ? { input: JSON.stringify(input) } : {}),
    });
  const done = async (args: string[], input?: object) => {
    const { exitCode, stdout, stderr } = await kubectl(args, input);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  };
  const json = async <T>(args: string[]) => JSON.parse(await done([...args, "--output=json"])) as T;
  const apply = (object: object) => done(["apply", "--server-side", "--filename=-"], object);
  const namespace = async (name: string, labels: Record<string, string> = {}) => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    await done(["wait", "--for=create", "serviceaccount/default", "--namespace", name, "--timeout=30s"]);
  };
  const deployment = (name: string, namespace: string, replicas?: number) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          ...restricted,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "topology.kubernetes.io/zone",
              whenUnsatisfiable: "DoNotSchedule",
              labelSelector: { matchLabels: { app: name } },
            },
          ],
        },
      },
    },
  });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "apg-cluster-"));
    state = await startCluster(options());
  });
  after(async () => {
    await stopCluster({ dir });
    await rm(dir, { recursive: true });
  });

  it("starts every component once, and is then running with 3 Ready nodes", async () => {
    assert.deepEqual(state.started, components);
    const status = await clusterStatus({ dir });
    assert.deepEqual(
      status.components.map(({ name, state }) => [name, state]),
      components.map((name) => [name, "running"]),
    );
    assert.deepEqual(status.nodes, [
      { name: "worker-1", ready: true },
      { name: "worker-2", ready: true },
      { name: "worker-3", ready: true },
    ]);
    assert.equal(status.running, true);
  });

  it("is left as it is by a second start, which says so at once", async () => {
    const before = await pids();
    const lines: string[] = [];
    const begin = Date.now();
    const again = await startCluster({ ...options(), progress: (line) => lines.push(line) });
    assert.ok(Date.now() - begin < 2000);
    assert.deepEqual(lines, ["The cluster is running already."]);
    assert.deepEqual(again, { ...state, started: [] });
    assert.deepEqual(await pids(), before);
  });

  it("listens on the loopback address alone", async () => {
    const listening = new Set<string>();
    for (const table of ["tcp", "tcp6"]) {
      for (const line of (await readFile(`/proc/net/${table}`, "utf8")).split("\n").slice(1)) {
        const [, local = "", , kind] = line.trim().split(/\s+/);
        if (kind === "0A") listening.add(local);
      }
    }
    const { ports } = JSON.parse(await readFile(join(dir, "cluster.json"), "utf8")) as {
      ports: Record<string, number>;
    };
    for (const port of Object.values(ports)) {
      const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
      assert.deepEqual(
        [...listening].filter((local) => local.endsWith(suffix)),
        [`0100007F${suffix}`],
      );
    }
  });

  it("has a kubeconfig that only its owner can read, with the context apg-sandbox", async () => {
    assert.equal((await stat(state.kubeconfig)).mode & 0o777, 0o600);
    assert.equal(await done(["config", "current-context"]), "apg-sandbox");
    assert.equal(await done(["auth", "can-i", "*", "*"]), "yes");
  });

  it("has nodes of 4 CPU and 16 GiB, each in a zone of its own", async () => {
    interface Node {
      metadata: { labels: Record<string, string> };
      status: { allocatable: Record<string, string> };
    }
    const { items } = await json<{ items: Node[] }>(["get", "nodes"]);
    assert.deepEqual(
      items.map(({ metadata, status: { allocatable } }) => [
        metadata.labels["topology.kubernetes.io/zone"],
        allocatable.cpu,
        allocatable.memory,
      ]),
      [
        ["sandbox-a", "4", "16Gi"],
        ["sandbox-b", "4", "16Gi"],
        ["sandbox-c", "4", "16Gi"],
      ],
    );
  });

  it("makes the pods of a Deployment Ready and spreads them over the three zones", async () => {
    await namespace("spread");
    await apply(deployment("app", "spread", 3));
    await done(["rollout", "status", "deployment/app", "--namespace=spread", "--timeout=30s"]);
    const { items } = await json<{ items: { spec: { nodeName: string } }[] }>(["get", "pods", "--namespace=spread"]);
    assert.deepEqual(items.map(({ spec }) => spec.nodeName).sort(), ["worker-1", "worker-2", "worker-3"]);
  });

  it("lets an autoscaler bring a Deployment without replicas to its minimum, though there are no metrics", async () => {
    await namespace("scaling");
    await apply(deployment("app", "scaling"));
    await apply({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "app", namespace: "scaling" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "app" },
        minReplicas: 3,
        maxReplicas: 10,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        ],
      },
    });
    const ready = "--for=jsonpath={.status.readyReplicas}=3";
    await done(["wait", ready, "deployment/app", "--namespace=scaling", "--timeout=20s"]);
  });

  it("refuses a privileged pod where the restricted standard is enforced", async () => {
    await namespace("secured", { "pod-security.kubernetes.io/enforce": "restricted" });
    const pod = (spec: object) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "app", namespace: "secured" },
      spec,
    });
    const privileged = {
      containers: [{ name: "main", image: "example/app:1.0.0", securityContext: { privileged: true } }],
    };
    const { exitCode, stderr } = await kubectl(["create", "--filename=-"], pod(privileged));
    assert.equal(exitCode, 1);
    assert.match(stderr, /violates PodSecurity "restricted:latest": privileged \(container "main" must not set/);
    await done(["create", "--filename=-"], pod(restricted));
  });

  it("refuses a pod beyond the quota", async () => {
    await namespace("limited");
    await apply({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "quota", namespace: "limited" },
      spec: { hard: { pods: "1" } },
    });
    await done([
      "wait",
      "--for=jsonpath={.status.hard.pods}=1",
      "resourcequota/quota",
      "--namespace=limited",
      "--timeout=30s",
    ]);
    const pod = (name: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "limited" },
      spec: restricted,
    });
    await done(["create", "--filename=-"], pod("first"));
    const { stderr } = await kubectl(["create", "--filename=-"], pod("second"));
    assert.match(
      stderr,
      /pods "second" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=1, limited: pods=1/,
    );
  });

  it("sends nothing to the address of a simulated node: it answers at once that there is no network", async () => {
    const { stderr } = await kubectl(["logs", "deployment/app", "--namespace=spread"]);
    assert.match(stderr, /dial unix \S+simulated-nodes-have-no-network: connect: no such file or directory/);
  });

  it("gets exactly the number of nodes that is asked for, and keeps it", async () => {
    const names = async () => (await clusterStatus({ dir })).nodes.map(({ name }) => name);
    await startCluster({ ...options(), workers: 4 });
    assert.deepEqual(await names(), ["worker-1", "worker-2", "worker-3", "worker-4"]);
    await startCluster(options());
    assert.equal((await names()).length, 4);
    await startCluster({ ...options(), workers: 3 });
    assert.deepEqual(await names(), ["worker-1", "worker-2", "worker-3"]);
  });

  it("comes back with its data and works on when the API server was killed", async () => {
    const before = await pids();
    process.kill(before["kube-apiserver"]!, "SIGKILL");
    while ((await pids())["kube-apiserver"]) await sleep(10);
    const broken = await clusterStatus({ dir });
    assert.equal(broken.running, false);
    assert.deepEqual(
      broken.components.filter(({ state }) => state === "stopped").map(({ name }) => name),
      ["kube-apiserver"],
    );
    const { started } = await startCluster(options());
    assert.deepEqual(started, ["kube-apiserver"]);
    assert.deepEqual(await pids(), { ...before, "kube-apiserver": (await pids())["kube-apiserver"] });
    assert.equal((await json<{ items: unknown[] }>(["get", "pods", "--namespace=spread"])).items.length, 3);
    await apply(deployment("later", "spread", 3));
    await done(["rollout", "status", "deployment/later", "--namespace=spread", "--timeout=60s"]);
  });

  it("starts a component anew when a file that it read at its start has changed", async () => {
    await rm(join(dir, "cluster", "pki", "scheduler.crt"));
    assert.deepEqual((await startCluster(options())).started, ["kube-scheduler"]);
    assert.equal((await clusterStatus({ dir })).running, true);
  });

  it("lets one command at a time work on it", async () => {
    const results = await Promise.allSettled([startCluster(options()), startCluster(options())]);
    const refused = results.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    assert.ok(refused.reason instanceof UserError);
    assert.equal(
      refused.reason.message,
      `Another command (process ${process.pid}) is starting or stopping this sandbox.`,
    );
  });

  it("leaves no process when it is stopped, and can be stopped twice", async () => {
    assert.equal(processesOf(dir).length, components.length);
    assert.deepEqual((await stopCluster({ dir })).sort(), components);
    assert.deepEqual(processesOf(dir), []);
    assert.deepEqual(await stopCluster({ dir }), []);
    const { running, exists, components: stopped } = await clusterStatus({ dir });
    assert.deepEqual([running, exists, stopped.every(({ state }) => state === "stopped")], [false, true, true]);
  });

  it("names the port and the process when somebody else took one of its ports, and starts nothing", async () => {
    const { ports } = JSON.parse(await readFile(join(dir, "cluster.json"), "utf8")) as {
      ports: Record<string, number>;
    };
    const server = createServer().listen(ports.apiserver, "127.0.0.1");
    await once(server, "listening");
    await assert.rejects(startCluster(options()), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        new RegExp(`^Port ${ports.apiserver} of kube-apiserver is taken by \\S+ \\(process ${process.pid}\\)\\.$`),
      );
      assert.match(error.hint, /^Stop that process and run the command again/);
      return true;
    });
    assert.deepEqual(processesOf(dir), []);
    server.close();
    await once(server, "close");
  });

  it("shows the end of a component's log when it does not start, and leaves nothing running", async () => {
    const data = join(dir, "cluster", "etcd");
    await cp(data, `${data}.kept`, { recursive: true });
    await writeFile(join(data, "member", "snap", "db"), Buffer.alloc(65_536, 1));
    await assert.rejects(startCluster(options()), (error: unknown) => {
      assert.ok(error instanceof UserError);
      const [first, ...log] = error.message.split("\n");
      assert.equal(first, `etcd has stopped. The end of ${join(dir, "cluster", "logs", "etcd.log")}:`);
      assert.match(log.join("\n"), /failed to open database.*invalid database/);
      assert.doesNotMatch(log.join("\n"), /goroutine|^\s*\S+\.go:\d+/m);
      assert.match(error.hint, /npm run sandbox:reset/);
      return true;
    });
    assert.deepEqual(processesOf(dir), []);
    await rm(data, { recursive: true });
    await rename(`${data}.kept`, data);
  });

  it("goes on where a start that was killed had come to, at the same address and with the same data", async () => {
    const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const start = `
      import { startCluster } from ${url("../../sandbox/cluster.ts")};
      import { tools } from ${url("./tools.ts")};
      const progress = (line) => line.includes("controller-manager") && process.kill(process.pid, "SIGKILL");
      await startCluster({ dir: ${JSON.stringify(dir)}, tools, progress });`;
    const { signal } = await execa(process.execPath, ["--input-type=module", "--eval", start], { reject: false });
    assert.equal(signal, "SIGKILL");
    const { started, ...place } = await startCluster(options());
    assert.deepEqual(started, ["kube-controller-manager", "kube-scheduler", "kwok"]);
    assert.deepEqual({ ...place, started: components }, state);
    assert.equal((await json<{ items: unknown[] }>(["get", "pods", "--namespace=spread"])).items.length, 6);
    assert.equal((await clusterStatus({ dir })).running, true);
  });

  it("is gone with all its data after a reset", async () => {
    await resetCluster({ dir });
    assert.deepEqual(processesOf(dir), []);
    assert.deepEqual(await readdir(dir), ["cluster.lock"]);
    const { running, exists, components, nodes } = await clusterStatus({ dir });
    assert.deepEqual(
      { running, exists, components, nodes },
      { running: false, exists: false, components: [], nodes: [] },
    );
  });
});
