// Small makers of what the readiness model reads, for its tests.
import type { Item } from "../../checklist/catalogue.ts";
import { assessReadiness } from "../../checklist/readiness.ts";
import type { ItemReadiness, Readiness, ReadinessInputs } from "../../checklist/readiness.ts";
import { scopeOf } from "../../checklist/scope.ts";
import type { ScopedStack } from "../../checklist/scope.ts";
import type { PlannedResource, Rule, RuleResult } from "../../policy-pack/lib/rule.ts";

export const today = "2026-11-22";

export function item(id: string, check: string, more: Partial<Item> = {}): Item {
  return {
    id,
    checklist: id.startsWith("AUD") ? "audio-processing" : "computer-vision",
    section: "Part / Section",
    label: `Label of ${id}`,
    requirement: "Something holds.",
    kind: "enforce",
    also: [],
    check,
    component: "-",
    severity: "mandatory",
    ...more,
  };
}

export function rule(name: string, decides: string[], contributesTo: string[] = []): Rule {
  return {
    name,
    decides,
    contributesTo,
    severity: "high",
    description: `${name} holds.`,
    fix: `Fix ${name}.`,
    scope: "resource",
    appliesTo: () => true,
    check: () => {},
  };
}

export function found(
  rule: string,
  { satisfied = [], violations = [], unknown = [] }: Partial<Omit<RuleResult, "rule">>,
): RuleResult {
  return { rule, satisfied, violations, unknown };
}

export function resource(type: string, name: string, metadata: Record<string, unknown> = {}): PlannedResource {
  const urn = `urn:pulumi:prod::apg-platform::${type}::${name}`;
  return { urn, type, name, props: { metadata: { name, ...metadata } }, dependencies: [] };
}

export function namespace(capability: string): PlannedResource {
  return resource("kubernetes:core/v1:Namespace", `apg-${capability}-prod`, {
    labels: { "apg.io/capability": capability },
  });
}

export function deployment(name: string, namespace: string, labels: Record<string, unknown> = {}): PlannedResource {
  return resource("kubernetes:apps/v1:Deployment", name, { namespace, labels });
}

/** A stack that deploys both capabilities, each with one Deployment. */
export const audio = deployment("audio", "apg-audio-processing-prod");
export const vision = deployment("vision", "apg-computer-vision-prod");
export const both: ScopedStack = {
  name: "prod",
  resources: [namespace("audio-processing"), namespace("computer-vision"), audio, vision],
};

export function assess(inputs: Partial<ReadinessInputs> & { stacks?: never; in?: ScopedStack[] }): Readiness {
  const stacks = inputs.in ?? [both];
  return assessReadiness({
    items: [],
    rules: [],
    ruleResults: [],
    evidence: [],
    scope: scopeOf(stacks),
    today,
    ...inputs,
    stacks: stacks.map(({ name }) => name),
  });
}

export function only(readiness: Readiness): ItemReadiness {
  return readiness.items[0]!;
}
