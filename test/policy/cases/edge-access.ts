import { all, copy, drop, set, unset } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";
import { api, ofOneRule, onGateway, rule } from "./edge-routes.ts";

const set0 = "spec.rules.0.filters.0.responseHeaderModifier";
const claims = "spec.authorization.rules.0.principal.jwt.claims.0";

export const accessCases: RuleCases[] = [
  {
    rule: "public-routes-ask-for-a-token",
    of: "edge",
    good: [
      { when: "the policy is for the Gateway", change: onGateway("api-access") },
      {
        when: "an open path is the one that the gateway probes",
        change: all(
          set("probes", "spec.rules.0.matches.0.path.value", "/alive"),
          set("probes-traffic", "spec.healthCheck.active.http.path", "/alive"),
        ),
      },
    ],
    bad: [
      {
        when: "everything below a path of probes is open",
        change: set("probes", "spec.rules.0.matches.0.path", { type: "PathPrefix", value: "/health" }),
        on: "probes",
        says: [
          'rules[0] of HTTPRoute "apg-vision-test/probes" asks for no token: declare a SecurityPolicy for it with spec.jwt.providers.',
        ],
      },
      {
        when: "there is no policy",
        change: drop("api-access"),
        on: "api",
        says: [`${rule} asks for no token: declare a SecurityPolicy for it with spec.jwt.providers.`],
      },
      {
        when: "the token is optional, and everybody is let in",
        change: all(
          set("api-access", "spec.jwt.optional", true),
          set("api-access", "spec.authorization.defaultAction", "Allow"),
        ),
        on: "api",
        says: [
          `${rule} lets in who has no token: remove spec.jwt.optional of its SecurityPolicy.`,
          `${rule} lets in whom no rule refuses: set spec.authorization.defaultAction of its SecurityPolicy to Deny.`,
        ],
      },
      {
        when: "a password is enough",
        change: set("api-access", `${claims}.values`, ["mfa", "pwd"]),
        on: "api",
        says: [
          `${rule} lets in tokens without a second factor: let every rule of spec.authorization that allows ask for the claim amr or acr in principal.jwt.claims.`,
        ],
      },
      {
        when: "another rule asks for a role alone",
        change: set("api-access", "spec.authorization.rules.1", {
          action: "Allow",
          principal: { jwt: { provider: "people", claims: [{ name: "role", values: ["admin"] }] } },
        }),
        on: "api",
        says: [
          `${rule} lets in tokens without a second factor: let every rule of spec.authorization that allows ask for the claim amr or acr in principal.jwt.claims.`,
        ],
      },
      {
        when: "a rule for probes answers everything else too",
        change: set("probes", "spec.rules.0.matches.1", { path: { type: "PathPrefix", value: "/" } }),
        on: "probes",
        says: [
          'rules[0] of HTTPRoute "apg-vision-test/probes" asks for no token: declare a SecurityPolicy for it with spec.jwt.providers.',
        ],
      },
      {
        when: "the Gateway's policy has another in its place for one listener",
        change: all(
          onGateway("api-access"),
          copy("api-access", "narrow", set("narrow", "metadata.name", "narrow")),
          set("narrow", "spec.targetRefs.0.sectionName", "https"),
          unset("narrow", "spec.jwt"),
        ),
        on: "api",
        says: [`${rule} asks for no token: declare a SecurityPolicy for it with spec.jwt.providers.`],
      },
      {
        when: "a rule's own policy asks for none",
        change: ofOneRule("api-access", unset("narrow", "spec.jwt"), unset("narrow", "spec.authorization")),
        on: "api",
        says: [`rule first of ${api} asks for no token: declare a SecurityPolicy for it with spec.jwt.providers.`],
      },
    ],
  },
  {
    rule: "public-routes-set-security-headers",
    of: "edge",
    bad: [
      {
        when: "two are missing, and the server is named",
        change: all(unset("api", `${set0}.set.5`), unset("api", `${set0}.set.1`), unset("api", `${set0}.remove`)),
        on: "api",
        says: [
          `${rule} answers without Content-Security-Policy, Permissions-Policy: set them by a ResponseHeaderModifier.`,
          `${rule} says which server answers: remove the header Server by a ResponseHeaderModifier.`,
        ],
      },
      {
        when: "they protect from nothing",
        change: all(
          set("api", `${set0}.set.0.value`, "max-age=0"),
          set("api", `${set0}.set.1.value`, ""),
          set("api", `${set0}.set.2.value`, "none"),
          set("api", `${set0}.set.3.value`, "ALLOWALL"),
          set("api", `${set0}.set.4.value`, "unsafe-url"),
        ),
        on: "api",
        says: [
          `${rule} sends Strict-Transport-Security "max-age=0": set max-age to at least 31536000.`,
          `${rule} sends Content-Security-Policy "": give it a value.`,
          `${rule} sends X-Content-Type-Options "none": set it to nosniff.`,
          `${rule} sends X-Frame-Options "ALLOWALL": set it to DENY or SAMEORIGIN.`,
          `${rule} sends Referrer-Policy "unsafe-url": set it to no-referrer.`,
        ],
      },
    ],
  },
];
