import assert from "node:assert/strict";
import { edge, route } from "../../config/edge-schema.ts";

const given = {
  domain: "example.com",
  issuers: {
    email: "platform@example.com",
    backup: { server: "https://acme.zerossl.com/v2/DV90", caaDomain: "sectigo.com" },
  },
  token: { issuer: "https://login.example.com/", audiences: ["apg"], jwksUri: "https://login.example.com/keys" },
};

/** Path and message of everything that is wrong. */
function problems(schema: typeof edge | typeof route, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("the configuration of the edge", () => {
  it("is accepted as short as it can be, and as long", () => {
    assert.deepEqual(edge.parse(given), given);
    const full = {
      ...given,
      dns: { zoneId: "Z1", caa: true },
      firewall: { requestsPerFiveMinutes: 500, shieldAdvanced: true },
      gateway: {
        minReplicas: 3,
        maxReplicas: 6,
        requests: { cpu: "1", memory: "1Gi" },
        mesh: true,
        egress: [{ name: "login", peer: { cidr: "192.0.2.0/24" }, ports: [443] }],
      },
      deletionProtection: false,
    };
    assert.deepEqual(edge.parse(full), full);
  });

  it("is refused with what would be right", () => {
    assert.deepEqual(
      problems(edge, {
        ...given,
        domain: "Example.com",
        issuers: { ...given.issuers, email: "nobody" },
        firewall: { requestsPerFiveMinutes: 2001 },
        gateway: { minReplicas: 1, egress: [{ name: "all", peer: { cidr: "0.0.0.0/0" }, ports: [] }] },
        token: { ...given.token, audiences: [], jwksUri: "http://login.example.com", factorClaim: "groups" },
      }),
      [
        "domain: a name such as api.example.com, in lower case, is accepted (CV-CUT-01)",
        "issuers.email: an address that authorities can write to is accepted (CV-TLS-02)",
        "firewall.requestsPerFiveMinutes: at most 2000 are allowed (AUD-LB-06)",
        "gateway.minReplicas: at least 2 is needed (CV-KUBE-05)",
        "gateway.egress.0.peer.cidr: a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04)",
        "gateway.egress.0.ports: at least one port is needed (CV-NET-01)",
        "token.audiences: at least one audience is needed (CV-APPSEC-01)",
        "token.jwksUri: an https URL is accepted (CV-APPSEC-01)",
        "token.factorClaim: one of amr, acr is accepted (CV-APPSEC-01)",
      ],
    );
  });
});

describe("the configuration of a capability's route", () => {
  it("is accepted as short as it can be, and as long", () => {
    assert.deepEqual(route.parse({ hosts: ["api.example.com"] }), { hosts: ["api.example.com"] });
    const full = {
      hosts: ["api.example.com"],
      paths: ["/v1"],
      stickyPaths: ["/v1/ws"],
      backends: [{ service: "audio-processing-api", weight: 100 }],
      rateLimit: { tenantRequests: 100, clientRequests: 10, global: true },
      maxRequestSize: "20Mi",
      timeoutSeconds: 30,
      stickyTimeoutSeconds: 600,
      healthPath: "/health/ready",
      publicHealth: true,
      contentSecurityPolicy: "default-src 'self'",
      allowedOrigins: ["https://app.example.com"],
    };
    assert.deepEqual(route.parse(full), full);
  });

  it("is refused with what would be right", () => {
    assert.deepEqual(problems(route, { hosts: [], paths: ["v1"], backends: [{ service: "api", weight: 101 }] }), [
      "hosts: at least one name is needed (CV-TLS-01)",
      "paths.0: the beginning of a path such as /v1/items is accepted (AUD-LB-03)",
      "backends.0.weight: at most 100 are allowed (CV-SCALE-07)",
    ]);
  });
});
