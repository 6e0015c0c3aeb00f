import type * as pulumi from "@pulumi/pulumi";
import { admissionPolicy } from "./admission-policy.ts";

export { restrictHostAccess, restrictResources, restrictTokens } from "./pod-admission.ts";
export { restrictImages } from "./image-admission.ts";
export type { ImageAdmissionArgs } from "./image-admission.ts";
export { restrictServices } from "./service-admission.ts";

const containers = "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])";

/**
 * What the restricted pod security standard does not ask for and the checklists do, refused by the cluster itself for
 * every pod in a capability's namespace, whoever creates it (CV-KUBE-08).
 */
export function restrictPods(name: string, opts: pulumi.CustomResourceOptions): void {
  admissionPolicy(
    `${name}-pods`,
    {
      policyName: "apg-pods",
      resources: ["pods"],
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
    opts,
  );
}
