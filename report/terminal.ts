import type { Item } from "../checklist/catalogue.ts";
import type { ChecklistReadiness, Decision, ItemReadiness, Readiness, Status, Totals } from "../checklist/readiness.ts";
import { statuses, totalsOf } from "../checklist/readiness.ts";
import type { Cell, Colour, Style } from "./text.ts";
import { hang, styleOf, table, wrap } from "./text.ts";

const words: Record<Status, { long: string; heading: string; colour: Colour }> = {
  satisfied: { long: "satisfied", heading: "satisfied", colour: "green" },
  violated: { long: "violated", heading: "violated", colour: "red" },
  "no-check": { long: "no check yet", heading: "no check", colour: "dim" },
  "evidence-missing": { long: "evidence missing", heading: "missing", colour: "yellow" },
  "evidence-expired": { long: "evidence expired", heading: "expired", colour: "yellow" },
};
const order = statuses.toReversed();
const legend = "no check: a rule or probe that it needs is not written yet. missing, expired: its evidence.";

/** How many violated items the summary names. */
const summaryViolations = 5;

/** Up to how many items a violation names with their labels; above it, with their ids alone. */
const namedItems = 4;

/** The readiness in about a dozen lines, for the end of another command's output. */
export function renderSummary(readiness: Readiness, style: Style = styleOf(process.stdout)): string {
  const violated = readiness.items.filter(({ status }) => status === "violated");
  const left = violated.length - summaryViolations;
  return [
    ...overview(readiness, style),
    ...(violated.length > 0 ? ["", style.paint("bold", "Violated")] : []),
    ...violated.slice(0, summaryViolations).flatMap((entry) => headline(entry, style)),
    ...(left > 0 ? [`  and ${left} more`] : []),
    "",
  ].join("\n");
}

/** The report: totals, a table of sections, and every violated item with its reason and fix; with `all`, every item. */
export function renderTerminal(
  readiness: Readiness,
  { all = false, style = styleOf(process.stdout) }: { all?: boolean; style?: Style } = {},
): string {
  const lines = overview(readiness, style);
  for (const { checklist } of readiness.checklists) {
    const items = readiness.items.filter(({ item }) => item.checklist === checklist);
    lines.push("", ...(all ? everything(checklist, items, style) : sections(checklist, items, style)));
  }
  if (!all) lines.push(...problems(readiness.items, style));
  return [...lines, ""].join("\n");
}

function overview({ today, stacks, standIns, checklists, items: all }: Readiness, style: Style): string[] {
  const rows = [
    ...checklists.map(({ checklist, items, totals }) => row(checklist, items, totals)),
    row("both", all.length, totalsOf(all)),
  ];
  return [
    ...wrap(`Readiness of ${stacks.join(", ")} on ${today}`, style.columns).map((line) => style.paint("bold", line)),
    ...table([headings("checklist"), ...rows], style),
    ...wrap(legend, style.columns).map((line) => style.paint("dim", line)),
    ...wrap(planSentence(checklists), style.columns),
    ...standInLines(standIns, style),
  ];
}

function standInLines(standIns: Readiness["standIns"], style: Style): string[] {
  const entries = Object.entries(standIns);
  if (entries.length === 0) return [];
  const lines = entries.flatMap(([thing, standIn]) => hang("  ", `${thing}: ${standIn}`, style));
  return ["", ...wrap("Not the real thing here:", style.columns), ...lines];
}

function planSentence(checklists: readonly ChecklistReadiness[]): string {
  const decided = sumOf(checklists, ({ plan }) => plan.decided);
  const satisfied = sumOf(checklists, ({ plan }) => plan.satisfied);
  const each = checklists.map(({ checklist, plan }) => `${checklist} ${plan.satisfied} of ${plan.decided}`).join(", ");
  return `The rules decide the planned resources of ${decided} items; for ${satisfied} there is proof: ${each}.`;
}

