import { add, all, copy, drop, set, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import type { RuleCases } from "./case.ts";

const gateway = 'Gateway "apg-gateway-test/apg"';
const listener = `Listener "https" of ${gateway}`;
const plain = set("gateway", "spec.listeners.1", { name: "http", port: 80, protocol: "HTTP" });
/** A route of the plain listener that sends clients to HTTPS, and nothing but it. */
const redirect = all(
  ...["api", "upload", "probes"].map((name) => set(name, "spec.parentRefs.0.sectionName", "https")),
  copy(
    "api",
    "redirect",
    set("redirect", "metadata.name", "redirect"),
    set("redirect", "spec.parentRefs.0.sectionName", "http"),
  ),
  set("redirect", "spec.rules", [
    { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] },
  ]),
);
const controller = (replicas: number) =>
  add(
    resource("apps/v1:Deployment", "controller", {
      metadata: { name: "envoy-gateway", namespace: "envoy-gateway-system" },
      spec: { replicas, template: { metadata: { labels: { "control-plane": "envoy-gateway" } }, spec: {} } },
    }),
  );

export const gatewayCases: RuleCases[] = [
  {
    rule: "gateways-end-tls",
    of: "edge",
    good: [
      { when: "another listener only sends clients to HTTPS", change: all(plain, redirect) },
      {
        when: "another is a waypoint of the mesh",
        change: all(
          copy("gateway", "waypoint", set("waypoint", "metadata.name", "waypoint")),
          set("waypoint", "spec.listeners", [{ name: "mesh", port: 15_008, protocol: "HBONE" }]),
        ),
      },
    ],
    bad: [
      {
        when: "it listens in the open",
        change: plain,
        on: "gateway",
        says: [`Listener "http" of ${gateway} speaks HTTP: set its protocol to HTTPS.`],
      },
      {
        when: "it passes TLS on, and has no certificate",
        change: all(
          set("gateway", "spec.listeners.0.tls.mode", "Passthrough"),
          unset("gateway", "spec.listeners.0.tls.certificateRefs"),
        ),
        on: "gateway",
        says: [
          `${listener} passes TLS on: set tls.mode to Terminate.`,
          `${listener} has no certificate: name the Secret of a Certificate in tls.certificateRefs.`,
        ],
      },
      {
        when: "it has no listeners",
        change: unset("gateway", "spec.listeners"),
        on: "gateway",
        says: [`${gateway} listens to nothing: add a listener with protocol HTTPS.`],
      },
    ],
  },
  {
    rule: "gateways-have-replicas",
    of: "edge",
    good: [
      {
        when: "it is AWS' own",
        change: all(
          unset("gateway", "spec.infrastructure"),
          set("class", "spec.controllerName", "gateway.k8s.aws/alb"),
        ),
      },
      {
        when: "its class says how many",
        change: all(
          unset("gateway", "spec.infrastructure"),
          set("class", "spec.parametersRef", {
            group: "gateway.envoyproxy.io",
            kind: "EnvoyProxy",
            name: "apg",
            namespace: "apg-gateway-test",
          }),
        ),
      },
    ],
    bad: [
      {
        when: "it is one pod",
        change: set("proxy", "spec.provider.kubernetes", { envoyDeployment: {} }),
        on: "gateway",
        says: [`EnvoyProxy "apg-gateway-test/apg" gives ${gateway} 1 pods: ask for at least 2.`],
      },
      {
        when: "nobody says how many",
        change: unset("gateway", "spec.infrastructure"),
        on: "gateway",
        says: [
          `${gateway} does not say how many pods it has: name an EnvoyProxy of this stack in spec.infrastructure.parametersRef, or in its class.`,
        ],
      },
    ],
  },
  {
    rule: "gateway-controllers-have-replicas",
    of: "edge",
    good: [{ when: "it is two pods", change: controller(2) }],
    bad: [
      {
        when: "it is one pod",
        change: controller(1),
        on: "controller",
        says: ['Deployment "envoy-gateway-system/envoy-gateway" runs in 1 pods: set spec.replicas to at least 2.'],
      },
    ],
  },
  {
    rule: "gateways-speak-modern-tls",
    of: "edge",
    good: [
      {
        when: "the policy selects it by a label",
        change: all(
          set("gateway", ["metadata", "labels", "app"], "gateway"),
          unset("clients", "spec.targetRefs"),
          set("clients", "spec.targetSelectors", [
            { group: "gateway.networking.k8s.io", kind: "Gateway", matchLabels: { app: "gateway" } },
          ]),
        ),
      },
    ],
    bad: [
      {
        when: "it speaks TLS 1.2, and holds anything",
        change: all(set("clients", "spec.tls.minVersion", "1.2"), unset("clients", "spec.connection")),
        on: "gateway",
        says: [
          `${listener} may speak old TLS: set spec.tls.minVersion of a ClientTrafficPolicy for it to "1.3".`,
          `${listener} holds requests of any size: set spec.connection.bufferLimit of a ClientTrafficPolicy for it.`,
        ],
      },
      {
        when: "a policy of the listener takes the place of the Gateway's",
        change: all(
          copy("clients", "listener-clients", set("listener-clients", "metadata.name", "https")),
          set("listener-clients", "spec.targetRefs.0.sectionName", "https"),
          unset("listener-clients", "spec.tls"),
        ),
        on: "gateway",
        says: [`${listener} may speak old TLS: set spec.tls.minVersion of a ClientTrafficPolicy for it to "1.3".`],
      },
      {
        when: "there is no policy",
        change: drop("clients"),
        on: "gateway",
        says: [
          `${listener} may speak old TLS: set spec.tls.minVersion of a ClientTrafficPolicy for it to "1.3".`,
          `${listener} holds requests of any size: set spec.connection.bufferLimit of a ClientTrafficPolicy for it.`,
        ],
      },
    ],
  },
];
