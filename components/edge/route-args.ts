import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { probesDefaults } from "../capability/probes.ts";
import type { GatewayReference } from "./args.ts";
import { securityHeaders } from "./security-headers.ts";

/** Who issues tokens, and what a token must say (CV-APPSEC-01). */
export interface TokenArgs {
  /** Issuer, as tokens name it. */
  issuer: string;
  /** Audiences of which a token must name one. */
  audiences: string[];
  /** URL of the issuer's public keys, https; the gateway has to be allowed to call it (`EdgeArgs.gateway.egress`). */
  jwksUri: string;
  /** Claim that says by which factors the user signed in: `amr`, a list, or `acr`, a text. @default amr (CV-APPSEC-01) */
  factorClaim?: string;
  /** Values of that claim that mean more than one factor. @default mfa (CV-APPSEC-01) */
  factors?: string[];
  /** Claim that names the tenant, by which requests are limited. @default tenant (CV-APPSEC-08) */
  tenantClaim?: string;
  /** Cookie that may bring the token too, for WebSockets of browsers. @default none */
  cookie?: string;
}

/** A service that answers, and its share of the requests. */
export interface WeightedBackendArgs {
  /** Name of the Service in the capability's namespace. */
  service: string;
  /** Share of the requests in percent; all of them add up to 100 (CV-SCALE-07). */
  weight: number;
}

/** How many requests are let through in a minute. */
export interface RateLimitArgs {
  /** Requests of one tenant. @default 6000 (AUD-LB-06, CV-APPSEC-08) */
  tenantRequests?: number;
  /** Requests of one address. @default 400, the firewall's limit (AUD-LB-06, CV-APPSEC-08) */
  clientRequests?: number;
  /**
   * Count over all pods of the gateway together; its controller needs a Redis for that. Without it each pod counts by
   * itself, and a tenant gets as many times the number as there are pods. @default false (AUD-LB-06)
   */
  global?: boolean;
}

/** What of a capability the world reaches, and how. */
export interface RouteArgs {
  /** Beginnings of the paths. @default everything */
  paths?: string[];
  /** Beginnings of the paths whose clients stay on one pod: WebSockets and uploads in parts. @default none (AUD-LB-03) */
  stickyPaths?: string[];
  /** Services that share the requests. @default the capability's own gets all (CV-SCALE-07) */
  backends?: WeightedBackendArgs[];
  /** How many requests are let through. @default 6000 a minute of a tenant, 400 of an address (AUD-LB-06) */
  rateLimit?: RateLimitArgs;
  /** Largest request, a quantity such as 10Mi; sticky paths stream, and the application limits them. @default 10Mi (CV-NET-04) */
  maxRequestSize?: string;
  /** Seconds until a request is given up. @default 60 (CV-NET-04) */
  timeoutSeconds?: number;
  /** Seconds until a WebSocket or an upload is given up. @default 3600 (CV-NET-04) */
  stickyTimeoutSeconds?: number;
  /** Path by which the gateway asks pods whether they are well. @default /health/ready (AUD-LB-02) */
  healthPath?: string;
  /** Let the world ask for that path without a token, as monitoring from outside does. @default false (CV-APPSEC-08) */
  publicHealth?: boolean;
  /** Value of Content-Security-Policy. @default nothing may be loaded, as for an API (CV-APPSEC-07) */
  contentSecurityPolicy?: string;
  /** Origins of pages that may call from a browser, such as `https://app.example.com`. @default none (CV-APPSEC-08) */
  allowedOrigins?: string[];
}

/** Arguments of `PublicRoute`. */
export interface PublicRouteArgs extends RouteArgs {
  /** Namespace of the capability, usually `Capability.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Part of the capability that answers. @default api */
  component?: string;
  /** Port of its Service and pods. @default 8080 */
  port?: number;
  /** Names under which it is reached, each in the gateway's certificate (CV-TLS-01). */
  hosts: string[];
  /** The gateway, usually `Edge.gateway`. */
  gateway: GatewayReference;
  /** Who issues tokens. */
  token: TokenArgs;
}

export const publicRouteDefaults = deepFrozen({
  component: "api",
  port: 8080,
  paths: ["/"],
  stickyPaths: [] as string[],
  maxRequestSize: "10Mi",
  timeoutSeconds: 60,
  stickyTimeoutSeconds: 3600,
  healthPath: probesDefaults.readiness.path,
  publicHealth: false,
  contentSecurityPolicy: securityHeaders["Content-Security-Policy"],
  allowedOrigins: [] as string[],
});

export const rateLimitDefaults = deepFrozen({
  tenantRequests: 6000,
  clientRequests: (thresholds.edge.maxRequests * 60) / thresholds.edge.rateWindowSeconds,
  global: false,
});

export const tokenDefaults = deepFrozen({ factorClaim: "amr", factors: ["mfa"], tenantClaim: "tenant" });

export const trafficDefaults = deepFrozen({
  /** Seconds that a client stays on its pod after its last request: as long as a session. */
  stickySeconds: thresholds.settings.maxSessionIdleMinutes * 60,
  connectSeconds: 5,
  idleSeconds: 300,
});
