// Routes of the Gateway API, and the policies of Envoy Gateway that hold for them.
import type { Kind, KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { selects } from "./selector.ts";
import type { Value } from "./value.ts";

const api = "gateway.networking.k8s.io";
export const routeKinds = ["HTTPRoute", "GRPCRoute"] as const satisfies readonly Kind[];
export type PolicyKind = "BackendTrafficPolicy" | "SecurityPolicy" | "ClientTrafficPolicy";

export function routes(stack: PlannedStack): KubernetesObject[] {
  return stack.ofKind(...routeKinds);
}

/** The Gateways by which the world comes in; a waypoint of the mesh speaks the mesh's own protocol alone. */
export function entrances(stack: PlannedStack): KubernetesObject[] {
  return stack.ofKind("Gateway").filter(({ spec }) => {
    const listeners = spec.get("listeners").list();
    return listeners.length === 0 || listeners.some((listener) => listener.get("protocol").string() !== "HBONE");
  });
}

/** Where a route is attached: the Gateways that it names as its parents. */
export interface Parent {
  readonly namespace: string;
  readonly name: string;
  readonly listener: string | undefined;
}

export function parentsOf(route: KubernetesObject): Parent[] {
  return route.spec
    .get("parentRefs")
    .list()
    .filter(
      (ref) => (ref.get("kind").string() ?? "Gateway") === "Gateway" && (ref.get("group").string() ?? api) === api,
    )
    .map((ref) => ({
      namespace: ref.get("namespace").string() ?? route.namespace,
      name: ref.get("name").string() ?? "",
      listener: ref.get("sectionName").string(),
    }));
}

/** Whether the world reaches it; a route of the mesh has Services for parents. */
export function isPublic(route: KubernetesObject): boolean {
  return parentsOf(route).length > 0;
}

/** Whether a rule only sends clients to HTTPS. */
function redirects(rule: Value): boolean {
  const redirect = rule
    .get("filters")
    .list()
    .find((filter) => filter.get("type").string() === "RequestRedirect");
  return redirect?.at("requestRedirect.scheme").string() === "https" && rule.get("backendRefs").list().length === 0;
}

export function onlyRedirects({ spec }: KubernetesObject): boolean {
  const rules = spec.get("rules").list();
  return rules.length > 0 && rules.every(redirects);
}

/** The rules of a route that answer themselves or by a backend; a route without any has one for everything. */
export function rulesOf({ spec }: KubernetesObject): Value[] {
  return spec
    .get("rules")
    .list()
    .filter((rule) => !redirects(rule));
}

/** How messages name a rule. */
export function ruleTitle(route: KubernetesObject, rule: Value): string {
  const name = rule.get("name").string();
  return name === undefined ? `${rule.path.replace(/^.*\./, "")} of ${route.title}` : `rule ${name} of ${route.title}`;
}

/** The headers that a rule sets on every response, by their names in lower case. */
export function setHeaders(rule: Value): Map<string, string> {
  const modifiers = modifiersOf(rule);
  const set = modifiers.flatMap((modifier) => [...modifier.get("set").list(), ...modifier.get("add").list()]);
  return new Map(
    set.map((each) => [(each.get("name").string() ?? "").toLowerCase(), each.get("value").string() ?? ""]),
  );
}

/** The headers that a rule takes out of every response. */
export function removedHeaders(rule: Value): string[] {
  return modifiersOf(rule).flatMap((modifier) =>
    modifier
      .get("remove")
      .strings()
      .map((name) => name.toLowerCase()),
  );
}

function modifiersOf(rule: Value): Value[] {
  return rule
    .get("filters")
    .list()
    .filter((filter) => filter.get("type").string() === "ResponseHeaderModifier")
    .map((filter) => filter.get("responseHeaderModifier"));
}

interface Section {
  readonly kind: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string> | undefined;
}

/** The parts of an object that a policy is for: undefined for the whole. */
function sectionsFor(policy: KubernetesObject, { kind, name, labels }: Section): (string | undefined)[] {
  const { spec } = policy;
  const refs = [...spec.get("targetRefs").list(), ...(spec.get("targetRef").isGiven ? [spec.get("targetRef")] : [])];
  const sections = refs
    .filter((ref) => ref.get("kind").string() === kind && ref.get("name").string() === name)
    .map((ref) => ref.get("sectionName").string());
  const selected = spec
    .get("targetSelectors")
    .list()
    .some((each) => each.get("kind").string() === kind && labels !== undefined && selects(each, labels));
  return selected ? [...sections, undefined] : sections;
}

function policiesFor(stack: PlannedStack, kind: PolicyKind, namespace: string, target: Section, section?: string) {
  return stack.inNamespace(namespace, kind).filter((policy) => sectionsFor(policy, target).includes(section));
}

/**
 * Policies for a Gateway's listener: those that name it, else those for the whole Gateway. For all of its listeners, those
 * for the whole Gateway, and those that take their place for one.
 */
export function listenerPolicies(
  stack: PlannedStack,
  kind: PolicyKind,
  gateway: Pick<Parent, "namespace" | "name">,
  listener: string | undefined,
): KubernetesObject[] {
  const planned = stack.named("Gateway", gateway.namespace, gateway.name);
  const target: Section = { kind: "Gateway", name: gateway.name, labels: planned?.metadata.get("labels").map() };
  const of = (section?: string) => policiesFor(stack, kind, gateway.namespace, target, section);
  const whole = of();
  if (listener !== undefined) {
    const own = of(listener);
    return own.length > 0 ? own : whole;
  }
  if (whole.length === 0) return [];
  return stack.inNamespace(gateway.namespace, kind).filter((policy) => sectionsFor(policy, target).length > 0);
}

/**
 * The policies that hold for a rule of a route, the most specific first: one for the rule replaces one for the route, and
 * that one for the Gateway, unless it says that it is merged with it.
 */
function chainOf(stack: PlannedStack, kind: PolicyKind, route: KubernetesObject, rule: Value): KubernetesObject[][] {
  const target: Section = { kind: route.kind, name: route.name, labels: route.metadata.get("labels").map() };
  const name = rule.get("name").string();
  const levels = [
    name === undefined ? [] : policiesFor(stack, kind, route.namespace, target, name),
    policiesFor(stack, kind, route.namespace, target),
  ];
  const [first, ...others] = parentsOf(route).map(({ listener, ...gateway }) =>
    listenerPolicies(stack, kind, gateway, listener),
  );
  // Of several Gateways each has to have one.
  const above = first === undefined || others.some((each) => each.length === 0) ? [] : [...first, ...others.flat()];
  return [...levels, above].filter((level) => level.length > 0);
}

/**
 * Whether the value at a path of the policies of a kind is as demanded for a rule. Several policies for the same target
 * compete: it must be so in each.
 */
export function holds(
  { stack, route, rule }: RuleOfRoute,
  kind: PolicyKind,
  path: string,
  demand: (value: Value) => boolean = (value) => value.isGiven,
): boolean {
  for (const level of chainOf(stack, kind, route, rule)) {
    const values = level.map(({ spec }) => spec.at(path));
    if (values.some((value) => value.isGiven)) return values.every((value) => value.isGiven && demand(value));
    if (!level.every(({ spec }) => spec.get("mergeType").isGiven)) return false;
  }
  return false;
}

/** One rule of one route, and the plan that it is in. */
export interface RuleOfRoute {
  readonly stack: PlannedStack;
  readonly route: KubernetesObject;
  readonly rule: Value;
}
