// npm run readiness -- <stack>: holds a deployed stack to both checklists and says how each item fares.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { EvidenceError } from "../checklist/evidence.ts";
import { isBlocking } from "../checklist/readiness.ts";
import { ReportError } from "./errors.ts";
import { renderJson } from "./json.ts";
import { readinessOf } from "./readiness.ts";
import { exportStack, readPlan, readState } from "./states.ts";
import { renderTerminal } from "./terminal.ts";
import { plainStyle, styleOf } from "./text.ts";

const usage = `Usage: npm run readiness -- <stack> [<stack> ...] [options]

Holds the deployed resources of a stack, and its evidence/<stack>.yaml, to both checklists.
Several stacks are taken together, as one environment.

  --state FILE           a file that \`pulumi stack export\` wrote, in place of a stack (may be repeated)
  --plan FILE            a file that \`pulumi preview --json --show-sames\` wrote: the stack as it will be
  --all                  every item, not only the violated ones
  --format terminal|json how to write the report (default: terminal)
  --output FILE          write it to a file
  --strict               exit with 1 when a mandatory item is not satisfied
  --help                 this text

Exit code: 0 when the report was made, 1 with --strict when a mandatory item is not satisfied, 2 when no report could be made.`;

const options = {
  state: { type: "string", multiple: true, default: [] as string[] },
  plan: { type: "string", multiple: true, default: [] as string[] },
  all: { type: "boolean", default: false },
  format: { type: "string", default: "terminal" },
  output: { type: "string" },
  strict: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { values, positionals: stacks } = parse();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.format !== "terminal" && values.format !== "json") {
    throw new ReportError(`--format: ${values.format} given; terminal and json are accepted.`);
  }
  if (stacks.length + values.state.length + values.plan.length === 0) throw new ReportError(`Which stack?\n\n${usage}`);

  const files = [
    ...values.state.map((file) => readState(fromCaller(file))),
    ...values.plan.map((file) => readPlan(fromCaller(file))),
  ];
  const states = [...(await Promise.all(stacks.map(exportStack))), ...files];
  const readiness = readinessOf(
    states.map(({ state }) => state),
    { stackNames: states.map(({ name }) => name) },
  );

  const style = values.output === undefined ? styleOf(process.stdout) : plainStyle();
  const report =
    values.format === "json" ? renderJson(readiness) : renderTerminal(readiness, { all: values.all, style });
  if (values.output === undefined) process.stdout.write(report);
  else write(fromCaller(values.output), report);
  return values.strict && readiness.items.some(isBlocking) ? 1 : 0;
}

function parse() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new ReportError(`${(error as Error).message}\n\n${usage}`);
  }
}

/** A path as the caller meant it: npm runs scripts in the project's folder, wherever it was called. */
function fromCaller(path: string): string {
  return resolve(process.env.APG_INVOKED_FROM ?? process.cwd(), path);
}

function write(file: string, report: string): void {
  try {
    writeFileSync(file, report);
  } catch (error) {
    throw new ReportError(`--output: ${(error as Error).message}`);
  }
}

// A reader that has seen enough (| head) closes the pipe; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ReportError || error instanceof EvidenceError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
