// The mesh: pods speak with each other over mutual TLS alone, and only where a rule names the caller.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { entrances } from "../lib/routes.ts";
import type { Value } from "../lib/value.ts";
import { capabilityLabel, partLabel } from "../../checklist/labels.ts";
import { meshNamespace } from "../limits.ts";

/** The rule for the whole mesh, which is there where there is a mesh. */
function isMeshWide({ namespace, spec }: KubernetesObject): boolean {
  return namespace === meshNamespace && !spec.get("selector").isGiven;
}

export const meshIsEncrypted = stackRule({
  name: "the-mesh-accepts-mutual-tls-only",
  decides: ["AUD-SEC-01", "CV-DATA-02", "CV-NET-05"],
  severity: "critical",
  description:
    "Every PeerAuthentication is strict, on every port but those on which a Gateway's pods end TLS themselves; one of the " +
    "whole mesh is the proof.",
  fix: "Set spec.mtls.mode to STRICT and remove portLevelMtls.",
  subjects: ["PeerAuthentication"],
  check: (rule, stack, complain) => {
    const { title, spec } = rule;
    const mode = spec.at("mtls.mode").string();
    // A narrower one without a mode has that of the wider.
    const inherits = !isMeshWide(rule) && (mode === undefined || mode === "UNSET");
    if (mode !== "STRICT" && !inherits)
      complain(
        `${title} ${mode === undefined ? "does not demand mutual TLS" : `is ${mode}`}: set spec.mtls.mode to STRICT.`,
      );
    const ports = hasGateway(stack, rule) ? [] : spec.get("portLevelMtls").entries();
    for (const [port, each] of ports) {
      const own = each.get("mode").string() ?? "UNSET";
      if (!["STRICT", "UNSET"].includes(own)) complain(`${title} is ${own} on port ${port}: set its mode to STRICT.`);
    }
    return isMeshWide(rule) ? undefined : notConcerned;
  },
});

/** Whether the namespace is where the world comes in, which has no identity. */
function hasGateway(stack: PlannedStack, { namespace }: KubernetesObject): boolean {
  return entrances(stack).some((gateway) => gateway.namespace === namespace);
}

export const callersAreNamed = stackRule({
  name: "mesh-rules-name-the-caller",
  decides: ["CV-NET-05"],
  severity: "high",
  description:
    "Every AuthorizationPolicy that allows something names the identities of the callers; beside a Gateway, at least the ports.",
  fix: "Give every entry of rules a from with source.principals.",
  subjects: ["AuthorizationPolicy"],
  check: (policy, stack, complain) => {
    const { title, spec } = policy;
    if ((spec.get("action").string() ?? "ALLOW") !== "ALLOW") return notConcerned;
    const isEntrance = hasGateway(stack, policy);
    const open = spec
      .get("rules")
      .list()
      .filter((rule) => !namesCallers(rule) && !(isEntrance && namesPorts(rule)));
    for (const rule of open)
      complain(`${title} allows calls of anybody by ${rule.path}: name the callers in from.source.principals.`);
    return undefined;
  },
});

function namesPorts(rule: Value): boolean {
  const operations = rule.get("to").list();
  return operations.length > 0 && operations.every((each) => each.at("operation.ports").strings().length > 0);
}

function namesCallers(rule: Value): boolean {
  const sources = rule.get("from").list();
  const named = (source: Value) => {
    const callers = [...source.at("source.principals").strings(), ...source.at("source.serviceAccounts").strings()];
    return callers.length > 0 && callers.every((caller) => caller !== "" && !caller.startsWith("*"));
  };
  return sources.length > 0 && sources.every(named);
}

function hasMesh(stack: PlannedStack): boolean {
  return stack.ofKind("PeerAuthentication").some(isMeshWide);
}

/** The namespaces of applications; those beside them, for drills, are none. */
function applicationNamespaces(stack: PlannedStack): KubernetesObject[] {
  return stack.ofKind("Namespace").filter((each) => {
    return each.label(capabilityLabel) !== undefined && each.label(partLabel) === undefined;
  });
}

const memberships = "istio.io/dataplane-mode: ambient or istio-injection: enabled";

