// A mesh that obeys every rule, and the namespace of an application in it.
import { resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

export const gatewayNamespace = "apg-gateway-test";
export const routeNamespace = "apg-vision-test";

export const metadata = (name: string, namespace: string, more: Json = {}): Json => ({
  name,
  namespace,
  labels: { "apg.io/capability": /^apg-(\w+)-/.exec(namespace)?.[1] ?? "", "apg.io/environment": "test" },
  ...more,
});
const rules: readonly FixtureResource[] = [
  resource("security.istio.io/v1:PeerAuthentication", "strict", {
    metadata: { name: "default", namespace: "istio-system" },
    spec: { mtls: { mode: "STRICT" } },
  }),
  resource("security.istio.io/v1:PeerAuthentication", "entrance", {
    metadata: metadata("entrance", gatewayNamespace),
    spec: {
      selector: { matchLabels: { app: "envoy" } },
      mtls: { mode: "STRICT" },
      portLevelMtls: { "10443": { mode: "PERMISSIVE" } },
    },
  }),
  resource("security.istio.io/v1:AuthorizationPolicy", "entrance-calls", {
    metadata: metadata("entrance", gatewayNamespace),
    spec: { action: "ALLOW", rules: [{ to: [{ operation: { ports: ["10443"] } }] }] },
  }),
  resource("security.istio.io/v1:AuthorizationPolicy", "nobody", {
    metadata: metadata("deny", routeNamespace),
    spec: {},
  }),
  resource("security.istio.io/v1:AuthorizationPolicy", "calls", {
    metadata: metadata("from-gateway", routeNamespace),
    spec: {
      action: "ALLOW",
      rules: [{ from: [{ source: { principals: [`cluster.local/ns/${gatewayNamespace}/sa/*`] } }] }],
    },
  }),
  resource("networking.istio.io/v1:DestinationRule", "balancing", {
    metadata: metadata("api", routeNamespace),
    spec: {
      host: `api.${routeNamespace}.svc.cluster.local`,
      trafficPolicy: { loadBalancer: { simple: "LEAST_REQUEST" }, outlierDetection: { interval: "10s" } },
    },
  }),
];

/** The namespace of the application, with what every namespace has. */
const namespace: readonly FixtureResource[] = [
  resource("core/v1:Namespace", "application", {
    metadata: {
      name: routeNamespace,
      labels: {
        "apg.io/capability": "vision",
        "apg.io/environment": "test",
        "istio.io/dataplane-mode": "ambient",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
      },
    },
  }),
  resource("networking.k8s.io/v1:NetworkPolicy", "application-deny", {
    metadata: metadata("default-deny", routeNamespace),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  }),
  resource("core/v1:ResourceQuota", "application-quota", {
    metadata: metadata("quota", routeNamespace),
    spec: {
      hard: {
        "requests.cpu": "5",
        "requests.memory": "10Gi",
        "limits.cpu": "20",
        "limits.memory": "40Gi",
        pods: "10",
        persistentvolumeclaims: 0,
      },
    },
  }),
  resource("core/v1:LimitRange", "application-limits", {
    metadata: metadata("limits", routeNamespace),
    spec: { limits: [{ type: "Pod", max: { cpu: "2", memory: "4Gi" } }] },
  }),
  resource("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "admission", {
    metadata: { name: "pods" },
    spec: { failurePolicy: "Fail", matchConstraints: { resourceRules: [{ apiGroups: [""], resources: ["pods"] }] } },
  }),
  resource("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", "admission-binding", {
    metadata: { name: "pods" },
    spec: { policyName: "pods", validationActions: ["Deny"] },
  }),
  resource("core/v1:Service", "application-service", {
    metadata: metadata("api", routeNamespace),
    spec: {
      type: "ClusterIP",
      selector: { app: "api" },
      ports: [{ port: 8080 }],
      trafficDistribution: "PreferSameZone",
    },
  }),
];

export const goodMesh: readonly FixtureResource[] = [...namespace, ...rules];
