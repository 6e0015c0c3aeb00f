import assert from "node:assert/strict";
import { evaluate } from "../../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../../policy-pack/lib/planned-stack.ts";
import * as access from "../../../../policy-pack/rules/public-access.ts";
import * as routes from "../../../../policy-pack/rules/routes.ts";
import type { Rule } from "../../../../policy-pack/lib/rule.ts";
import type { PublicRoute } from "../../../../components/edge/public-route.ts";
import { record, valueOf } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { host, route, routeArgs, token } from "./fixtures.ts";

const api = (kind: string) => `kubernetes:gateway.networking.k8s.io/v1:${kind}`;
const envoy = (kind: string) => `kubernetes:gateway.envoyproxy.io/v1alpha1:${kind}`;
const target = (name: string) => ({ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name });
const health = {
  active: {
    type: "HTTP",
    interval: "5s",
    timeout: "3s",
    unhealthyThreshold: 2,
    healthyThreshold: 1,
    http: { path: "/health/ready", expectedStatuses: [200] },
  },
  passive: {
    consecutive5XxErrors: 5,
    consecutiveGatewayErrors: 3,
    interval: "5s",
    baseEjectionTime: "30s",
    maxEjectionPercent: 50,
  },
};
const rateRules = [
  {
    clientSelectors: [{ headers: [{ name: "x-apg-tenant", type: "Distinct" }] }],
    limit: { requests: 6000, unit: "Minute" },
  },
  {
    clientSelectors: [{ sourceCIDR: { type: "Distinct", value: "0.0.0.0/0" } }],
    limit: { requests: 400, unit: "Minute" },
  },
];

