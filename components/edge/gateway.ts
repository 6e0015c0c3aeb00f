import * as pulumi from "@pulumi/pulumi";
import { environmentLabel } from "../../checklist/labels.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { CapabilityNamespace } from "../capability/namespace.ts";
import { capabilityLabels } from "../capability/naming.ts";
import { NetworkPolicies } from "../capability/network-policies.ts";
import { withDefaults } from "../defaults.ts";
import { alertRules } from "../data/alerts.ts";
import { custom } from "../data/custom.ts";
import { runbookConfigMap } from "../data/runbooks.ts";
import { edgeDefaults, gatewayPodsDefaults } from "./args.ts";
import type { EdgeArgs } from "./args.ts";
import { certificateAlerts } from "./certificate-alerts.ts";
import { envoyProxy, podAmounts } from "./envoy-proxy.ts";
import type { Issuers } from "./issuers.ts";
import { platformLabels } from "./issuers.ts";
import { edgeNames, gatewayCapability, gatewayNames, gatewayPodLabels, gatewayPorts } from "./names.ts";

const gatewayApi = "gateway.networking.k8s.io/v1";
const envoyApi = "gateway.envoyproxy.io/v1alpha1";

export const gatewayDefaults = deepFrozen({
  /** What is held of a connection at most while the other end is slow (CV-NET-04). */
  bufferLimit: "32Ki",
  /** How long a client may take to say what it wants. */
  requestHeadersReceivedTimeout: "10s",
  /** How long nothing may happen on a connection, and on a request. */
  idleTimeout: "300s",
  maxConcurrentStreams: 100,
});

/** Namespace, certificate, pods and listeners of the gateway; it is complete when all of it is there. */
export interface DeclaredGateway {
  /** Namespace of the Gateway and its pods. */
  namespace: pulumi.Output<string>;
  /** The Gateway. */
  gateway: pulumi.Resource;
}

/** Declares the gateway that all capabilities of the environment share (CV-KUBE-05). */
export function declareGateway(
  name: string,
  args: EdgeArgs,
  issuers: Issuers,
  opts: pulumi.CustomResourceOptions,
): DeclaredGateway {
  const { environment } = args;
  const pods = withDefaults(args.gateway ?? {}, gatewayPodsDefaults);
  const podMaximum = podAmounts("limits", pods.limits);
  const { namespace } = new CapabilityNamespace(
    `${name}-gateway`,
    {
      capability: gatewayCapability,
      environment,
      workloads: [
        { maxReplicas: pods.maxReplicas, requests: podAmounts("requests", pods.requests), limits: podMaximum },
      ],
      podMaximum,
    },
    { parent: opts.parent },
  );
  const labels = capabilityLabels(gatewayCapability, environment);
  const metadata = (of: string) => ({ name: of, namespace, labels });
  const policies = networkPolicies(name, args, namespace, opts);

  const certificate = custom(
    `${name}-gateway`,
    "cert-manager.io/v1",
    "Certificate",
    metadata(gatewayNames.certificate),
    {
      secretName: gatewayNames.certificate,
      duration: edgeDefaults.certificate.duration,
      renewBefore: edgeDefaults.certificate.renewBefore,
      privateKey: { ...edgeDefaults.certificate.privateKey },
      usages: ["digital signature", "server auth"],
      dnsNames: [...args.hosts],
      issuerRef: { name: issuers.signing, kind: "ClusterIssuer", group: "cert-manager.io" },
    },
    { ...opts, dependsOn: issuers.declared },
  );
  const gatewayClass = custom(
    `${name}-gateway`,
    gatewayApi,
    "GatewayClass",
    { name: edgeNames(environment).prefix, labels: platformLabels },
    { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
    opts,
  );
  const proxy = custom(
    `${name}-gateway`,
    envoyApi,
    "EnvoyProxy",
    metadata(gatewayNames.gateway),
    envoyProxy(pods),
    opts,
  );
  const gateway = custom(
    `${name}-gateway`,
    gatewayApi,
    "Gateway",
    metadata(gatewayNames.gateway),
    {
      gatewayClassName: edgeNames(environment).prefix,
      infrastructure: {
        parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: gatewayNames.gateway },
      },
      listeners: [
        {
          // For any name: the load balancer does not say in its handshake which one it wants. Routes name theirs.
          name: gatewayNames.listener,
          port: gatewayPorts.service,
          protocol: "HTTPS",
          tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: gatewayNames.certificate }] },
          allowedRoutes: {
            kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
            namespaces: { from: "Selector", selector: { matchLabels: { [environmentLabel]: environment } } },
          },
        },
      ],
    },
    { ...opts, dependsOn: [gatewayClass, proxy, certificate, policies] },
  );
  custom(`${name}-gateway`, envoyApi, "ClientTrafficPolicy", metadata(gatewayNames.gateway), clientTraffic(), opts);
  runbookConfigMap(`${name}-runbooks`, { namespace, labels }, ["certificate-renewal"], opts);
  if (pods.monitoring !== undefined) {
    alertRules(`${name}-certificates`, metadata("certificates"), "certificates", certificateAlerts(), opts);
    custom(
      `${name}-gateway`,
      "monitoring.coreos.com/v1",
      "PodMonitor",
      metadata(gatewayNames.gateway),
      {
        selector: { matchLabels: { ...gatewayPodLabels } },
        podMetricsEndpoints: [{ port: "metrics", path: "/stats/prometheus" }],
      },
      opts,
    );
  }
  return { namespace, gateway };
}

/** How clients are treated, whatever they ask for (CV-TLS-03, CV-DATA-02, CV-NET-04). */
function clientTraffic() {
  const { bufferLimit, requestHeadersReceivedTimeout, idleTimeout, maxConcurrentStreams } = gatewayDefaults;
  return {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gatewayNames.gateway }],
    tls: { minVersion: thresholds.edge.minTls, alpnProtocols: ["h2", "http/1.1"] },
    connection: { bufferLimit },
    // The load balancer is the one before; what it says of the client counts, and what the client says itself does not.
    clientIPDetection: { xForwardedFor: { numTrustedHops: 1 } },
    path: { escapedSlashesAction: "UnescapeAndRedirect", disableMergeSlashes: false },
    headers: {
      withUnderscoresAction: "RejectRequest",
      earlyRequestHeaders: { remove: [edgeDefaults.tenantHeader] },
    },
    http2: { maxConcurrentStreams },
    timeout: { http: { requestHeadersReceivedTimeout, idleTimeout, streamIdleTimeout: idleTimeout } },
    healthCheck: { path: edgeDefaults.healthPath },
  };
}

/** The load balancer calls the pods, and they their controller; each route adds its capability (AUD-SEC-01). */
function networkPolicies(
  name: string,
  args: EdgeArgs,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { monitoring, egress, controller } = withDefaults(args.gateway ?? {}, gatewayPodsDefaults);
  return new NetworkPolicies(
    `${name}-gateway`,
    {
      namespace,
      podLabels: { ...gatewayPodLabels },
      ingress: [
        {
          name: "load-balancer",
          peer: pulumi.output(args.network.cidr).apply((cidr) => ({ cidr })),
          ports: [gatewayPorts.pod],
        },
        ...(monitoring === undefined
          ? []
          : [{ name: "prometheus", peer: monitoring.peer, ports: [gatewayPorts.metrics] }]),
      ],
      egress: [
        {
          name: "controller",
          peer: controller,
          ports: [gatewayPorts.controller],
        },
        ...egress,
      ],
    },
    { parent: opts.parent },
  );
}
