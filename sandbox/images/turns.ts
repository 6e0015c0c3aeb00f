import { setTimeout as sleep } from "node:timers/promises";
import { LockedError, withLock } from "../lock.ts";

/** Runs `action` once nobody else holds the lock: two that make the same image take turns, and the second finds it made. */
export async function inTurn<T>(lock: string, say: (line: string) => void, action: () => Promise<T>): Promise<T> {
  let told = false;
  for (;;) {
    try {
      return await withLock(lock, action);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (!told) say(`waiting for process ${error.holder}, which makes images too`);
      told = true;
      await sleep(250);
    }
  }
}
