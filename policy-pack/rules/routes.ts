// What the world reaches is limited, watched and shared out, route by route.
import { notConcerned, objectRule } from "../lib/define.ts";
import { routeRule } from "../lib/route-rule.ts";
import { holds, isPublic } from "../lib/routes.ts";
import type { Value } from "../lib/value.ts";
import { stickyLabel, tenantHeader } from "../limits.ts";

export const routesLimitRequests = routeRule({
  name: "public-routes-limit-requests",
  decides: ["AUD-LB-06", "CV-NET-04", "CV-APPSEC-08"],
  severity: "high",
  description: "Every public route allows each tenant so many requests, and ends those that take too long.",
  fix:
    "Declare a BackendTrafficPolicy for the route with spec.timeout, and spec.rateLimit whose rules have a clientSelector " +
    "with the tenant's header and type Distinct.",
  check: (subject, complain) => {
    const { title } = subject;
    const limited = (demand?: (value: Value) => boolean) => holds(subject, "BackendTrafficPolicy", "rateLimit", demand);
    if (!limited())
      complain(`${title} takes any number of requests: declare a BackendTrafficPolicy for it with spec.rateLimit.`);
    else if (!limited(isPerTenant))
      complain(
        `${title} has one limit for all tenants: give a rule of spec.rateLimit a clientSelector with the tenant's header ` +
          "and type Distinct.",
      );
    if (!holds(subject, "BackendTrafficPolicy", "timeout", (timeout) => timeout.keys().length > 0))
      complain(`${title} lets requests take any time: set spec.timeout of its BackendTrafficPolicy.`);
  },
});

function isPerTenant(rateLimit: Value): boolean {
  const rules = ["global", "local"].flatMap((where) => rateLimit.get(where).get("rules").list());
  return rules.some((rule) => {
    const headers = rule
      .get("clientSelectors")
      .list()
      .flatMap((selector) => selector.get("headers").list());
    const named = headers.some(
      (header) => tenantHeader.test(header.get("name").string() ?? "") && header.get("type").string() === "Distinct",
    );
    return named && (rule.at("limit.requests").number() ?? 0) > 0;
  });
}

export const routesProbeBackends = routeRule({
  name: "public-routes-probe-their-backends",
  decides: ["AUD-LB-02"],
  severity: "medium",
  description: "The gateway probes the pods behind every public route.",
  fix: "Set spec.healthCheck.active of the route's BackendTrafficPolicy.",
  check: (subject, complain) => {
    if (!holds(subject, "BackendTrafficPolicy", "healthCheck", (check) => check.get("active").isGiven))
      complain(
        `${subject.title} sends requests to pods that may be dead: set spec.healthCheck.active of its BackendTrafficPolicy.`,
      );
  },
});

export const routesStickWhereAsked = routeRule({
  name: "only-sticky-routes-keep-clients-on-a-pod",
  decides: ["AUD-LB-03"],
  severity: "medium",
  description: `Routes with the label ${stickyLabel}: "true" keep a client on one pod by a secure cookie, and no others do.`,
  fix:
    "Set spec.loadBalancer of the BackendTrafficPolicy to type ConsistentHash with consistentHash.type Cookie and the " +
    `attribute Secure, and label the route ${stickyLabel}: "true"; or do neither.`,
  check: (subject, complain) => {
    const { title, route, rule } = subject;
    const asked = route.label(stickyLabel) === "true";
    const sticks = (demand: (value: Value) => boolean) =>
      holds(subject, "BackendTrafficPolicy", "loadBalancer", demand);
    const found = sticks(isSticky);
    if (asked && !found)
      complain(
        `${title} lets clients wander between pods: set spec.loadBalancer of its BackendTrafficPolicy to ConsistentHash by Cookie.`,
      );
    else if (asked && !sticks(isSecure))
      complain(`${title} keeps clients by a cookie that may travel in the open: add the attribute Secure to it.`);
    else if (!asked && (found || rule.get("sessionPersistence").isGiven))
      complain(
        `${title} keeps clients on one pod: label the route ${stickyLabel}: "true", or share its requests among all pods.`,
      );
  },
});

function isSticky(loadBalancer: Value): boolean {
  const cookie = loadBalancer.at("consistentHash.type").string() === "Cookie";
  return loadBalancer.get("type").string() === "ConsistentHash" && cookie;
}

function isSecure(loadBalancer: Value): boolean {
  const attributes = loadBalancer.at("consistentHash.cookie.attributes").keys();
  return attributes.some((name) => name.toLowerCase() === "secure");
}

export const routesStateTheirWeights = routeRule({
  name: "public-routes-state-their-weights",
  decides: ["CV-SCALE-07"],
  severity: "low",
  description: "The weights of a route's backends are stated, and add up to 100.",
  fix: "Set weight on every entry of backendRefs, so that those of a rule add up to 100.",
  check: ({ title, rule }, complain) => {
    const weights = rule
      .get("backendRefs")
      .list()
      .map((backend) => backend.get("weight").number() ?? 1);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (weights.length > 0 && sum !== 100)
      complain(`${title} has backends whose weights add up to ${sum}: set weights that add up to 100.`);
  },
});

export const nothingPassesTheGateway = objectRule({
  name: "nothing-passes-the-gateways-policies",
  decides: ["AUD-LB-06", "CV-NET-04", "CV-APPSEC-01", "CV-APPSEC-08"],
  severity: "critical",
  description: "The world comes in by HTTPRoutes and GRPCRoutes alone, to which limits and tokens apply.",
  fix: "Declare an HTTPRoute in place of an Ingress, or of a route below HTTP.",
  kinds: ["Ingress", "TCPRoute", "TLSRoute", "UDPRoute"],
  check: (route, complain) => {
    if (route.kind !== "Ingress" && !isPublic(route)) return notConcerned;
    complain(`${route.title} lets the world in past limits and tokens: declare an HTTPRoute instead.`);
    return undefined;
  },
});
