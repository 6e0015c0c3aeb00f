// Schedules as Kubernetes and the operators read them (robfig/cron): how long they may leave between two runs.

import type { Day } from "./dates.ts";

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const second: Field = { min: 0, max: 59 };
const minute: Field = { min: 0, max: 59 };
const hour: Field = { min: 0, max: 23 };
const dayOfMonth: Field = { min: 1, max: 31 };
const month: Field = { min: 1, max: 12, names: months };
const dayOfWeek: Field = { min: 0, max: 7, names: weekdays };

const shorthands: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const daySeconds = 86_400;
/** Long enough to hold a 29 February twice, and every weekday on every date. */
const horizonDays = 12 * 366;
const start = Date.UTC(2024, 0, 1);

/**
 * The longest time in seconds between two runs of a schedule, as its time zone counts them; undefined when it is none, or
 * never runs. `seconds` says whether the first of six fields is seconds, as CloudNativePG has it.
 */
export function longestGap(schedule: string, { seconds = false } = {}): number | undefined {
  const every = /^@every (\S+)$/.exec(textOf(schedule))?.[1];
  if (every !== undefined) return durationSeconds(every);
  const times = timesOf(schedule, seconds);
  if (times === undefined) return undefined;
  const days = daysFrom(start, horizonDays, times.isDay);
  if (days.length < 2) return undefined;
  const { withinDay, ordered } = times;
  const [first, last] = [ordered[0]!, ordered.at(-1)!];
  const between = widest(days) * daySeconds + withinDay[0]! + first - withinDay.at(-1)! - last;
  const within = withinDay.length > 1 ? widest(withinDay) + first - last : 0;
  return Math.max(between, within, ordered.length > 1 ? widest(ordered) : 0);
}

/** When a schedule runs, in seconds since the start of 1970, from one day on for so many; undefined when it is none. */
export function runsOf(schedule: string, from: Day, days: number): number[] | undefined {
  const times = timesOf(schedule, false);
  if (times === undefined) return undefined;
  const first = Date.parse(from) / 1000;
  return daysFrom(first * 1000, days, times.isDay).flatMap((day) =>
    times.withinDay.map((time) => first + day * daySeconds + time),
  );
}

interface Times {
  readonly isDay: (date: Date) => boolean;
  /** Seconds of each minute in which it runs, from the start of the day, and seconds within the minute. */
  readonly withinDay: readonly number[];
  readonly ordered: readonly number[];
}

function textOf(schedule: string): string {
  return schedule.trim().replace(/^(?:CRON_)?TZ=\S+\s+/, "");
}

function timesOf(schedule: string, seconds: boolean): Times | undefined {
  const text = textOf(schedule);
  const short = text.toLowerCase();
  const shorthand = Object.hasOwn(shorthands, short) ? shorthands[short] : undefined;
  const words = (shorthand ?? text).split(/\s+/);
  const fields = seconds && shorthand === undefined ? words : ["0", ...words];
  if (fields.length !== 6) return undefined;
  const [secs, mins, hours, dates, monthsOf, weekdaysOf] = [second, minute, hour, dayOfMonth, month, dayOfWeek].map(
    (field, index) => parse(fields[index] ?? "", field),
  );
  if (!secs || !mins || !hours || !dates || !monthsOf || !weekdaysOf) return undefined;
  const ofWeek = new Set([...weekdaysOf].map((day) => day % 7));
  // A star in one of the two leaves the choice to the other; otherwise either is enough.
  const both = isStar(fields[3]) || isStar(fields[5]);
  const isDay = (date: Date) => {
    const [byDate, byWeekday] = [dates.has(date.getUTCDate()), ofWeek.has(date.getUTCDay())];
    return monthsOf.has(date.getUTCMonth() + 1) && (both ? byDate && byWeekday : byDate || byWeekday);
  };
  const withinDay = [...hours].sort(ascending).flatMap((h) => [...mins].sort(ascending).map((m) => h * 3600 + m * 60));
  return { isDay, withinDay, ordered: [...secs].sort(ascending) };
}

/** Those of the days after a moment that a schedule runs on. */
function daysFrom(first: number, days: number, isDay: (date: Date) => boolean): number[] {
  const all = Array.from({ length: days }, (_, day) => day);
  return all.filter((day) => isDay(new Date(first + day * daySeconds * 1000)));
}

/** Hours and days as people write them: "24 hours", "7 days". */
export function gapText(gap: number): string {
  const hours = gap / 3600;
  return hours > 48 ? `${Math.round(hours / 2.4) / 10} days` : `${Math.round(hours * 10) / 10} hours`;
}

/** A duration of Go, such as "1h30m", in seconds. */
export function durationSeconds(text: string): number | undefined {
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0),
    0,
  );
}

/** The values of one field: a list of stars, numbers, ranges and steps. */
function parse(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step = "1", ...more] = part.split("/");
    const [from, to = from, ...rest] = range === "*" || range === "?" ? [field.min, field.max] : bounds(range, field);
    const every = /^\d+$/.test(step) ? Number(step) : 0;
    if (more.length > 0 || rest.length > 0 || from === undefined || to === undefined || every < 1) return undefined;
    // "5/10" is from 5 to the end.
    const end = part.includes("/") && !/[-*?]/.test(range) ? field.max : to;
    if (from < field.min || end > field.max || from > end) return undefined;
    for (let value = from; value <= end; value += every) values.add(value);
  }
  return values;
}

function bounds(range: string, { names = [], min }: Field): (number | undefined)[] {
  return range.split("-").map((word) => {
    const index = names.indexOf(word.toLowerCase());
    if (index >= 0) return index + min;
    return /^\d+$/.test(word) ? Number(word) : undefined;
  });
}

/** A star with a step of more than one is a choice of its own. */
function isStar(field = ""): boolean {
  return field.split(",").some((part) => /^[*?](\/1)?$/.test(part));
}

function widest(ordered: readonly number[]): number {
  return ordered.slice(1).reduce((most, value, index) => Math.max(most, value - ordered[index]!), 0);
}

function ascending(a: number, b: number): number {
  return a - b;
}
