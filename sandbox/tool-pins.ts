import { join } from "node:path";

/** A program that is built from a pinned Go module when PATH has no suitable one. */
export interface Tool {
  /** Name, as the rest of the sandbox asks for it. */
  name: string;
  /** Folder under sandbox/tools with its go.mod and go.sum; tools of one module are built together. */
  module: string;
  /** Main package. */
  package: string;
  /** Linker settings: an unset version reads as empty and would be warned of. */
  ldflags?: string;
  /** Build tags. */
  tags?: string;
  /** What makes a program found on PATH suitable; without it the tool is always built. */
  onPath?: { versionArguments: string[]; suitable(version: [number, number, number]): boolean; needs?: string[] };
}

/** A Go module whose tools are built together. */
export interface ToolModule {
  /** Version as people know it. */
  version: string;
  /** Minutes that a build from nothing took on two cores. */
  minutes: number;
  /** Files copied beside our main package from a dependency that carries them. */
  embeds?: { module: string; paths: string[] };
}

export const kubernetesVersion = "1.36.3";
export const pulumiVersion = "3.250.0";
/** The provider release; package.json holds @pulumi/kubernetes at the same version, else every command warns of a mismatch. */
export const kubernetesProviderVersion = "4.25.0";

const modules: Record<string, ToolModule> = {
  etcd: { version: "3.6.6", minutes: 1 },
  kubernetes: { version: kubernetesVersion, minutes: 5 },
  kwok: { version: "0.7.0", minutes: 2 },
  pulumi: { version: pulumiVersion, minutes: 3 },
  "pulumi-kubernetes": {
    version: kubernetesProviderVersion,
    minutes: 7,
    embeds: {
      module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
      paths: ["schema.json", "terraform-mapping.json"].map((file) => `cmd/pulumi-resource-kubernetes/${file}`),
    },
  },
  // What real nodes need, on the host and in pods.
  containerd: { version: "2.1.4", minutes: 1 },
  "cni-plugins": { version: "1.7.1", minutes: 1 },
  coredns: { version: "1.12.4", minutes: 3 },
  "metrics-server": { version: "0.9.0", minutes: 2 },
  "local-path-provisioner": { version: "0.0.30", minutes: 1 },
  // What pods run (images/recipes.ts).
  pause: { version: "1.0.0", minutes: 1 },
  "reference-capability": { version: "1.0.0", minutes: 2 },
  versitygw: { version: "1.8.0", minutes: 3 },
  "cloudnative-pg": { version: "1.27.0", minutes: 2 },
  "prometheus-adapter": { version: "0.12.0", minutes: 2 },
  "opentelemetry-collector": { version: "0.149.0", minutes: 5 },
  "argo-rollouts": { version: "1.9.2", minutes: 5 },
};

/** What is built, and where its go.mod and go.sum are: one folder per module. */
export interface Pins {
  folder: string;
  modules: Readonly<Record<string, ToolModule>>;
  tools: readonly Tool[];
}

/** Disk that a build from nothing takes while it runs; the binaries that stay take `diskKept`. */
export const diskWhileBuilding = 15e9;
export const diskKept = 1.1e9;
/** Oldest Go release that builds the pinned modules. */
export const goVersion: [number, number] = [1, 26];

const [, kubernetesMinor] = kubernetesVersion.split(".").map(Number) as [number, number, number];
const versionPackage = "k8s.io/component-base/version";
const kubernetesFlags = `-X ${versionPackage}.gitVersion=v${kubernetesVersion} -X ${versionPackage}.gitMajor=1 -X ${versionPackage}.gitMinor=${kubernetesMinor}`;
const pulumiFlags = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`;

/** The same minor release on PATH serves as well as ours. */
const sameMinor = (wanted: string) => {
  const [major, minor] = wanted.split(".").map(Number);
  return ([a, b]: [number, number, number]) => a === major && b === minor;
};

const kubernetesTool = (name: string): Tool => ({
  name,
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: kubernetesFlags,
  onPath: { versionArguments: ["--version"], suitable: sameMinor(kubernetesVersion) },
});

const tools: readonly Tool[] = [
  {
    name: "etcd",
    module: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    onPath: { versionArguments: ["--version"], suitable: sameMinor("3.6.6") },
  },
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"].map(kubernetesTool),
  {
    ...kubernetesTool("kubectl"),
    // Kubernetes supports a kubectl one minor release older or newer than the API server.
    onPath: {
      versionArguments: ["version", "--client"],
      suitable: ([major, minor]) => major === 1 && Math.abs(minor - kubernetesMinor) <= 1,
    },
  },
  { name: "kwok", module: "kwok", package: "sigs.k8s.io/kwok/cmd/kwok" },
  {
    name: "pulumi",
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: pulumiFlags,
    onPath: {
      versionArguments: ["version"],
      suitable: ([major, minor]) => major === 3 && minor >= Number(pulumiVersion.split(".")[1]),
      // Without the vendor's language host beside it the CLI could not run a program.
      needs: ["pulumi-language-nodejs"],
    },
  },
  {
    name: "pulumi-language-nodejs",
    module: "pulumi",
    package: "./pulumi-language-nodejs",
    ldflags: pulumiFlags,
  },
  {
    name: "pulumi-resource-kubernetes",
    module: "pulumi-kubernetes",
    package: ".",
    ldflags: `-X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${kubernetesProviderVersion}`,
  },
];

const containerdTool = (name: string): Tool => ({
  name,
  module: "containerd",
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
  ldflags: "-X github.com/containerd/containerd/v2/version.Version=v2.1.4",
  tags: "no_btrfs,no_devmapper,no_zfs",
});

/** Programs of the real nodes and of the pods that make them a cluster; never taken from PATH. */
const nodeTools: readonly Tool[] = [
  ...["containerd", "containerd-shim-runc-v2", "ctr"].map(containerdTool),
  ...["main/bridge", "main/loopback", "ipam/host-local"].map((plugin) => ({
    name: plugin.slice(plugin.indexOf("/") + 1),
    module: "cni-plugins",
    package: `github.com/containernetworking/plugins/plugins/${plugin}`,
  })),
  { name: "coredns", module: "coredns", package: "github.com/coredns/coredns" },
  { name: "metrics-server", module: "metrics-server", package: "sigs.k8s.io/metrics-server/cmd/metrics-server" },
  {
    name: "local-path-provisioner",
    module: "local-path-provisioner",
    package: "github.com/rancher/local-path-provisioner",
  },
  { name: "pause", module: "pause", package: ".", ldflags: "-X main.version=1.0.0" },
  { name: "reference-capability", module: "reference-capability", package: ".", ldflags: "-X main.version=1.0.0" },
  {
    name: "versitygw",
    module: "versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
    ldflags: "-X main.Version=v1.8.0",
  },
  {
    name: "cloudnative-pg",
    module: "cloudnative-pg",
    package: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
  },
  {
    name: "prometheus-adapter",
    module: "prometheus-adapter",
    package: "sigs.k8s.io/prometheus-adapter/cmd/adapter",
  },
  {
    name: "otelcol",
    module: "opentelemetry-collector",
    package: ".",
    ldflags: "-X main.version=0.149.0",
  },
  {
    name: "argo-rollouts",
    module: "argo-rollouts",
    package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
    ldflags: "-X github.com/argoproj/argo-rollouts/utils/version.version=1.9.2",
  },
];

/** The sandbox's own pins. */
export const sandboxPins: Pins = {
  folder: join(import.meta.dirname, "tools"),
  modules,
  tools: [...tools, ...nodeTools],
};
