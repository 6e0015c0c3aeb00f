// A gateway that obeys every rule: its certificate, its policies, and routes.
import { gatewayNamespace, goodMesh, metadata, routeNamespace } from "./good-mesh.ts";
import { resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

export const host = "api.example.com";

const target = (kind: string, name: string): Json => ({ group: "gateway.networking.k8s.io", kind, name });
const acme = (server: string): Json => ({
  acme: { server, email: "platform@example.com", privateKeySecretRef: { name: "account" } },
});

const gateway = "gateway.networking.k8s.io/v1";
const envoy = "gateway.envoyproxy.io/v1alpha1";

const headers: Json[] = [
  { name: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
  { name: "Content-Security-Policy", value: "default-src 'none'" },
  { name: "X-Content-Type-Options", value: "nosniff" },
  { name: "X-Frame-Options", value: "DENY" },
  { name: "Referrer-Policy", value: "no-referrer" },
  { name: "Permissions-Policy", value: "camera=()" },
];
const answers: Json = {
  filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set: headers, remove: ["Server"] } }],
  backendRefs: [{ name: "api", port: 8080, weight: 100 }],
};
const perTenant: Json = {
  clientSelectors: [{ headers: [{ name: "x-apg-tenant", type: "Distinct" }] }],
  limit: { requests: 100, unit: "Second" },
};
const traffic: Json = {
  rateLimit: { type: "Global", global: { rules: [perTenant] } },
  timeout: { http: { requestTimeout: "30s" } },
  healthCheck: { active: { type: "HTTP", http: { path: "/health/ready" } } },
};
const sticky: Json = {
  ...traffic,
  loadBalancer: {
    type: "ConsistentHash",
    consistentHash: {
      type: "Cookie",
      cookie: { name: "pod", ttl: "3600s", attributes: { Secure: "", SameSite: "Strict" } },
    },
  },
};

const runbook =
  "## Trigger\nIt ends.\n## Steps\n```\ncmctl renew api\n```\n## Check\nIt is new.\n## Undo\nNone.\n## Owner\nPlatform\n";

const route = (name: string, more: Json, labels: Json = {}): FixtureResource =>
  resource(`${gateway}:HTTPRoute`, name, {
    metadata: metadata(name, routeNamespace, {
      labels: { "apg.io/capability": "vision", "apg.io/environment": "test", ...labels },
    }),
    spec: { parentRefs: [{ name: "apg", namespace: gatewayNamespace }], hostnames: [host], ...more },
  });

const policy = (kind: string, name: string, of: string, spec: Json): FixtureResource =>
  resource(`${envoy}:${kind}`, name, {
    metadata: metadata(name, routeNamespace),
    spec: { targetRefs: [target("HTTPRoute", of)], ...spec },
  });

export const goodGateway: readonly FixtureResource[] = [
  resource(`${gateway}:GatewayClass`, "class", {
    metadata: { name: "apg" },
    spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
  }),
  resource(`${envoy}:EnvoyProxy`, "proxy", {
    metadata: metadata("apg", gatewayNamespace),
    spec: { provider: { type: "Kubernetes", kubernetes: { envoyHpa: { minReplicas: 3, maxReplicas: 10 } } } },
  }),
  resource(`${gateway}:Gateway`, "gateway", {
    metadata: metadata("apg", gatewayNamespace),
    spec: {
      gatewayClassName: "apg",
      infrastructure: { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "apg" } },
      listeners: [
        {
          name: "https",
          port: 443,
          protocol: "HTTPS",
          hostname: "*.example.com",
          tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: "gateway-tls" }] },
        },
      ],
    },
  }),
  resource(`${envoy}:ClientTrafficPolicy`, "clients", {
    metadata: metadata("apg", gatewayNamespace),
    spec: { targetRefs: [target("Gateway", "apg")], tls: { minVersion: "1.3" }, connection: { bufferLimit: "32Ki" } },
  }),
  resource("cert-manager.io/v1:Certificate", "certificate", {
    metadata: metadata("gateway-tls", gatewayNamespace),
    spec: {
      secretName: "gateway-tls",
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      dnsNames: ["*.example.com"],
      issuerRef: { name: "acme", kind: "ClusterIssuer", group: "cert-manager.io" },
    },
  }),
  resource("cert-manager.io/v1:ClusterIssuer", "issuer", {
    metadata: { name: "acme" },
    spec: acme("https://acme-v02.api.letsencrypt.org/directory"),
  }),
  resource("cert-manager.io/v1:ClusterIssuer", "issuer-backup", {
    metadata: { name: "acme-backup" },
    spec: acme("https://acme.zerossl.com/v2/DV90"),
  }),
  resource("cert-manager.io/v1:ClusterIssuer", "self-signed", {
    metadata: { name: "self-signed" },
    spec: { selfSigned: {} },
  }),
  resource("velero.io/v1:Schedule", "keys-backup", {
    metadata: { name: "platform", namespace: "velero" },
    spec: { schedule: "0 3 * * *", template: { ttl: "720h", includedNamespaces: ["cert-manager"] } },
  }),
  resource("core/v1:ConfigMap", "runbooks", {
    metadata: metadata("apg-runbooks", gatewayNamespace),
    immutable: true,
    data: { "certificate-renewal.md": runbook },
  }),
  route("api", { rules: [answers] }),
  route("upload", { rules: [answers] }, { "apg.io/sticky": "true" }),
  route("probes", { rules: [{ ...answers, matches: [{ path: { type: "Exact", value: "/health/ready" } }] }] }),
  policy("BackendTrafficPolicy", "api-traffic", "api", traffic),
  policy("BackendTrafficPolicy", "upload-traffic", "upload", sticky),
  policy("BackendTrafficPolicy", "probes-traffic", "probes", traffic),
  policy("SecurityPolicy", "api-access", "api", access()),
  policy("SecurityPolicy", "upload-access", "upload", access()),
  resource(`${gateway}:BackendTLSPolicy`, "backend", {
    metadata: metadata("api", routeNamespace),
    spec: {
      targetRefs: [{ group: "", kind: "Service", name: "api" }],
      validation: {
        hostname: "api.vision.internal",
        caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }],
      },
    },
  }),
  ...goodMesh,
];

function access(): Json {
  const provider = {
    name: "people",
    issuer: "https://login.example.com",
    remoteJWKS: { uri: "https://login.example.com/keys" },
  };
  const claims = [{ name: "amr", valueType: "StringArray", values: ["mfa"] }];
  return {
    jwt: { providers: [provider] },
    authorization: {
      defaultAction: "Deny",
      rules: [{ name: "people", action: "Allow", principal: { jwt: { provider: "people", claims } } }],
    },
  };
}
