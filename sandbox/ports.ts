import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";

// Below every system's range for outgoing connections, so that a port kept for the next start is still free then.
const lowest = 16_000;
const highest = 32_000;

/** Whether nobody listens on this port of the loopback address. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** As many different free ports as there are names. */
export async function chooseFreePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const chosen = new Map<Name, number>();
  let port = randomInt(lowest, highest - 1000);
  for (const name of names) {
    while (!(await isFree(port))) port++;
    chosen.set(name, port++);
  }
  return Object.fromEntries(chosen) as Record<Name, number>;
}

/** Who listens on a port of this machine, as far as the system tells: "nginx (process 123)". */
export function portOwner(port: number): string {
  const pid = process.platform === "linux" ? linuxListener(port) : lsofListener(port);
  return pid === undefined ? "another process" : `${commandName(pid)} (process ${pid})`;
}

function linuxListener(port: number): number | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const inodes = new Set<string>();
  for (const table of ["tcp", "tcp6"]) {
    for (const line of readOr("", () => readFileSync(`/proc/net/${table}`, "utf8")).split("\n")) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === "0A" && local?.endsWith(suffix)) inodes.add(`socket:[${inode}]`);
    }
  }
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  const owner = pids.find((pid) =>
    readOr([], () => readdirSync(`/proc/${pid}/fd`)).some((fd) =>
      inodes.has(readOr("", () => readlinkSync(`/proc/${pid}/fd/${fd}`))),
    ),
  );
  return owner === undefined ? undefined : Number(owner);
}

function lsofListener(port: number): number | undefined {
  const pids = readOr("", () =>
    execFileSync("lsof", ["-nP", "-t", `-iTCP:${port}`, "-sTCP:LISTEN"], { encoding: "utf8", stdio: "pipe" }),
  );
  return pids.trim() ? Number(pids.split("\n")[0]) : undefined;
}

function commandName(pid: number): string {
  return readOr("a program", () =>
    execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim(),
  );
}

/** A process may end, or belong to somebody else, while we look at it. */
function readOr<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}
