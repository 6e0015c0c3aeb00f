// The readiness model: item -> decisions -> status. An item is as good as its worst decision, and a decision is
// "satisfied" only with a proof: the URNs of the resources that obey a rule, or a signed record that is live.
import { capabilityLabel } from "./labels.ts";
import type { Rule, RuleResult } from "../policy-pack/lib/rule.ts";
import { parseCheck } from "./checks.ts";
import type { Part } from "./checks.ts";
import type { Checklist, Item } from "./catalogue.ts";
import { checklists } from "./catalogue.ts";
import type { Day } from "./dates.ts";
import type { StackEvidence } from "./evidence.ts";
import { decideByEvidence } from "./evidence-decision.ts";
import type { Scope } from "./scope.ts";

/** From worst to best. */
export const statuses = Object.freeze([
  "violated",
  "no-check",
  "evidence-expired",
  "evidence-missing",
  "satisfied",
] as const);
export type Status = (typeof statuses)[number];

/** Why a part of an item is, or is not, satisfied. */
export type Decision = PlanDecision | ProbeDecision | EvidenceDecision;

interface Outcome {
  status: Status;
  /** What is wrong or lacking, as sentences; absent when satisfied. */
  reason?: string;
}

export interface PlanDecision extends Outcome {
  source: "plan";
  /** The rule that decided; absent when no rule did. */
  rule?: string;
  severity?: Rule["severity"];
  /** URNs of the resources that obey the rule. */
  proof?: string[];
  /** What breaks the rule, or hides what the rule needs to know. */
  violations?: { urn: string; message: string }[];
  /** What to do about it. */
  fix?: string;
}

export interface ProbeDecision extends Outcome {
  source: "probe";
  probe: string;
}

export interface EvidenceDecision extends Outcome {
  source: "evidence";
  key: string;
  proof?: EvidenceProof;
  /** True while the evidence is not asked for yet: it falls due a number of days after go-live. */
  notYetDue?: true;
}

export interface EvidenceProof {
  stack: string;
  owner: string;
  date: Day;
  expires: Day;
  link: string;
  /** Parts of the check that no machine can decide: they rest on the owner's signature. */
  signedFor: string[];
}

export interface ItemReadiness {
  item: Item;
  status: Status;
  decisions: Decision[];
}

/** Number of items with each status. */
export type Totals = Record<Status, number>;

export interface ChecklistReadiness {
  checklist: Checklist;
  items: number;
  totals: Totals;
  /** Items whose `plan` part the rules decide in full, and how many of those parts are satisfied. */
  plan: { decided: number; satisfied: number };
}

export interface Readiness {
  today: Day;
  /** Names of the stacks that were looked at, together. */
  stacks: string[];
  /** What is not the real thing in these stacks, and what stands in for it. */
  standIns: Readonly<Record<string, string>>;
  checklists: ChecklistReadiness[];
  items: ItemReadiness[];
}

export interface ReadinessInputs {
  items: readonly Item[];
  rules: readonly Rule[];
  ruleResults: readonly RuleResult[];
  evidence: readonly StackEvidence[];
  scope: Scope;
  stacks: readonly string[];
  standIns?: Readonly<Record<string, string>>;
  today: Day;
}

/** Assesses every item. Pure: the same inputs give the same readiness. */
export function assessReadiness({
  items,
  rules,
  ruleResults,
  evidence,
  scope,
  stacks,
  standIns = {},
  today,
}: ReadinessInputs): Readiness {
  const findings = indexFindings(rules, ruleResults);
  const assessed = items.map((item): ItemReadiness => {
    const decide = (part: Part): Decision[] => {
      if (part.kind === "plan") return decideByPlan(item, findings.get(item.id) ?? [], scope);
      if (part.kind === "evidence") return decideByEvidence(item, part, { evidence, scope, today });
      return [
        { source: "probe", probe: part.name, status: "no-check", reason: `The probe ${part.name} is not written yet.` },
      ];
    };
    const decisions = parseCheck(item.check).flatMap(decide);
    return { item, status: worst(decisions), decisions };
  });
  return {
    today,
    stacks: [...stacks],
    standIns,
    checklists: checklists.map((checklist) => summarize(checklist, assessed)),
    items: assessed,
  };
}

/** Whether an item keeps production shut: it is mandatory, and something other than evidence that is not due yet is lacking. */
export function isBlocking({ item, decisions }: ItemReadiness): boolean {
  const lacking = (decision: Decision) =>
    decision.status !== "satisfied" && !(decision.source === "evidence" && decision.notYetDue);
  return item.severity === "mandatory" && decisions.some(lacking);
}

