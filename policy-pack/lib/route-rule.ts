// The shape of the rules over the routes that the world reaches.
import { notConcerned, stackRule } from "./define.ts";
import type { Complain } from "./define.ts";
import { isPublic, routeKinds, rulesOf, ruleTitle } from "./routes.ts";
import type { RuleOfRoute } from "./routes.ts";
import type { Rule } from "./rule.ts";

type RouteHeading = Pick<Rule, "name" | "decides" | "contributesTo" | "severity" | "description" | "fix">;

/** A rule over every rule of every public route that does more than to send clients to HTTPS. */
export function routeRule(
  rule: RouteHeading & { check: (subject: RuleOfRoute & { title: string }, complain: Complain) => void },
): Rule {
  const { check, ...heading } = rule;
  return stackRule({
    ...heading,
    subjects: routeKinds,
    check: (route, stack, complain) => {
      const parts = isPublic(route) ? rulesOf(route) : [];
      if (parts.length === 0) return notConcerned;
      for (const part of parts) check({ stack, route, rule: part, title: ruleTitle(route, part) }, complain);
      return undefined;
    },
  });
}
