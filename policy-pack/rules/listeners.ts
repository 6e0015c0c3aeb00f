// Who speaks with a load balancer speaks TLS 1.3, and is told to go on doing so.
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import type { Complain } from "../lib/define.ts";
import { besideOf, namedOf } from "../lib/links.ts";
import { balancerOf, listenerRuleTypes, listenerTypes } from "../lib/load-balancers.ts";
import { isPublic, onlyRedirects, routes, setHeaders } from "../lib/routes.ts";
import { strictTransport } from "../lib/headers.ts";
import type { Value } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { sslPolicy, minHstsSeconds } = thresholds.edge;
/** That policy and its variants for FIPS and post-quantum keys: nothing older than TLS 1.3. */
const modern = /^ELBSecurityPolicy-TLS13-1-3-([A-Z]+-)*\d{4}-\d{2}$/;

export const listenersSpeakModernTls = cloudRule({
  name: "listeners-speak-modern-tls",
  decides: ["AUD-SEC-06", "CV-TLS-01", "CV-TLS-03", "CV-DATA-02"],
  severity: "critical",
  description: "Every listener with TLS has a certificate, and speaks TLS 1.3 alone, whose suites are all strong.",
  fix: `Set sslPolicy to ${sslPolicy} and certificateArn.`,
  types: listenerTypes,
  check: ({ title, props }, complain) => {
    const protocol = props.get("protocol").string() ?? "";
    if (!["HTTPS", "TLS"].includes(protocol)) return notConcerned;
    const policy = props.get("sslPolicy").string();
    if (policy === undefined || !modern.test(policy))
      complain(
        `${title} ${policy === undefined ? "does not say which TLS it speaks" : `speaks TLS by ${policy}`}: set sslPolicy to ${sslPolicy}.`,
      );
    if (!props.get("certificateArn").isGiven) complain(`${title} has no certificate: set certificateArn.`);
    return undefined;
  },
});

export const plainHttpIsRedirected = stackRule<CloudResource>({
  name: "plain-http-is-redirected",
  decides: ["AUD-SEC-06", "AUD-INFRA-07"],
  severity: "critical",
  description: "Listeners without TLS do nothing but send clients to HTTPS.",
  fix: "Give the listener one default action, a redirect with protocol HTTPS and statusCode HTTP_301, and no other rules.",
  subjects: (stack) => stack.ofType(...listenerTypes),
  check: (listener, stack, complain) => {
    if (listener.props.get("protocol").string() !== "HTTP") return notConcerned;
    judgeActions(listener.title, listener.props.get("defaultActions"), complain);
    const listeners = namedOf(stack, ...listenerTypes);
    for (const { title, props } of besideOf(stack, listener, listeners, "listenerArn", ...listenerRuleTypes))
      judgeActions(title, props.get("actions"), complain);
    return undefined;
  },
});

function judgeActions(title: string, actions: Value, complain: Complain): void {
  const list = actions.list();
  const allRedirect = list.every((action) => {
    const { type, protocol } = { type: action.get("type").string(), protocol: action.at("redirect.protocol").string() };
    return type === "redirect" && protocol === "HTTPS" && action.at("redirect.statusCode").string() === "HTTP_301";
  });
  if (list.length === 0 || !allRedirect)
    complain(`${title} answers without TLS: let it redirect to HTTPS with HTTP_301 and do nothing else.`);
}

export const clientsStayOnTls = stackRule<CloudResource>({
  name: "clients-are-told-to-stay-on-tls",
  decides: ["CV-TLS-04"],
  severity: "high",
  description: `Every answer over HTTPS has the header Strict-Transport-Security, for at least ${minHstsSeconds} seconds and all subdomains.`,
  fix:
    `Set routingHttpResponseStrictTransportSecurityHeaderValue of the listener to "max-age=${minHstsSeconds}; ` +
    'includeSubDomains", or the header in a ResponseHeaderModifier of every rule of every HTTPRoute.',
  subjects: (stack) => stack.ofType(...listenerTypes),
  check: (listener, stack, complain) => {
    if (listener.props.get("protocol").string() !== "HTTPS") return notConcerned;
    if (balancerOf(stack, listener)?.props.get("internal").boolean() === true) return notConcerned;
    const own = listener.props.get("routingHttpResponseStrictTransportSecurityHeaderValue").string();
    if (own !== undefined) {
      const lacks = strictTransport(own);
      if (lacks !== undefined) complain(`${listener.title} sends Strict-Transport-Security "${own}": ${lacks}.`);
      return undefined;
    }
    const served = routes(stack).filter((route) => isPublic(route) && !onlyRedirects(route));
    const rules = served.flatMap(({ spec }) => spec.get("rules").list());
    const values = rules.map((rule) => setHeaders(rule).get("strict-transport-security") ?? "");
    if (served.length === 0 || values.some((value) => strictTransport(value) !== undefined))
      complain(
        `${listener.title} leaves clients free to come back without TLS: set ` +
          `routingHttpResponseStrictTransportSecurityHeaderValue to "max-age=${minHstsSeconds}; includeSubDomains".`,
      );
    return undefined;
  },
});
