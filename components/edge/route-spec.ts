import type * as pulumi from "@pulumi/pulumi";
import type { GatewayReference } from "./args.ts";
import { gatewayNames } from "./names.ts";
import type { WeightedBackendArgs } from "./route-args.ts";
import { securityHeaders } from "./security-headers.ts";

/** What all routes of a capability have in common. */
export interface RouteParts {
  /** Names under which it is reached. */
  hosts: readonly string[];
  /** The gateway that it hangs on. */
  gateway: GatewayReference;
  /** Services that share the requests. */
  backends: readonly WeightedBackendArgs[];
  /** Port of the services. */
  port: pulumi.Input<number>;
  /** Value of Content-Security-Policy. */
  contentSecurityPolicy: string;
}

/** Requests that a route is for. */
export type Match = { path: { type: "PathPrefix" | "Exact"; value: string }; method?: string };

/** Requests whose paths begin so. */
export function startingWith(paths: readonly string[]): Match[] {
  return paths.map((value) => ({ path: { type: "PathPrefix", value } }));
}

/** A route of one rule; what it answers has the security headers, and does not say who gave it (CV-APPSEC-07). */
export function routeSpec({ hosts, gateway, backends, port, contentSecurityPolicy }: RouteParts, matches: Match[]) {
  const headers = { ...securityHeaders, "Content-Security-Policy": contentSecurityPolicy };
  return {
    hostnames: [...hosts],
    parentRefs: [
      {
        group: "gateway.networking.k8s.io",
        kind: "Gateway",
        name: gateway.name,
        namespace: gateway.namespace,
        sectionName: gatewayNames.listener,
      },
    ],
    rules: [
      {
        matches,
        filters: [
          {
            type: "ResponseHeaderModifier",
            responseHeaderModifier: {
              set: Object.entries(headers).map(([name, value]) => ({ name, value })),
              remove: ["Server"],
            },
          },
        ],
        backendRefs: backends.map(({ service, weight }) => ({
          group: "",
          kind: "Service",
          name: service,
          port,
          weight,
        })),
      },
    ],
  };
}
