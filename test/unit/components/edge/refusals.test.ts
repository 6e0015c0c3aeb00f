import assert from "node:assert/strict";
import type { EdgeArgs } from "../../../../components/edge/args.ts";
import type { PublicRouteArgs, TokenArgs } from "../../../../components/edge/route-args.ts";
import { refusal } from "../../recorder.ts";
import { edge, edgeArgs, route, token } from "./fixtures.ts";

const refused = (more: Partial<EdgeArgs>) => refusal(() => edge(more));
const routeRefused = (more: Partial<PublicRouteArgs>) => refusal(() => route(more));
const tokenRefused = (more: Partial<TokenArgs>) => routeRefused({ token: { ...token, ...more } });

describe("Edge refuses", () => {
  it("names that are none, that are elsewhere or given twice, and none or too many", async () => {
    assert.deepEqual(await refused({ domain: "Example" }), [
      "edge.domain: Example given; a domain such as example.com is accepted (CV-CUT-01).",
      "edge.hosts[0]: audio.example.com given; a name in Example is needed, for its records are in that zone (CV-CUT-01).",
      "edge.hosts[1]: vision.example.com given; a name in Example is needed, for its records are in that zone (CV-CUT-01).",
    ]);
    assert.deepEqual(await refused({ hosts: [] }), ["edge.hosts: no name given; at least one is needed (CV-TLS-01)."]);
    assert.deepEqual(await refused({ hosts: ["a.example.com", "a.example.com", "*.example.com"] }), [
      "edge.hosts[1]: a.example.com given; each name may be given once (CV-CUT-01).",
      "edge.hosts[2]: *.example.com given; a name in example.com is needed, for its records are in that zone (CV-CUT-01).",
    ]);
    const hosts = Array.from({ length: 11 }, (_, at) => `h${at}.example.com`);
    assert.deepEqual(await refused({ hosts }), ["edge.hosts: 11 names given; a certificate takes 10 (CV-TLS-01)."]);
  });

  it("an environment and an account that make names which AWS does not take", async () => {
    const account = { ...edgeArgs.account, accountId: "12345" };
    assert.deepEqual(await refused({ environment: "an-environment-of-many-words", account }), [
      "edge.environment: an-environment-of-many-words given; lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 20 characters.",
      "edge.account.accountId: 12345 given; twelve digits are needed.",
    ]);
  });

  it("a load balancer in fewer than three zones", async () => {
    const network = { ...edgeArgs.network, publicSubnetIds: ["subnet-a", "subnet-b"] };
    assert.deepEqual(await refused({ network }), [
      "edge.network.publicSubnetIds: 2 subnets given; at least 3 are needed, one in each zone (AUD-LB-01).",
    ]);
  });

  it("issuers that cannot be reached or stand in for themselves", async () => {
    const { backup } = edgeArgs.issuers;
    const issuers = {
      email: "platform",
      primary: { server: "http://acme.test", caaDomain: "sectigo.com" },
      backup: { ...backup, caaDomain: "sectigo.com" },
    };
    assert.deepEqual(await refused({ issuers }), [
      "edge.issuers.email: platform given; an address that authorities can write to is needed (CV-TLS-02).",
      "edge.issuers.primary.server: http://acme.test given; an https URL is needed (CV-TLS-02).",
      "edge.issuers.backup.caaDomain: sectigo.com given; the primary authority is of that provider; another one is needed (CV-TLS-08).",
    ]);
    const unnamed = { ...edgeArgs.issuers, backup: { ...backup, caaDomain: "everybody" } };
    assert.deepEqual(await refused({ issuers: unnamed }), [
      "edge.issuers.backup.caaDomain: everybody given; a domain such as letsencrypt.org is accepted (CV-TLS-02).",
    ]);
  });

  it("limits above the checklists', and gateways without a second pod", async () => {
    assert.deepEqual(await refused({ firewall: { requestsPerFiveMinutes: 3000 } }), [
      "edge.firewall.requestsPerFiveMinutes: 3000 given; at most 2000 are allowed (AUD-LB-06).",
    ]);
    assert.deepEqual(await refused({ gateway: { image: "registry.test/envoy:latest" } }), [
      'edge.gateway.image: registry.test/envoy:latest given; the tag latest can move to other bytes, "repository:1.2.3@sha256:<64 hex digits>" is accepted (CV-IMG-05).',
    ]);
    assert.deepEqual(await refused({ gateway: { minReplicas: 1, maxReplicas: 11 } }), [
      "edge.gateway.minReplicas: 1 given; at least 2 are needed (CV-KUBE-05).",
      "edge.gateway.maxReplicas: 11 given; at most 10 are allowed (AUD-PROD-02).",
    ]);
    assert.deepEqual(
      await refused({ gateway: { minReplicas: 5, maxReplicas: 4, requests: { cpu: "x", memory: "1Gi" } } }),
      [
        "edge.gateway.minReplicas: 5 given; at most maxReplicas (4) is allowed (AUD-PROD-02).",
        "edge.gateway.requests.cpu: x given; a Kubernetes quantity such as 500m is accepted (AUD-PROD-03).",
      ],
    );
  });
});

