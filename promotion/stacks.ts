// A stack's configuration from its file, checked as the program checks it.
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { validateConfig } from "../config.ts";
import { ConfigError } from "../config/problems.ts";
import { stackFileOf } from "../preview/arguments.ts";
import { UserError } from "../sandbox/errors.ts";
import type { Config } from "./compare.ts";

const namespace = "apg:";

/**
 * Reads the file of a stack.
 *
 * @throws UserError when there is none, or when the program would refuse it.
 */
export function readStack(stack: string, root: string): Config {
  const file = existsSync(stack) ? stack : stackFileOf(stack, root);
  const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Config };
  const given = Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, withoutSecrets(value)]));
  const raw = Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (key.startsWith(namespace) ? [[key.slice(4), value]] : [])),
  );
  const secretKeys = Object.entries(config ?? {}).flatMap(([key, value]) =>
    key.startsWith(namespace) && JSON.stringify(value ?? null).includes('"secure":') ? [key.slice(4)] : [],
  );
  try {
    validateConfig(raw, { secretKeys });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UserError(
      `${file} would be refused:\n${error.problems.map((problem) => `  ${problem}`).join("\n")}`,
      "Correct it first; npm run preview says the same.",
    );
  }
  return given;
}

/** What is encrypted stays so; that there is something can be compared. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  if (Object.keys(value).join() === "secure") return "(a secret)";
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecrets(each)]));
}
