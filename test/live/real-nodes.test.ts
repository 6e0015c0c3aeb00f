// The sandbox with real nodes, as `npm run sandbox` gives it: containers, names, network policies, scaling, and what is left
// of it on the machine afterwards. It proves nothing of other clusters' networks, and its seconds are this machine's.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { clusterStatus, resetCluster } from "../../sandbox/cluster.ts";
import { importImages } from "../../sandbox/images/import.ts";
import { toolsOf } from "../../sandbox/images/recipes.ts";
import { obtainImages } from "../../sandbox/images/store.ts";
import { findOrBuild } from "../../sandbox/obtain-tools.ts";
import { clusterPaths } from "../../sandbox/paths.ts";
import { childOf, runningProcess } from "../../sandbox/processes.ts";
import { lackOf } from "../../sandbox/requirements.ts";
import { ensureStandIns } from "../../sandbox/stand-ins/index.ts";
import { projectRoot, sandboxEnvironment, workspacePaths } from "../../sandbox/workspace.ts";
import { processesOf, tracesOf, type Traces } from "./machine.ts";
import { storeImages, storeNames, storeObjects, withStores } from "./stores.ts";

const place = { dir: join(projectRoot, ".sandbox-test-live"), stack: "test-live" };
const workers = ["worker-1", "worker-2", "worker-3"];
const audio = "apg-audio-processing-sandbox";
const service = `http://audio-processing-api.${audio}.svc:8080`;

const options = {
  cwd: projectRoot,
  env: { ...process.env, APG_SANDBOX_DIR: place.dir, APG_SANDBOX_STACK: place.stack, NO_COLOR: "1" },
  reject: false,
  all: true,
  stdin: "ignore",
} as const;
const sandbox = (...args: string[]) => execa(process.execPath, ["sandbox/cli.ts", ...args], options);

const kubectl = (args: string[], input?: object) =>
  execa("kubectl", args, {
    env: sandboxEnvironment(place.dir),
    extendEnv: false,
    reject: false,
    all: true,
    input: input ? JSON.stringify(input) : "",
  });
const done = async (args: string[], input?: object) => {
  const { exitCode, stdout, all } = await kubectl(args, input);
  assert.equal(exitCode, 0, all);
  return stdout;
};
const json = async <T>(...args: string[]) => JSON.parse(await done([...args, "--output=json"])) as T;
const apply = (object: object) => done(["apply", "--server-side", "--filename=-"], object);

async function eventually(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds().catch(() => false))) {
    assert.ok(Date.now() < deadline, `${what}, within ${seconds} s`);
    await sleep(500);
  }
}

const allReady = async () => {
  const { nodes } = await clusterStatus(place);
  return nodes.length === 3 && nodes.every(({ ready }) => ready);
};

