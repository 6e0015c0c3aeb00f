// The rules as policies of Pulumi.
import { PolicyPack } from "@pulumi/policy";
import type { Policies, PolicyConfigSchema, ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { followRequests, onlyFor } from "./lib/applicability.ts";
import { Engine } from "./lib/engine.ts";
import { runRule } from "./lib/evaluate.ts";
import { titleOf } from "./lib/kubernetes.ts";
import { PlannedStack } from "./lib/planned-stack.ts";
import type { Reporter, Rule, Settings } from "./lib/rule.ts";
import { relaxations, withReferencedFoundation } from "./relaxations.ts";
import { allRules } from "./rules/index.ts";

const engine = new Engine();
followRequests();

new PolicyPack("apg-platform", {
  description: "The plan part of the APG production checklists, decided at every preview.",
  enforcementLevel: "mandatory",
  policies: policiesOf(allRules),
});

function policiesOf(rules: readonly Rule[]): Policies {
  return rules.map((rule) => {
    const heading = {
      name: rule.name,
      description: rule.description,
      severity: rule.severity,
      remediationSteps: rule.fix,
      tags: [...rule.decides, ...(rule.contributesTo ?? [])],
      ...configSchemaOf(rule),
    };
    if (rule.scope === "stack") {
      return {
        ...heading,
        validateStack: (args, violation) =>
          runRule(rule, engine.stack, reporter(violation), settingsOf(rule, args.getConfig())),
      };
    }
    return {
      ...heading,
      validateResource: onlyFor(
        (type) => rule.appliesTo(type),
        (args: ResourceValidationArgs, violation: ReportViolation) => {
          if (!rule.appliesTo(args.type)) args.notApplicable();
          const stack = new PlannedStack([engine.resource(args.urn)]);
          runRule(rule, stack, reporter(violation), settingsOf(rule, args.getConfig()));
        },
      ),
    };
  });
}

/** Fail closed: what nobody can know at preview is refused, not waved through. */
function reporter(violation: ReportViolation): Reporter {
  return {
    violation: ({ urn }, message) => violation(message, urn),
    unknown: (resource, path) =>
      violation(
        `${titleOf(resource)} cannot be decided at preview: ${path} is unknown; make it known, by a value from config ` +
          "or from an output that the provider gives at preview.",
        resource.urn,
      ),
    satisfied: () => {},
  };
}

/** The user's settings win over those that follow from stack config, which win over the strict defaults. */
function settingsOf({ name }: Rule, configured: Settings): Settings {
  return {
    ...(engine.refersToFoundation && withReferencedFoundation[name]),
    ...relaxations[engine.environment ?? ""]?.[name],
    ...configured,
  };
}

/** Without defaults: Pulumi would fill them in, and they would pass for the user's own. */
function configSchemaOf({ settings }: Rule): { configSchema?: PolicyConfigSchema } {
  if (settings === undefined) return {};
  const properties = Object.entries(settings).map(([name, { default: standard, description, ...schema }]) => [
    name,
    { ...schema, description: `${description} Without it: ${JSON.stringify(standard)}.` },
  ]);
  return { configSchema: { properties: Object.fromEntries(properties) as PolicyConfigSchema["properties"] } };
}
