import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";
import type { Document } from "yaml";
import { z } from "zod";
import { isDay } from "./dates.ts";
import type { Day } from "./dates.ts";
import type { Facts } from "./facts.ts";

/** A signed-off record: who vouches for what, since when, until when, and where it can be read. */
export interface EvidenceRecord {
  /** The key that check lines ask for, as in `evidence[penetration-test]`. */
  key: string;
  /** The stack whose evidence file holds it. */
  stack: string;
  owner: string;
  date: Day;
  /** The first day on which it no longer counts. */
  expires: Day;
  link: string;
  /** Everything that the record states, the four fields above included. */
  facts: Facts;
}

/** What one stack's evidence file says. */
export interface StackEvidence {
  stack: string;
  /** The day on which the stack goes live, or went: follow-up evidence falls due a number of days after it. */
  goLive?: Day;
  records: EvidenceRecord[];
}

/** An evidence file that cannot be relied on. Its message names file and line of every problem. */
export class EvidenceError extends Error {
  override name = "EvidenceError";
}

const day = z.string("a day such as 2026-11-22 is asked for").refine(isDay, "a day such as 2026-11-22 is asked for");
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const fact = z.union([scalar, z.array(scalar)], "a text, a number, true, false or a list of these is asked for");
const link = z.url({ protocol: /^https$/, error: "an https link is asked for" });
const recordSchema = z
  .object({ owner: z.string("the name of a person is asked for").trim().min(1), date: day, expires: day, link })
  .catchall(fact)
  .refine(({ date, expires }) => expires > date, { path: ["expires"], error: "a day after date is asked for" });
const fileSchema = z.strictObject({ goLive: day.optional(), evidence: z.record(z.string(), recordSchema) });

/** Where the evidence of a stack lies: `<directory>/<stack>.yaml`, without the organisation that a stack's name may start with. */
export function evidenceFile(directory: string, stack: string): string {
  return join(directory, `${stack.split("/").at(-1)}.yaml`);
}

/**
 * Reads a stack's evidence. A stack without a file has no evidence; a file with any mistake in it is an error, never
 * evidence that happens to be absent.
 *
 * @param knownKeys the keys that check lines ask for; a record under any other is a mistake.
 * @throws EvidenceError that names file, line and what is asked for, for every problem at once.
 */
export function loadEvidence(directory: string, stack: string, knownKeys: ReadonlySet<string>): StackEvidence {
  const file = evidenceFile(directory, stack);
  if (!existsSync(file)) return { stack, records: [] };
  return parseEvidence(readFileSync(file, "utf8"), { file, stack, knownKeys });
}

/** {@link loadEvidence} over text. `file` is for the messages only. */
export function parseEvidence(
  source: string,
  { file, stack, knownKeys }: { file: string; stack: string; knownKeys: ReadonlySet<string> },
): StackEvidence {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map((error) => ({ offset: error.pos[0], text: error.message }));
  const result = problems.length === 0 ? fileSchema.safeParse(document.toJS()) : undefined;
  for (const { path, message } of result?.error?.issues ?? []) {
    problems.push({
      offset: offsetOf(document, path),
      text: path.length > 0 ? `${path.join(".")}: ${message}` : message,
    });
  }
  for (const key of Object.keys(result?.data?.evidence ?? {})) {
    if (knownKeys.has(key)) continue;
    problems.push({
      offset: offsetOf(document, ["evidence", key]),
      text: `evidence.${key}: no checklist item asks for this key`,
    });
  }
  if (!result?.data || problems.length > 0) {
    const sorted = problems.sort((a, b) => a.offset - b.offset);
    throw new EvidenceError(
      sorted.map(({ offset, text }) => `${file}:${lines.linePos(offset).line}: ${text}`).join("\n"),
    );
  }
  const { goLive, evidence } = result.data;
  const records = Object.entries(evidence).map(([key, record]) => ({
    key,
    stack,
    owner: record.owner,
    date: record.date,
    expires: record.expires,
    link: record.link,
    facts: record,
  }));
  return { stack, ...(goLive && { goLive }), records };
}

/** Where in the file the value at `path` is, or the nearest thing around it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
    );
    if (!pair) break;
    if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
