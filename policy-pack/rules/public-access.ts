// Who comes in from the world, and what goes out to it.
import type { Complain } from "../lib/define.ts";
import { headerFault } from "../lib/headers.ts";
import { routeRule } from "../lib/route-rule.ts";
import { holds, removedHeaders, setHeaders } from "../lib/routes.ts";
import type { RuleOfRoute } from "../lib/routes.ts";
import type { Value } from "../lib/value.ts";
import { openPaths, secondFactor } from "../limits.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { headers } = thresholds.edge;

export const routesAskForTokens = routeRule({
  name: "public-routes-ask-for-a-token",
  decides: ["CV-APPSEC-01", "CV-APPSEC-08", "CV-NET-04"],
  severity: "critical",
  description:
    "Every public route but those of probes lets in whoever has a token that speaks of a second factor, and nobody else.",
  fix:
    "Declare a SecurityPolicy for the route with spec.jwt.providers and spec.authorization: defaultAction Deny, and rules " +
    `that allow only principals whose jwt has the claim ${secondFactor.claims.join(" or ")}.`,
  check: (subject, complain) => {
    if (isForProbes(subject)) return;
    const { title } = subject;
    if (!holds(subject, "SecurityPolicy", "jwt", hasProviders)) {
      complain(`${title} asks for no token: declare a SecurityPolicy for it with spec.jwt.providers.`);
      return;
    }
    if (!holds(subject, "SecurityPolicy", "jwt", (jwt) => jwt.get("optional").boolean() !== true))
      complain(`${title} lets in who has no token: remove spec.jwt.optional of its SecurityPolicy.`);
    judgeAuthorization(subject, title, complain);
  },
});

/** Whether a rule answers nothing but the paths by which somebody asks whether pods are well. */
function isForProbes(subject: RuleOfRoute): boolean {
  const matches = subject.rule.get("matches").list();
  const isProbe = (match: Value) => {
    const path = match.at("path.value").string() ?? "/";
    const own = () =>
      holds(subject, "BackendTrafficPolicy", "healthCheck.active.http.path", (probed) => probed.string() === path);
    return match.at("path.type").string() === "Exact" && (openPaths.test(path) || own());
  };
  return matches.length > 0 && matches.every(isProbe);
}

function hasProviders(jwt: Value): boolean {
  const providers = jwt.get("providers").list();
  return providers.length > 0 && providers.every((provider) => (provider.get("issuer").string() ?? "") !== "");
}

function judgeAuthorization(subject: RuleOfRoute, title: string, complain: Complain): void {
  const authorization = (demand: (value: Value) => boolean) =>
    holds(subject, "SecurityPolicy", "authorization", demand);
  if (!authorization((value) => value.get("defaultAction").string() === "Deny"))
    complain(
      `${title} lets in whom no rule refuses: set spec.authorization.defaultAction of its SecurityPolicy to Deny.`,
    );
  if (!authorization((value) => allows(value).length > 0 && allows(value).every(hasSecondFactor)))
    complain(
      `${title} lets in tokens without a second factor: let every rule of spec.authorization that allows ask for the ` +
        `claim ${secondFactor.claims.join(" or ")} in principal.jwt.claims.`,
    );
}

function allows(authorization: Value): Value[] {
  return authorization
    .get("rules")
    .list()
    .filter((rule) => rule.get("action").string() === "Allow");
}

function hasSecondFactor(rule: Value): boolean {
  return rule
    .at("principal.jwt.claims")
    .list()
    .some((claim) => {
      const values = claim.get("values").strings();
      const isFactor = (secondFactor.claims as readonly string[]).includes(claim.get("name").string() ?? "");
      return (
        isFactor &&
        values.length > 0 &&
        !values.some((value) => (secondFactor.singles as readonly string[]).includes(value))
      );
    });
}

export const routesSetSecurityHeaders = routeRule({
  name: "public-routes-set-security-headers",
  decides: ["CV-APPSEC-07", "CV-TLS-04"],
  severity: "high",
  description: `Every answer has the headers ${headers.join(", ")}, and does not say which server gave it.`,
  fix: "Give every rule of the route a filter ResponseHeaderModifier that sets them and removes Server.",
  check: ({ rule, title }, complain) => {
    const set = setHeaders(rule);
    const missing = headers.filter((name) => !set.has(name.toLowerCase()));
    if (missing.length > 0)
      complain(`${title} answers without ${missing.join(", ")}: set them by a ResponseHeaderModifier.`);
    for (const name of headers) {
      const value = set.get(name.toLowerCase());
      const fault = value === undefined ? undefined : headerFault(name, value);
      if (fault !== undefined) complain(`${title} sends ${name} "${value}": ${fault}.`);
    }
    if (!removedHeaders(rule).includes("server"))
      complain(`${title} says which server answers: remove the header Server by a ResponseHeaderModifier.`);
  },
});
