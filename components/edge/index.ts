export { edgeDefaults, gatewayPodsDefaults } from "./args.ts";
export type {
  AcmeArgs,
  DnsArgs,
  EdgeArgs,
  EdgeNetworkArgs,
  ExternalAccountArgs,
  FirewallArgs,
  GatewayPodsArgs,
  GatewayReference,
  IssuersArgs,
  KeyBackupArgs,
} from "./args.ts";
export { Edge } from "./edge.ts";
export { edgeNames, gatewayNames, gatewayPodLabels } from "./names.ts";
export { PublicRoute } from "./public-route.ts";
export { publicRouteDefaults, rateLimitDefaults, tokenDefaults } from "./route-args.ts";
export type { PublicRouteArgs, RateLimitArgs, RouteArgs, TokenArgs, WeightedBackendArgs } from "./route-args.ts";
