import { deepFrozen } from "../../checklist/thresholds.ts";

const twoYearsSeconds = 63_072_000;

/** Headers of every response; the content policy is an API's, whose answers are no pages (CV-APPSEC-07, CV-TLS-04). */
export const securityHeaders = deepFrozen({
  "Strict-Transport-Security": `max-age=${twoYearsSeconds}; includeSubDomains`,
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
});

/**
 * The same on the load balancer, which writes over what comes from behind it. Only what is the same for all capabilities is
 * here: the content policy is each route's own.
 */
export const listenerHeaders = deepFrozen({
  routingHttpResponseServerEnabled: false,
  routingHttpResponseStrictTransportSecurityHeaderValue: securityHeaders["Strict-Transport-Security"],
  routingHttpResponseXContentTypeOptionsHeaderValue: securityHeaders["X-Content-Type-Options"],
  routingHttpResponseXFrameOptionsHeaderValue: securityHeaders["X-Frame-Options"],
});
