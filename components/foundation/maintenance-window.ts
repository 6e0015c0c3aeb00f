// The window in which nodes may be replaced, and the times outside it, as Karpenter wants them: it has no windows, only
// budgets that count while their schedule lasts.
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** When scheduled maintenance happens (AUD-SOP-04, CV-MAINT-02). */
export interface MaintenanceWindowArgs {
  /** When it starts, as cron in UTC: one time of day, every day or on some weekdays, such as `0 2 * * 0` (CV-MONTH-05). */
  schedule: string;
  /** How long it lasts, in whole hours from 1h to 12h (AUD-SOP-04). */
  duration: string;
}

/** A time that recurs: when it starts, as cron, and how long it lasts. */
export interface RecurringTime {
  /** Start, as cron in UTC. */
  schedule: string;
  /** Length in hours, as Go writes it. */
  duration: string;
}

/** The window as numbers. */
interface ParsedWindow {
  minute: number;
  hour: number;
  /** Weekdays in order, 0 being Sunday. */
  days: number[];
}

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** So that two of them on two days do not meet. */
const mostHours = 12;

/** What is wrong with a window. */
export function windowProblems(path: string, { schedule, duration }: MaintenanceWindowArgs): Problem[] {
  return [
    ...unless(
      parseWindow(schedule) !== undefined,
      `${path}.schedule`,
      schedule,
      "cron in UTC with one time of day, every day or on weekdays, such as 0 2 * * 0, is accepted (AUD-SOP-04, CV-MONTH-05)",
    ),
    ...unless(
      hoursOf(duration) !== undefined,
      `${path}.duration`,
      duration,
      `whole hours from 1h to ${mostHours}h are accepted (AUD-SOP-04)`,
    ),
  ];
}

/** The window itself. */
export function windowTime({ schedule, duration }: MaintenanceWindowArgs): RecurringTime {
  return { schedule, duration };
}

/** All the time outside of the window: from the end of each to the start of the next. */
export function timesOutside({ schedule, duration }: MaintenanceWindowArgs): RecurringTime[] {
  const { minute, hour, days } = parseWindow(schedule)!;
  const durationHours = hoursOf(duration)!;
  const endHour = (hour + durationHours) % 24;
  const nextDay = hour + durationHours >= 24 ? 1 : 0;
  const byLength = new Map<number, number[]>();
  days.forEach((day, index) => {
    const following = days[index + 1] ?? days[0]! + 7;
    const length = (following - day) * 24 - durationHours;
    byLength.set(length, [...(byLength.get(length) ?? []), (day + nextDay) % 7]);
  });
  return [...byLength].map(([length, on]) => ({
    schedule: `${minute} ${endHour} * * ${on.length === 7 ? "*" : on.sort((a, b) => a - b).join(",")}`,
    duration: `${length}h`,
  }));
}

function hoursOf(duration: string): number | undefined {
  const hours = /^\d{1,2}h$/.test(duration) ? Number.parseInt(duration, 10) : NaN;
  return hours >= 1 && hours <= mostHours ? hours : undefined;
}

function parseWindow(schedule: string): ParsedWindow | undefined {
  const [minute = "", hour = "", date, month, on = "", ...rest] = schedule.split(" ");
  if (rest.length > 0 || date !== "*" || month !== "*") return undefined;
  const days = on === "*" ? [0, 1, 2, 3, 4, 5, 6] : on.split(",").flatMap(daysOf);
  const times = { minute: number(minute, 59), hour: number(hour, 23) };
  if (times.minute === undefined || times.hour === undefined || days.some((day) => day === undefined)) return undefined;
  return {
    minute: times.minute,
    hour: times.hour,
    days: [...new Set(days as number[])].sort((a, b) => a - b),
  };
}

function daysOf(text: string): (number | undefined)[] {
  const [from = "", to = from, ...rest] = text.split("-");
  const [first, last] = [from, to].map((day) => {
    const named = weekdays.indexOf(day.toLowerCase());
    return named >= 0 ? named : number(day, 6);
  });
  if (rest.length > 0 || first === undefined || last === undefined || last < first) return [undefined];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function number(text: string, most: number): number | undefined {
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return value <= most ? value : undefined;
}
