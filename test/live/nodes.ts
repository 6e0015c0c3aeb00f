// Containers on the nodes: names, addresses, volumes, what admission refuses and what network policies drop.
import assert from "node:assert/strict";
import { execa } from "execa";
import { clusterPaths } from "../../sandbox/paths.ts";
import { runningProcess } from "../../sandbox/processes.ts";
import { apply, audio, done, eventually, json, kubectl, place, sandbox, service, shell, workers } from "./sandbox.ts";

export function nodes(): void {
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
    const { items: pods } = await json<{ items: { status: { podIP?: string } }[] }>("get", "pods", "-A");
    // A pod that has just been made, or has ended, may have no address.
    const podAddresses = pods.flatMap(({ status }) => status.podIP ?? []);
    const addresses = [
      ...items.map(({ spec }) => spec.clusterIP).filter((address) => address !== "None"),
      ...podAddresses,
      ...podAddresses.map((address) => address.replace(/\d+$/, "250")),
    ];
    assert.ok(addresses.length > 0);
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
      // A container that runs does not listen yet.
      for (const other of items) {
        await eventually(`${spec.nodeName} reaches ${other.spec.nodeName}`, 20, async () => {
          return (await get(`http://${other.status.podIP}:8000/`)).trim() === other.spec.nodeName;
        });
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
}
