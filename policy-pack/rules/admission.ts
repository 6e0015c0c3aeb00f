// What a preview cannot see: pods that come from somewhere else than this program, or from inside a chart.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { capabilityLabel } from "../../checklist/labels.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";

export const theClusterRefusesUnsafePods = stackRule({
  name: "the-cluster-refuses-unsafe-pods",
  decides: ["CV-KUBE-08"],
  severity: "high",
  description: "An admission policy of the cluster refuses unsafe pods, whoever creates them.",
  fix: "Declare a ValidatingAdmissionPolicy for pods with failurePolicy Fail, and a binding with validationActions Deny.",
  settings: {
    acceptReferencedFoundation: {
      type: "boolean",
      default: false,
      description: "Whether the policy is in another stack, the one that holds the foundation.",
    },
  },
  subjects: (stack) => stack.ofKind("Namespace").filter((each) => each.label(capabilityLabel) !== undefined),
  check: (namespace, stack, complain, { acceptReferencedFoundation }) => {
    if (refusesPods(stack)) return undefined;
    if (acceptReferencedFoundation === true) return notConcerned;
    complain(
      `${namespace.title} is not guarded by the cluster: declare a ValidatingAdmissionPolicy for pods with ` +
        "failurePolicy Fail, and a ValidatingAdmissionPolicyBinding with validationActions [Deny].",
    );
    return undefined;
  },
});

function refusesPods(stack: PlannedStack): boolean {
  const denying = stack
    .ofKind("ValidatingAdmissionPolicyBinding")
    .filter(({ spec }) => spec.get("validationActions").strings().includes("Deny"))
    .map(({ spec }) => spec.get("policyName").string());
  return stack.ofKind("ValidatingAdmissionPolicy").some(({ name, spec }) => {
    const rules = spec.at("matchConstraints.resourceRules").list();
    const onPods = rules.some((rule) =>
      rule
        .get("resources")
        .strings()
        .some((each) => each === "pods" || each === "*"),
    );
    return onPods && (spec.get("failurePolicy").string() ?? "Fail") === "Fail" && denying.includes(name);
  });
}

export const chartsAreRendered = objectRule({
  name: "charts-are-rendered",
  decides: ["AUD-SEC-02", "CV-MAN-06"],
  severity: "high",
  description: "No Helm release hides its pods from the rules: charts are rendered into the resources that they make.",
  fix: "Use helm.v4.Chart instead of helm.v3.Release.",
  kinds: ["Release"],
  check: (release, complain) => {
    complain(`${release.title} hides what it installs from every rule: use helm.v4.Chart, which renders the chart.`);
  },
});
