import type { Part } from "./checks.ts";
import type { Item } from "./catalogue.ts";
import { addDays } from "./dates.ts";
import type { Day } from "./dates.ts";
import type { EvidenceRecord, StackEvidence } from "./evidence.ts";
import { judge, parseFacts } from "./facts.ts";
import type { Clause } from "./facts.ts";
import type { EvidenceDecision } from "./readiness.ts";
import type { Scope } from "./scope.ts";

/** Decides an `evidence[key]` part: every record under its key, in every stack that speaks for the item's capability, must hold. */
export function decideByEvidence(
  { checklist: capability }: Item,
  part: Extract<Part, { kind: "evidence" }>,
  { evidence, scope, today }: { evidence: readonly StackEvidence[]; scope: Scope; today: Day },
): EvidenceDecision[] {
  const heard = evidence.filter(({ stack }) => scope.stackSpeaksFor(capability, stack));
  const recordsOf = (key: string) => heard.flatMap(({ records }) => records.filter((record) => record.key === key));
  const isLive = (key: string) => recordsOf(key).some(({ date, expires }) => date <= today && today < expires);
  const clauses = parseFacts(part.text);
  const records = recordsOf(part.name);
  if (records.length === 0) return [missing(part.name, clauses, heard, today)];
  return records.map((record) => decideByRecord(record, clauses, today, isLive));
}

function missing(key: string, clauses: Clause[], heard: readonly StackEvidence[], today: Day): EvidenceDecision {
  const lacking = { source: "evidence", key, status: "evidence-missing" } as const;
  const due = clauses.find((clause) => clause.kind === "due");
  if (!due) return { ...lacking, reason: `No record ${key}.` };
  const goLive = heard
    .flatMap((stack) => stack.goLive ?? [])
    .sort()
    .at(0);
  if (goLive === undefined) {
    return {
      ...lacking,
      notYetDue: true,
      reason: `No record ${key}; it is asked for from ${due.days} days after goLive on.`,
    };
  }
  const from = addDays(goLive, due.days);
  if (today >= from) return { ...lacking, reason: `No record ${key}; it has been asked for since ${from}.` };
  return { ...lacking, notYetDue: true, reason: `No record ${key}; it is asked for from ${from} on.` };
}

function decideByRecord(
  record: EvidenceRecord,
  clauses: Clause[],
  today: Day,
  isLive: (key: string) => boolean,
): EvidenceDecision {
  const { key, stack, owner, date, expires, link, facts } = record;
  const { wrong, missing, signed } = judge(clauses, facts, today, isLive);
  if (date > today) wrong.push(`It is dated ${date}, which is after today.`);
  const because = (status: EvidenceDecision["status"], reasons: string[]): EvidenceDecision => ({
    source: "evidence",
    key,
    status,
    reason: `Record ${key} of ${owner}: ${reasons.join(" ")}`,
  });
  if (wrong.length > 0) return because("violated", wrong);
  if (expires <= today) return because("evidence-expired", [`It expired on ${expires}.`]);
  if (missing.length > 0) return because("evidence-missing", missing);
  const proof = { stack, owner, date, expires, link, signedFor: signed };
  return { source: "evidence", key, status: "satisfied", proof };
}
