// A node with pods, and an outside, made of network namespaces that are gone when the test is. Nothing of the machine's own
// network is touched.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Attempt, Order } from "./end.ts";

/** The nft program with its arguments: APG_TEST_NFT, or the one on the PATH. */
export function nftCommand(): string[] | undefined {
  const given = process.env.APG_TEST_NFT?.split(" ").filter((word) => word !== "");
  if (given?.length) return given;
  const found = (process.env.PATH ?? "").split(delimiter).some((folder) => isProgram(join(folder, "nft")));
  return found ? ["nft"] : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why no test can be made here, if so. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "network namespaces need Linux and root";
  if (!nftCommand()) return "there is no nft: set APG_TEST_NFT";
  return undefined;
}

/** A process in a network namespace of its own. */
class End {
  readonly pid: number;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterableIterator<string>;

  constructor() {
    this.#process = spawn("unshare", ["--net", process.execPath, join(import.meta.dirname, "end.ts")]);
    this.#process.stderr.pipe(process.stderr);
    this.pid = this.#process.pid!;
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]() as AsyncIterableIterator<string>;
  }

  async ready(): Promise<void> {
    await this.#lines.next();
    if (readlinkSync(`/proc/${this.pid}/ns/net`) === readlinkSync("/proc/self/ns/net")) throw new Error("no namespace");
  }

  async order(order: Order): Promise<boolean[]> {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error("an end of the network has gone");
    return JSON.parse(line.value) as boolean[];
  }

  async close(): Promise<void> {
    const gone = once(this.#process, "exit");
    this.#process.stdin.end();
    await gone;
  }
}

/** Pods 10.1.0.1 and so on, all on one node, and machines outside with addresses of 192.0.2.0/24. */
export class KernelNetwork {
  readonly #node = new End();
  /** By address. */
  readonly #ends: Map<string, End>;

  constructor(addresses: string[]) {
    this.#ends = new Map(addresses.map((address) => [address, new End()]));
  }

  async make(): Promise<void> {
    const all = [this.#node, ...this.#ends.values()];
    await Promise.all(all.map((end) => end.ready()));
    for (const end of all) await inside(end, "ip link set lo up; echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
    await inside(
      this.#node,
      `ip link add pods type bridge; ip address add 10.1.0.254/24 dev pods; ip link set pods up
      ip link add outside type bridge; ip address add 192.0.2.254/24 dev outside; ip link set outside up
      echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables`,
    );
    for (const [address, end] of this.#ends) {
      const [bridge, gateway] = address.startsWith("10.1.0.") ? ["pods", "10.1.0.254"] : ["outside", "192.0.2.254"];
      const link = `v${end.pid}`;
      await inside(
        this.#node,
        `ip link add ${link} type veth peer name eth0 netns ${end.pid}; ip link set ${link} master ${bridge} up`,
      );
      await inside(
        end,
        `ip address add ${address}/24 dev eth0; ip link set eth0 up; ip route add default via ${gateway}`,
      );
    }
    await sleep(200);
  }

  /** Loads a script into the node's namespace. */
  async load(script: string): Promise<void> {
    await this.nft(["--file", "-"], script);
  }

  async nft(args: string[], input = ""): Promise<string> {
    const [program, ...first] = nftCommand()!;
    const command = ["--target", String(this.#node.pid), "--net", "--", program!, ...first, ...args];
    return (await execa("nsenter", command, { input })).stdout;
  }

  /** Whether each attempt from an address is answered. */
  async attempt(from: string, attempts: Attempt[]): Promise<boolean[]> {
    return this.#ends.get(from)!.order({ attempts });
  }

  async order(from: string, order: Order): Promise<boolean> {
    return (await this.#ends.get(from)!.order(order))[0]!;
  }

  async fromNode(attempts: Attempt[]): Promise<boolean[]> {
    return this.#node.order({ attempts });
  }

  /** The address that a pod has on its link without being given one. */
  async linkLocal(of: string): Promise<string> {
    const { stdout } = await inside(this.#ends.get(of)!, "ip -6 -brief address show dev eth0");
    return /fe80::[0-9a-f:]+/.exec(stdout)![0];
  }

  async close(): Promise<void> {
    await Promise.all([this.#node, ...this.#ends.values()].map((end) => end.close()));
  }
}

async function inside({ pid }: End, script: string): Promise<{ stdout: string }> {
  return execa("nsenter", ["--target", String(pid), "--net", "--", "/bin/sh", "-ec", script]);
}
