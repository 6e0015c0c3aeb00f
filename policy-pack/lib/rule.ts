// What a rule is. Rules are data plus a function over plain resources, so that the policy pack (at preview) and the
// readiness report (over a stack's state) evaluate the very same ones.
import type { PlannedStack } from "./planned-stack.ts";

/** A resource as the program planned it: its inputs as plain JSON. */
export interface PlannedResource {
  readonly urn: string;
  /** Pulumi type token, for example `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Logical name, the last part of the URN. */
  readonly name: string;
  /** Inputs; a value that is not known yet is `unknown` (class Unknown), a secret one an instance of Secret. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  /** Region of the resource's provider, where it has one. */
  readonly region?: string;
  /** URNs of the resources that each input came from, where the engine knows them: at preview the value itself often is not. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** How bad it is when the rule is broken. */
export type Severity = "low" | "medium" | "high" | "critical";

/** Values that the users of the pack may change for one rule. */
export type Settings = Readonly<Record<string, unknown>>;

/** One setting of a rule: the subset of JSON Schema that Pulumi's policy config understands. */
export interface SettingSchema {
  readonly type: "boolean" | "integer" | "string" | "array";
  readonly description: string;
  /** The strict value, the one that production and the readiness report use. */
  readonly default: unknown;
  readonly items?: { readonly type: "string" };
}

/** Where a rule tells what it found. */
export interface Reporter {
  /** The resource breaks the rule; the message is a full sentence that names the resource and says what to change. */
  violation(resource: PlannedResource, message: string): void;
  /** The resource was looked at and obeys the rule: its URN is the proof in the readiness report. */
  satisfied(resource: PlannedResource): void;
  /** The value at `path` decides the rule and is not known: nobody can say that the rule is obeyed. */
  unknown(resource: PlannedResource, path: string): void;
}

export interface Rule {
  /** Unique, kebab-case; the policy's name in Pulumi's output and policy config. */
  readonly name: string;
  /** Checklist items whose whole `plan:` part the rules that name it here decide, taken together. */
  readonly decides: readonly string[];
  /** Checklist items of which this rule decides a part; the rest has no rule, so it can break them, never satisfy them. */
  readonly contributesTo?: readonly string[];
  readonly severity: Severity;
  /** What holds when the rule is obeyed, one sentence. */
  readonly description: string;
  /** What to do when it is broken. */
  readonly fix: string;
  readonly settings?: Readonly<Record<string, SettingSchema>>;
  /** "resource": each resource decides for itself. "stack": the rule looks at several resources together. */
  readonly scope: "resource" | "stack";
  /** Whether resources of this type matter to a rule of scope "resource". */
  appliesTo(type: string): boolean;
  check(stack: PlannedStack, report: Reporter, settings: Settings): void;
}

/** What one rule found in one stack. */
export interface RuleResult {
  /** Name of the rule. */
  readonly rule: string;
  readonly violations: readonly { readonly urn: string; readonly message: string }[];
  readonly satisfied: readonly string[];
  readonly unknown: readonly { readonly urn: string; readonly path: string }[];
}
