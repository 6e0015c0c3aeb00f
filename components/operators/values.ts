// The values of the charts, where the charts' own are not enough: replicas apart from each other, sizes, metrics, and the
// parts that are not wanted.
import type * as pulumi from "@pulumi/pulumi";
import { gatewayImage, partsOf } from "./images.ts";
import type { OperatorImagesArgs } from "./images.ts";
import { policyController, veleroAccount } from "./names.ts";

/** What the values of charts are made from. */
export interface ChartContext {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: string;
  /** The cluster's network. */
  vpcId: pulumi.Input<string>;
  /** Queue of the warnings that a node is about to go. */
  interruptionQueue: string;
  /** Whether the Prometheus operator is there, so that charts may describe what it is to read. */
  metrics: boolean;
  /** Copies of images that operators start in namespaces of capabilities. */
  images: OperatorImagesArgs;
  /** Whether an image that no policy of signatures names is refused, where signatures are asked for; otherwise it is let in with a warning. */
  refuseUnmatchedImages: boolean;
}

/** Values of a chart. */
export type Values = Record<string, unknown>;

/** Pods of operators go before everything of the capabilities: without them nothing is healed. */
const priorityClassName = "system-cluster-critical";

const label = "app.kubernetes.io/name";

const size = (cpu: string, memory: string, cpuLimit = "500m") => ({
  requests: { cpu, memory },
  limits: { cpu: cpuLimit, memory },
});

/** Pods with these labels are on nodes of their own, each. */
const apart = (labels: Record<string, string>) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
    ],
  },
});

/** An image as charts take it that know no registry apart. */
const repositoryOf = (image: string) => {
  const { registry, repository, tag } = partsOf(image);
  return { repository: `${registry}/${repository}`, tag };
};

const disruption = { enabled: true, minAvailable: 1 };