describe("PublicRoute refuses", () => {
  it("to answer to any name, or for no path", async () => {
    assert.deepEqual(await routeRefused({ hosts: [], paths: [] }), [
      "audio.hosts: no name given; at least one is needed, or any name would do (CV-TLS-01).",
      "audio.paths: no path given; at least one is needed (CV-NET-04).",
    ]);
  });

  it("paths that are none, that repeat themselves, or that are sticky and not", async () => {
    const accepted = "a beginning of a path such as /v1/items is accepted (AUD-LB-03)";
    assert.deepEqual(await routeRefused({ paths: ["v1", "/a//b", "/a/../b", "/c", "/c"], stickyPaths: ["/c"] }), [
      `audio.paths[0]: v1 given; ${accepted}.`,
      `audio.paths[1]: /a//b given; ${accepted}.`,
      `audio.paths[2]: /a/../b given; ${accepted}.`,
      "audio.paths[4]: /c given; each path may be given once (AUD-LB-03).",
      "audio.stickyPaths[0]: /c given; it is one of paths too, where clients do not stay on a pod; one of both is needed (AUD-LB-03).",
    ]);
  });

  it("weights that do not add up", async () => {
    const backends = [
      { service: "one", weight: 60 },
      { service: "two", weight: 30 },
    ];
    assert.deepEqual(await routeRefused({ backends }), [
      "audio.backends: a sum of 90 given; weights that add up to 100 are needed (CV-SCALE-07).",
    ]);
  });

  it("limits, sizes and times that are none", async () => {
    assert.deepEqual(
      await routeRefused({
        rateLimit: { tenantRequests: 0, clientRequests: 1.5 },
        maxRequestSize: "10 MB",
        timeoutSeconds: 0,
        healthPath: "health",
        contentSecurityPolicy: "",
      }),
      [
        "audio.rateLimit.tenantRequests: 0 given; at least 1 is needed (AUD-LB-06).",
        "audio.rateLimit.clientRequests: 1.5 given; a whole number is needed.",
        "audio.maxRequestSize: 10 MB given; a quantity of bytes such as 10Mi is accepted (CV-NET-04).",
        "audio.timeoutSeconds: 0 given; at least 1 is needed (CV-NET-04).",
        "audio.healthPath: health given; a path that starts with / is accepted (AUD-LB-02).",
        "audio.contentSecurityPolicy: nothing given; what pages may load must be said, or nothing at all given (CV-APPSEC-07).",
      ],
    );
  });

  it("tokens of anybody, for anybody, or of one factor, and pages of any origin", async () => {
    assert.deepEqual(await tokenRefused({ issuer: "", audiences: [], jwksUri: "http://login.test/keys" }), [
      "audio.token.issuer: nothing given; the issuer, as tokens name it, is needed (CV-APPSEC-01).",
      "audio.token.audiences: no audience given; at least one is needed, or tokens for others would do (CV-APPSEC-01).",
      "audio.token.jwksUri: http://login.test/keys given; an https URL is needed (CV-APPSEC-01).",
    ]);
    assert.deepEqual(await tokenRefused({ factorClaim: "groups", factors: ["mfa", "pwd"], tenantClaim: "" }), [
      "audio.token.factorClaim: groups given; one of amr, acr is accepted (CV-APPSEC-01).",
      "audio.token.factors[1]: pwd given; that is one factor alone; a value that means more, such as mfa, is needed (CV-APPSEC-01).",
      "audio.token.tenantClaim: nothing given; the claim that names the tenant is needed (CV-APPSEC-08).",
    ]);
    assert.deepEqual(await tokenRefused({ factors: [] }), [
      "audio.token.factors: no value given; at least one that means more than one factor is needed (CV-APPSEC-01).",
    ]);
    assert.deepEqual(await routeRefused({ allowedOrigins: ["*"] }), [
      "audio.allowedOrigins[0]: * given; one origin such as https://app.example.com is accepted, and never all (CV-APPSEC-08).",
    ]);
  });
});
