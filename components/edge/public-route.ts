import * as pulumi from "@pulumi/pulumi";
import { capabilityLabels, selectorLabels, workloadName } from "../capability/naming.ts";
import { edgePolicies } from "../capability/network-policies.ts";
import { custom } from "../data/custom.ts";
import { withDefaults } from "../defaults.ts";
import { refuse } from "../validation.ts";
import { tunnelPort } from "../security/mesh-policies.ts";
import { gatewayPodLabels, routeEdge } from "./names.ts";
import { publicRouteDefaults } from "./route-args.ts";
import type { PublicRouteArgs } from "./route-args.ts";
import { accessPolicy, trafficPolicy } from "./route-policies.ts";
import { routeProblems } from "./route-problems.ts";
import { routeSpec, startingWith } from "./route-spec.ts";
import type { Match } from "./route-spec.ts";

/** Label of the routes whose clients stay on one pod (AUD-LB-03). */
const stickyLabel = "apg.io/sticky";

/** Lets the world reach a capability: with a token, within limits, and under its own names (CV-NET-04, CV-APPSEC-08). */
export class PublicRoute extends pulumi.ComponentResource {
  /** URLs under which the capability is reached. */
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: PublicRouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:edge:PublicRoute", name, args, opts);
    refuse(name, routeProblems(args));

    const given = withDefaults(args, publicRouteDefaults);
    const { namespace, capability, environment, component, hosts, gateway, port, paths, stickyPaths } = given;
    const { healthPath, timeoutSeconds, stickyTimeoutSeconds, maxRequestSize, rateLimit = {} } = given;
    const child = { parent: this };
    const labels = capabilityLabels(capability, environment);
    const metadata = (suffix: string) => ({ name: `${capability}${suffix}`, namespace, labels });
    const backends = given.backends ?? [{ service: workloadName({ capability, component }), weight: 100 }];
    const parts = { hosts, gateway, backends, port, contentSecurityPolicy: given.contentSecurityPolicy };

    // A policy is there before the route that it is for: no route is open even for a moment.
    const policy = (kind: string, suffix: string, spec: object) =>
      custom(`${name}${suffix}`, "gateway.envoyproxy.io/v1alpha1", kind, metadata(suffix), spec, child);
    const route = (suffix: string, matches: Match[], dependsOn: pulumi.Resource[], more = {}) => {
      const labelled = { ...metadata(suffix), labels: { ...labels, ...more } };
      const spec = routeSpec(parts, matches);
      custom(`${name}${suffix}`, "gateway.networking.k8s.io/v1", "HTTPRoute", labelled, spec, { ...child, dependsOn });
    };
    const sticky = stickyPaths.length > 0 ? [`${capability}-sticky`] : [];
    const health = given.publicHealth ? [`${capability}-health`] : [];
    const common = { healthPath, rateLimit };
    const access = policy(
      "SecurityPolicy",
      "",
      accessPolicy([capability, ...sticky], given.token, given.allowedOrigins),
    );
    const traffic = policy(
      "BackendTrafficPolicy",
      "",
      trafficPolicy({ ...common, routes: [capability, ...health], maxRequestSize, timeoutSeconds }),
    );
    route("", startingWith(paths), [access, traffic]);
    if (given.publicHealth)
      route("-health", [{ path: { type: "Exact", value: healthPath }, method: "GET" }], [traffic]);
    if (sticky.length > 0) {
      const cookie = `apg-${capability}`;
      const streams = policy(
        "BackendTrafficPolicy",
        "-sticky",
        trafficPolicy({ ...common, routes: sticky, cookie, timeoutSeconds: stickyTimeoutSeconds }),
      );
      route("-sticky", startingWith(stickyPaths), [access, streams], { [stickyLabel]: "true" });
    }

    const pods = selectorLabels({ capability, component, environment });
    const peer = (of: pulumi.Input<string>, podLabels: { [label: string]: string }) =>
      pulumi.output(of).apply((known) => ({ namespace: known, podLabels }));
    const caller = { name: routeEdge, peer: peer(gateway.namespace, { ...gatewayPodLabels }), ports: [port] };
    // Network policies see the mesh's tunnel in place of the port.
    const ports = gateway.mesh === true ? [port, tunnelPort] : [port];
    const called = { name: capability, peer: peer(namespace, pods), ports };
    edgePolicies(name, { namespace, podLabels: pods, ingress: [caller] }, child);
    edgePolicies(name, { namespace: gateway.namespace, podLabels: { ...gatewayPodLabels }, egress: [called] }, child);

    this.urls = pulumi.output(hosts.map((host) => `https://${host}`));
    this.registerOutputs({ urls: this.urls });
  }
}
