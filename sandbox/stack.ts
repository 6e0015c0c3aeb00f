import { existsSync } from "node:fs";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "./errors.ts";
import { readIfPresent, writePrivate } from "./files.ts";
import { endOrphanedProviders } from "./orphans.ts";
import { startTime } from "./processes.ts";
import {
  forgetSalt,
  projectName,
  projectRoot,
  sandboxEnvironment,
  workspacePaths,
  type SandboxPlace,
} from "./workspace.ts";

/** What is known to go wrong with `pulumi` here, and the way out. */
const hints: [RegExp, (place: SandboxPlace) => string][] = [
  [
    /incorrect passphrase/,
    ({ dir }) =>
      `The passphrase in ${workspacePaths(dir).passphrase} is not the one that the stack was made with: put that one back, or begin anew with npm run sandbox:reset.`,
  ],
  [
    /unreachable/,
    () => "The cluster does not answer: npm run sandbox:status says what runs, npm run sandbox starts it again.",
  ],
  [
    /currently locked/,
    () => "Another pulumi is at work on this stack: wait for it, or run pulumi cancel when it is gone.",
  ],
  [
    /policy|violation/i,
    () => "The policy pack refused the change, nothing was deployed. Each violation above says what to change.",
  ],
  [/apg:/, () => "Correct the configuration keys named above; nothing was deployed."],
];

/** Without a terminal of its own Pulumi repeats what it is doing; what it has done, and what is wrong, is enough. */
const stillAtWork = /^@ |\b(creating|updating|deleting|replacing|refreshing) \(\d+s\) *(\[|Waiting|$|.*complete$)/;

const pulumi = (place: SandboxPlace, args: string[]) =>
  execa("pulumi", [...args, "--stack", place.stack, "--non-interactive"], {
    cwd: projectRoot,
    env: sandboxEnvironment(place.dir),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });

/** Creates the stack in the sandbox's own state, unless it is there. */
export async function ensureStack(place: SandboxPlace): Promise<void> {
  const paths = workspacePaths(place.dir);
  if (existsSync(stateFile(place))) return;
  const file = paths.stackFile(place.stack);
  if (!existsSync(file)) await copyFile(paths.stackFile("sandbox"), file);
  // A salt in the file belongs to a passphrase that is gone, as after a folder that was deleted by hand.
  await forgetSalt(place.dir, place.stack);
  const result = await pulumi(place, ["stack", "init", "--no-select"]);
  if (result.exitCode !== 0) throw failure("pulumi stack init", result.stderr, place);
}

/**
 * Clears up after an update that was killed: its lock, and what it had begun to create, which the next update applies
 * again (server-side apply takes over what is there already, so nothing is doubled).
 *
 * @returns whether there was anything to clear up.
 * @throws UserError while the update's process lives.
 */
export async function clearUp(place: SandboxPlace): Promise<boolean> {
  const unlocked = await releaseStaleLock(place);
  endOrphanedProviders(place.dir);
  if (!(await hasPendingOperations(place))) return unlocked;
  const result = await pulumi(place, ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
  if (result.exitCode !== 0) throw failure("pulumi refresh", result.stderr || result.stdout, place);
  return true;
}

async function hasPendingOperations(place: SandboxPlace): Promise<boolean> {
  const { checkpoint } = JSON.parse(await readFile(stateFile(place), "utf8")) as {
    checkpoint?: { latest?: { pending_operations?: unknown[] } };
  };
  return (checkpoint?.latest?.pending_operations ?? []).length > 0;
}

const stateFile = ({ dir, stack }: SandboxPlace) =>
  join(workspacePaths(dir).state, ".pulumi", "stacks", projectName, `${stack}.json`);

async function releaseStaleLock(place: SandboxPlace): Promise<boolean> {
  const folder = join(workspacePaths(place.dir).state, ".pulumi", "locks", "organization", projectName, place.stack);
  const locks = existsSync(folder) ? await readdir(folder) : [];
  for (const name of locks) {
    const { pid } = JSON.parse(await readFile(join(folder, name), "utf8")) as { pid: number };
    if (startTime(pid) !== undefined) {
      throw new UserError(
        `Another pulumi (process ${pid}) is at work on the stack ${place.stack}.`,
        "Wait until it has finished, then run the command again.",
      );
    }
  }
  if (locks.length === 0) return false;
  const result = await pulumi(place, ["cancel", "--yes"]);
  if (result.exitCode !== 0) throw failure("pulumi cancel", result.stderr, place);
  return true;
}

/**
 * Runs `pulumi up` with the policy pack, its output going to the terminal.
 *
 * @throws UserError with the way out, after Pulumi's own words.
 */
export async function deploy(place: SandboxPlace, cluster: string, colour: boolean): Promise<void> {
  const paths = workspacePaths(place.dir);
  const deployedTo = await readIfPresent(paths.deployedTo);
  // The stack's resources died with the cluster that they were on: ask the new one what there is.
  const refresh = deployedTo !== undefined && deployedTo !== cluster;
  const command = [
    "up",
    "--yes",
    "--policy-pack",
    "policy-pack",
    "--suppress-outputs",
    // Pods that start slowly keep a turn each: with the usual four a processor, others would wait that they wait for.
    "--parallel",
    "64",
    ...(refresh ? ["--refresh"] : []),
  ];
  const child = pulumi(place, [...command, "--color", colour ? "always" : "never", "--suppress-progress"]);
  child.stderr.pipe(process.stderr, { end: false });
  for await (const line of child.iterable()) if (!stillAtWork.test(line)) console.log(line);
  const result = await child;
  if (result.exitCode !== 0) throw failure("pulumi up", `${result.stdout}\n${result.stderr}`, place);
  await writePrivate(paths.deployedTo, cluster);
}

/** The stack's state, as `pulumi stack export` gives it: secrets stay encrypted. */
export async function exportState(place: SandboxPlace): Promise<unknown> {
  const result = await pulumi(place, ["stack", "export"]);
  if (result.exitCode !== 0) throw failure("pulumi stack export", result.stderr, place);
  return JSON.parse(result.stdout);
}

function failure(command: string, output: string, place: SandboxPlace): UserError {
  const hint = hints.find(([pattern]) => pattern.test(output))?.[1](place);
  const lastWords = output.trim().split("\n").at(-1) ?? "";
  return new UserError(
    `${command} failed${command === "pulumi up" ? " (see above)" : `: ${lastWords}`}.`,
    hint ?? "Run the command again; npm run sandbox:reset begins anew.",
  );
}
