/** What one part of an item's `check` line asks for. */
export type Part =
  /** Facts about planned resources, decided by the policy rules. */
  | { kind: "plan"; text: string }
  /** A probe of the running system; one name is one probe, whatever items use it. */
  | { kind: "probe"; name: string; text: string }
  /** A signed record in the stack's evidence file, and the facts that it must state. */
  | { kind: "evidence"; name: string; text: string };

const planPart = /^plan: (?<text>\S.*)$/;
const namedPart = /^(?<kind>probe|evidence)\[(?<name>[a-z][a-z0-9-]*)\]: (?<text>\S.*)$/;

/**
 * Reads a `check` line: up to one `plan`, any number of `probe[name]` and `evidence[key]` parts, parted by ` | `.
 *
 * @throws Error that quotes the part which is none of these.
 */
export function parseCheck(check: string): Part[] {
  const parts = check.split(" | ").map(parsePart);
  if (parts.filter((part) => part.kind === "plan").length > 1) throw new Error(`More than one plan part: ${check}`);
  return parts;
}

function parsePart(source: string): Part {
  const plan = planPart.exec(source)?.groups;
  if (plan) return { kind: "plan", text: plan.text! };
  const named = namedPart.exec(source)?.groups;
  if (named) return { kind: named.kind as "probe" | "evidence", name: named.name!, text: named.text! };
  throw new Error(`Neither "plan: ...", "probe[name]: ..." nor "evidence[key]: ...": ${source}`);
}
