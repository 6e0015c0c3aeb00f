import * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { edgePolicies } from "../capability/network-policies.ts";
import type { NetworkEdge } from "../capability/network-policies.ts";
import { custom } from "../data/custom.ts";
import { distinct, dnsLabel, refuse, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { allowance, balancing, principal, principalsOf, tunnelPort } from "./mesh-policies.ts";

/** Calls between pods of one namespace. */
export interface MeshFlowArgs {
  /** Name of the flow; a DNS label. */
  name: string;
  /** Service accounts of the pods that call, at least one (CV-NET-05). */
  serviceAccounts: string[];
  /** Labels of the pods that are called, at least one. */
  podLabels: { [label: string]: string };
  /** TCP ports that are called, at least one (CV-NET-01). */
  ports: number[];
}

/** A namespace in the mesh, with the edges that its network policies have. */
export interface MeshNamespaceArgs {
  /** Name of the capability, or of whatever else is in it; a DNS label that is used once. */
  name: string;
  /** The namespace; it needs the label `istio.io/dataplane-mode: ambient` (AUD-INFRA-06). */
  namespace: string;
  /** Who may call; the same as of the network policies (CV-NET-05). @default nobody */
  acceptsFrom?: NetworkEdge[];
  /** Who may be called; the same as of the network policies (CV-NET-05). @default nobody */
  connectsTo?: NetworkEdge[];
  /** Calls inside the namespace (CV-NET-05). @default its pods may call each other */
  flows?: MeshFlowArgs[];
  /** Ports that the nodes probe (AUD-PROD-05). @default those that others call */
  probePorts?: number[];
  /** Names of services, where not all are balanced alike (AUD-INFRA-06). @default one rule for all of the namespace */
  services?: string[];
}

/** Arguments of `Mesh`. */
export interface MeshArgs {
  /** The namespaces in the mesh. */
  namespaces: MeshNamespaceArgs[];
  /** Namespace of Istio, whose rules hold for all of the mesh. @default istio-system */
  rootNamespace?: string;
}

export const meshDefaults = deepFrozen({
  rootNamespace: "istio-system",
  /** The address that probes of nodes have in the mesh, which has to let them through. */
  probeAddress: "169.254.7.127/32",
});

/** Label by which a namespace is in the mesh. */
export const meshLabel = deepFrozen({ key: "istio.io/dataplane-mode", value: "ambient" });

/** Labels that everything of the platform has. */
const ownPods = { "app.kubernetes.io/part-of": "apg-platform" };

const security = "security.istio.io/v1";

/**
 * Every connection between pods has both ends proven and is allowed by an edge that names the caller (AUD-SEC-01, CV-NET-05,
 * CV-DATA-02). It is Istio in ambient mode, which needs no container beside the pods' own. Its tunnel carries whatever TCP
 * there is, so that databases, which speak TLS themselves, need no exception: theirs runs inside the tunnel.
 *
 * Operators that call a capability's pods, and what scrapes them, have to be in the mesh too. What the API server calls, such
 * as their webhooks, is no pod's call: those pods take the annotation ambient.istio.io/bypass-inbound-capture: "true".
 */
export class Mesh extends pulumi.ComponentResource {
  /** The namespaces in the mesh. */
  readonly namespaces: pulumi.Output<string[]>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Mesh", name, args, opts);
    refuse(name, problemsOf(args));
    const child = { parent: this };
    const rootNamespace = args.rootNamespace ?? meshDefaults.rootNamespace;
    const strict = { mtls: { mode: "STRICT" } };
    custom(name, security, "PeerAuthentication", { name: "default", namespace: rootNamespace }, strict, child);
    for (const each of args.namespaces) this.#guard(`${name}-${each.name}`, each, strict, child);

    this.namespaces = pulumi.output(args.namespaces.map(({ namespace }) => namespace));
    this.registerOutputs({ namespaces: this.namespaces });
  }

  #guard(name: string, args: MeshNamespaceArgs, strict: object, child: { parent: pulumi.Resource }): void {
    const { namespace, acceptsFrom = [], connectsTo = [], services = ["*"] } = args;
    const metadata = (of: string) => ({
      name: of,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
    });
    custom(name, security, "PeerAuthentication", metadata("default"), strict, child);
    // Without a rule nothing is allowed.
    custom(`${name}-default-deny`, security, "AuthorizationPolicy", metadata("default-deny"), {}, child);
    const flows = args.flows ?? [{ name: "own", serviceAccounts: ["*"], podLabels: undefined, ports: [] }];
    for (const { name: flow, serviceAccounts, podLabels, ports } of flows) {
      const spec = allowance(
        serviceAccounts.map((account) => principal(namespace, account)),
        ports,
        podLabels,
      );
      custom(`${name}-allow-${flow}`, security, "AuthorizationPolicy", metadata(`allow-${flow}`), spec, child);
    }
    for (const { name: edge, peer, ports } of acceptsFrom) {
      // Addresses outside the cluster have no identity, so that they come by the gateway or not at all.
      if (isOutside(peer)) continue;
      const spec = pulumi.output(peer).apply((known) => allowance(principalsOf(known, namespace), ports));
      custom(
        `${name}-allow-from-${edge}`,
        security,
        "AuthorizationPolicy",
        metadata(`allow-from-${edge}`),
        spec,
        child,
      );
    }
    this.#openTunnel(name, args, acceptsFrom, connectsTo, child);
    for (const service of services) {
      custom(
        service === "*" ? name : `${name}-${service}`,
        "networking.istio.io/v1",
        "DestinationRule",
        metadata(service === "*" ? "all" : service),
        balancing(`${service}.${namespace}.svc.cluster.local`),
        child,
      );
    }
  }

  /** Network policies see the tunnel's port instead of the one that is called, and a probe from the mesh's own address. */
  #openTunnel(
    name: string,
    { namespace, probePorts }: MeshNamespaceArgs,
    acceptsFrom: NetworkEdge[],
    connectsTo: NetworkEdge[],
    child: { parent: pulumi.Resource },
  ): void {
    const tunnel = (edges: NetworkEdge[]) =>
      edges.filter(({ peer }) => !isOutside(peer)).map((edge) => ({ ...edge, ports: [tunnelPort] }));
    const probed = probePorts ?? [...new Set(acceptsFrom.flatMap(({ ports }) => ports))];
    const own = { name: "own", peer: { podLabels: ownPods }, ports: [tunnelPort] };
    const probes = { name: "probes", peer: { cidr: meshDefaults.probeAddress }, ports: probed };
    edgePolicies(
      name,
      {
        namespace,
        prefix: "mesh",
        ingress: [own, ...tunnel(acceptsFrom), ...(probed.length > 0 ? [probes] : [])],
        egress: [own, ...tunnel(connectsTo)],
      },
      child,
    );
  }
}

