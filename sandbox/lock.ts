import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./errors.ts";
import { startTime } from "./processes.ts";

/**
 * Runs `action` while no other process does so with the same lock directory. Each process lays down a claim named after
 * its id and start time, then looks for others: of two, the later one always sees the earlier. The claim of a process
 * that was killed is recognised as dead, so a lock never has to be removed by hand.
 * @throws LockedError when another process holds the lock
 */
export async function withLock<T>(directory: string, action: () => Promise<T>): Promise<T> {
  const claim = await acquire(directory);
  try {
    return await action();
  } finally {
    await rm(claim, { force: true });
  }
}

async function acquire(directory: string): Promise<string> {
  const mine = `${process.pid}-${startTime(process.pid)}`;
  const claim = join(directory, mine);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  let holder = "";
  // Two that start in the same instant see each other and both step back: then the first in order tries again.
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await writeFile(claim, "", { flag: "wx", mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw busy(mine);
      throw error;
    }
    const others = await liveClaims(directory, mine);
    if (others[0] === undefined) return claim;
    holder = others[0];
    await rm(claim);
    if (holder < mine) break;
    await sleep(50);
  }
  throw busy(holder);
}

async function liveClaims(directory: string, mine: string): Promise<string[]> {
  const live: string[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const [pid = "", ...started] = name.split("-");
    if (name === mine) continue;
    if (startTime(Number(pid)) === started.join("-")) live.push(name);
    else await rm(join(directory, name), { force: true });
  }
  return live;
}

/** Another live process holds the lock. */
export class LockedError extends UserError {
  readonly holder: number;

  constructor(holder: number) {
    super(
      `Another command (process ${holder}) is starting or stopping this sandbox.`,
      "Wait until it has finished, then run the command again.",
    );
    this.holder = holder;
  }
}

const busy = (claim: string) => new LockedError(Number(claim.split("-")[0]));
