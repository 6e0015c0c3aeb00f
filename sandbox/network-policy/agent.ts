// The process that enforces network policies on all nodes of the sandbox: `node agent.ts CONFIG`. It follows pods, namespaces
// and policies, and loads each node's rules into the node's network namespace. While the API server is away, the rules that
// are loaded stay in force.
import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { writePrivate } from "../files.ts";
import { compile, type PodRules } from "./compile.ts";
import { nftScript } from "./nft-rules.ts";
import { Watched, type ServerAccess } from "./watch.ts";
import type { NetworkPolicy, PodView } from "./world.ts";

export interface AgentConfig extends ServerAccess {
  /** The nft program. */
  nft: string;
  /** Nodes, and the file that says which process is in the namespaces of each. */
  nodes: { name: string; record: string }[];
  /** Where to write how it is, for whoever asks. @default nowhere */
  statusFile?: string;
}

/** What the status file holds. A time that is older than a few seconds says that the engine is stuck or dead. */
export interface AgentStatus {
  time: string;
  /** Isolated pods of each node whose rules are loaded, and since when; none where nothing is loaded. */
  nodes: Record<string, { pods: number; loadedAt: string } | undefined>;
}

interface Pod {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
  spec: {
    nodeName?: string;
    hostNetwork?: boolean;
    containers: { ports?: { name?: string; containerPort: number; protocol?: "TCP" | "UDP" | "SCTP" }[] }[];
  };
  status?: { podIP?: string; phase?: string };
}

interface Namespace {
  metadata: { name: string; labels?: Record<string, string> };
}

/** Changes come in crowds: so long nothing is loaded, that they are loaded together. */
const gatherMs = 10;
/** How often it is looked whether a node has started anew, with an empty set of rules. */
const lookEveryMs = 1000;
const nftSeconds = 10;

/** The pods that policies are about: with an address of their own, and not ended. */
export function podViews(pods: readonly Pod[]): PodView[] {
  return pods.flatMap(({ metadata, spec, status }) => {
    const { podIP, phase } = status ?? {};
    if (!podIP || spec.hostNetwork || phase === "Succeeded" || phase === "Failed") return [];
    return {
      namespace: metadata.namespace,
      name: metadata.name,
      labels: metadata.labels ?? {},
      ip: podIP,
      node: spec.nodeName ?? "",
      ports: spec.containers.flatMap(({ ports = [] }) =>
        ports.map(({ name, containerPort, protocol = "TCP" }) => ({ name, containerPort, protocol })),
      ),
    };
  });
}

class NodeRules {
  readonly name: string;
  readonly #record: string;
  readonly #nft: string;
  #loaded = "";
  #place = "";
  status: AgentStatus["nodes"][string];
  /** What kept the rules from being loaded, the last time. */
  #problem = "";

  constructor({ name, record }: AgentConfig["nodes"][number], nft: string) {
    this.name = name;
    this.#record = record;
    this.#nft = nft;
  }

  /** Loads what of the rules is about the node's pods, and says so, or what kept it from doing so. */
  async keep(rules: readonly PodRules[], say: (line: string) => void): Promise<void> {
    const own = rules.filter(({ pod }) => pod.node === this.name);
    try {
      if (await this.#load(nftScript(own), own.length))
        say(`${this.name}: rules of ${own.length} isolated pods loaded`);
      this.#problem = "";
    } catch (error) {
      const problem = (error as Error).message.split("\n")[0]!;
      if (problem !== this.#problem) say(`${this.name}: ${problem}`);
      this.#problem = problem;
    }
  }

  /**
   * Loads the script unless it is loaded already. A process that has just been started is for a moment still in the
   * namespace of the machine, where the rules have no business; and they are gone with the namespace, not with the process.
   * @returns whether it was loaded now
   */
  async #load(script: string, pods: number): Promise<boolean> {
    const { pid } = JSON.parse(readFileSync(this.#record, "utf8")) as { pid: number };
    const namespace = readlinkSync(`/proc/${pid}/ns/net`);
    if (namespace === readlinkSync("/proc/self/ns/net")) throw new Error("the node has no network of its own yet");
    // Both, since the system gives the number of a namespace that is gone to the next one.
    const place = `${pid} ${namespace}`;
    if (place === this.#place && script === this.#loaded) return false;
    if (place !== this.#place) this.status = undefined;
    const nsenter = ["--target", String(pid), "--net", "--", this.#nft, "--file", "-"];
    await execa("nsenter", nsenter, { input: script, timeout: nftSeconds * 1000 });
    this.#place = place;
    this.#loaded = script;
    this.status = { pods, loadedAt: new Date().toISOString() };
    return true;
  }
}

async function run(config: AgentConfig): Promise<never> {
  const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  let wake = () => {};
  let changes = 0;
  let compiled = 0;
  let rules: PodRules[] = [];
  const changed = () => {
    changes += 1;
    wake();
  };
  const pods = new Watched<Pod>("/api/v1/pods", config, changed);
  const namespaces = new Watched<Namespace>("/api/v1/namespaces", config, changed);
  const policies = new Watched<NetworkPolicy>("/apis/networking.k8s.io/v1/networkpolicies", config, changed);
  for (const watched of [pods, namespaces, policies]) void watched.follow(say);
  const nodes = config.nodes.map((node) => new NodeRules(node, config.nft));

  for (;;) {
    const seen = changes;
    if (pods.complete && namespaces.complete && policies.complete) {
      if (seen !== compiled) {
        rules = compile({
          pods: podViews(pods.objects),
          namespaces: namespaces.objects.map(({ metadata: { name, labels = {} } }) => ({ name, labels })),
          policies: policies.objects,
        });
        compiled = seen;
      }
      await Promise.all(nodes.map((node) => node.keep(rules, say)));
    }
    if (config.statusFile) await writeStatus(config.statusFile, nodes);
    // What has changed while the rules were being loaded does not wait.
    if (changes === seen) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookEveryMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await sleep(gatherMs);
  }
}

async function writeStatus(path: string, nodes: readonly NodeRules[]): Promise<void> {
  const status: AgentStatus = {
    time: new Date().toISOString(),
    nodes: Object.fromEntries(nodes.map(({ name, status }) => [name, status])),
  };
  await writePrivate(path, `${JSON.stringify(status)}\n`).catch(() => undefined);
}

if (import.meta.main) {
  process.on("SIGTERM", () => process.exit(0));
  await run(JSON.parse(readFileSync(process.argv[2]!, "utf8")) as AgentConfig);
}
