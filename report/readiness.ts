import { join } from "node:path";
import { loadCatalogue } from "../checklist/catalogue.ts";
import type { Item } from "../checklist/catalogue.ts";
import { parseCheck } from "../checklist/checks.ts";
import { dayOf } from "../checklist/dates.ts";
import type { Day } from "../checklist/dates.ts";
import { loadEvidence } from "../checklist/evidence.ts";
import { assessReadiness } from "../checklist/readiness.ts";
import type { Readiness } from "../checklist/readiness.ts";
import { scopeOf } from "../checklist/scope.ts";
import type { ScopedStack } from "../checklist/scope.ts";
import { evaluate } from "../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../policy-pack/lib/planned-stack.ts";
import type { PlannedResource } from "../policy-pack/lib/rule.ts";
import { plannedStackFromState } from "../policy-pack/lib/state.ts";
import { allRules } from "../policy-pack/rules/index.ts";

export { renderSummary } from "./terminal.ts";

/** The project's own evidence files. */
export const evidenceDirectory = join(import.meta.dirname, "..", "evidence");

export interface ReadinessOptions {
  /** Names of the stacks, in the order of their states. */
  stackNames: readonly string[];
  /** Where `<stack>.yaml` evidence files lie. @default the project's evidence/ */
  evidenceDir?: string;
  /** The day on which evidence has to be live. @default today, UTC */
  today?: Day;
}

/**
 * Holds the stacks of one environment, together, to both checklists. The rules run with their strict production
 * settings, whatever the environment: no relaxation counts as ready.
 *
 * @param states deployments as `pulumi stack export` writes them.
 * @throws EvidenceError when an evidence file has a mistake in it.
 */
export function readinessOf(states: readonly unknown[], options: ReadinessOptions): Readiness {
  const { stackNames, evidenceDir = evidenceDirectory, today = dayOf() } = options;
  if (states.length !== stackNames.length) throw new Error("One name for each state is asked for.");
  const items = loadCatalogue();
  const stacks = states.map((state, index) => ({
    name: stackNames[index]!,
    resources: plannedStackFromState(state).resources,
  }));
  const keys = evidenceKeys(items);
  return assessReadiness({
    items,
    rules: allRules,
    ruleResults: evaluate(allRules, new PlannedStack(together(stacks))),
    evidence: stacks.map(({ name }) => loadEvidence(evidenceDir, name, keys)),
    scope: scopeOf(stacks),
    stacks: stackNames,
    standIns: Object.assign({}, ...states.map(standInsOf)) as Record<string, string>,
    today,
  });
}

/** The stack says itself, as an output, what is not the real thing in it. */
function standInsOf(state: unknown): Record<string, string> {
  type State = { deployment?: { resources?: { type: string; outputs?: { standIns?: Record<string, string> } }[] } };
  const resources = (state as State).deployment?.resources ?? [];
  return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs?.standIns ?? {};
}

/** All resources, each once: a rule may need those of one stack to judge another's. */
function together(stacks: readonly ScopedStack[]): PlannedResource[] {
  const byUrn = new Map(stacks.flatMap(({ resources }) => resources.map((resource) => [resource.urn, resource])));
  return [...byUrn.values()];
}

function evidenceKeys(items: readonly Item[]): ReadonlySet<string> {
  const parts = items.flatMap(({ check }) => parseCheck(check));
  return new Set(parts.flatMap((part) => (part.kind === "evidence" ? part.name : [])));
}
