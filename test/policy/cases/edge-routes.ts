import { add, all, copy, drop, set, unknownText, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import type { Json } from "../good-stack.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

export const api = 'HTTPRoute "apg-vision-test/api"';
export const rule = `rules[0] of ${api}`;
const upload = 'rules[0] of HTTPRoute "apg-vision-test/upload"';

/** The policy is for the Gateway, in its namespace, and none is for the route. */
export const onGateway = (name: string): Change =>
  all(
    set(name, "metadata.namespace", "apg-gateway-test"),
    set(name, ["metadata", "labels", "apg.io/capability"], "gateway"),
    set(name, "spec.targetRefs", [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "apg" }]),
  );
/** One rule of the route has a policy of its own, which takes the place of the route's. */
export const ofOneRule = (name: string, ...changes: Change[]): Change =>
  all(
    set("api", "spec.rules.0.name", "first"),
    copy(
      name,
      "narrow",
      set("narrow", "metadata.name", "narrow"),
      set("narrow", "spec.targetRefs.0.sectionName", "first"),
    ),
    ...changes,
  );
const beside = (type: string, spec: Json) =>
  resource(type, "beside", { metadata: { name: "beside", namespace: "apg-vision-test" }, spec });
const inside: Change = set("api", "spec.parentRefs", [{ group: "", kind: "Service", name: "api" }]);

export const routeCases: RuleCases[] = [
  {
    rule: "public-routes-limit-requests",
    of: "edge",
    good: [
      { when: "the policy is for the Gateway", change: onGateway("api-traffic") },
      { when: "a route of the mesh has no policy", change: all(inside, drop("api-traffic")) },
      {
        when: "a rule's policy is merged with the route's",
        change: ofOneRule(
          "api-traffic",
          unset("narrow", "spec.rateLimit"),
          set("narrow", "spec.mergeType", "StrategicMerge"),
        ),
      },
    ],
    bad: [
      {
        when: "there is no policy",
        change: drop("api-traffic"),
        on: "api",
        says: [
          `${rule} takes any number of requests: declare a BackendTrafficPolicy for it with spec.rateLimit.`,
          `${rule} lets requests take any time: set spec.timeout of its BackendTrafficPolicy.`,
        ],
      },
      {
        when: "the limit is for all together",
        change: unset("api-traffic", "spec.rateLimit.global.rules.0.clientSelectors"),
        on: "api",
        says: [
          `${rule} has one limit for all tenants: give a rule of spec.rateLimit a clientSelector with the tenant's header and type Distinct.`,
        ],
      },
      {
        when: "a rule's own policy has no limit",
        change: ofOneRule("api-traffic", unset("narrow", "spec.rateLimit")),
        on: "api",
        says: [
          `rule first of ${api} takes any number of requests: declare a BackendTrafficPolicy for it with spec.rateLimit.`,
        ],
      },
      {
        when: "nobody knows for which route the policy is",
        change: set("api-traffic", "spec.targetRefs.0.name", unknownText),
        on: "api-traffic",
        says: Array.from({ length: 3 }, () =>
          undecidable('BackendTrafficPolicy "apg-vision-test/api-traffic"', "spec.targetRefs[0].name"),
        ),
      },
    ],
  },
  {
    rule: "public-routes-probe-their-backends",
    of: "edge",
    bad: [
      {
        when: "failures are seen by chance alone",
        change: set("api-traffic", "spec.healthCheck", { passive: { consecutive5XxErrors: 5 } }),
        on: "api",
        says: [
          `${rule} sends requests to pods that may be dead: set spec.healthCheck.active of its BackendTrafficPolicy.`,
        ],
      },
    ],
  },
  {
    rule: "only-sticky-routes-keep-clients-on-a-pod",
    of: "edge",
    bad: [
      {
        when: "a route that asks for it gets none",
        change: unset("upload-traffic", "spec.loadBalancer"),
        on: "upload",
        says: [
          `${upload} lets clients wander between pods: set spec.loadBalancer of its BackendTrafficPolicy to ConsistentHash by Cookie.`,
        ],
      },
      {
        when: "the cookie travels in the open",
        change: unset("upload-traffic", "spec.loadBalancer.consistentHash.cookie.attributes"),
        on: "upload",
        says: [`${upload} keeps clients by a cookie that may travel in the open: add the attribute Secure to it.`],
      },
      {
        when: "a route that does not ask for it gets one",
        change: unset("upload", ["metadata", "labels", "apg.io/sticky"]),
        on: "upload",
        says: [
          `${upload} keeps clients on one pod: label the route apg.io/sticky: "true", or share its requests among all pods.`,
        ],
      },
    ],
  },
  {
    rule: "public-routes-state-their-weights",
    of: "edge",
    good: [
      {
        when: "two backends share",
        change: set("api", "spec.rules.0.backendRefs", [
          { name: "api", port: 8080, weight: 90 },
          { name: "canary", port: 8080, weight: 10 },
        ]),
      },
    ],
    bad: [
      {
        when: "the weight is left open",
        change: unset("api", "spec.rules.0.backendRefs.0.weight"),
        on: "api",
        says: [`${rule} has backends whose weights add up to 1: set weights that add up to 100.`],
      },
    ],
  },
  {
    rule: "nothing-passes-the-gateways-policies",
    of: "edge",
    proves: "nothing",
    good: [
      {
        when: "a route below HTTP is the mesh's",
        change: add(
          beside("gateway.networking.k8s.io/v1alpha2:TCPRoute", {
            parentRefs: [{ group: "", kind: "Service", name: "db" }],
          }),
        ),
      },
    ],
    bad: [
      {
        when: "there is an Ingress",
        change: add(beside("networking.k8s.io/v1:Ingress", { rules: [] })),
        on: "beside",
        says: [
          'Ingress "apg-vision-test/beside" lets the world in past limits and tokens: declare an HTTPRoute instead.',
        ],
      },
      {
        when: "a route is below HTTP",
        change: add(beside("gateway.networking.k8s.io/v1alpha2:TLSRoute", { parentRefs: [{ name: "apg" }] })),
        on: "beside",
        says: [
          'TLSRoute "apg-vision-test/beside" lets the world in past limits and tokens: declare an HTTPRoute instead.',
        ],
      },
    ],
  },
];
