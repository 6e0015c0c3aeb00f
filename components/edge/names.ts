import { sharedCapability } from "../../checklist/labels.ts";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { namespaceName } from "../capability/naming.ts";

/** What the edge's namespace, labels and metrics call it. */
export const gatewayCapability = sharedCapability;

/** Names of what the gateway is made of, in its namespace. */
export const gatewayNames = deepFrozen({
  gateway: "apg",
  listener: "https",
  certificate: "gateway-tls",
});

/** Ports of the gateway's service and of its pods, which listen 10,000 above so as to need no privilege. */
export const gatewayPorts = deepFrozen({ service: 443, pod: 10_443, metrics: 19_001, controller: 18_000 });

/** Where cert-manager runs, and where it looks for the Secrets of issuers of the whole cluster. */
export const certManager = deepFrozen({ namespace: "cert-manager", serviceAccount: "cert-manager" });

/** Names that follow from the environment. */
export function edgeNames(environment: string) {
  const prefix = `apg-${environment}`;
  return {
    prefix,
    namespace: namespaceName(gatewayCapability, environment),
    targetGroup: `${prefix}-gateway`,
    issuers: {
      primary: `${prefix}-acme`,
      backup: `${prefix}-acme-backup`,
      selfSigned: `${prefix}-self-signed`,
      internal: `${prefix}-internal`,
    },
    certManagerRole: `${prefix}-cert-manager`,
  };
}

/** Bucket of the load balancer's logs; the account's number makes it unique. */
export function accessLogBucketName(environment: string, accountId: string, region: string): string {
  return `apg-${environment}-edge-logs-${accountId}-${region}`;
}

/** Labels of the gateway's pods, as its controller sets them. */
export const gatewayPodLabels: { readonly [label: string]: string } = deepFrozen({
  "app.kubernetes.io/name": "envoy",
  "app.kubernetes.io/component": "proxy",
  "gateway.envoyproxy.io/owning-gateway-name": gatewayNames.gateway,
});

/** The edge from the gateway to a capability, called as no service is, so that a stack may name a caller `gateway` besides. */
export const routeEdge = "public-route";
