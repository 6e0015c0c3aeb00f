// The configuration files of a real node's three programs and of its pod network. Paths under /run/apg are the node's
// folder as it is mounted inside the node: short enough for sockets, wherever the clone lies.

const inside = "/run/apg";

export interface ContainerdArgs {
  /** Folder with runc. */
  programs: string;
  /** Folder with the pod network's plugins. */
  plugins: string;
  /** Image of the container that holds a pod's namespaces. */
  pauseImage: string;
}

export function containerdConfig({ programs, plugins, pauseImage }: ContainerdArgs): string {
  return `version = 3
root = "${inside}/containerd"
state = "/run/containerd"
# It listens on one fixed socket of the machine.
disabled_plugins = ["io.containerd.nri.v1.nri"]

[plugins."io.containerd.internal.v1.opt"]
path = "${inside}/containerd/opt"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${pauseImage}"

[plugins."io.containerd.cri.v1.runtime"]
# Without CAP_SYS_RESOURCE a container's score cannot be lower than its parent's.
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${plugins}"]
conf_dir = "${inside}/pod-network"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "${programs}/runc"
SystemdCgroup = false
`;
}

/** Pods of a node hang on one bridge; packets keep their addresses, so that network policies can go by them. */
export function podNetworkConfig(pods: string): string {
  const config = {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "pods",
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: pods }]],
          routes: [{ dst: "0.0.0.0/0" }],
          // In memory, as the pods' network is: a node that starts again has every address free.
          dataDir: "/run/pod-addresses",
        },
      },
    ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

export interface KubeletArgs {
  address: string;
  /** Address of the cluster's DNS service. */
  dns: string;
  /** Control group of the node, as a path below each controller. */
  controlGroup: string;
  /** What of the machine is not the node's to give to pods. */
  reserved: { memory: string };
}

export function kubeletConfig({ address, dns, controlGroup, reserved }: KubeletArgs) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${inside}/ca.crt` },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${inside}/kubelet.crt`,
    tlsPrivateKeyFile: `${inside}/kubelet.key`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: controlGroup,
    // The machine may still have version 1.
    failCgroupV1: false,
    enforceNodeAllocatable: [],
    systemReserved: reserved,
    clusterDNS: [dns],
    clusterDomain: "cluster.local",
    resolvConf: `${inside}/resolv.conf`,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    volumePluginDir: `${inside}/kubelet/volume-plugins`,
    failSwapOn: false,
    // A node that dies is noticed within the 20 s that the controller manager waits.
    nodeStatusUpdateFrequency: "5s",
    nodeLeaseDurationSeconds: 20,
    serializeImagePulls: false,
    // Images are imported, not pulled: none may be dropped for want of space.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "200Mi", "nodefs.available": "2%", "imagefs.available": "2%" },
  };
}

export function kubeProxyConfig({ address, pods }: { address: string; pods: string }) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    bindAddress: address,
    healthzBindAddress: `${address}:10256`,
    metricsBindAddress: `${address}:10249`,
    clientConnection: { kubeconfig: `${inside}/kube-proxy.kubeconfig` },
    clusterCIDR: pods,
    detectLocalMode: "ClusterCIDR",
    // These would be set of the machine.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}

/**
 * Each node sees the whole machine. Of the memory it gives pods its share, so that all that they ask for fits into the machine;
 * they ask for far more than they take, which leaves the control plane and the user's own programs their room. The processors it shares with the others: who needs more of them only waits.
 */
export function reservedOf(machineMemory: number, nodes: number): KubeletArgs["reserved"] {
  const shareForPods = (machineMemory * 0.9) / nodes;
  return { memory: `${Math.floor((machineMemory - shareForPods) / 2 ** 20)}Mi` };
}
