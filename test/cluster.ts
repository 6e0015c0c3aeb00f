// The cluster that the tests share: the sandbox's own code in a folder of its own, started when the first test asks for it
// and stopped by the test runner.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { resetCluster, startCluster } from "../sandbox/cluster.ts";
import { obtainTools } from "../sandbox/obtain-tools.ts";
import { ensureOperators } from "../sandbox/operators/index.ts";
import { ensureSimulatedVolumes } from "../sandbox/nodes/simulated-volumes.ts";
import { ensureStandIns } from "../sandbox/stand-ins/index.ts";
import {
  prepareWorkspace,
  projectRoot,
  sandboxEnvironment,
  workspacePaths,
  type SandboxPlace,
} from "../sandbox/workspace.ts";

/** Folder and stack of the tests; a developer's own sandbox in this clone is left alone. */
export const testPlace: SandboxPlace = { dir: join(projectRoot, ".sandbox-test"), stack: "test" };

/** Groups of the resources that the stacks use beside Kubernetes' own. */
const operatorGroups = [
  "barmancloud.cnpg.io",
  "cert-manager.io",
  "monitoring.coreos.com",
  "postgresql.cnpg.io",
  "velero.io",
];

let starting: Promise<void> | undefined;

/** Starts the shared cluster unless it runs, with room for both capabilities and a roll-out. */
export function testCluster(): Promise<void> {
  starting ??= (async () => {
    const found = await obtainTools(testPlace.dir, console.log);
    await startCluster({ dir: testPlace.dir, tools: (name) => found.get(name)!.path });
    await prepareWorkspace(testPlace.dir, found);
    await ensureSimulatedVolumes(testPlace.dir);
    await ensureStandIns(testPlace.dir, operatorGroups);
    await ensureOperators(testPlace.dir, operatorGroups, () => {});
  })();
  return starting;
}

/** Ends the shared cluster and deletes all that it kept. */
export async function stopTestCluster(): Promise<void> {
  await resetCluster({ dir: testPlace.dir });
  rmSync(testPlace.dir, { recursive: true, force: true });
}

/** How a program ended; `all` is what it printed to both streams. */
export interface Ended {
  exitCode: number | undefined;
  stdout: string;
  all: string;
}

/** Starts a program as a user does who has evaluated sandbox:env. */
export function start(file: string, args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  return execa(file, args, {
    cwd: options.cwd ?? projectRoot,
    env: { ...sandboxEnvironment(testPlace.dir), ...options.env },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: "ignore",
  });
}

/** The same, until it has ended. Never throws for a non-zero exit code. */
export async function run(...args: Parameters<typeof start>): Promise<Ended> {
  const { exitCode, stdout, all } = await start(...args);
  return { exitCode, stdout, all };
}

/** What kubectl answers, as JSON. */
export async function kubectl<T = { items: unknown[] }>(...args: string[]): Promise<T> {
  const result = await run("kubectl", [...args, "--output", "json"]);
  if (result.exitCode !== 0) throw new Error(result.all);
  return JSON.parse(result.stdout) as T;
}

/** A stack of a test's own: its stack file is made from the sandbox's, or another's, and gone when the test is done. */
export class TestStack {
  readonly name: string;
  readonly file: string;

  constructor(name: string, edit: (text: string) => string = (text) => text, from = "sandbox") {
    this.name = `test-${name}`;
    this.file = workspacePaths(testPlace.dir).stackFile(this.name);
    copyFileSync(workspacePaths(testPlace.dir).stackFile(from), this.file);
    this.edit((text) => edit(text.replace(/^encryptionsalt: .*\n?/m, "")));
  }

  /** Changes the stack file. */
  edit(change: (text: string) => string): void {
    writeFileSync(this.file, change(readFileSync(this.file, "utf8")));
  }

  pulumi(...args: string[]): Promise<Ended> {
    return run("pulumi", this.#arguments(args));
  }

  /** Starts pulumi without waiting for its end, for a test that kills it. */
  start(...args: string[]) {
    return start("pulumi", this.#arguments(args));
  }

  #arguments(args: string[]): string[] {
    return [...args, "--stack", this.name, "--non-interactive", "--color", "never"];
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}
