// What npm run preview is asked for: a stack, its own few options, and whatever else `pulumi preview` takes.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../sandbox/errors.ts";

/** What to preview, and what to make of it. */
export interface PreviewRequest {
  /** The stack as it was given: prod, or organization/project/prod. */
  stack: string;
  /** Whether to plan on an empty state with stand-ins, even where there is a login. */
  fresh: boolean;
  /** Whether to print the readiness report of the plan. */
  readiness: boolean;
  /** Where to write the plan as JSON. */
  json?: string;
  /** Options for `pulumi preview`, as they were given. */
  pulumi: string[];
}

export const help = `Usage: npm run preview -- <stack> [options] [options of pulumi preview]

Plans a stack and holds the plan to the policy pack. It needs no account, no cluster and no login: without them it plans on an
empty state that is thrown away, with stand-ins for the providers of AWS and of random values, and says so.

  --readiness    print the readiness report of the plan as well
  --json FILE    write the plan as \`pulumi preview --json --show-sames\` does
  --fresh        plan on an empty state with stand-ins, even where you are logged in to the stack
  --help         this text

Everything else goes to \`pulumi preview\`, such as --diff, or --target URN.

Exit code: 0 when the plan obeys, 1 when it breaks a mandatory policy, a policy cannot be decided or the plan fails, 2 when
nothing was planned.`;

const reserved = ["--policy-pack", "--stack", "-s", "--config-file", "--json", "-j", "--non-interactive", "--color"];

/**
 * Reads the command line.
 *
 * @returns undefined when help is asked for.
 * @throws UserError with the way out.
 */
export function parseRequest(args: readonly string[], from: string): PreviewRequest | undefined {
  const request: PreviewRequest = { stack: "", fresh: false, readiness: false, pulumi: [] };
  for (let at = 0; at < args.length; at += 1) {
    const given = args[at]!;
    const [option, inline] = given.startsWith("--") ? (given.split(/=(.*)/s) as [string, string?]) : [given];
    if (option === "--help" || option === "-h") return undefined;
    if (option === "--readiness") request.readiness = true;
    else if (option === "--fresh") request.fresh = true;
    else if (option === "--json") {
      const file = inline ?? args[(at += 1)];
      if (file === undefined || file === "" || file.startsWith("-"))
        throw new UserError(
          "--json: no file given.",
          "npm run preview -- prod --json plan.json writes the plan there.",
        );
      request.json = resolve(from, file);
    } else if (reserved.includes(option))
      throw new UserError(
        `${option} is this command's own to give.`,
        "npm run preview -- --help lists what is accepted.",
      );
    else if (request.stack === "" && !given.startsWith("-")) request.stack = given;
    else request.pulumi.push(given);
  }
  if (request.stack === "")
    throw new UserError("Which stack?", "npm run preview -- prod plans production; --help lists what is accepted.");
  return request;
}

/** The stack's name without organization and project. */
export function shortName(stack: string): string {
  return stack.split("/").at(-1)!;
}

/**
 * The file of the stack's configuration.
 *
 * @throws UserError that names the stacks that there are.
 */
export function stackFileOf(stack: string, root: string): string {
  const file = join(root, `Pulumi.${shortName(stack)}.yaml`);
  if (existsSync(file)) return file;
  const known = readdirSync(root).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  throw new UserError(
    `There is no stack ${shortName(stack)}: Pulumi.${shortName(stack)}.yaml does not exist.`,
    `Those that there are: ${known.sort().join(", ")}.`,
  );
}

/** What is wrong with a plan, from what `pulumi preview` printed with the policy pack. */
export interface Verdict {
  /** Mandatory policies that are broken. */
  violations: number;
  /** Policies that the pack could not run. */
  undecided: number;
}

/** Counts what Pulumi says of policies; it has no format for it that a program could read. */
export function verdictOf(printed: string): Verdict {
  const count = (pattern: RegExp) => printed.match(pattern)?.length ?? 0;
  return { violations: count(/\[mandatory\]/g), undecided: count(/can't run policy/g) };
}
