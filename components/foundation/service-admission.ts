import type * as pulumi from "@pulumi/pulumi";
import { admissionPolicy } from "./admission-policy.ts";

/** Services of capabilities are reached inside the cluster alone; the gateway leads to them (CV-MAN-02). */
export function restrictServices(name: string, opts: pulumi.CustomResourceOptions): void {
  admissionPolicy(
    `${name}-services`,
    {
      policyName: "apg-services",
      resources: ["services"],
      validations: [
        {
          expression: '!has(object.spec.type) || object.spec.type == "ClusterIP"',
          message: "a Service in a capability's namespace is of type ClusterIP (CV-MAN-02)",
        },
        {
          expression: "!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0",
          message: "a Service in a capability's namespace has no externalIPs (CV-MAN-02)",
        },
      ],
    },
    opts,
  );
}
