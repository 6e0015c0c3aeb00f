import type { Difference } from "./compare.ts";

/** The differences for people: those that are wrong last, where they are seen. */
export function renderDifferences(differences: readonly Difference[], from: string, to: string): string {
  const allowed = differences.filter(({ problem }) => problem === undefined);
  const wrong = differences.filter(({ problem }) => problem !== undefined);
  const values = (each: Difference) => [`  ${from}: ${each.from ?? "(nothing)"}`, `  ${to}: ${each.to ?? "(nothing)"}`];
  const count = (many: readonly Difference[]) => `${many.length} ${many.length === 1 ? "difference" : "differences"}`;
  return [
    ...allowed.flatMap((each) => [`${each.key} may differ: ${each.because}`, ...values(each)]),
    ...(allowed.length > 0 ? [""] : []),
    `${count(allowed)} between ${from} and ${to} that may be.`,
    ...(wrong.length === 0
      ? ["No other; nothing is weaker."]
      : [
          "",
          ...wrong.flatMap((each) => [`${each.key} ${each.problem}`, ...values(each)]),
          "",
          `${count(wrong)} that may not be.`,
        ]),
  ].join("\n");
}
