import { addDays, isDay } from "./dates.ts";
import type { Day } from "./dates.ts";

/** What an evidence record states: its own four fields and whatever facts the check line asks for. */
export type Facts = Readonly<Record<string, FactValue>>;
export type FactValue = string | number | boolean | readonly (string | number | boolean)[];

type Operator = "==" | "!=" | ">=" | "<=" | ">" | "<";
type Value =
  | { kind: "literal"; value: string | number | boolean }
  | { kind: "field"; field: string }
  | { kind: "days-after"; field: string; days: number };

/** One clause of an `evidence[key]` part. */
export type Clause =
  /** The evidence is asked for only from `days` after go-live on. */
  | { kind: "due"; days: number }
  /** `signed` is what the clause says about the stated fact that a machine cannot decide. */
  | { kind: "stated"; field: string; signed?: string }
  | { kind: "link"; field: string }
  | { kind: "compare"; field: string; operator: Operator; value: Value }
  /** A day at most `days` ago. */
  | { kind: "within"; field: string; days: number }
  | { kind: "holds"; field: string; values: string[] }
  /** Another record, which must be there and live. */
  | { kind: "record"; key: string }
  /** Prose that no machine decides: the record's owner signs for it. */
  | { kind: "signed"; text: string };

const name = "[a-z][A-Za-z0-9]*";
const names = `${name}(?:, ${name})*(?: and ${name})?`;
const patterns = {
  due: /^due == goLive \+ (\d+)d\b/,
  record: /^evidence\[([a-z0-9-]+)\] is valid$/,
  compare: new RegExp(`^(${name}) (==|!=|>=|<=|>|<) (.+)$`),
  links: new RegExp(`^(${names}) (?:is a|are) (?:https )?links?$`),
  stated: new RegExp(`^(${names}) (?:is set|are set|set|not empty)$`),
  within: new RegExp(`^(${name}) within (\\d+) ?d(?:ays)?$`),
  holds: new RegExp(`^(${name}) has ((?:[a-z-]+, )*[a-z-]+ and [a-z-]+)$`),
  // "approvedBy is in the security team": who that is, a machine cannot know; that somebody is named, it can.
  described: new RegExp(`^(${name}) (?:is|in|has|equals|covers) .+$`),
  bare: new RegExp(`^${name}$`),
};

/** Reads the facts of an `evidence[key]` part. What is not exact enough for a machine becomes a clause that its owner signs for. */
export function parseFacts(text: string): Clause[] {
  return text.split("; ").flatMap((clause) => {
    const whole = parseClause(clause);
    // "name, role, decision == approved" is three clauses; prose with a comma stays one.
    const pieces = clause.split(", ").map((piece) => parseClause(piece));
    return whole.some(({ kind }) => kind === "signed") && pieces.flat().every(({ kind }) => kind !== "signed")
      ? pieces.flat()
      : whole;
  });
}

function parseClause(text: string): Clause[] {
  let match = patterns.due.exec(text);
  if (match) return [{ kind: "due", days: Number(match[1]) }];
  match = patterns.record.exec(text);
  if (match) return [{ kind: "record", key: match[1]! }];
  match = patterns.compare.exec(text);
  if (match) return [comparison(match[1]!, match[2] as Operator, match[3]!, text)];
  match = patterns.links.exec(text);
  if (match) return listed(match[1]!).map((field) => ({ kind: "link", field }));
  match = patterns.stated.exec(text);
  if (match) return listed(match[1]!).map((field) => ({ kind: "stated", field }));
  match = patterns.within.exec(text);
  if (match) return [{ kind: "within", field: match[1]!, days: Number(match[2]) }];
  match = patterns.holds.exec(text);
  if (match) return [{ kind: "holds", field: match[1]!, values: listed(match[2]!) }];
  match = patterns.described.exec(text);
  if (match) return [{ kind: "stated", field: match[1]!, signed: text }];
  if (patterns.bare.test(text)) return [{ kind: "stated", field: text }];
  return [{ kind: "signed", text }];
}

function listed(text: string): string[] {
  return text.split(/, | and /);
}

function comparison(field: string, operator: Operator, right: string, text: string): Clause {
  const offset = /^(date) \+ (\d+)d$/.exec(right);
  if (offset)
    return {
      kind: "compare",
      field,
      operator,
      value: { kind: "days-after", field: offset[1]!, days: Number(offset[2]) },
    };
  const value = literal(right);
  if (value !== undefined) return { kind: "compare", field, operator, value };
  return { kind: "stated", field, signed: text };
}

