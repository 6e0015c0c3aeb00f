import { gapText, longestGap } from "../../../checklist/cron.ts";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";

/** How every job with a schedule is run: in UTC, never two at once, and an hour late rather than not at all. */
export const scheduledJob = deepFrozen({
  timeZone: "Etc/UTC",
  concurrencyPolicy: "Forbid",
  startingDeadlineSeconds: 3600,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 3,
});

/** What is asked of a schedule. */
export interface Frequency {
  /** Checklist items, as they stand in the message. */
  items: string;
  /** Whether it has a field for seconds, as CloudNativePG's have. */
  seconds?: boolean;
  /** Most hours between two. */
  mostHours?: number;
}

/** Problems of a schedule, in UTC: no cron, never, or too rarely. */
export function scheduleProblems(
  path: string,
  schedule: string,
  { items, seconds = false, mostHours = thresholds.backup.maxHoursBetween }: Frequency,
): Problem[] {
  const gap = longestGap(schedule, { seconds });
  const form = seconds
    ? "six fields are needed, seconds first, such as 0 0 2 * * *"
    : "five fields are needed, such as 0 2 * * *";
  if (gap === undefined) return unless(false, path, schedule, `${form} (${items})`);
  return unless(
    gap <= mostHours * 3600,
    path,
    schedule,
    `up to ${gapText(gap)} pass between two, at most ${gapText(mostHours * 3600)} are allowed (${items})`,
  );
}
