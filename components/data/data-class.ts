import { thresholds } from "../../checklist/thresholds.ts";
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** Problems of a class of data (CV-DATA-04). */
export function dataClassProblems(path: string, dataClass: string): Problem[] {
  const { dataClasses } = thresholds;
  return unless(
    dataClasses.some((known) => known === dataClass),
    path,
    dataClass,
    `${dataClasses.slice(0, -1).join(", ")} or ${dataClasses.at(-1)} is accepted (CV-DATA-04)`,
  );
}
