import { parseAmount } from "../../checklist/quantity.ts";
import { withDefaults } from "../defaults.ts";
import { dnsLabel, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { publicRouteDefaults, rateLimitDefaults, tokenDefaults } from "./route-args.ts";
import type { PublicRouteArgs, TokenArgs } from "./route-args.ts";

const factorClaims = ["amr", "acr"];
/** Values that mean one factor by themselves (RFC 8176). */
const singleFactors = ["kba", "pin", "pwd"];
/** Values of a rule's matches that the Gateway API takes. */
const maxPaths = 64;

/** Problems of the arguments of `PublicRoute`, all of them. */
export function routeProblems(args: PublicRouteArgs): Problem[] {
  const given = withDefaults(args, publicRouteDefaults);
  const { tenantRequests, clientRequests } = withDefaults(args.rateLimit ?? {}, rateLimitDefaults);
  const { paths, stickyPaths } = given;
  const number = (path: string, value: number, items: string, max?: number) =>
    wholeNumber(path, value, { min: 1, items, ...(max !== undefined && { max }) });
  return [
    ...dnsLabel("capability", args.capability),
    ...dnsLabel("environment", args.environment),
    ...dnsLabel("component", given.component),
    ...number("port", given.port, "CV-NET-01", 65_535),
    ...unless(args.hosts.length > 0, "hosts", "no name", "at least one is needed, or any name would do (CV-TLS-01)"),
    ...pathsProblems("paths", paths),
    ...unless(paths.length > 0, "paths", "no path", "at least one is needed (CV-NET-04)"),
    ...pathsProblems("stickyPaths", stickyPaths),
    ...stickyPaths.flatMap((path, index) =>
      unless(
        !paths.includes(path),
        `stickyPaths[${index}]`,
        path,
        "it is one of paths too, where clients do not stay on a pod; one of both is needed (AUD-LB-03)",
      ),
    ),
    ...backendsProblems(args),
    ...number("rateLimit.tenantRequests", tenantRequests, "AUD-LB-06"),
    ...number("rateLimit.clientRequests", clientRequests, "AUD-LB-06"),
    ...unless(
      parseAmount(given.maxRequestSize) !== undefined && /^[1-9][0-9]*([KMG]i|[kMG])?$/.test(given.maxRequestSize),
      "maxRequestSize",
      given.maxRequestSize,
      "a quantity of bytes such as 10Mi is accepted (CV-NET-04)",
    ),
    ...number("timeoutSeconds", given.timeoutSeconds, "CV-NET-04"),
    ...number("stickyTimeoutSeconds", given.stickyTimeoutSeconds, "CV-NET-04"),
    ...unless(
      given.healthPath.startsWith("/"),
      "healthPath",
      given.healthPath,
      "a path that starts with / is accepted (AUD-LB-02)",
    ),
    ...unless(
      given.contentSecurityPolicy !== "",
      "contentSecurityPolicy",
      "",
      "what pages may load must be said, or nothing at all given (CV-APPSEC-07)",
    ),
    ...given.allowedOrigins.flatMap((origin, index) =>
      unless(
        /^https:\/\/[a-z0-9.-]+(:\d+)?$/.test(origin),
        `allowedOrigins[${index}]`,
        origin,
        "one origin such as https://app.example.com is accepted, and never all (CV-APPSEC-08)",
      ),
    ),
    ...tokenProblems(args.token),
  ];
}

function pathsProblems(path: string, paths: readonly string[]): Problem[] {
  return [
    ...unless(paths.length <= maxPaths, path, `${paths.length} paths`, `a route takes at most ${maxPaths} (AUD-LB-03)`),
    ...paths.flatMap((given, index) => [
      ...unless(
        /^\/[\w\-.~/]*$/.test(given) && !given.includes("//") && !/\/\.\.?(\/|$)/.test(given),
        `${path}[${index}]`,
        given,
        "a beginning of a path such as /v1/items is accepted (AUD-LB-03)",
      ),
      ...unless(paths.indexOf(given) === index, `${path}[${index}]`, given, "each path may be given once (AUD-LB-03)"),
    ]),
  ];
}

function backendsProblems({ backends }: PublicRouteArgs): Problem[] {
  if (backends === undefined) return [];
  const sum = backends.reduce((total, { weight }) => total + weight, 0);
  return [
    ...backends.flatMap(({ service, weight }, index) => [
      ...dnsLabel(`backends[${index}].service`, service),
      ...wholeNumber(`backends[${index}].weight`, weight, { min: 0, max: 100, items: "CV-SCALE-07" }),
    ]),
    ...unless(sum === 100, "backends", `a sum of ${sum}`, "weights that add up to 100 are needed (CV-SCALE-07)"),
  ];
}

function tokenProblems(token: TokenArgs): Problem[] {
  const { issuer, audiences, jwksUri } = token;
  const { factorClaim, factors, tenantClaim } = withDefaults(token, tokenDefaults);
  return [
    ...unless(issuer !== "", "token.issuer", "", "the issuer, as tokens name it, is needed (CV-APPSEC-01)"),
    ...unless(
      audiences.length > 0,
      "token.audiences",
      "no audience",
      "at least one is needed, or tokens for others would do (CV-APPSEC-01)",
    ),
    ...unless(jwksUri.startsWith("https://"), "token.jwksUri", jwksUri, "an https URL is needed (CV-APPSEC-01)"),
    ...unless(
      factorClaims.includes(factorClaim),
      "token.factorClaim",
      factorClaim,
      `one of ${factorClaims.join(", ")} is accepted (CV-APPSEC-01)`,
    ),
    ...unless(
      factors.length > 0,
      "token.factors",
      "no value",
      "at least one that means more than one factor is needed (CV-APPSEC-01)",
    ),
    ...factors.flatMap((factor, index) =>
      unless(
        !singleFactors.includes(factor),
        `token.factors[${index}]`,
        factor,
        "that is one factor alone; a value that means more, such as mfa, is needed (CV-APPSEC-01)",
      ),
    ),
    ...unless(tenantClaim !== "", "token.tenantClaim", "", "the claim that names the tenant is needed (CV-APPSEC-08)"),
  ];
}
