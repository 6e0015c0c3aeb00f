// Starting processes one after the other, each when those before it are well, with a deadline over all.
import { setTimeout as sleep } from "node:timers/promises";
import type { Component } from "./control-plane.ts";
import { UserError } from "./errors.ts";
import type { ClusterPaths } from "./paths.ts";
import { isFree, portOwner } from "./ports.ts";
import { isCurrent, logFile, logTail, runningProcess, startProcess, stopProcess, trimLog } from "./processes.ts";

const failureHint =
  "Run `npm run sandbox:stop` and try again; if it stays so, `npm run sandbox:reset` starts afresh and deletes what is in the cluster.";

export class Launcher {
  /** Names of the processes that had to be started. */
  readonly started: string[] = [];
  readonly #launched: Component[] = [];
  readonly #paths: ClusterPaths;
  readonly #progress: (line: string) => void;
  readonly #seconds: number;
  readonly #deadline: number;

  constructor(paths: ClusterPaths, progress: (line: string) => void, seconds: number) {
    this.#paths = paths;
    this.#progress = progress;
    this.#seconds = seconds;
    this.#deadline = Date.now() + seconds * 1000;
  }

  /** Starts a process, unless it runs with this very command line and these very inputs. */
  async launch(component: Component): Promise<void> {
    this.#launched.push(component);
    if (await isCurrent(this.#paths, component)) return trimLog(this.#paths, component.name);
    await stopProcess(this.#paths, component.name);
    for (const port of component.ports) await refuseForeign(component.name, port);
    this.#progress(`Starting ${component.name}`);
    this.started.push(component.name);
    await startProcess(this.#paths, component);
  }

  /** Tries until it is so: an error on the way (a server that is not quite there yet) counts only when time is up. */
  async until(component: Component, reached: () => Promise<boolean>): Promise<void> {
    let problem = "";
    const attempt = () =>
      reached().catch((error: Error) => {
        problem = `: ${error.message}`;
        return false;
      });
    while (!(await attempt())) {
      await this.refuseDead();
      if (Date.now() > this.#deadline) {
        throw await this.#failure(component, `${component.name} is not ready after ${this.#seconds} s${problem}`);
      }
      await sleep(50);
    }
  }

  /** @throws UserError when one that was launched has ended */
  async refuseDead(): Promise<void> {
    for (const component of this.#launched) {
      if (await runningProcess(this.#paths, component.name)) continue;
      throw await this.#failure(component, `${component.name} has stopped`);
    }
  }

  /** Stops again what had to be started. */
  async undo(): Promise<void> {
    for (const name of this.started.reverse()) await stopProcess(this.#paths, name);
  }

  async #failure({ name }: Component, what: string): Promise<UserError> {
    const lines = (await logTail(this.#paths, name)).map((line) => `  ${line}`);
    return new UserError([`${what}. The end of ${logFile(this.#paths, name)}:`, ...lines].join("\n"), failureHint);
  }
}

async function refuseForeign(name: string, port: number): Promise<void> {
  // The system closes the port of a process that was killed a moment after the process is gone.
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await isFree(port)) return;
    await sleep(100);
  }
  throw new UserError(
    `Port ${port} of ${name} is taken by ${portOwner(port)}.`,
    "Stop that process and run the command again, or choose new ports with `npm run sandbox:reset` (deletes what is in the cluster).",
  );
}
