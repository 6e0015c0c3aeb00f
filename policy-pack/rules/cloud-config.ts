// Stack config is in the repository: what is secret there is encrypted. No message here repeats a value.
import { stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { stackType } from "../lib/config.ts";
import { secretIn } from "../lib/secret-patterns.ts";

export const configHoldsNoPlainSecret = stackRule<CloudResource>({
  name: "config-holds-no-secret-in-plain-text",
  decides: ["AUD-SEC-03", "CV-SECRET-01"],
  severity: "critical",
  description: "No entry of stack config holds a secret that is not encrypted.",
  fix: "Set it by pulumi config set --secret, and change what was in the repository.",
  subjects: (stack) => stack.ofType(stackType).filter(({ props }) => props.get("plain").isGiven),
  check: ({ props }, _stack, complain) => {
    for (const [entry, value] of props.get("plain").entries()) {
      for (const [path, text] of leavesOf(entry, value.string() ?? "")) {
        const found = secretIn(lastOf(path), text);
        if (found !== undefined)
          complain(`Stack config has ${found} under ${path}: set it by pulumi config set --secret.`);
      }
    }
  },
});

/** The texts in an entry, whose lists and maps arrive as JSON. */
function leavesOf(path: string, text: string): [path: string, text: string][] {
  const walk = (at: string, value: unknown): [string, string][] => {
    if (typeof value === "string") return [[at, value]];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, each]) => walk(`${at}.${key}`, each));
  };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? walk(path, value) : [[path, text]];
  } catch {
    return [[path, text]];
  }
}

function lastOf(path: string): string {
  return path.split(/[.:]/).at(-1) ?? "";
}
