import { all, drop, set, unset } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";

const strict = 'PeerAuthentication "istio-system/default"';
const namespace = 'Namespace "apg-vision-test"';
const service = 'Service "apg-vision-test/api"';

export const meshCases: RuleCases[] = [
  {
    rule: "the-mesh-accepts-mutual-tls-only",
    of: "edge",
    bad: [
      {
        when: "it lets others in as well",
        change: set("strict", "spec.mtls.mode", "PERMISSIVE"),
        on: "strict",
        says: [`${strict} is PERMISSIVE: set spec.mtls.mode to STRICT.`],
      },
      {
        when: "it does not say",
        change: unset("strict", "spec.mtls"),
        on: "strict",
        says: [`${strict} does not demand mutual TLS: set spec.mtls.mode to STRICT.`],
      },
      {
        when: "a port is open, where no Gateway is",
        change: drop("gateway"),
        on: "entrance",
        says: ['PeerAuthentication "apg-gateway-test/entrance" is PERMISSIVE on port 10443: set its mode to STRICT.'],
      },
    ],
  },
  {
    rule: "mesh-rules-name-the-caller",
    of: "edge",
    good: [
      {
        when: "a rule that denies names nobody",
        change: all(set("calls", "spec.action", "DENY"), set("calls", "spec.rules", [{}])),
      },
    ],
    bad: [
      {
        when: "a rule is for everybody",
        change: set("calls", "spec.rules.1", { to: [{ operation: { ports: ["8080"] } }] }),
        on: "calls",
        says: [
          'AuthorizationPolicy "apg-vision-test/from-gateway" allows calls of anybody by spec.rules[1]: name the callers in from.source.principals.',
        ],
      },
      {
        when: "any identity will do",
        change: set("calls", "spec.rules.0.from.0.source.principals", ["*"]),
        on: "calls",
        says: [
          'AuthorizationPolicy "apg-vision-test/from-gateway" allows calls of anybody by spec.rules[0]: name the callers in from.source.principals.',
        ],
      },
      {
        when: "the entrance has all ports open",
        change: unset("entrance-calls", "spec.rules.0.to"),
        on: "entrance-calls",
        says: [
          'AuthorizationPolicy "apg-gateway-test/entrance" allows calls of anybody by spec.rules[0]: name the callers in from.source.principals.',
        ],
      },
    ],
  },
  {
    rule: "application-namespaces-are-in-the-mesh",
    of: "edge",
    good: [
      {
        when: "the pods have sidecars",
        change: all(
          unset("application", ["metadata", "labels", "istio.io/dataplane-mode"]),
          set("application", ["metadata", "labels", "istio-injection"], "enabled"),
        ),
      },
    ],
    bad: [
      {
        when: "there is no mesh",
        change: drop("strict"),
        on: "application",
        says: [
          `${namespace} is in no mesh: declare a PeerAuthentication in istio-system with spec.mtls.mode STRICT, and label it istio.io/dataplane-mode: ambient or istio-injection: enabled.`,
        ],
      },
      {
        when: "it is outside",
        change: unset("application", ["metadata", "labels", "istio.io/dataplane-mode"]),
        on: "application",
        says: [
          `${namespace} is outside of the mesh: label it istio.io/dataplane-mode: ambient or istio-injection: enabled.`,
        ],
      },
      {
        when: "everything is allowed that no rule denies",
        change: set("nobody", "spec", { selector: { matchLabels: { app: "api" } } }),
        on: "application",
        says: [
          `${namespace} allows calls that no rule names: declare an AuthorizationPolicy with an empty spec in it.`,
        ],
      },
    ],
  },
  {
    rule: "mesh-services-are-balanced",
    of: "edge",
    good: [
      { when: "there is no mesh", change: all(drop("strict"), drop("balancing")) },
      {
        when: "the rule is for the namespace",
        change: set("balancing", "spec.host", "*.apg-vision-test.svc.cluster.local"),
      },
      { when: "the rule is in its namespace", change: set("balancing", "spec.host", "api") },
      {
        when: "clients know the pods themselves",
        change: all(set("application-service", "spec.clusterIP", "None"), drop("balancing")),
      },
    ],
    bad: [
      {
        when: "sick pods are not left out",
        change: unset("balancing", "spec.trafficPolicy.outlierDetection"),
        on: "application-service",
        says: [
          `${service} has pods of which sick ones go on being asked: declare a DestinationRule for it with loadBalancer and outlierDetection.`,
        ],
      },
      {
        when: "the rule is for another",
        change: set("balancing", "spec.host", "api.apg-audio-test.svc.cluster.local"),
        on: "application-service",
        says: [
          `${service} has pods of which sick ones go on being asked: declare a DestinationRule for it with loadBalancer and outlierDetection.`,
        ],
      },
    ],
  },
];