/** By the name of the chart's release. */
export const chartValues: Readonly<Record<string, (context: ChartContext) => Values>> = Object.freeze({
  // The operator and its definitions alone: what watches the platform is declared by the platform itself.
  "prometheus-operator": ({ metrics }) => ({
    ...Object.fromEntries(
      ["prometheus", "alertmanager", "grafana", "kubeStateMetrics", "nodeExporter", "kubelet", "coreDns", "kubeDns"]
        .concat("kubeApiServer", "kubeControllerManager", "kubeEtcd", "kubeScheduler", "kubeProxy")
        .map((part) => [part, { enabled: false }]),
    ),
    defaultRules: { create: false },
    prometheusOperator: {
      priorityClassName,
      resources: size("100m", "256Mi"),
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
      serviceMonitor: { selfMonitor: metrics },
    },
  }),
  "cert-manager": ({ metrics }) => ({
    crds: { enabled: true, keep: true },
    global: { priorityClassName },
    serviceAccount: { create: false, name: "cert-manager" },
    replicaCount: 2,
    podDisruptionBudget: disruption,
    resources: size("50m", "256Mi"),
    affinity: apart({ [label]: "cert-manager" }),
    webhook: {
      replicaCount: 2,
      podDisruptionBudget: disruption,
      resources: size("50m", "128Mi"),
      affinity: apart({ [label]: "webhook" }),
    },
    cainjector: {
      replicaCount: 2,
      podDisruptionBudget: disruption,
      resources: size("50m", "512Mi"),
      affinity: apart({ [label]: "cainjector" }),
    },
    startupapicheck: { enabled: false },
    prometheus: { enabled: true, servicemonitor: { enabled: metrics } },
  }),
  "external-secrets": ({ metrics }) => ({
    installCRDs: true,
    leaderElect: true,
    serviceAccount: { create: false, name: "external-secrets" },
    replicaCount: 2,
    priorityClassName,
    podDisruptionBudget: disruption,
    resources: size("50m", "256Mi"),
    affinity: apart({ [label]: "external-secrets" }),
    serviceMonitor: { enabled: metrics },
    webhook: {
      replicaCount: 2,
      priorityClassName,
      podDisruptionBudget: disruption,
      resources: size("20m", "128Mi"),
      affinity: apart({ [label]: "external-secrets-webhook" }),
    },
    certController: { replicaCount: 1, priorityClassName, resources: size("20m", "256Mi") },
  }),
  // A node that takes the primary and the only operator pod with it would leave nobody to promote a standby.
  "cloudnative-pg": ({ metrics, images: { cloudnativePg } }) => ({
    crds: { create: true },
    ...(cloudnativePg !== undefined && { image: repositoryOf(cloudnativePg) }),
    replicaCount: 2,
    priorityClassName,
    resources: size("100m", "512Mi", "1"),
    affinity: apart({ [label]: "cloudnative-pg" }),
    monitoring: { podMonitorEnabled: metrics },
  }),
  // Its releases replace the pod as a whole, and a backup that it misses is taken again: it has no second one.
  "plugin-barman-cloud": ({ images: { barmanSidecar } }) => ({
    crds: { create: true },
    ...(barmanSidecar !== undefined && { sidecarImage: partsOf(barmanSidecar) }),
    replicaCount: 1,
    priorityClassName,
    resources: size("50m", "256Mi"),
  }),
  // The chart itself keeps its pods apart, and off the nodes that they make.
  karpenter: ({ clusterName, interruptionQueue, metrics }) => ({
    replicas: 2,
    priorityClassName,
    serviceAccount: { create: false, name: "karpenter" },
    settings: { clusterName, interruptionQueue },
    controller: { resources: size("500m", "1Gi", "1") },
    podDisruptionBudget: { maxUnavailable: 1 },
    serviceMonitor: { enabled: metrics },
  }),
  // Without cert-manager the chart makes a new certificate whenever it is rendered, and no plan is ever empty.
  "aws-load-balancer-controller": ({ clusterName, region, vpcId, metrics }) => ({
    clusterName,
    region,
    vpcId,
    enableCertManager: true,
    // It makes load balancers of no Service here, and without its webhook no Service waits for it.
    enableServiceMutatorWebhook: false,
    replicaCount: 2,
    priorityClassName,
    serviceAccount: { create: false, name: "aws-load-balancer-controller" },
    resources: size("100m", "256Mi"),
    affinity: apart({ [label]: "aws-load-balancer-controller" }),
    podDisruptionBudget: { maxUnavailable: 1 },
    serviceMonitor: { enabled: metrics },
  }),
  "envoy-gateway": ({ images }) => ({
    crds: { enabled: true },
    ...(images.envoyGateway !== undefined && { global: { images: { envoyGateway: { image: images.envoyGateway } } } }),
    // Its webhook's certificate comes from a hook.
    topologyInjector: { enabled: false },
    podDisruptionBudget: { minAvailable: 1 },
    // Pods of a gateway are in the gateway's namespace, with the capability that it is.
    config: {
      envoyGateway: {
        gateway: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
        provider: {
          type: "Kubernetes",
          kubernetes: { deploy: { type: "GatewayNamespace" }, shutdownManager: { image: gatewayImage(images) } },
        },
      },
    },
    deployment: {
      replicas: 2,
      priorityClassName,
      envoyGateway: { resources: size("100m", "1Gi", "1") },
      pod: { affinity: apart({ "control-plane": "envoy-gateway" }) },
    },
  }),
  "istio-base": () => ({ defaultRevision: "default" }),
  istiod: () => ({
    profile: "ambient",
    autoscaleMin: 2,
    resources: size("200m", "1Gi", "1"),
    affinity: apart({ app: "istiod" }),
    global: { priorityClassName, defaultPodDisruptionBudget: { enabled: true } },
  }),
  "istio-cni": () => ({ profile: "ambient", resources: size("50m", "128Mi") }),
  ztunnel: () => ({ resources: size("200m", "512Mi", "1") }),
  // Where copies go is declared with each capability's data.
  velero: ({ metrics }) => ({
    upgradeCRDs: false,
    cleanUpCRDs: false,
    backupsEnabled: false,
    snapshotsEnabled: false,
    deployNodeAgent: false,
    credentials: { useSecret: false },
    // Velero knows no cloud by itself.
    initContainers: [
      {
        name: "velero-plugin-for-aws",
        image: "velero/velero-plugin-for-aws:v1.14.0",
        volumeMounts: [{ mountPath: "/target", name: "plugins" }],
        resources: size("50m", "128Mi"),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
    serviceAccount: { server: { create: false, name: veleroAccount } },
    priorityClassName,
    resources: size("200m", "512Mi", "1"),
    podSecurityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    metrics: { enabled: true, serviceMonitor: { enabled: metrics } },
  }),
  "policy-controller": ({ metrics, refuseUnmatchedImages }) => ({
    installCRDs: true,
    serviceMonitor: { enabled: metrics },
    webhook: {
      serviceAccount: { create: false, name: policyController.serviceAccount },
      configData: { "no-match-policy": refuseUnmatchedImages ? "deny" : "warn" },
      // What its namespace asks for and the chart does not say.
      podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      replicaCount: 2,
      failurePolicy: "Fail",
      podDisruptionBudget: disruption,
      resources: size("100m", "512Mi"),
    },
  }),
  "argo-rollouts": ({ metrics }) => ({
    installCRDs: true,
    keepCRDs: true,
    dashboard: { enabled: false },
    controller: {
      replicas: 2,
      priorityClassName,
      resources: size("100m", "256Mi"),
      affinity: apart({ "app.kubernetes.io/component": "rollouts-controller" }),
      pdb: disruption,
      metrics: { enabled: true, serviceMonitor: { enabled: metrics } },
    },
  }),
  keda: ({ metrics }) => ({
    crds: { install: true },
    priorityClassName,
    operator: { replicaCount: 2, affinity: apart({ app: "keda-operator" }) },
    metricsServer: { replicaCount: 2, affinity: apart({ app: "keda-operator-metrics-apiserver" }) },
    webhooks: { replicaCount: 2, affinity: apart({ app: "keda-admission-webhooks" }) },
    resources: {
      operator: size("100m", "512Mi", "1"),
      metricServer: size("100m", "256Mi"),
      webhooks: size("20m", "128Mi"),
    },
    podDisruptionBudget: {
      operator: { minAvailable: 1 },
      metricServer: { minAvailable: 1 },
      webhooks: { minAvailable: 1 },
    },
    prometheus: Object.fromEntries(
      ["operator", "metricServer", "webhooks"].map((part) => [
        part,
        { enabled: true, serviceMonitor: { enabled: metrics } },
      ]),
    ),
  }),
});