describe("PublicRoute", () => {
  let recording: Recording<PublicRoute>;
  before(async () => {
    recording = await record(() => route());
  });
  const specOf = (of: Recording<PublicRoute>, type: string, name: string) => of.inputs(type, name)["spec"] as Inputs;

  it("asks for a route, its two policies and both ends of a network edge", async () => {
    const names = recording.resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
    assert.deepEqual(names.sort(), [
      "BackendTrafficPolicy audio",
      "HTTPRoute audio",
      "NetworkPolicy audio-allow-from-public-route",
      "NetworkPolicy audio-allow-to-audio-processing",
      "PublicRoute audio",
      "SecurityPolicy audio",
    ]);
    assert.deepEqual(recording.dependencies(api("HTTPRoute"), "audio"), [
      `${envoy("SecurityPolicy")}::audio`,
      `${envoy("BackendTrafficPolicy")}::audio`,
    ]);
    assert.deepEqual(await valueOf(recording.value.urls), [`https://${host}`]);
  });

  it("hangs on the gateway's listener, weighs its backends and sets every security header", () => {
    assert.deepEqual(specOf(recording, api("HTTPRoute"), "audio"), {
      hostnames: [host],
      parentRefs: [
        {
          group: "gateway.networking.k8s.io",
          kind: "Gateway",
          name: "apg",
          namespace: "apg-gateway-prod",
          sectionName: "https",
        },
      ],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: "/" } }],
          filters: [
            {
              type: "ResponseHeaderModifier",
              responseHeaderModifier: {
                set: [
                  { name: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
                  { name: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'" },
                  { name: "X-Content-Type-Options", value: "nosniff" },
                  { name: "X-Frame-Options", value: "DENY" },
                  { name: "Referrer-Policy", value: "no-referrer" },
                  {
                    name: "Permissions-Policy",
                    value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
                  },
                ],
                remove: ["Server"],
              },
            },
          ],
          backendRefs: [{ group: "", kind: "Service", name: "audio-processing-api", port: 8080, weight: 100 }],
        },
      ],
    });
  });

  it("lets in tokens that speak of a second factor, and tells the capability whose they are", () => {
    assert.deepEqual(specOf(recording, envoy("SecurityPolicy"), "audio"), {
      targetRefs: [target("audio-processing")],
      jwt: {
        providers: [
          {
            name: "tokens",
            issuer: token.issuer,
            audiences: ["apg"],
            remoteJWKS: { uri: token.jwksUri, cacheDuration: "300s" },
            extractFrom: { headers: [{ name: "Authorization", valuePrefix: "Bearer " }] },
            claimToHeaders: [{ claim: "tenant", header: "x-apg-tenant" }],
          },
        ],
      },
      authorization: {
        defaultAction: "Deny",
        rules: [
          {
            name: "more-than-one-factor",
            action: "Allow",
            principal: {
              jwt: { provider: "tokens", claims: [{ name: "amr", valueType: "StringArray", values: ["mfa"] }] },
            },
          },
        ],
      },
    });
  });

  it("limits tenants and addresses, times out, probes pods and asks again only what none has begun", () => {
    assert.deepEqual(specOf(recording, envoy("BackendTrafficPolicy"), "audio"), {
      targetRefs: [target("audio-processing")],
      loadBalancer: {
        type: "LeastRequest",
        zoneAware: { preferLocal: { minEndpointsThreshold: 3, percentageEnabled: 100 } },
      },
      rateLimit: { type: "Local", local: { rules: rateRules } },
      timeout: {
        tcp: { connectTimeout: "5s" },
        http: { requestTimeout: "60s", connectionIdleTimeout: "300s" },
      },
      requestBuffer: { limit: "10Mi" },
      healthCheck: health,
      retry: { numRetries: 2, retryOn: { triggers: ["connect-failure", "refused-stream", "reset-before-request"] } },
      circuitBreaker: {
        maxConnections: 1024,
        maxPendingRequests: 256,
        maxParallelRequests: 1024,
        maxParallelRetries: 64,
      },
    });
  });

  it("opens the capability's port to the gateway, and lets the gateway call it, and nobody else", () => {
    const policy = (name: string) => recording.inputs("kubernetes:networking.k8s.io/v1:NetworkPolicy", `audio-${name}`);
    const capability = {
      "app.kubernetes.io/name": "audio-processing",
      "app.kubernetes.io/component": "api",
    };
    const gateway = {
      "app.kubernetes.io/name": "envoy",
      "app.kubernetes.io/component": "proxy",
      "gateway.envoyproxy.io/owning-gateway-name": "apg",
    };
    const inNamespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
    const from = policy("allow-from-public-route");
    assert.equal((from["metadata"] as Inputs)["namespace"], "apg-audio-processing-prod");
    assert.deepEqual(from["spec"], {
      podSelector: { matchLabels: capability },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: gateway }, namespaceSelector: inNamespace("apg-gateway-prod") }],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
    const to = policy("allow-to-audio-processing");
    assert.equal((to["metadata"] as Inputs)["namespace"], "apg-gateway-prod");
    assert.deepEqual(to["spec"], {
      podSelector: { matchLabels: gateway },
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            { podSelector: { matchLabels: capability }, namespaceSelector: inNamespace("apg-audio-processing-prod") },
          ],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
  });

  it("opens the mesh's tunnel to the gateway's pods where it carries what they send", async () => {
    const gateway = { name: "apg", namespace: "apg-gateway-prod", mesh: true };
    const inMesh = await record(() => route({ gateway }));
    const { spec } = inMesh.inputs(
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "audio-allow-to-audio-processing",
    ) as { spec: Inputs };
    const [{ ports }] = spec["egress"] as [{ ports: object[] }];
    assert.deepEqual(ports, [
      { protocol: "TCP", port: 8080 },
      { protocol: "TCP", port: 15_008 },
    ]);
  });

  it("keeps clients of sticky paths on their pod by a secure cookie, and streams there", async () => {
    const sticky = await record(() => route({ stickyPaths: ["/ws", "/uploads"] }));
    const { metadata, spec } = sticky.inputs(api("HTTPRoute"), "audio-sticky") as { metadata: Inputs; spec: Inputs };
    assert.equal((metadata["labels"] as Inputs)["apg.io/sticky"], "true");
    assert.deepEqual(
      (spec["rules"] as Inputs[]).map(({ matches }) => matches),
      [["/ws", "/uploads"].map((value) => ({ path: { type: "PathPrefix", value } }))],
    );
    const policy = specOf(sticky, envoy("BackendTrafficPolicy"), "audio-sticky");
    assert.deepEqual(policy["targetRefs"], [target("audio-processing-sticky")]);
    assert.deepEqual(policy["loadBalancer"], {
      type: "ConsistentHash",
      consistentHash: {
        type: "Cookie",
        cookie: {
          name: "apg-audio-processing",
          ttl: "1800s",
          attributes: { Secure: "", HttpOnly: "", SameSite: "Strict" },
        },
      },
    });
    assert.equal(policy["requestBuffer"], undefined);
    const { http } = policy["timeout"] as { http: Inputs };
    assert.deepEqual(http, { requestTimeout: "3600s", connectionIdleTimeout: "3600s" });
    assert.deepEqual(specOf(sticky, envoy("SecurityPolicy"), "audio")["targetRefs"], [
      target("audio-processing"),
      target("audio-processing-sticky"),
    ]);
    const { labels } = sticky.inputs(api("HTTPRoute"), "audio")["metadata"] as { labels: Inputs };
    assert.equal(labels["apg.io/sticky"], undefined);
  });

  it("answers for the health path alone without a token, where it is asked to", async () => {
    const open = await record(() => route({ publicHealth: true }));
    const { rules } = specOf(open, api("HTTPRoute"), "audio-health") as { rules: Inputs[] };
    assert.deepEqual(rules[0]!["matches"], [{ path: { type: "Exact", value: "/health/ready" }, method: "GET" }]);
    assert.deepEqual(specOf(open, envoy("SecurityPolicy"), "audio")["targetRefs"], [target("audio-processing")]);
    assert.deepEqual(specOf(open, envoy("BackendTrafficPolicy"), "audio")["targetRefs"], [
      target("audio-processing"),
      target("audio-processing-health"),
    ]);
  });

  it("takes what else it is told", async () => {
    const given = await record(() =>
      route({
        backends: [
          { service: "audio-processing-api", weight: 90 },
          { service: "audio-processing-next", weight: 10 },
        ],
        rateLimit: { tenantRequests: 100, clientRequests: 50, global: true },
        token: { ...token, factorClaim: "acr", factors: ["urn:mfa"], tenantClaim: "org", cookie: "session" },
        allowedOrigins: ["https://app.example.com"],
        contentSecurityPolicy: "default-src 'self'",
      }),
    );
    const { rules } = specOf(given, api("HTTPRoute"), "audio") as { rules: { backendRefs: Inputs[] }[] };
    assert.deepEqual(
      rules[0]!.backendRefs.map(({ name, weight }) => [name, weight]),
      [
        ["audio-processing-api", 90],
        ["audio-processing-next", 10],
      ],
    );
    const { rateLimit } = specOf(given, envoy("BackendTrafficPolicy"), "audio") as {
      rateLimit: { type: string; global: { rules: { limit: Inputs }[] } };
    };
    assert.equal(rateLimit.type, "Global");
    assert.deepEqual(
      rateLimit.global.rules.map(({ limit }) => limit["requests"]),
      [100, 50],
    );
    const { jwt, authorization, cors } = specOf(given, envoy("SecurityPolicy"), "audio") as {
      jwt: { providers: Inputs[] };
      authorization: { rules: { principal: { jwt: Inputs } }[] };
      cors: Inputs;
    };
    assert.deepEqual(jwt.providers[0]!["extractFrom"], {
      headers: [{ name: "Authorization", valuePrefix: "Bearer " }],
      cookies: ["session"],
    });
    assert.deepEqual(authorization.rules[0]!.principal.jwt["claims"], [
      { name: "acr", valueType: "String", values: ["urn:mfa"] },
    ]);
    assert.deepEqual([cors["allowOrigins"], cors["allowCredentials"]], [["https://app.example.com"], true]);
  });

  it("is accepted by every rule for public routes", async () => {
    const { resources } = await record(() => route({ stickyPaths: ["/ws"], publicHealth: true }));
    const stack = new PlannedStack(
      resources.map(({ type, name, inputs }) => ({
        urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
        type,
        name,
        props: inputs,
        dependencies: [],
      })),
    );
    const rules = [...Object.values(routes), ...Object.values(access)] as Rule[];
    const complaints = evaluate(rules, stack).flatMap(({ violations, unknown }) => [...violations, ...unknown]);
    assert.deepEqual(complaints, []);
    assert.equal(routeArgs.capability, "audio-processing");
  });
});
