import { ValidatingAdmissionPolicy } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicy.js";
import { ValidatingAdmissionPolicyBinding } from "@pulumi/kubernetes/admissionregistration/v1/validatingAdmissionPolicyBinding.js";
import type * as pulumi from "@pulumi/pulumi";
import { capabilityLabel } from "../../checklist/labels.ts";

const policyName = "apg-pods";

const containers = "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])";

/**
 * What the restricted pod security standard does not ask for and the checklists do, refused by the cluster itself for
 * every pod in a capability's namespace, whoever creates it (CV-KUBE-08).
 */
export function restrictPods(name: string, opts: pulumi.CustomResourceOptions): void {
  const policy = new ValidatingAdmissionPolicy(
    `${name}-pods`,
    {
      metadata: { name: policyName },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["pods"] },
          ],
        },
        validations: [
          {
            expression: `(${containers}).all(c, has(c.securityContext) && has(c.securityContext.readOnlyRootFilesystem) && c.securityContext.readOnlyRootFilesystem)`,
            message: "every container needs securityContext.readOnlyRootFilesystem: true (AUD-SEC-02)",
          },
          {
            expression: 'has(object.spec.serviceAccountName) && object.spec.serviceAccountName != "default"',
            message: "the pod needs a service account of its own, not default (AUD-SEC-05)",
          },
        ],
      },
    },
    opts,
  );
  new ValidatingAdmissionPolicyBinding(
    `${name}-pods`,
    {
      metadata: { name: policyName },
      spec: {
        policyName: policy.metadata.name,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchExpressions: [{ key: capabilityLabel, operator: "Exists" }] },
        },
      },
    },
    opts,
  );
}