function literal(right: string): Value | undefined {
  if (/^-?\d+(\.\d+)?$/.test(right)) return { kind: "literal", value: Number(right) };
  if (right === "true" || right === "false") return { kind: "literal", value: right === "true" };
  // A second field of the record: `owner`, or a name in camel case. Any other single word is itself the value.
  if (right === "owner" || /^[a-z]+[A-Z][A-Za-z]*$/.test(right)) return { kind: "field", field: right };
  if (/^[a-z]+$/.test(right)) return { kind: "literal", value: right };
  return undefined;
}

/** How a record fares against the clauses of a check. */
export interface Judgement {
  /** Facts that the record states and that are not as asked for, as sentences. */
  wrong: string[];
  /** Facts that the record does not state, as sentences. */
  missing: string[];
  /** Clauses that rest on the signature alone. */
  signed: string[];
}

/** Judges what a record states. `isLive` says whether another record, by its key, is there and live. */
export function judge(clauses: Clause[], facts: Facts, today: Day, isLive: (key: string) => boolean): Judgement {
  const judgement: Judgement = { wrong: [], missing: [], signed: [] };
  const read = (field: string): FactValue | undefined => {
    const value = facts[field];
    const stated = value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
    if (!stated) judgement.missing.push(`The record does not state ${field}.`);
    return stated ? value : undefined;
  };
  for (const clause of clauses) {
    if (clause.kind === "signed") judgement.signed.push(clause.text);
    else if (clause.kind === "record") {
      if (!isLive(clause.key)) judgement.missing.push(`It needs live evidence ${clause.key} beside it.`);
    } else if (clause.kind !== "due") {
      const value = read(clause.field);
      if (value === undefined) continue;
      if (clause.kind === "stated" && clause.signed) judgement.signed.push(clause.signed);
      const wrong = contradiction(clause, value, facts, today);
      if (wrong) judgement.wrong.push(wrong);
    }
  }
  return judgement;
}

function contradiction(
  clause: Extract<Clause, { field: string }>,
  value: FactValue,
  facts: Facts,
  today: Day,
): string | undefined {
  switch (clause.kind) {
    case "stated":
      return undefined;
    case "link":
      return isLink(value) ? undefined : `${clause.field} is ${show(value)}; an https link is asked for.`;
    case "within": {
      const oldest = addDays(today, -clause.days);
      const recent = typeof value === "string" && isDay(value) && value >= oldest && value <= today;
      return recent ? undefined : `${clause.field} is ${show(value)}; a day from ${oldest} to ${today} is asked for.`;
    }
    case "holds": {
      const absent = clause.values.filter((wanted) => !(Array.isArray(value) ? value : [value]).includes(wanted));
      return absent.length === 0 ? undefined : `${clause.field} lacks ${absent.join(", ")}.`;
    }
    case "compare": {
      const wanted = resolve(clause.value, facts);
      if (wanted !== undefined && compares(value, clause.operator, wanted)) return undefined;
      // A text "0" where the number is asked for: the quotes say what is wrong with it.
      const shown = typeof value === typeof wanted ? show(value) : JSON.stringify(value);
      return `${clause.field} is ${shown}; ${clause.operator} ${showValue(clause.value, wanted)} is asked for.`;
    }
  }
}

function resolve(value: Value, facts: Facts): FactValue | undefined {
  if (value.kind === "literal") return value.value;
  const other = facts[value.field];
  if (value.kind === "field") return other;
  return typeof other === "string" && isDay(other) ? addDays(other, value.days) : undefined;
}

function compares(left: FactValue, operator: Operator, right: FactValue): boolean {
  if (operator === "!=") return left !== right;
  if (operator === "==") return left === right;
  const comparable =
    (typeof left === "number" && typeof right === "number") ||
    [left, right].every((v) => typeof v === "string" && isDay(v));
  if (!comparable) return false;
  if (operator === ">=") return left >= right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left < right;
}

function isLink(value: FactValue): boolean {
  return typeof value === "string" && URL.canParse(value) && new URL(value).protocol === "https:";
}

function show(value: FactValue): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function showValue(value: Value, resolved: FactValue | undefined): string {
  if (value.kind === "literal") return show(value.value);
  const expression = value.kind === "field" ? value.field : `${value.field} + ${value.days} days`;
  return resolved === undefined ? expression : `${expression} (${show(resolved)})`;
}
