// npm run preview -- <stack>: plans a stack and holds the plan to the policy pack, on any machine.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { UserError } from "../sandbox/errors.ts";
import { projectRoot } from "../sandbox/workspace.ts";
import { help, parseRequest, stackFileOf, verdictOf } from "./arguments.ts";
import type { PreviewRequest } from "./arguments.ts";
import { emptyWorkspace, ownWorkspace } from "./workspace.ts";
import type { PreviewWorkspace } from "./workspace.ts";

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort());

async function main(): Promise<number> {
  const request = parseRequest(process.argv.slice(2), process.env["APG_INVOKED_FROM"] ?? process.cwd());
  if (request === undefined) {
    console.log(help);
    return 0;
  }
  const stackFile = stackFileOf(request.stack, projectRoot);
  const own = request.fresh ? undefined : await ownWorkspace(request.stack);
  const workspace = own ?? (await emptyWorkspace(request.stack, stackFile, console.log));
  try {
    for (const remark of workspace.remarks) console.log(remark);
    return await preview(request, workspace);
  } finally {
    await workspace.remove();
  }
}

async function preview(request: PreviewRequest, workspace: PreviewWorkspace): Promise<number> {
  const began = performance.now();
  const child = pulumi(workspace, [
    ...["--policy-pack", join(projectRoot, "policy-pack")],
    ...["--color", process.stdout.isTTY ? "always" : "never", "--suppress-progress"],
    ...request.pulumi,
  ]);
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  const { exitCode, stdout, stderr } = await child;
  const { violations, undecided } = verdictOf(stripVTControlCharacters(`${stdout}\n${stderr}`));
  console.log(`\nPlanned in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  if (undecided > 0) console.log(`${undecided} times a policy could not run (see above): that is no pass.`);
  if (violations > 0) console.log(`${violations} violations of mandatory policies (see above).`);
  if (request.json !== undefined || request.readiness) await report(request, workspace);
  return exitCode === 0 && violations === 0 && undecided === 0 ? 0 : 1;
}

/** Plans once more, for programs to read: what Pulumi prints for them says nothing about policies. */
async function report(request: PreviewRequest, workspace: PreviewWorkspace): Promise<void> {
  const { exitCode, stdout, stderr } = await pulumi(workspace, [
    ...["--json", "--show-sames", ...request.pulumi.filter((option) => option !== "--diff")],
  ]);
  if (exitCode !== 0) {
    console.log(`There is no plan to report on: ${stderr.trim() || "see above"}`);
    return;
  }
  const file = request.json ?? join(workspace.folder, "plan.json");
  await writeFile(file, stdout);
  if (request.json !== undefined) console.log(`The plan is in ${file}.`);
  if (!request.readiness) return;
  console.log();
  await execa(process.execPath, [join(projectRoot, "report", "cli.ts"), "--plan", file], {
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
  });
}

function pulumi({ env, stackOptions }: PreviewWorkspace, options: string[]) {
  return execa("pulumi", ["preview", ...stackOptions, "--non-interactive", ...options], {
    cwd: projectRoot,
    env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    cancelSignal: stopped.signal,
    maxBuffer: 500_000_000,
  });
}

// A reader that has seen enough (| head) closes the pipe; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 2;
}
