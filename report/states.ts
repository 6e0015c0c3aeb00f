// Where the state of a stack comes from: Pulumi itself, a file that `pulumi stack export` wrote, or the plan of a change.
import { readFileSync } from "node:fs";
import { execa, ExecaError } from "execa";
import { z } from "zod";
import { configured } from "../policy-pack/lib/config.ts";
import { ReportError } from "./errors.ts";

const stateSchema = z.looseObject({
  version: z.literal([3, 4]),
  deployment: z.looseObject({
    resources: z.array(z.looseObject({ urn: z.string().startsWith("urn:pulumi:"), type: z.string() })).optional(),
  }),
});
type State = z.infer<typeof stateSchema>;

/** A stack's name and its deployment, as `pulumi stack export` writes it. */
export interface StackState {
  name: string;
  state: State;
}

/**
 * Asks the `pulumi` on PATH for a stack's state.
 *
 * @throws ReportError with one line that says what to do.
 */
export async function exportStack(name: string): Promise<StackState> {
  try {
    const { stdout } = await execa(
      "pulumi",
      ["stack", "export", "--stack", name, "--non-interactive", "--color", "never"],
      {
        stdin: "ignore",
        env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
      },
    );
    return { name, state: parseState(stdout, `pulumi stack export --stack ${name}`) };
  } catch (error) {
    if (error instanceof ExecaError) throw new ReportError(explain(name, error as ExecaError));
    throw error;
  }
}

/**
 * Reads a file written by `pulumi stack export`. The stack's name is the one in its URNs.
 *
 * @throws ReportError with one line that says what to do.
 */
export function readState(file: string): StackState {
  const state = parseState(textOf(file, "pulumi stack export --stack <stack> --file"), file);
  const name = stackNameOf(state);
  if (name === undefined)
    throw new ReportError(
      `${file} holds no resources, so nothing says which stack it is of. Give the stack's name instead.`,
    );
  return { name, state };
}

const planSchema = z.looseObject({
  config: z.record(z.string(), z.unknown()).optional(),
  steps: z.array(
    z.looseObject({
      op: z.string(),
      newState: z.looseObject({ urn: z.string().startsWith("urn:pulumi:"), type: z.string() }).optional(),
    }),
  ),
});

/**
 * Reads a file written by `pulumi preview --json --show-sames`: the stack as it will be, with what is not known yet left open.
 *
 * @throws ReportError with one line that says what to do.
 */
export function readPlan(file: string): StackState {
  const result = planSchema.safeParse(jsonOf(textOf(file, "pulumi preview --json --show-sames --stack <stack> >")));
  if (!result.success)
    throw new ReportError(
      `${file} is no plan: the JSON that \`pulumi preview --json --show-sames\` writes is asked for.`,
    );
  const { steps, config = {} } = result.data;
  // What replaces another comes in several steps; each resource counts once, as it ends.
  const resources = new Map(
    steps.flatMap(({ op, newState }) =>
      newState === undefined || op.startsWith("delete") ? [] : [[newState.urn, newState]],
    ),
  );
  const said = (key: string) => (typeof config[key] === "string" ? jsonOf(config[key]) : config[key]);
  const state: State = {
    version: 3,
    deployment: {
      resources: [...resources.values()].map((resource) =>
        resource.type === "pulumi:pulumi:Stack"
          ? {
              ...resource,
              outputs: {
                standIns: said("apg:standIns"),
                configured: configured(
                  Object.entries(config).map(([key, value]) => [
                    key,
                    typeof value === "string" ? value : JSON.stringify(value),
                  ]),
                ),
              },
            }
          : resource,
      ),
    },
  };
  const name = stackNameOf(state);
  if (name === undefined) throw new ReportError(`${file} plans nothing, so nothing says which stack it is of.`);
  return { name, state };
}

function parseState(text: string, source: string): State {
  const result = stateSchema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  throw new ReportError(
    `${source} gives no stack state: the JSON (version 3 or 4) that \`pulumi stack export\` writes is asked for.`,
  );
}

function textOf(file: string, command: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? "does not exist"
        : `cannot be read (${(error as Error).message})`;
    throw new ReportError(`${file} ${why}. Write it with: ${command} ${file}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which is no state either
  }
}

function stackNameOf({ deployment }: State): string | undefined {
  return deployment.resources?.[0]?.urn.split("::")[0]!.replace("urn:pulumi:", "");
}

const sandboxHint = 'for the sandbox, run eval "$(npm run -s sandbox:env)" first';

function explain(stack: string, error: ExecaError): string {
  if (error.code === "ENOENT")
    return `There is no pulumi on PATH. Install Pulumi, or ${sandboxHint}; or give --state FILE.`;
  const said = String(error.stderr ?? "");
  if (/no stack named/.test(said))
    return `There is no stack ${stack} in this backend. \`pulumi stack ls --all\` lists those that there are; ${sandboxHint}.`;
  if (/passphrase/i.test(said))
    return `The state of ${stack} does not open with this passphrase. Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the stack's own; ${sandboxHint}.`;
  if (/PULUMI_ACCESS_TOKEN|pulumi login/.test(said))
    return `Pulumi is not logged in to a backend. Run \`pulumi login\`, or ${sandboxHint}.`;
  const reason = /^error: (.*)$/m.exec(said)?.[1] ?? error.shortMessage;
  return `pulumi cannot export the state of ${stack}: ${reason}`;
}
