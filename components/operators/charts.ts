// Every third-party operator's chart: where it is from, and at which version. This is the one place where a version is
// raised. Its values are in values.ts, under the same name.

/** One chart, pinned. */
export interface PinnedChart {
  /** Name of the release, and by which stack files name it. */
  readonly name: string;
  /** Name of the chart in its repository, or its whole oci:// address. */
  readonly chart: string;
  /** Address of the repository; none for oci:// charts. */
  readonly repository?: string;
  /** Exact version. */
  readonly version: string;
  /** Namespace of the operator; one of operatorNamespaces. */
  readonly namespace: string;
  /** How its resource definitions come and are kept up to date. */
  readonly crds: "chart's crds folder" | "chart's templates" | "none";
  /** What its hooks would do, which helm.v4.Chart never runs, and what does it instead. */
  readonly hooks: string;
  /** Charts that must be ready before it, where they are installed. */
  readonly after: readonly string[];
}

const noHooks = "none";
const istio = "https://istio-release.storage.googleapis.com/charts";
const istioVersion = "1.30.4";

export const charts: readonly PinnedChart[] = Object.freeze([
  {
    name: "prometheus-operator",
    chart: "kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "93.9.0",
    namespace: "prometheus-operator",
    crds: "chart's crds folder",
    hooks: "make the certificate of its admission webhook, which is off: the definitions' schemas stay",
    after: [],
  },
  {
    name: "cert-manager",
    chart: "cert-manager",
    repository: "https://charts.jetstack.io",
    version: "v1.21.2",
    namespace: "cert-manager",
    crds: "chart's templates",
    hooks: "wait for its webhook to answer; Pulumi waits for its pods to be ready instead",
    after: ["prometheus-operator"],
  },
  {
    name: "external-secrets",
    chart: "external-secrets",
    repository: "https://charts.external-secrets.io",
    version: "2.14.0",
    namespace: "external-secrets",
    crds: "chart's templates",
    hooks: noHooks,
    after: ["prometheus-operator"],
  },
  {
    name: "cloudnative-pg",
    chart: "cloudnative-pg",
    repository: "https://cloudnative-pg.github.io/charts",
    version: "0.29.1",
    namespace: "cnpg-system",
    crds: "chart's templates",
    hooks: noHooks,
    after: ["prometheus-operator"],
  },
  {
    name: "plugin-barman-cloud",
    chart: "plugin-barman-cloud",
    repository: "https://cloudnative-pg.github.io/charts",
    version: "0.8.1",
    namespace: "cnpg-system",
    crds: "chart's templates",
    hooks: noHooks,
    after: ["cert-manager", "cloudnative-pg"],
  },
  {
    name: "karpenter",
    chart: "oci://public.ecr.aws/karpenter/karpenter",
    version: "1.15.0",
    namespace: "kube-system",
    crds: "chart's crds folder",
    hooks: noHooks,
    after: ["prometheus-operator"],
  },
  {
    name: "aws-load-balancer-controller",
    chart: "aws-load-balancer-controller",
    repository: "https://aws.github.io/eks-charts",
    version: "3.6.0",
    namespace: "kube-system",
    crds: "chart's crds folder",
    hooks: noHooks,
    after: ["prometheus-operator", "cert-manager"],
  },
  {
    name: "envoy-gateway",
    chart: "oci://docker.io/envoyproxy/gateway-helm",
    version: "v1.9.1",
    namespace: "envoy-gateway-system",
    crds: "chart's templates",
    hooks:
      "make the certificates between Envoy Gateway and its proxies; cert-manager makes them instead (certificates.ts)",
    after: ["prometheus-operator", "cert-manager", "external-secrets"],
  },
  {
    name: "istio-base",
    chart: "base",
    repository: istio,
    version: istioVersion,
    namespace: "istio-system",
    crds: "chart's crds folder",
    hooks: noHooks,
    after: [],
  },
  {
    name: "istiod",
    chart: "istiod",
    repository: istio,
    version: istioVersion,
    namespace: "istio-system",
    crds: "none",
    hooks: noHooks,
    after: ["istio-base"],
  },
  {
    name: "istio-cni",
    chart: "cni",
    repository: istio,
    version: istioVersion,
    namespace: "istio-system",
    crds: "none",
    hooks: noHooks,
    after: ["istiod"],
  },
  {
    name: "ztunnel",
    chart: "ztunnel",
    repository: istio,
    version: istioVersion,
    namespace: "istio-system",
    crds: "none",
    hooks: noHooks,
    after: ["istiod", "istio-cni"],
  },
  {
    name: "velero",
    chart: "velero",
    repository: "https://vmware-tanzu.github.io/helm-charts",
    version: "12.2.1",
    namespace: "velero",
    crds: "chart's crds folder",
    hooks: "bring its definitions up to date; Pulumi does, as they are resources of its own",
    after: ["prometheus-operator"],
  },
  {
    name: "policy-controller",
    chart: "policy-controller",
    repository: "https://sigstore.github.io/helm-charts",
    version: "0.10.5",
    namespace: "cosign-system",
    crds: "chart's templates",
    hooks: "clear up leases when it is removed, which nothing depends on",
    after: ["prometheus-operator"],
  },
  {
    name: "argo-rollouts",
    chart: "argo-rollouts",
    repository: "https://argoproj.github.io/argo-helm",
    version: "2.41.1",
    namespace: "argo-rollouts",
    crds: "chart's templates",
    hooks: noHooks,
    after: ["prometheus-operator"],
  },
  {
    name: "keda",
    chart: "keda",
    repository: "https://kedacore.github.io/charts",
    version: "2.21.1",
    namespace: "keda",
    crds: "chart's templates",
    hooks: noHooks,
    after: ["prometheus-operator"],
  },
]);

/** Names of all of them, by which stack files choose. */
export const chartNames: readonly string[] = charts.map(({ name }) => name);