function worst(decisions: readonly Decision[]): Status {
  return statuses.find((status) => decisions.some((decision) => decision.status === status)) ?? "no-check";
}

/** What one rule has to say about one item. */
interface Finding {
  rule: Rule;
  result: RuleResult;
  /** Whether the rule decides the whole plan part (together with the others that do), or only contributes to it. */
  decides: boolean;
}

function indexFindings(rules: readonly Rule[], results: readonly RuleResult[]): Map<string, Finding[]> {
  const byRule = new Map(results.map((result) => [result.rule, result]));
  const byItem = new Map<string, Finding[]>();
  for (const rule of rules) {
    const result = byRule.get(rule.name);
    if (!result) throw new Error(`The rule ${rule.name} was not evaluated.`);
    const add = (id: string, decides: boolean) =>
      byItem.set(id, [...(byItem.get(id) ?? []), { rule, result, decides }]);
    for (const id of rule.decides) add(id, true);
    for (const id of rule.contributesTo ?? []) add(id, false);
  }
  return byItem;
}

function decideByPlan({ checklist: capability }: Item, findings: readonly Finding[], scope: Scope): PlanDecision[] {
  const deciding = findings.filter(({ decides }) => decides);
  if (findings.length === 0) return [{ source: "plan", status: "no-check", reason: "No rule decides it yet." }];
  const decisions = findings.flatMap((finding) => decideByRule(finding, capability, scope));
  if (decisions.length > 0) return decisions;
  if (deciding.length === 0) {
    const names = findings.map(({ rule }) => rule.name).join(", ");
    return [
      {
        source: "plan",
        status: "no-check",
        reason: `Only a part of it has a rule (${names}), and nothing breaks that part.`,
      },
    ];
  }
  if (!scope.deploys(capability)) {
    const reason = `No stack here deploys ${capability}: no Namespace has the label ${capabilityLabel}: ${capability}.`;
    const fix = `Label the namespace of ${capability}, or name the stack that deploys it as well.`;
    return [{ source: "plan", status: "violated", reason, fix }];
  }
  const names = deciding.map(({ rule }) => rule.name).join(", ");
  const reason = `Nothing in the stack satisfies it: no resource for ${names} to look at.`;
  return [{ source: "plan", status: "violated", reason, ...adviceOf(deciding[0]!.rule) }];
}

/** The decision of one rule, if it has anything to say: a violation, or the proof that a deciding rule is obeyed. */
function decideByRule({ rule, result, decides }: Finding, capability: string, scope: Scope): PlanDecision[] {
  if (!scope.deploys(capability)) return [];
  const unknown = result.unknown.map(({ urn, path }) => ({
    urn,
    message: `${path} is not known, so nobody can say that the rule is obeyed.`,
  }));
  const violations = [...result.violations, ...unknown].filter(({ urn }) => scope.covers(capability, urn));
  if (violations.length > 0) {
    const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
    const reason = violations[0]!.message + more;
    return [{ source: "plan", status: "violated", reason, violations, ...adviceOf(rule) }];
  }
  const proof = result.satisfied.filter((urn) => scope.covers(capability, urn));
  return decides && proof.length > 0 ? [{ source: "plan", status: "satisfied", rule: rule.name, proof }] : [];
}

function adviceOf(rule: Rule): Pick<PlanDecision, "rule" | "severity" | "fix"> {
  return { rule: rule.name, severity: rule.severity, fix: rule.fix };
}

/** Counts the items with each status. */
export function totalsOf(items: readonly ItemReadiness[]): Totals {
  const count = (status: Status) => items.filter((item) => item.status === status).length;
  return Object.fromEntries(statuses.map((status) => [status, count(status)])) as Totals;
}

function summarize(checklist: Checklist, assessed: readonly ItemReadiness[]): ChecklistReadiness {
  const own = assessed.filter(({ item }) => item.checklist === checklist);
  const planned = own.map(({ decisions }) => worst(decisions.filter(({ source }) => source === "plan")));
  const decided = planned.filter((status) => status !== "no-check");
  const satisfied = decided.filter((status) => status === "satisfied");
  return {
    checklist,
    items: own.length,
    totals: totalsOf(own),
    plan: { decided: decided.length, satisfied: satisfied.length },
  };
}
