import { thresholds } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { edgeDefaults } from "./args.ts";
import { rateLimitDefaults, tokenDefaults, trafficDefaults } from "./route-args.ts";
import type { RateLimitArgs, TokenArgs } from "./route-args.ts";

const provider = "tokens";
const seconds = (count: number) => `${count}s`;

/** What policies are for: routes of their own namespace. */
function targets(routes: readonly string[]) {
  return routes.map((name) => ({ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name }));
}

/** What differs between the routes of a capability. */
export interface TrafficParts {
  /** Names of the routes. */
  routes: readonly string[];
  /** Name of the cookie that keeps clients on a pod; undefined where they wander. */
  cookie?: string | undefined;
  /** Largest request; undefined where requests are streams. */
  maxRequestSize?: string | undefined;
  /** Seconds until a request is given up. */
  timeoutSeconds: number;
  /** Path by which pods are asked whether they are well. */
  healthPath: string;
  /** How many requests are let through. */
  rateLimit: RateLimitArgs;
}

/** How requests reach pods (AUD-LB-02 to AUD-LB-04, AUD-LB-06, CV-NET-04). */
export function trafficPolicy(parts: TrafficParts) {
  const { routes, cookie, maxRequestSize, timeoutSeconds, healthPath, rateLimit } = parts;
  const { connectSeconds, idleSeconds } = trafficDefaults;
  const { unhealthyThreshold } = thresholds.edge.healthCheck;
  return {
    targetRefs: targets(routes),
    loadBalancer: cookie === undefined ? nearest : stickiness(cookie),
    rateLimit: rateLimits(rateLimit),
    timeout: {
      tcp: { connectTimeout: seconds(connectSeconds) },
      http: {
        requestTimeout: seconds(timeoutSeconds),
        connectionIdleTimeout: seconds(Math.max(idleSeconds, timeoutSeconds)),
      },
    },
    ...(maxRequestSize !== undefined && { requestBuffer: { limit: maxRequestSize } }),
    healthCheck: {
      active: {
        type: "HTTP",
        interval: "5s",
        timeout: "3s",
        unhealthyThreshold,
        healthyThreshold: 1,
        http: { path: healthPath, expectedStatuses: [200] },
      },
      passive: {
        consecutive5XxErrors: 5,
        consecutiveGatewayErrors: 3,
        interval: "5s",
        baseEjectionTime: "30s",
        maxEjectionPercent: 50,
      },
    },
    // Only what no pod has begun to answer is asked again: nothing is done twice.
    retry: { numRetries: 2, retryOn: { triggers: ["connect-failure", "refused-stream", "reset-before-request"] } },
    circuitBreaker: {
      maxConnections: 1024,
      maxPendingRequests: 256,
      maxParallelRequests: 1024,
      maxParallelRetries: 64,
    },
  };
}

/** The pod with the fewest requests, in the gateway's own zone as long as there are enough (CV-SCALE-07). */
const nearest = {
  type: "LeastRequest",
  zoneAware: { preferLocal: { minEndpointsThreshold: thresholds.replicas.min, percentageEnabled: 100 } },
};

function stickiness(name: string) {
  return {
    type: "ConsistentHash",
    consistentHash: {
      type: "Cookie",
      cookie: {
        name,
        ttl: seconds(trafficDefaults.stickySeconds),
        attributes: { Secure: "", HttpOnly: "", SameSite: "Strict" },
      },
    },
  };
}

function rateLimits(given: RateLimitArgs) {
  const { tenantRequests, clientRequests, global } = withDefaults(given, rateLimitDefaults);
  const rule = (selector: object, requests: number) => ({
    clientSelectors: [selector],
    limit: { requests, unit: "Minute" },
  });
  const rules = [
    rule({ headers: [{ name: edgeDefaults.tenantHeader, type: "Distinct" }] }, tenantRequests),
    rule({ sourceCIDR: { type: "Distinct", value: "0.0.0.0/0" } }, clientRequests),
  ];
  return global ? { type: "Global", global: { rules } } : { type: "Local", local: { rules } };
}

/** Who may come in: whoever has a token that speaks of more than one factor (CV-APPSEC-01, CV-APPSEC-08). */
export function accessPolicy(routes: readonly string[], token: TokenArgs, allowedOrigins: readonly string[]) {
  const { issuer, audiences, jwksUri, cookie } = token;
  const { factorClaim, factors, tenantClaim } = withDefaults(token, tokenDefaults);
  return {
    targetRefs: targets(routes),
    jwt: {
      providers: [
        {
          name: provider,
          issuer,
          audiences: [...audiences],
          remoteJWKS: { uri: jwksUri, cacheDuration: "300s" },
          // Said although it is usual: without it tokens are taken from addresses too, which end up in logs.
          extractFrom: {
            headers: [{ name: "Authorization", valuePrefix: "Bearer " }],
            ...(cookie !== undefined && { cookies: [cookie] }),
          },
          claimToHeaders: [{ claim: tenantClaim, header: edgeDefaults.tenantHeader }],
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
            jwt: {
              provider,
              claims: [
                {
                  name: factorClaim,
                  valueType: factorClaim === "amr" ? "StringArray" : "String",
                  values: [...factors],
                },
              ],
            },
          },
        },
      ],
    },
    ...(allowedOrigins.length > 0 && {
      cors: {
        allowOrigins: [...allowedOrigins],
        allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allowHeaders: ["Authorization", "Content-Type"],
        allowCredentials: cookie !== undefined,
        maxAge: "600s",
      },
    }),
  };
}
