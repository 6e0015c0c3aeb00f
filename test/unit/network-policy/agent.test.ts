// The engine's process, with a stand-in for the API server and one for nft that keeps what it is given. Its nodes are network
// namespaces of the test's own.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentConfig } from "../../../sandbox/network-policy/agent.ts";
import { ApiStandIn, until } from "./api-stand-in.ts";

const machine = () => readlinkSync("/proc/self/ns/net");
const program = join(import.meta.dirname, "../../../sandbox/network-policy/agent.ts");
const deny = { metadata: { name: "deny", namespace: "x" }, spec: { podSelector: {} } };
const pod = (name: string, podIP: string, nodeName = "worker-1") => ({
  metadata: { name, namespace: "x" },
  spec: { nodeName, containers: [{}] },
  status: { podIP, phase: "Running" },
});

describe("the network policy engine's process", function () {
  let dir: string;
  let api: ApiStandIn;
  let node: ChildProcess;
  let agent: ChildProcess;
  const file = (name: string) => join(dir, name);
  const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
  /** The namespaces that something was loaded into, and the last that was loaded. */
  const loads = () =>
    text("loads")
      .split("\n")
      .filter((line) => line !== "");
  const status = () =>
    JSON.parse(text("status") || '{"nodes":{}}') as { time: string; nodes: Record<string, { pods: number }> };

  before(function () {
    if (process.platform !== "linux" || process.getuid?.() !== 0) {
      console.log("    skipped: network namespaces need Linux and root");
      this.skip();
    }
  });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "apg-policy-agent-"));
    api = new ApiStandIn();
    api.objects.pods = [pod("a", "10.1.0.1"), pod("b", "10.1.1.1", "worker-2")];
    api.objects.namespaces = [{ metadata: { name: "x" } }];
    api.objects.networkpolicies = [deny];
    const nft = `#!/bin/sh\n[ -e ${file("fail")} ] && { echo no luck >&2; exit 1; }\ncat >${file("script")}\nreadlink /proc/self/ns/net >>${file("loads")}\n`;
    await writeFile(file("nft"), nft, { mode: 0o700 });
  });
  afterEach(async () => {
    for (const child of [agent, node]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    await api.stop().catch(() => undefined);
    await rm(dir, { recursive: true });
  });

  /** Starts a node: for a moment its process is in the machine's namespace. */
  async function startNode(slowly = 0): Promise<void> {
    node = spawn("/bin/sh", ["-c", `sleep ${slowly}; exec unshare --net sleep 60`]);
    if (!slowly) await until("the node has a namespace", () => namespaceOf(node) !== machine());
    await writeFile(file("record"), JSON.stringify({ pid: node.pid }));
  }

  async function startAgent(): Promise<void> {
    const config: AgentConfig = {
      ...(await api.start(dir)),
      nft: file("nft"),
      nodes: [{ name: "worker-1", record: file("record") }],
      statusFile: file("status"),
    };
    await writeFile(file("config"), JSON.stringify(config));
    agent = spawn(process.execPath, [program, file("config")], { stdio: ["ignore", "pipe", "inherit"] });
    agent.stdout!.on("data", (data: Buffer) => void (log += data.toString()));
    log = "";
  }
  let log = "";

  it("loads into a node the rules of its own pods, and again only when they change", async () => {
    await startNode();
    await startAgent();
    await until("rules are loaded", () => loads().length === 1);
    assert.deepEqual(loads(), [namespaceOf(node)]);
    assert.match(text("script"), /chain to_10_1_0_1 /);
    assert.doesNotMatch(text("script"), /to_10_1_1_1/);

    api.tell("pods", "MODIFIED", {
      ...pod("a", "10.1.0.1"),
      metadata: { name: "a", namespace: "x", labels: { new: "one" } },
    });
    await sleep(1500);
    assert.equal(loads().length, 1);
    api.tell("networkpolicies", "DELETED", deny);
    await until("the change is loaded", () => loads().length === 2);
    assert.doesNotMatch(text("script"), /to_10_1_0_1/);
  });

  it("loads them again into a node that has started anew", async () => {
    await startNode();
    await startAgent();
    await until("rules are loaded", () => loads().length === 1);
    node.kill("SIGKILL");
    await startNode();
    await until("rules are loaded again", () => loads().length === 2);
    assert.equal(loads()[1], namespaceOf(node));
  });

  it("never loads them into the machine's own namespace, where a node's process is at first", async () => {
    await startNode(2);
    await startAgent();
    await until("the node has a namespace", () => namespaceOf(node) !== machine());
    await until("rules are loaded", () => loads().length > 0);
    assert.deepEqual(loads(), [namespaceOf(node)]);
  });

  it("leaves the rules in force while the server is away, cut by a reset, and goes on when it is back", async () => {
    await startNode();
    await startAgent();
    await until("rules are loaded", () => loads().length === 1);
    await api.stop();
    await sleep(1000);
    assert.equal(agent.exitCode, null);
    assert.equal(loads().length, 1);
    api.objects.networkpolicies = [];
    await api.start(dir);
    await until("the change is loaded", () => loads().length === 2);
  });

  it("tries again what nft has refused, and says so once", async () => {
    await writeFile(file("fail"), "");
    await startNode();
    await startAgent();
    await until("it has failed", () => log.includes("worker-1: "));
    await sleep(2200);
    const complaints = log.split("\n").filter((line) => line.includes("worker-1: "));
    assert.equal(complaints.length, 1, log);
    await rm(file("fail"));
    await until("rules are loaded", () => loads().length === 1);
  });

  it("writes down how it is, and leaves the rules when it ends", async () => {
    await startNode();
    await startAgent();
    await until("its status is there", () => status().nodes["worker-1"] !== undefined);
    assert.equal(status().nodes["worker-1"]!.pods, 1);
    const { time } = status();
    await until("the time goes on", () => status().time > time);
    agent.kill("SIGTERM");
    assert.deepEqual(await once(agent, "exit"), [0, null]);
    assert.equal(loads().length, 1);
  });
});

function namespaceOf({ pid }: ChildProcess): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}
