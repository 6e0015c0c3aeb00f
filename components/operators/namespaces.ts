// The namespaces of the operators: how strict they are with pods, and whom their pods talk to. What is not here is refused.
import { gatewayPodLabels, gatewayPorts } from "../edge/names.ts";
import { policyController, veleroAccount } from "./names.ts";
import { tunnelPort } from "../security/mesh-policies.ts";

/** Pods in any namespace, by their labels or by those of their namespace. */
export interface PeerPods {
  /** Name of the edge. */
  readonly name: string;
  /** Labels of the namespaces; any namespace when empty. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Labels of the pods; any pod of those namespaces when empty. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** TCP ports. */
  readonly ports: readonly number[];
}

/** A namespace of operators. */
export interface OperatorNamespace {
  /** Name of the namespace. */
  readonly name: string;
  /** Labels of the operator's pods where the namespace is the cluster's own: then only they are isolated. */
  readonly pods?: Readonly<Record<string, string>>;
  /** Service accounts whose pods have a role on AWS; declared here rather than by the chart, so that a plan can tell whose roles are. */
  readonly accounts: readonly string[];
  /** Level of the pod security standards that it enforces. */
  readonly level: "restricted" | "baseline" | "privileged";
  /** Why it is not restricted. */
  readonly reason?: string;
  /** Ports that the API server calls: webhooks and aggregated APIs. */
  readonly apiServerCalls: readonly number[];
  /** Ports of metrics. */
  readonly metrics: readonly number[];
  /** Ports on which its pods call each other. */
  readonly within: readonly number[];
  /** Whether its pods call AWS: by endpoints in the network, with the identity of their pods. */
  readonly aws: boolean;
  /** What they call on the internet, in words; undefined when nothing. */
  readonly internet?: string;
  /** Pods elsewhere that they call. */
  readonly calls: readonly PeerPods[];
  /** Pods elsewhere that call them. */
  readonly calledBy: readonly PeerPods[];
  /** Whether every node has a pod of it, so that its quota grows with the cluster. */
  readonly onEveryNode: boolean;
}

const quiet = {
  level: "restricted",
  accounts: [],
  apiServerCalls: [],
  within: [],
  aws: false,
  calls: [],
  calledBy: [],
  onEveryNode: false,
} as const;

export const operatorNamespaces: readonly OperatorNamespace[] = Object.freeze([
  { ...quiet, name: "prometheus-operator", metrics: [8080] },
  {
    ...quiet,
    name: "cert-manager",
    accounts: ["cert-manager"],
    apiServerCalls: [10250],
    metrics: [9402],
    aws: true,
    internet: "the certificate authorities, and Route 53, which has no endpoint in a network",
  },
  {
    ...quiet,
    name: "external-secrets",
    accounts: ["external-secrets"],
    apiServerCalls: [10250],
    metrics: [8080],
    aws: true,
  },
  {
    ...quiet,
    name: "cnpg-system",
    apiServerCalls: [9443],
    metrics: [8080],
    within: [9090],
    calls: [
      {
        name: "instances",
        namespaceLabels: {},
        podLabels: { "cnpg.io/podRole": "instance" },
        ports: [8000, tunnelPort],
      },
    ],
  },
  {
    ...quiet,
    name: "kube-system",
    pods: { "app.kubernetes.io/name": "karpenter" },
    accounts: ["karpenter"],
    metrics: [8080],
    aws: true,
    internet: "IAM and the price list, which have no endpoint in a network",
  },
  {
    ...quiet,
    name: "kube-system",
    pods: { "app.kubernetes.io/name": "aws-load-balancer-controller" },
    accounts: ["aws-load-balancer-controller"],
    apiServerCalls: [9443],
    metrics: [8080],
    aws: true,
    internet: "Shield, which has no endpoint in a network",
  },
  {
    ...quiet,
    name: "envoy-gateway-system",
    metrics: [19001],
    // Gateways' pods are in namespaces of their own, and ask here for their configuration.
    calledBy: [
      {
        name: "gateways",
        namespaceLabels: {},
        podLabels: gatewayPodLabels,
        ports: [gatewayPorts.controller, tunnelPort],
      },
    ],
  },
  {
    ...quiet,
    name: "istio-system",
    level: "privileged",
    reason: "istio-cni and ztunnel set up the network of pods on their node: NET_ADMIN, and folders of the host",
    apiServerCalls: [15017],
    metrics: [15014, 15020],
    within: [15010, 15012],
    onEveryNode: true,
  },
  { ...quiet, name: "velero", accounts: [veleroAccount], metrics: [8085], aws: true },
  {
    ...quiet,
    name: policyController.namespace,
    accounts: [policyController.serviceAccount],
    apiServerCalls: [8443],
    metrics: [9090],
    aws: true,
    internet: "Sigstore's roots of trust, and registries other than ECR",
  },
  { ...quiet, name: "argo-rollouts", metrics: [8090] },
  { ...quiet, name: "keda", apiServerCalls: [6443, 9443], metrics: [8080], within: [9666], aws: true },
]);
