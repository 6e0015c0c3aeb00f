// When nodes may be replaced: budgets of a NodePool against the window that the stack states, both in UTC.
import { durationSeconds, runsOf } from "../../checklist/cron.ts";
import { addDays } from "../../checklist/dates.ts";
import type { Value } from "./value.ts";

export interface Window {
  readonly schedule: string;
  readonly duration: string;
}

/** From a moment to another, in seconds. */
type Span = readonly [from: number, to: number];

/** Long enough to hold a window of every month three times, after one that may still last at its start. */
const first = "2024-01-01";
const days = 92;
const before = 40;

const daySeconds = 86_400;
const start = Date.parse(first) / 1000;
const end = start + days * daySeconds;

/** What is wrong with the budgets, in words; undefined where nodes drift to new ones in the window alone. */
export function windowProblem(window: Window, budgets: readonly Value[]): string | undefined {
  const open = spansOf(window);
  const closed = budgets.filter(closes).flatMap((budget) => {
    const schedule = budget.get("schedule").string();
    // Without a schedule it counts always.
    if (schedule === undefined) return [[start, end] as const];
    return spansOf({ schedule, duration: budget.get("duration").string() ?? "" });
  });
  const gap = firstGap([...open, ...closed]);
  if (gap !== undefined)
    return (
      `replaces nodes outside the window, at ${new Date(gap * 1000).toISOString().slice(11, 16)} on a ${weekdayOf(gap)}: ` +
      'set a budget with nodes "0" from the window\'s end to its next start'
    );
  const whole = open.filter(([from, to]) => from >= start && to <= end);
  const blocked = whole.some(([from, to]) => firstGap(closed, from, to) === undefined);
  return blocked
    ? 'replaces no node even in the window: let its budget with nodes "0" end at the window\'s start'
    : undefined;
}

/** Whether a budget lets no node drift. One for other reasons alone does not keep them from that. */
function closes(budget: Value): boolean {
  const nodes = budget.get("nodes").scalar();
  const reasons = budget.get("reasons").strings();
  return (nodes === "0" || nodes === "0%") && (reasons.length === 0 || reasons.includes("Drifted"));
}

function spansOf({ schedule, duration }: Window): Span[] {
  const seconds = durationSeconds(duration) ?? 0;
  return (runsOf(schedule, addDays(first, -before), before + days) ?? []).map((from) => [from, from + seconds]);
}

/** The first moment that none of the spans holds. */
function firstGap(spans: readonly Span[], from = start, to = end): number | undefined {
  let covered = from;
  for (const [begins, ends] of [...spans].sort(([a], [b]) => a - b)) {
    if (begins > covered) break;
    covered = Math.max(covered, ends);
  }
  return covered < to ? covered : undefined;
}

function weekdayOf(moment: number): string {
  return new Date(moment * 1000).toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" });
}