function headings(first: string): Cell[] {
  return [first, "items", ...order.map((status) => words[status].heading)].map((text) => ({ text, colour: "dim" }));
}

function row(name: string, items: number, totals: Totals): Cell[] {
  const count = (status: Status): Cell =>
    totals[status] > 0 ? { text: String(totals[status]), colour: words[status].colour } : { text: "0", colour: "dim" };
  return [name, String(items), ...order.map(count)];
}

function sections(checklist: string, items: readonly ItemReadiness[], style: Style): string[] {
  const groups = Map.groupBy(items, ({ item }) => item.section.split(" / ")[0]!);
  const rows = [...groups].map(([name, group]) => row(name, group.length, totalsOf(group)));
  return table([headings(checklist), ...rows], style);
}

function everything(checklist: string, items: readonly ItemReadiness[], style: Style): string[] {
  const groups = Map.groupBy(items, ({ item }) => item.section);
  return [...groups].flatMap(([section, group], index) => [
    ...(index > 0 ? [""] : []),
    ...wrap(`${checklist}: ${section}`, style.columns).map((line) => style.paint("bold", line)),
    ...group.flatMap((entry) => details(entry, style)),
  ]);
}

/** What is violated, each problem once with all the items that it breaks. */
function problems(items: readonly ItemReadiness[], style: Style): string[] {
  const broken = items.flatMap(({ item, decisions }) =>
    decisions.filter(({ status }) => status === "violated").map((decision) => ({ item, decision })),
  );
  if (broken.length === 0) return [];
  const count = new Set(broken.map(({ item }) => item.id)).size;
  const groups = Map.groupBy(broken, ({ decision }) => `${decision.reason}\n${fixOf(decision)}`);
  const paragraphs = [...groups.values()].flatMap((group) => {
    const ids = group.map(({ item }) => item.id);
    const names =
      group.length > namedItems
        ? hang("  ", `${ids.length} items: ${ids.join(", ")}`, style)
        : group.map(({ item }) => `  ${idOf(item)} ${item.label}`);
    return ["", ...names.map((line) => style.paint("red", line)), ...linesOf(group[0]!.decision, style)];
  });
  return ["", style.paint("bold", `Violated (${count})`), ...paragraphs];
}

/** An item and what is wrong with it. */
function headline({ item, decisions }: ItemReadiness, style: Style): string[] {
  const reason = decisions.find(({ status }) => status === "violated")?.reason ?? "";
  return hang(`  ${idOf(item)} `, `${item.label}: ${reason}`, style);
}

/** An item with all that decides it. */
function details({ item, status, decisions }: ItemReadiness, style: Style): string[] {
  const { long, colour } = words[status];
  const advisory = item.severity === "advisory" ? " (advisory)" : "";
  return [
    `${style.paint(colour, long.padEnd(16))}  ${idOf(item)} ${item.label}${advisory}`,
    ...decisions.flatMap((decision) => linesOf(decision, style)),
  ];
}

function idOf({ id }: Item): string {
  return id.padEnd(12);
}

function linesOf(decision: Decision, style: Style): string[] {
  const found = hang(`    ${decision.source.padEnd(8)}  `, decision.reason ?? proofOf(decision), style);
  const fix = fixOf(decision);
  return [...found, ...(fix ? hang("    fix       ", fix, style) : [])];
}

function fixOf(decision: Decision): string | undefined {
  return decision.source === "plan" ? decision.fix : undefined;
}

function proofOf(decision: Decision): string {
  if (decision.source === "probe" || !decision.proof) return words[decision.status].long;
  if (decision.source === "evidence") {
    const { owner, date, expires, link } = decision.proof;
    return `${decision.key}: signed by ${owner} on ${date}, until ${expires}, ${link}`;
  }
  const [first, ...others] = decision.proof;
  return `${decision.rule}: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ""}`;
}

function sumOf<T>(values: readonly T[], number: (value: T) => number): number {
  return values.reduce((total, value) => total + number(value), 0);
}
