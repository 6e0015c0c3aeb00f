// Namespaces: what they are called, and that they admit restricted pods only.
import { objectRule, notConcerned, stackRule } from "../lib/define.ts";
import { namespacedKinds } from "../lib/kubernetes.ts";
import { guardedNamespaces } from "../lib/namespaces.ts";
import { capabilityLabel, environmentLabel, homeNamespace, partLabel } from "../../checklist/labels.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { productionEnvironment } from "../limits.ts";

const { level } = thresholds.podSecurity;
const label = "pod-security.kubernetes.io/enforce";

export const namespacesEnforcePodSecurity = stackRule({
  name: "namespaces-enforce-pod-security",
  decides: ["AUD-SEC-02", "CV-KUBE-08"],
  severity: "high",
  description: `Every namespace that holds workloads enforces the ${level} pod security standard, in a pinned version.`,
  fix: `Label the namespace ${label}=${level} and ${label}-version with a version such as ${thresholds.podSecurity.version}.`,
  subjects: guardedNamespaces,
  check: (namespace, _stack, complain) => {
    if (namespace.kind !== "Namespace") return notConcerned;
    if (namespace.label(label) !== level) {
      complain(`${namespace.title} does not enforce pod security: set its label ${label} to ${level}.`);
    }
    const version = namespace.label(`${label}-version`);
    if (version === undefined || !/^v1\.\d+$/.test(version)) {
      complain(
        `${namespace.title} follows whatever version of the standard the cluster has: set its label ${label}-version ` +
          `to a version such as ${thresholds.podSecurity.version}.`,
      );
    }
  },
});

export const namespacesAreNamedAfterTheirCapability = objectRule({
  name: "namespaces-are-named-after-their-capability",
  decides: ["AUD-PROD-01"],
  severity: "medium",
  description: "A capability's namespace is called apg-<capability>-<environment>.",
  fix: `Name the namespace apg-<capability>-<environment> and label it ${capabilityLabel} and ${environmentLabel}.`,
  kinds: ["Namespace"],
  check: (namespace, complain) => {
    const capability = namespace.label(capabilityLabel);
    if (capability === undefined && !namespace.name.startsWith("apg-")) return notConcerned;
    const environment = namespace.label(environmentLabel);
    if (capability === undefined || environment === undefined) {
      complain(`${namespace.title} does not say whose it is: label it ${capabilityLabel} and ${environmentLabel}.`);
      return undefined;
    }
    const home = homeNamespace(capability, environment, namespace.label(partLabel));
    if (namespace.name !== home) complain(`${namespace.title} must be called ${home}, after its labels: rename it.`);
    // The item is about production: another environment's namespace proves nothing about it.
    return environment === productionEnvironment ? undefined : notConcerned;
  },
});

export const resourcesAreInTheirNamespace = objectRule({
  name: "resources-are-in-their-capabilitys-namespace",
  decides: ["AUD-PROD-01"],
  severity: "medium",
  description: "Every namespaced resource is in the namespace of its capability, and none in default.",
  fix: "Set metadata.namespace to apg-<capability>-<environment>.",
  kinds: namespacedKinds,
  check: (object, complain) => {
    const { namespace } = object;
    if (namespace === "default") {
      complain(`${object.title} is in the namespace default: set metadata.namespace to its capability's.`);
    }
    const capability = object.label(capabilityLabel);
    const environment = object.label(environmentLabel);
    const home = homeNamespace(capability ?? "", environment ?? "", object.label(partLabel));
    if (capability !== undefined && !(environment === undefined ? namespace.startsWith(home) : namespace === home)) {
      complain(
        `${object.title} belongs to ${capability} and is in the namespace ${namespace}: ` +
          `move it to ${home}${environment === undefined ? "<environment>" : ""}.`,
      );
    }
    return namespace.endsWith(`-${productionEnvironment}`) ? undefined : notConcerned;
  },
});
