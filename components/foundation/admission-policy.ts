import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy.js";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding.js";
import type * as pulumi from "@pulumi/pulumi";
import { capabilityLabel } from "../../checklist/labels.ts";
import { nameOf } from "../names.ts";

/** One condition that an object must meet, and what is said to whoever breaks it. */
export interface Validation {
  /** The condition, in CEL. */
  expression: string;
  /** What is needed, and the checklist items behind it. */
  message: string;
}

/** A policy as it will be. */
export interface PlannedAdmission {
  /** Name of the policy and of its binding. */
  policyName: string;
  /** What it is about, of the core group: pods, services. */
  resources: readonly string[];
  /** Values that the conditions share, by name, in CEL. */
  variables?: Readonly<Record<string, string>>;
  /** The conditions. */
  validations: readonly Validation[];
}

/** Every container of a pod, whatever its sort, in CEL. */
export const allContainers =
  "object.spec.containers" +
  " + (has(object.spec.initContainers) ? object.spec.initContainers : [])" +
  " + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : [])";

/** Declares a policy that the cluster enforces in the namespaces of capabilities, whoever creates the object (CV-AUDIT-03). */
export function admissionPolicy(name: string, planned: PlannedAdmission, opts: pulumi.CustomResourceOptions): void {
  const { policyName, resources, variables = {}, validations } = planned;
  const policy = new ValidatingAdmissionPolicy(
    name,
    {
      metadata: { name: policyName },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: [...resources] },
          ],
        },
        ...(Object.keys(variables).length > 0 && {
          variables: Object.entries(variables).map(([variable, expression]) => ({ name: variable, expression })),
        }),
        validations: validations.map((each) => ({ ...each })),
      },
    },
    opts,
  );
  new ValidatingAdmissionPolicyBinding(
    name,
    {
      metadata: { name: policyName },
      spec: {
        policyName: nameOf(policy, policyName),
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchExpressions: [{ key: capabilityLabel, operator: "Exists" }] },
        },
      },
    },
    opts,
  );
}
