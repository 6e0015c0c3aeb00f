import type { Readiness } from "../checklist/readiness.ts";
import { isBlocking } from "../checklist/readiness.ts";

/** Changes when a reader of version 1 would misread the document; new fields do not change it. */
export const schema = "apg-readiness/v1";

/** The whole readiness as JSON; docs/readiness.md documents its fields. */
export function renderJson({ today, stacks, standIns, checklists, items }: Readiness): string {
  const document = {
    schema,
    date: today,
    stacks,
    standIns,
    checklists,
    items: items.map((entry) => ({
      id: entry.item.id,
      checklist: entry.item.checklist,
      section: entry.item.section,
      label: entry.item.label,
      requirement: entry.item.requirement,
      kind: entry.item.kind,
      severity: entry.item.severity,
      status: entry.status,
      blocking: isBlocking(entry),
      decisions: entry.decisions,
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
