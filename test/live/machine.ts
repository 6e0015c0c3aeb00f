// What of the machine a sandbox could change, to be compared before and after.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { hostPrograms } from "../../sandbox/images/host-programs.ts";
import { imageCache } from "../../sandbox/images/store.ts";

/** Kernel settings that a kubelet or a kube-proxy is known to change. */
const settings = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "net/ipv4/ip_forward",
  "net/ipv4/conf/all/route_localnet",
  "net/bridge/bridge-nf-call-iptables",
  "net/netfilter/nf_conntrack_max",
];

export interface Traces {
  mounts: string[];
  links: string[];
  routes: string[];
  namespaces: string[];
  packetFilter: string;
  controlGroups: string[];
  settings: Record<string, string>;
  files: Record<string, string[]>;
}

const lines = async (file: string, args: string[]) => {
  const { stdout } = await execa(file, args);
  return stdout.split("\n").filter(Boolean).sort();
};

export async function tracesOf(): Promise<Traces> {
  const nft = join(await hostPrograms(imageCache()), "nft");
  const groups = "/sys/fs/cgroup";
  const links = JSON.parse((await execa("ip", ["-json", "link", "show"])).stdout) as { ifname: string }[];
  return {
    mounts: readFileSync("/proc/self/mounts", "utf8").split("\n").sort(),
    links: links.map(({ ifname }) => ifname).sort(),
    routes: await lines("ip", ["-4", "route", "show", "table", "all"]),
    namespaces: await lines("lsns", ["--noheadings", "--raw", "--type", "net", "--output", "NS"]),
    packetFilter: (await execa(nft, ["list", "ruleset"])).stdout,
    controlGroups: readdirSync(groups).flatMap((name) => {
      const tree = join(groups, name);
      if (!existsSync(join(tree, "cgroup.procs"))) return [];
      return readdirSync(tree, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(tree, entry.name)] : [],
      );
    }),
    settings: Object.fromEntries(
      settings.flatMap((name) => {
        const path = join("/proc/sys", name);
        return existsSync(path) ? [[name, readFileSync(path, "utf8").trim()]] : [];
      }),
    ),
    files: Object.fromEntries(
      ["/run", "/run/netns", "/var/lib", "/var/log", "/etc", "/opt"].map((folder) => [
        folder,
        existsSync(folder) ? readdirSync(folder).sort() : [],
      ]),
    ),
  };
}

/** Processes whose command line names a folder. */
export function processesOf(folder: string): number[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}
