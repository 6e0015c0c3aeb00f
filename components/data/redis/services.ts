import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { serverCertificate } from "../server-certificate.ts";
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
  const secretName = names.tlsSecret(component);
  serverCertificate(
    `${group.name}-${component}`,
    group.metadata(secretName, component),
    {
      secretName,
      issuer: group.args.issuer,
      services: [component, ...group.podNames(component)],
      dnsNames: ["localhost"],
      ipAddresses: ["127.0.0.1", ...each.map(({ spec }) => spec.clusterIP)],
      usages: ["server auth", "client auth"],
    },
    group.child,
  );
}
