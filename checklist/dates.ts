/** A calendar day as ISO 8601 writes it, such as 2026-11-22. Such days compare as text does. */
export type Day = string;

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}

/** The day `days` after `day` (before it, when negative). */
export function addDays(day: Day, days: number): Day {
  return dayOf(new Date(Date.parse(day) + days * 24 * 60 * 60 * 1000));
}

/** The UTC day of a moment; of now by default. */
export function dayOf(moment: Date = new Date()): Day {
  return moment.toISOString().slice(0, 10);
}
