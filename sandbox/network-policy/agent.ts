// The process that enforces network policies on all nodes of the sandbox: `node agent.ts CONFIG`. It follows pods, namespaces
// and policies, and loads each node's rules into the node's network namespace. While the API server is away, the rules that
// are loaded stay in force.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { compile } from "./compile.ts";
import { nftScript } from "./nft-rules.ts";
import { Watched, type ServerAccess } from "./watch.ts";
import type { NetworkPolicy, PodView, World } from "./world.ts";

export interface AgentConfig extends ServerAccess {
  /** The nft program. */
  nft: string;
  /** Nodes, and the file that says which process is in the namespaces of each. */
  nodes: { name: string; record: string }[];
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
  #inPid = 0;

  constructor({ name, record }: AgentConfig["nodes"][number], nft: string) {
    this.name = name;
    this.#record = record;
    this.#nft = nft;
  }

  /** Loads the script unless it is loaded already. @returns whether it was loaded now */
  async load(script: string): Promise<boolean> {
    const { pid } = JSON.parse(readFileSync(this.#record, "utf8")) as { pid: number };
    if (pid === this.#inPid && script === this.#loaded) return false;
    await execa("nsenter", ["--target", String(pid), "--net", "--", this.#nft, "--file", "-"], { input: script });
    this.#inPid = pid;
    this.#loaded = script;
    return true;
  }
}

async function run(config: AgentConfig): Promise<never> {
  const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  let wake = () => {};
  const changed = () => wake();
  const pods = new Watched<Pod>("/api/v1/pods", config, changed);
  const namespaces = new Watched<Namespace>("/api/v1/namespaces", config, changed);
  const policies = new Watched<NetworkPolicy>("/apis/networking.k8s.io/v1/networkpolicies", config, changed);
  for (const watched of [pods, namespaces, policies]) void watched.follow(say);
  const nodes = config.nodes.map((node) => new NodeRules(node, config.nft));

  for (;;) {
    if (pods.complete && namespaces.complete && policies.complete) {
      const world: World = {
        pods: podViews(pods.objects),
        namespaces: namespaces.objects.map(({ metadata: { name, labels = {} } }) => ({ name, labels })),
        policies: policies.objects,
      };
      const rules = compile(world);
      await Promise.all(
        nodes.map(async (node) => {
          const own = rules.filter(({ pod }) => pod.node === node.name);
          try {
            if (await node.load(nftScript(own))) say(`${node.name}: rules of ${own.length} isolated pods loaded`);
          } catch (error) {
            say(`${node.name}: ${(error as Error).message.split("\n")[0]}`);
          }
        }),
      );
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, lookEveryMs);
    });
    await sleep(gatherMs);
  }
}

if (import.meta.main) {
  process.on("SIGTERM", () => process.exit(0));
  await run(JSON.parse(readFileSync(process.argv[2]!, "utf8")) as AgentConfig);
}
