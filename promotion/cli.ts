// npm run promotion -- staging prod: in what the second stack differs from the first, and whether it may.
import { parseArgs } from "node:util";
import { UserError } from "../sandbox/errors.ts";
import { projectRoot } from "../sandbox/workspace.ts";
import { compareStacks } from "./compare.ts";
import { renderDifferences } from "./render.ts";
import { readStack } from "./stacks.ts";

const help = `Usage: npm run promotion -- <from> <to>        such as: npm run promotion -- staging prod

Compares the configurations of two stacks, each by its name or its file. The differences that are allowed are listed in
promotion/allowed.ts: names, sizes, retention, digests. Any other, and any by which the second is weaker, is an error.

  --json     print the differences as JSON
  --help     this text

Exit code: 0 when only allowed differences were found, 1 when there are others, 2 when nothing could be compared.`;

function main(): number {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [from, to, ...more] = positionals;
  if (from === undefined || to === undefined || more.length > 0)
    throw new UserError(
      "Two stacks are compared.",
      "npm run promotion -- staging prod compares staging with production.",
    );
  const differences = compareStacks(readStack(from, projectRoot), readStack(to, projectRoot));
  console.log(values.json ? JSON.stringify(differences, undefined, 2) : renderDifferences(differences, from, to));
  return differences.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    });
  } catch (error) {
    throw new UserError((error as Error).message, "npm run promotion -- --help lists what is accepted.");
  }
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 2;
}
