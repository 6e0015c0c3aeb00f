import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** The capabilities that have a checklist, in the order in which reports show them. A checklist is named after its capability. */
export const checklists = Object.freeze(["audio-processing", "computer-vision"] as const);
export type Checklist = (typeof checklists)[number];

export const kinds = Object.freeze(["provision", "enforce", "verify", "attest"] as const);
export type Kind = (typeof kinds)[number];

const kind = z.enum(kinds);

const itemSchema = z.strictObject({
  id: z.string().regex(/^(AUD|CV)-[A-Z0-9]+-[0-9]{2}$/),
  section: z.string().min(1),
  label: z.string().min(1),
  requirement: z.string().min(1),
  kind,
  also: z.array(kind),
  check: z.string().min(1),
  component: z.string().min(1),
  severity: z.enum(["mandatory", "advisory"]),
  same_as: z.string().optional(),
});

const fileSchema = z.strictObject({ checklist: z.enum(checklists), source: z.string(), items: z.array(itemSchema) });

/** One line of a checklist. */
export interface Item extends z.infer<typeof itemSchema> {
  /** The checklist that holds it, which is also the name of the capability that it speaks about. */
  checklist: Checklist;
}

/**
 * Every item of both checklists, in the checklists' own order.
 *
 * @throws Error when a file does not follow the format described in checklist/README.md, or an id occurs twice.
 */
export function loadCatalogue(): Item[] {
  const items = checklists.flatMap(readItems);
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw new Error(`checklist: the id ${id} occurs twice.`);
    seen.add(id);
  }
  for (const { id, same_as } of items) {
    if (same_as && !seen.has(same_as))
      throw new Error(`checklist: ${id} is the same as ${same_as}, which does not exist.`);
  }
  return items;
}

function readItems(checklist: Checklist): Item[] {
  const name = `${checklist}.yaml`;
  const result = fileSchema.safeParse(parse(readFileSync(join(import.meta.dirname, name), "utf8")));
  if (!result.success) throw new Error(`checklist/${name}:\n${z.prettifyError(result.error)}`);
  if (result.data.checklist !== checklist)
    throw new Error(`checklist/${name} says that it is ${result.data.checklist}.`);
  return result.data.items.map((item) => ({ ...item, checklist }));
}
