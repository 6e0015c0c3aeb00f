// Whether this machine can have real nodes, and in one line what it lacks and how to go on.
import { existsSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "./errors.ts";
import { which } from "./tools.ts";

/** What the nodes are made with; all but apt belong to every Linux. */
const programs = ["ip", "unshare", "nsenter", "mount", "tar", "apt-get", "dpkg-deb"];
/** Kubelets hold pods to their limits with these. */
const controllers = ["cpu", "cpuset", "memory", "pids"];
const leastMemory = 20 * 2 ** 30;

/** Bridges, links and the filtering of bridged packets, tried where nothing of the machine is touched. */
const networkTrial =
  "ip link add name bridge0 type bridge && ip link add name left type veth peer name right && test -e /proc/sys/net/bridge/bridge-nf-call-iptables";

interface Lack {
  what: string;
  remedy: string;
}

/** The first thing that this machine lacks for real nodes. */
export async function lackOf(env = process.env): Promise<Lack | undefined> {
  if (process.platform !== "linux") return { what: "Linux", remedy: "run it in a Linux machine" };
  if (process.getuid?.() !== 0) return { what: "root's rights", remedy: "run it with sudo --preserve-env=PATH,HOME" };
  for (const program of programs) {
    if (!(await which(program, env)))
      return { what: `the program ${program}`, remedy: "install it, or take Debian or Ubuntu" };
  }
  const missing = controllers.filter((name) => !hasController(name));
  if (missing.length) {
    return {
      what: `the control group controllers ${missing.join(", ")}`,
      remedy: "enable them at boot or in the container",
    };
  }
  if (!readFileSync("/proc/filesystems", "utf8").includes("overlay")) {
    return { what: "the kernel's overlay file system", remedy: "modprobe overlay" };
  }
  if (totalmem() < leastMemory) return { what: "20 GiB of memory", remedy: "take a larger machine" };
  const trial = await execa("unshare", ["--net", "--mount", "--pid", "--fork", "sh", "-c", networkTrial], {
    reject: false,
  });
  if (trial.exitCode !== 0) {
    return {
      what: `network namespaces with bridges (${trial.stderr.split("\n")[0] || "no br_netfilter"})`,
      remedy: "modprobe bridge veth br_netfilter nf_tables",
    };
  }
  return undefined;
}

function hasController(name: string): boolean {
  const root = "/sys/fs/cgroup";
  const unified = join(root, "cgroup.controllers");
  if (existsSync(unified)) return readFileSync(unified, "utf8").split(/\s/).includes(name);
  return existsSync(join(root, name, "cgroup.procs"));
}

/** @throws UserError when real nodes are wanted and not possible */
export function refuseLack({ what, remedy }: Lack): never {
  throw new UserError(
    `Real nodes need ${what}, which this machine does not have.`,
    `Way out: ${remedy}; or take simulated nodes: npm run sandbox -- --nodes simulated`,
  );
}