export const applicationsAreInTheMesh = stackRule({
  name: "application-namespaces-are-in-the-mesh",
  decides: ["AUD-INFRA-06", "AUD-SEC-01", "CV-DATA-02", "CV-NET-05"],
  severity: "high",
  description: "There is a mesh, every application's namespace is in it, and allows no call but by a rule.",
  fix: `Declare a PeerAuthentication in ${meshNamespace}, label the namespace ${memberships}, and declare an AuthorizationPolicy with an empty spec in it.`,
  settings: {
    acceptNone: {
      type: "boolean",
      default: false,
      description: "Whether there may be no mesh, where the cluster has none or another stack has it.",
    },
  },
  subjects: applicationNamespaces,
  check: (namespace, stack, complain, { acceptNone }) => {
    const { title, name } = namespace;
    if (sendsIntoTheMesh(stack, name)) return undefined;
    if (!hasMesh(stack)) {
      if (acceptNone !== true)
        complain(
          `${title} is in no mesh: declare a PeerAuthentication in ${meshNamespace} with spec.mtls.mode STRICT, and label it ` +
            `${memberships}.`,
        );
      return notConcerned;
    }
    const member =
      namespace.label("istio-injection") === "enabled" ||
      namespace.label("istio.io/dataplane-mode") === "ambient" ||
      (namespace.label("istio.io/rev") ?? "") !== "";
    if (!member) complain(`${title} is outside of the mesh: label it ${memberships}.`);
    if (!stack.inNamespace(name, "AuthorizationPolicy").some(deniesAll))
      complain(`${title} allows calls that no rule names: declare an AuthorizationPolicy with an empty spec in it.`);
    return undefined;
  },
});

/**
 * Whether the namespace is an entrance whose pods alone are in the mesh, for what they send: what reaches them comes from the
 * world, which has no identity, and goes past the mesh.
 */
function sendsIntoTheMesh(stack: PlannedStack, namespace: string): boolean {
  return stack.inNamespace(namespace, "EnvoyProxy").some(({ spec }) => {
    const pod = spec.at("provider.kubernetes.envoyDeployment.pod");
    return (
      hasMesh(stack) &&
      pod.get("labels").get("istio.io/dataplane-mode").string() === "ambient" &&
      pod.get("annotations").get("ambient.istio.io/bypass-inbound-capture").string() === "true"
    );
  });
}

/** Whether it allows nothing to anybody's pods, so that others have to. */
function deniesAll({ spec }: KubernetesObject): boolean {
  const allows = (spec.get("action").string() ?? "ALLOW") === "ALLOW";
  const forAll = !spec.get("selector").isGiven && spec.get("targetRefs").list().length === 0;
  return allows && forAll && spec.get("rules").list().length === 0;
}

export const servicesAreBalanced = stackRule({
  name: "mesh-services-are-balanced",
  decides: ["AUD-INFRA-06"],
  severity: "medium",
  description: "Where there is a mesh, requests to every application's Service go to all pods that are well.",
  fix: "Declare a DestinationRule for the Service, or its namespace, with trafficPolicy.loadBalancer and outlierDetection.",
  subjects: (stack) => {
    const names = hasMesh(stack) ? applicationNamespaces(stack).map(({ name }) => name) : [];
    return stack.ofKind("Service").filter(({ namespace }) => names.includes(namespace));
  },
  check: (service, stack, complain) => {
    // Of these, clients know the pods themselves.
    if (service.spec.get("clusterIP").string() === "None") return notConcerned;
    if (service.spec.get("type").string() === "ExternalName") return notConcerned;
    const rules = stack.ofKind("DestinationRule").filter((rule) => isForService(rule, service));
    const complete = rules.some(({ spec }) =>
      ["loadBalancer", "outlierDetection"].every((key) => spec.get("trafficPolicy").get(key).isGiven),
    );
    if (!complete)
      complain(
        `${service.title} has pods of which sick ones go on being asked: declare a DestinationRule for it with loadBalancer and outlierDetection.`,
      );
    return undefined;
  },
});

function isForService({ namespace, spec }: KubernetesObject, service: KubernetesObject): boolean {
  const host = spec.get("host").string() ?? "";
  const full = `${service.name}.${service.namespace}.svc.cluster.local`;
  if (host.startsWith("*")) return full.endsWith(host.slice(1));
  if (!host.includes(".")) return host === service.name && namespace === service.namespace;
  return (
    host === full ||
    host === `${service.name}.${service.namespace}.svc` ||
    host === `${service.name}.${service.namespace}`
  );
}
