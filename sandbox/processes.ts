// Long-lived processes that outlive the command that starts them. A process is known by its id and its start time, so
// that an id which the system has given to somebody else since is never signalled.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { access, constants, copyFile, mkdir, open, readFile, rename, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./errors.ts";
import { readIfPresent, writePrivate } from "./files.ts";
import type { ClusterPaths } from "./paths.ts";

export interface ProcessSpec {
  name: string;
  /** Absolute path. */
  binary: string;
  args: string[];
  /** Files that the process reads once: when one of them changes, the process is started anew. */
  inputs: string[];
  /** SIGTERM goes to the only child of the process. @default false: to itself */
  signalChild?: boolean;
}

export interface ProcessRecord {
  pid: number;
  /** What {@link startTime} said when it was started. */
  started: string;
  /** Digest of the command line and of the inputs. */
  fingerprint: string;
  /** What was started, for whoever has to start it again. */
  spec: ProcessSpec;
}

type Where = Pick<ClusterPaths, "root" | "run" | "logs">;

/** A Go program's: the head of a goroutine, or a function and below it the place in a file. */
const stackFrames = /^(goroutine \d+ .*|.*\n\t\S+\.go:\d+.*)$/gm;

/** When a live process was started, as a word that is unique per machine; nothing when it is dead or only waits to be reaped. */
export function startTime(pid: number): string | undefined {
  return process.platform === "linux" ? linuxStartTime(pid) : portableStartTime(pid);
}

function linuxStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    // Ticks since boot can repeat after the next boot, so the boot is named too.
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    return `${fields[19]}-${boot}`;
  } catch {
    return undefined;
  }
}

function portableStartTime(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { env, encoding: "utf8" }).trim();
    const [state = "Z", ...started] = line.split(/\W*\s+/);
    return state.startsWith("Z") ? undefined : started.join("-").replaceAll(":", "-");
  } catch {
    return undefined;
  }
}

/** The record of a process that is alive and the very one that was started here. */
export async function runningProcess(where: Where, name: string): Promise<ProcessRecord | undefined> {
  const text = await readIfPresent(recordFile(where, name));
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as ProcessRecord;
  return startTime(record.pid) === record.started ? record : undefined;
}

/** Whether the process runs with exactly this command line and these inputs. */
export async function isCurrent(where: Where, spec: ProcessSpec): Promise<boolean> {
  return (await runningProcess(where, spec.name))?.fingerprint === (await fingerprint(spec));
}

/**
 * Starts a process of its own session with its output in a log file. The command is held back until its record is on
 * disk: were the starter killed before, the command would never run, so there is no process without a record.
 * @throws UserError when there is no such program
 */
export async function startProcess(where: Where, spec: ProcessSpec): Promise<ProcessRecord> {
  await access(spec.binary, constants.X_OK).catch(() => {
    throw new UserError(
      `${spec.binary} is missing.`,
      "Run `npm run sandbox`, which builds the tools that are missing.",
    );
  });
  await mkdir(where.logs, { recursive: true, mode: 0o700 });
  const logPath = logFile(where, spec.name);
  await rename(logPath, previousLog(logPath)).catch(() => undefined);
  const log = await open(logPath, "a", 0o600);
  try {
    const child = spawn("/bin/sh", ["-c", 'read -r _ && exec "$@" </dev/null', spec.name, spec.binary, ...spec.args], {
      cwd: where.root,
      detached: true,
      stdio: ["pipe", log.fd, log.fd],
      // No variable of the user's may configure a component (ETCD_..., KUBERNETES_...), nor a file in the user's home.
      env: { PATH: process.env.PATH, HOME: where.root },
    });
    await once(child, "spawn");
    const pid = child.pid!;
    const started = startTime(pid) ?? "";
    const record: ProcessRecord = { pid, started, fingerprint: await fingerprint(spec), spec };
    await writePrivate(recordFile(where, spec.name), JSON.stringify(record));
    child.stdin!.end("go\n");
    child.unref();
    return record;
  } finally {
    await log.close();
  }
}

/**
 * Ends a process by SIGTERM, by SIGKILL when it is still there after `graceMs`, and forgets it.
 * @returns whether there was one
 * @throws UserError when it cannot be ended
 */
export async function stopProcess(where: Where, name: string, graceMs = 15_000): Promise<boolean> {
  const record = await runningProcess(where, name);
  if (record) {
    signal(record.spec.signalChild ? (childOf(record) ?? record) : record, name, "SIGTERM");
    if (!(await isGone(record, graceMs))) signal(record, name, "SIGKILL");
    if (!(await isGone(record, 5_000))) {
      throw new UserError(`${name} (process ${record.pid}) does not end.`, `End it yourself: kill -9 ${record.pid}`);
    }
  }
  await rm(recordFile(where, name), { force: true });
  return record !== undefined;
}

/** The only child of a process, on Linux; nothing when it has none. */
export function childOf({ pid }: Pick<ProcessRecord, "pid">): Pick<ProcessRecord, "pid" | "started"> | undefined {
  try {
    const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ")[0]);
    const started = child ? startTime(child) : undefined;
    return started === undefined ? undefined : { pid: child, started };
  } catch {
    return undefined;
  }
}

/** The last lines that a process wrote, without the stack trace of a crash. */
export async function logTail(where: Where, name: string, lines = 6): Promise<string[]> {
  const text = (await readIfPresent(logFile(where, name))) ?? "";
  const said = text.replace(stackFrames, "").split("\n");
  return said.filter((line) => line.trim() !== "").slice(-lines);
}

/** Logs of processes that run for weeks stay small: one that has grown beyond `bytes` begins anew, and the old one is kept. */
export async function trimLog(where: Where, name: string, bytes = 20_000_000): Promise<void> {
  const path = logFile(where, name);
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size <= bytes) return;
  await copyFile(path, previousLog(path));
  await truncate(path);
}

export function logFile(where: Where, name: string): string {
  return join(where.logs, `${name}.log`);
}

function previousLog(path: string): string {
  return path.replace(/\.log$/, ".previous.log");
}

/** Where the record of a process is; its content is new when the process is. */
export function recordFile(where: Pick<Where, "run">, name: string): string {
  return join(where.run, `${name}.json`);
}

async function fingerprint(spec: ProcessSpec): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([spec.binary, spec.args]));
  for (const input of spec.inputs) hash.update(await readFile(input));
  return hash.digest("hex");
}

function signal(record: Pick<ProcessRecord, "pid" | "started">, name: string, signalName: NodeJS.Signals): void {
  if (startTime(record.pid) !== record.started) return;
  try {
    process.kill(record.pid, signalName);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return;
    throw new UserError(
      `${name} (process ${record.pid}) belongs to another user.`,
      "Run the command as the user who started the sandbox.",
    );
  }
}

async function isGone(record: ProcessRecord, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (startTime(record.pid) === record.started) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