function isOutside(peer: NetworkEdge["peer"]): boolean {
  return !pulumi.Output.isInstance(peer) && !(peer instanceof Promise) && peer.cidr !== undefined;
}

function problemsOf({ namespaces, rootNamespace }: MeshArgs): Problem[] {
  return [
    ...(rootNamespace === undefined ? [] : dnsLabel("rootNamespace", rootNamespace)),
    ...distinct(
      "namespaces",
      namespaces.map(({ name }) => name),
    ),
    ...namespaces.flatMap(({ name, namespace, acceptsFrom = [], flows = [] }, index) => [
      ...dnsLabel(`namespaces[${index}].name`, name),
      ...dnsLabel(`namespaces[${index}].namespace`, namespace),
      ...flows.flatMap(({ name: flow, serviceAccounts, podLabels, ports }, at) => [
        ...dnsLabel(`namespaces[${index}].flows[${at}].name`, flow),
        ...unless(
          serviceAccounts.length > 0 && Object.keys(podLabels).length > 0 && ports.length > 0,
          `namespaces[${index}].flows[${at}]`,
          "an open flow",
          "at least one service account, one label and one port are needed (CV-NET-05)",
        ),
      ]),
      ...acceptsFrom.flatMap((edge, at) =>
        unless(
          edge.ports.length > 0,
          `namespaces[${index}].acceptsFrom[${at}].ports`,
          "no port",
          "at least one is needed; an edge without ports would allow them all (CV-NET-01)",
        ),
      ),
    ]),
  ];
}
