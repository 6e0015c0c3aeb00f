import type * as pulumi from "@pulumi/pulumi";
import { capabilityLabels } from "../capability/naming.ts";
import { custom } from "../data/custom.ts";
import { gatewayCapability, gatewayNames, gatewayPorts } from "./names.ts";

/**
 * Declares that the gateway's pods are the targets (AUD-LB-01). It opens no port: that is in the security groups' own rules.
 */
export function targetBinding(
  name: string,
  environment: string,
  namespace: pulumi.Input<string>,
  targetGroupARN: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  custom(
    `${name}-gateway`,
    "elbv2.k8s.aws/v1beta1",
    "TargetGroupBinding",
    {
      name: gatewayNames.gateway,
      namespace,
      labels: capabilityLabels(gatewayCapability, environment),
    },
    {
      targetGroupARN,
      targetType: "ip",
      serviceRef: { name: gatewayNames.gateway, port: gatewayPorts.service },
    },
    opts,
  );
}
