// All rules over one stack, outside of Pulumi: what the readiness report and the tests of pure logic use.
import { attempt } from "./define.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { Reporter, Rule, RuleResult, Settings } from "./rule.ts";

/** Runs every rule. Without settings, the strict ones: those of production. */
export function evaluate(
  rules: readonly Rule[],
  stack: PlannedStack,
  settings: Readonly<Record<string, Settings>> = {},
): RuleResult[] {
  return rules.map((rule) => evaluateOne(rule, stack, settings[rule.name] ?? {}));
}

function evaluateOne(rule: Rule, stack: PlannedStack, settings: Settings): RuleResult {
  const violations: { urn: string; message: string }[] = [];
  const unknown: { urn: string; path: string }[] = [];
  const satisfied = new Set<string>();
  const report: Reporter = {
    violation: ({ urn }, message) => void violations.push({ urn, message }),
    unknown: ({ urn }, path) => void unknown.push({ urn, path }),
    satisfied: ({ urn }) => void satisfied.add(urn),
  };
  runRule(rule, stack, report, settings);
  for (const { urn } of [...violations, ...unknown]) satisfied.delete(urn);
  return { rule: rule.name, violations, satisfied: [...satisfied], unknown };
}

/** Runs one rule with its defaults filled in. */
export function runRule(rule: Rule, stack: PlannedStack, report: Reporter, settings: Settings): void {
  // What is not known before any subject is at hand (a namespace's name, the items of a List) concerns the whole rule.
  attempt(report, () => rule.check(stack, report, { ...strictSettings(rule), ...settings }));
}

/** The defaults of a rule's settings. */
function strictSettings(rule: Rule): Settings {
  return Object.fromEntries(Object.entries(rule.settings ?? {}).map(([name, schema]) => [name, schema.default]));
}
