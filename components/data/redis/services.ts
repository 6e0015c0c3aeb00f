import * as pulumi from "@pulumi/pulumi";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { certificateDefaults } from "../certificate-authority.ts";
import { custom } from "../custom.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";

/** Pulumi would wait for pods behind a Service, and the pods wait for their Services. */
const annotations = { "pulumi.com/skipAwait": "true" };

/** One Service for all pods, and one for each, whose address the pod announces: it survives the pod and its node. */
export function services(group: Group, component: names.Component): Service[] {
  const port = { name: component, port: names.ports[component], targetPort: component, protocol: "TCP" };
  const { metrics } = names.ports;
  const all = new Service(
    `${group.name}-${component}`,
    {
      metadata: { ...group.metadata(component, component), annotations },
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: group.selector(component),
        ports: [
          port,
          ...(group.args.monitoring === undefined
            ? []
            : [{ name: "metrics", port: metrics, targetPort: "metrics", protocol: "TCP" }]),
        ],
      },
    },
    group.child,
  );
  const each = group.podNames(component).map(
    (pod) =>
      new Service(
        `${group.name}-${pod}`,
        {
          metadata: { ...group.metadata(pod, component), annotations },
          spec: {
            type: "ClusterIP", // CV-MAN-02
            // The others must reach it to find out how it is.
            publishNotReadyAddresses: true,
            selector: { ...group.selector(component), "statefulset.kubernetes.io/pod-name": pod },
            ports: [port],
            trafficDistribution: "PreferSameZone", // CV-SCALE-07
          },
        },
        group.child,
      ),
  );
  certificate(group, component, each);
  return [all, ...each];
}

/** With every address and name of the pods, because clients verify the address that a Sentinel gave them (CV-CACHE-06). */
function certificate(group: Group, component: names.Component, each: Service[]): void {
  const { namespace, issuer } = group.args;
  const { duration, renewBefore, privateKey } = certificateDefaults;
  custom(
    `${group.name}-${component}`,
    "cert-manager.io/v1",
    "Certificate",
    group.metadata(names.tlsSecret(component), component),
    {
      secretName: names.tlsSecret(component),
      duration,
      renewBefore,
      privateKey: { ...privateKey },
      usages: ["server auth", "client auth"],
      dnsNames: [
        "localhost",
        ...[component, ...group.podNames(component)].flatMap((host) => [
          host,
          pulumi.interpolate`${host}.${namespace}`,
          pulumi.interpolate`${host}.${namespace}.svc`,
          pulumi.interpolate`${host}.${namespace}.svc.cluster.local`,
        ]),
      ],
      ipAddresses: ["127.0.0.1", ...each.map(({ spec }) => spec.clusterIP)],
      issuerRef: { name: issuer.name, kind: issuer.kind ?? "Issuer", group: "cert-manager.io" },
    },
    group.child,
  );
}