/** What the test's own pods are: they may run anywhere, and answer with their node's name. */
const shell = (name: string, more: object = {}) => ({
  name,
  image: "busybox:1.35",
  imagePullPolicy: "IfNotPresent",
  command: ["sh", "-c", "mkdir -p /tmp/www && echo $NODE > /tmp/www/index.html && httpd -f -p 8000 -h /tmp/www"],
  env: [{ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
  ...more,
});

describe("a sandbox with real nodes", function () {
  this.timeout(600_000);
  let untouched: Traces | undefined;

  async function clear() {
    await resetCluster({ dir: place.dir });
    rmSync(place.dir, { recursive: true, force: true });
    rmSync(workspacePaths(place.dir).stackFile(place.stack), { force: true });
  }

  before(async function () {
    const lack = await lackOf();
    if (lack) {
      console.log(`    Not run: real nodes need ${lack.what}, which this machine does not have (${lack.remedy}).`);
      this.skip();
    }
    await clear();
    untouched = await tracesOf();
    // Scaled up at a load that two processors can bear beside everything else.
    const config = readFileSync(workspacePaths(place.dir).stackFile("sandbox"), "utf8");
    const eager = config.replace("      settings:\n", "      scaling: { cpuPercent: 25 }\n      settings:\n");
    writeFileSync(workspacePaths(place.dir).stackFile(place.stack), eager.replace(/^encryptionsalt: .*\n?/m, ""));
    const { exitCode, all } = await sandbox("up", "--nodes", "real");
    assert.equal(exitCode, 0, all);
    for (const capability of ["audio-processing", "computer-vision"]) {
      assert.match(all, new RegExp(`http://${capability}-api\\.\\S+:8080/ answers .*"capability":"${capability}"`));
    }
    assert.match(all, /Stand-ins for what is published:\n.*reference capability/s);
  });

  after(async () => {
    if (untouched) await clear();
  });

  it("says what runs: three Ready nodes in three zones", async () => {
    const { exitCode, all } = await sandbox("status");
    assert.equal(exitCode, 0, all);
    assert.match(all, /nodes\s+3 of 3 Ready \(real\)/);
    type Nodes = { items: { metadata: { labels: Record<string, string> }; status: { nodeInfo: object } }[] };
    const { items } = await json<Nodes>("get", "nodes");
    const zones = items.map(({ metadata }) => metadata.labels["topology.kubernetes.io/zone"]);
    assert.deepEqual(new Set(zones), new Set(["sandbox-a", "sandbox-b", "sandbox-c"]));
  });

  it("sends nothing of its addresses by the machine's default route", async () => {
    const routes = JSON.parse((await execa("ip", ["-json", "route", "show"])).stdout) as {
      dst: string;
      dev?: string;
    }[];
    const gateway = routes.find(({ dst }) => dst === "default")?.dev;
    const { items } = await json<{ items: { spec: { clusterIP: string } }[] }>("get", "services", "-A");
    const { items: pods } = await json<{ items: { status: { podIP: string } }[] }>("get", "pods", "-A");
    const addresses = [
      ...items.map(({ spec }) => spec.clusterIP),
      ...pods.map(({ status }) => status.podIP),
      ...pods.map(({ status }) => status.podIP.replace(/\d+$/, "250")),
    ];
    for (const address of addresses) {
      const { all } = await execa("ip", ["route", "get", address], { reject: false, all: true });
      assert.ok(gateway === undefined || !all.includes(`dev ${gateway}`), `${address}: ${all}`);
    }
    const inNode = (await runningProcess(clusterPaths(place.dir), "worker-1"))!;
    const route = await execa(
      "nsenter",
      ["--target", String(inNode.pid), "--net", "ip", "route", "get", "192.0.2.200"],
      {
        reject: false,
        all: true,
      },
    );
    assert.match(route.all, /unreachable/i, "and a node has no way out");
  });

  it("has a pod on each node that reaches those on all others, by address and by name", async () => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "live" } });
    const labels = { app: "everywhere" };
    await apply({
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "everywhere", namespace: "live" },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 0, containers: [shell("shell")] },
        },
      },
    });
    await apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "everywhere", namespace: "live" },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8000 }] },
    });
    await done(["-n", "live", "rollout", "status", "daemonset/everywhere", "--timeout=60s"]);
    type Pods = { items: { metadata: { name: string }; spec: { nodeName: string }; status: { podIP: string } }[] };
    const { items } = await json<Pods>("-n", "live", "get", "pods");
    assert.deepEqual(items.map(({ spec }) => spec.nodeName).sort(), workers);
    for (const { metadata, spec } of items) {
      const get = (url: string) =>
        done(["-n", "live", "exec", metadata.name, "--", "timeout", "5", "wget", "-qO-", url]);
      for (const other of items) {
        const answer = await get(`http://${other.status.podIP}:8000/`);
        assert.equal(answer.trim(), other.spec.nodeName, `from ${spec.nodeName}`);
      }
      assert.ok(workers.includes((await get("http://everywhere.live.svc.cluster.local/")).trim()));
    }
  });

  it("gives a claim a volume that keeps what is written", async () => {
    await apply({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "kept", namespace: "live" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
    });
    const pod = (name: string, command: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "live" },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 0,
        containers: [
          shell("shell", { command: ["sh", "-c", command], volumeMounts: [{ name: "v", mountPath: "/v" }] }),
        ],
        volumes: [{ name: "v", persistentVolumeClaim: { claimName: "kept" } }],
      },
    });
    for (const [name, command] of [
      ["writer", "echo kept > /v/file"],
      ["reader", "cat /v/file"],
    ] as const) {
      await apply(pod(name, command));
      await done(["-n", "live", "wait", `pod/${name}`, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s"]);
    }
    assert.equal((await done(["-n", "live", "logs", "reader"])).trim(), "kept");
  });

  it("refuses a privileged pod in a capability's namespace", async () => {
    const { exitCode, all } = await kubectl(["apply", "--server-side", "--filename=-"], {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "privileged", namespace: audio },
      spec: { containers: [shell("shell", { securityContext: { privileged: true } })] },
    });
    assert.notEqual(exitCode, 0);
    assert.match(all, /violates PodSecurity "restricted/);
  });

  it("lets the declared edge pass and drops everybody else", async () => {
    const ask = (namespace: string, pod: string) =>
      kubectl(["-n", namespace, "exec", pod, "--", "timeout", "5", "wget", "-qO-", `${service}/`]);
    const gateway = await ask("apg-gateway-sandbox", "gateway");
    assert.equal(gateway.exitCode, 0, gateway.all);
    const [stranger = ""] = (await done(["-n", "live", "get", "pods", "-l", "app=everywhere", "-o", "name"])).split(
      "\n",
    );
    const refused = await ask("live", stranger);
    assert.notEqual(refused.exitCode, 0, "a pod that nobody declared gets no answer");
  });

  it("refuses new connections as soon as a policy says so, and allows them again", async () => {
    const pods = (await done(["-n", "live", "get", "pods", "-l", "app=everywhere", "-o", "name"])).split("\n");
    const { status } = await json<{ status: { podIP: string } }>("-n", "live", "get", pods[1]!);
    const answers = async () =>
      (
        await kubectl([
          "-n",
          "live",
          "exec",
          pods[0]!,
          "--",
          "timeout",
          "2",
          "wget",
          "-qO-",
          `http://${status.podIP}:8000`,
        ])
      ).exitCode === 0;
    assert.ok(await answers());
    const metadata = { name: "nobody", namespace: "live" };
    await apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    });
    await eventually("the pod is isolated", 5, async () => !(await answers()));
    await done(["-n", "live", "delete", "networkpolicy", "nobody"]);
    await eventually("the pod is reached again", 5, answers);
  });

  it("keeps an item in Postgres, Redis and object storage with what Application injects", async () => {
    const found = await findOrBuild([...toolsOf(storeImages), "ctr"], console.log);
    const tools = (name: string) => found.get(name)!.path;
    await importImages(clusterPaths(place.dir), workers, await obtainImages(storeImages, { tools }), { tools });
    const stores = { apiVersion: "v1", kind: "List", items: storeObjects({ namespace: "live", client: audio }) };
    await apply(stores);
    await done(["-n", "live", "wait", "pod", ...storeNames, "--for=condition=Ready", "--timeout=120s"]);
    const file = workspacePaths(place.dir).stackFile(place.stack);
    const config = readFileSync(file, "utf8");
    writeFileSync(file, withStores(config, "live"));
    const { exitCode, all } = await sandbox("up");
    assert.equal(exitCode, 0, all);

    const inGateway = (command: string) =>
      done(["-n", "apg-gateway-sandbox", "exec", "gateway", "--", "sh", "-c", command]);
    const put = await inGateway(`wget -qO- --post-data '{"content":"kept"}' ${service}/v1/items`);
    const { id, stored } = JSON.parse(put) as { id: string; stored: string[] };
    assert.deepEqual(stored.toSorted(), ["postgres", "redis", "s3"]);
    for (const from of stored) {
      const got = JSON.parse(await inGateway(`wget -qO- '${service}/v1/items/${id}?from=${from}'`)) as object;
      assert.deepEqual(got, { id, content: "kept", from });
    }
    const query = `PGPASSWORD=$PASSWORD psql -h /data -U app -d postgres -Atc "select content from audio_processing.items"`;
    assert.equal((await done(["-n", "live", "exec", "postgres", "--", "bash", "-c", query])).trim(), "kept");

    await done(["-n", "live", "delete", "pod", "redis", "--now"]);
    await eventually("no pod is ready while its cache is away", 60, async () => {
      const ready = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}";
      return !(await done(["-n", audio, "get", "pods", "--output", ready])).includes("True");
    });
    await apply(stores);
    await done(["-n", audio, "rollout", "status", "deployment/audio-processing-api", "--timeout=120s"]);
    writeFileSync(file, config);
    const back = await sandbox("up");
    assert.equal(back.exitCode, 0, back.all);
  });

  it("stands in for cert-manager and External Secrets, with their own resource definitions", async () => {
    const names = await ensureStandIns(place.dir, ["cert-manager.io", "external-secrets.io"]);
    assert.deepEqual(
      names.map((name) => name.split(":")[0]),
      ["cert-manager", "External Secrets"],
    );
    const group = (kind: string, apiVersion: string, name: string, spec: object, namespace?: string) =>
      apply({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, spec });
    await group("ClusterIssuer", "cert-manager.io/v1", "public", {
      acme: { server: "https://acme.example/directory", privateKeySecretRef: { name: "account" }, solvers: [] },
    });
    await group(
      "Certificate",
      "cert-manager.io/v1",
      "web",
      { secretName: "web-tls", dnsNames: ["web.live.svc"], issuerRef: { kind: "ClusterIssuer", name: "public" } },
      "live",
    );
    await done(["-n", "live", "wait", "certificate/web", "--for=condition=Ready", "--timeout=30s"]);
    const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
    const { data: tls } = await json<{ data: Record<string, string> }>("-n", "live", "get", "secret", "web-tls");
    const certificate = new X509Certificate(decode(tls["tls.crt"]));
    assert.equal(certificate.subjectAltName, "DNS:web.live.svc");
    assert.ok(certificate.verify(new X509Certificate(decode(tls["ca.crt"])).publicKey));

    for (const name of ["one", "two"]) {
      await group(
        "ExternalSecret",
        "external-secrets.io/v1",
        name,
        {
          secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
          data: [{ secretKey: "password", remoteRef: { key: "prod/db" } }],
        },
        "live",
      );
    }
    await done([
      "-n",
      "live",
      "wait",
      "externalsecret/one",
      "externalsecret/two",
      "--for=condition=Ready",
      "--timeout=30s",
    ]);
    const secret = async (name: string) =>
      decode((await json<{ data: Record<string, string> }>("-n", "live", "get", "secret", name)).data["password"]);
    assert.ok((await secret("one")).length >= 24);
    assert.equal(await secret("one"), await secret("two"), "the same place has the same value");
    const { all } = await sandbox("status");
    assert.match(all, /stand-ins\s+running/);
  });

  it("scales the capability up under load", async () => {
    type Scaler = { status: { desiredReplicas?: number } };
    const scaler = async () => json<Scaler>("-n", audio, "get", "hpa", "audio-processing-api");
    await eventually("the autoscaler has figures", 120, async () => {
      const { status } = await json<{ status: { currentMetrics?: unknown[] } }>(
        ...["-n", audio, "get", "hpa", "audio-processing-api"],
      );
      return (status.currentMetrics ?? []).length > 0;
    });
    assert.equal((await scaler()).status.desiredReplicas, 3);
    // Six clients, for three minutes at the most. The scale-up window alone takes one.
    const load = `for client in 1 2 3 4 5 6; do (while true; do wget -qO- "${service}/v1/work?cpu=1s" >/dev/null; done) & done; sleep 180`;
    const clients = kubectl(["-n", "apg-gateway-sandbox", "exec", "gateway", "--", "timeout", "180", "sh", "-c", load]);
    try {
      await eventually("there are more pods", 175, async () => (await scaler()).status.desiredReplicas! > 3);
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
  });

  it("stops and leaves nothing on the machine, and stops twice", async () => {
    const { exitCode, all } = await sandbox("stop");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(processesOf(place.dir), []);
    assert.deepEqual(await tracesOf(), untouched);
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
  });

  it("leaves nothing when everything was killed but the nodes", async () => {
    const paths = clusterPaths(place.dir);
    for (const name of ["supervisor", "network-policy", "kube-apiserver", "switch"]) {
      process.kill((await runningProcess(paths, name))!.pid, "SIGKILL");
    }
    const { exitCode, all } = await sandbox("reset");
    assert.equal(exitCode, 0, all);
    assert.deepEqual(processesOf(place.dir), []);
    assert.deepEqual(await tracesOf(), untouched);
  });
});
