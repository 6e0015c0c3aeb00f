// Real worker nodes: each a set of namespaces with containerd, kubelet and kube-proxy of its own, plugged into one switch.
import { mkdir, readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { ApiClient } from "../api.ts";
import { ensureCertificate } from "../certificates.ts";
import { serverUrl, type Component, type PlaneArgs } from "../control-plane.ts";
import { writePrivate } from "../files.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import { nodeAddress, podRange, serviceAddress, type Network } from "../network.ts";
import type { ClusterPaths } from "../paths.ts";
import { containerdConfig, kubeletConfig, kubeProxyConfig, podNetworkConfig, reservedOf } from "./configs.ts";
import { recordFile } from "../processes.ts";
import { nodeName, placeLabels } from "./names.ts";

export interface RealNodesArgs extends PlaneArgs {
  network: Network;
  count: number;
  /** Folder with the programs of Debian packages that the nodes start by name: nft and runc. */
  programs: string;
}

/** The image of the container that holds a pod's namespaces. */
export const pauseImage = "registry.k8s.io/pause:3.10.1";

const nodeFolder = (paths: ClusterPaths, name: string) => join(paths.cluster, "nodes", name);
/** The sandbox's own control group, as a path below each controller. */
export const controlGroup = ({ link }: Network) => `/${link}-sandbox`;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The switch: it comes before everything that has an address on it. */
export function switchComponent({
  paths,
  network,
  count,
}: Pick<RealNodesArgs, "paths" | "network" | "count">): Component {
  const script = join(import.meta.dirname, "switch.sh");
  const routes = numbers(count).flatMap((number) => [podRange(network, number), nodeAddress(network, number)]);
  return {
    name: "switch",
    binary: "/bin/sh",
    args: [script, network.link, `${network.host}/24`, paths.root, ...routes],
    inputs: [script],
    ports: [],
  };
}

/** The nodes' processes, one each; needs {@link writeRealNodeConfig}. */
export function nodeComponents({ paths, count }: Pick<RealNodesArgs, "paths" | "count">): Component[] {
  const script = join(import.meta.dirname, "node.sh");
  return numbers(count).map((number) => {
    const folder = nodeFolder(paths, nodeName(number));
    const programs = [
      "containerd.toml",
      "kubelet.yaml",
      "kubelet.kubeconfig",
      "kube-proxy.yaml",
      "kube-proxy.kubeconfig",
    ];
    const files = ["settings.sh", ...programs, "kubelet.crt", "ca.crt"];
    return {
      name: nodeName(number),
      binary: "/bin/sh",
      args: [script, join(folder, "settings.sh")],
      // A node is plugged into the switch that runs: it has to start anew with a new one.
      inputs: [script, recordFile(paths, "switch"), ...files.map((file) => join(folder, file))],
      ports: [],
      // unshare, which is what is started, lets SIGTERM pass by; the node's first process is its child.
      signalChild: true,
    };
  });
}

/** Writes what the nodes' processes read. */
export async function writeRealNodeConfig(args: RealNodesArgs): Promise<void> {
  for (const number of numbers(args.count)) await writeNode(args, number);
}

async function writeNode(args: RealNodesArgs, number: number): Promise<void> {
  const { paths, ports, pki, tools, network, count, programs } = args;
  const name = nodeName(number);
  const folder = nodeFolder(paths, name);
  const file = (of: string) => join(folder, of);
  for (const part of ["log", "kubelet", "containerd"]) await mkdir(file(part), { recursive: true });

  const address = nodeAddress(network, number);
  const server = serverUrl(ports, network);
  const authority = pki.authorities.ca.cert;
  const user = `system:node:${name}`;
  const kubelet = await ensureCertificate(paths.pki, `kubelet-${name}`, {
    authority: "ca",
    commonName: user,
    organization: "system:nodes",
    hosts: [name, address],
    usages: ["server", "client"],
  });
  await writeKubeconfig(file("kubelet.kubeconfig"), { server, authority, client: kubelet, user });
  const proxy = { client: pki.certificates["kube-proxy"], user: "system:kube-proxy" };
  await writeKubeconfig(file("kube-proxy.kubeconfig"), { server, authority, ...proxy });
  const copies = { "kubelet.crt": kubelet.cert, "kubelet.key": kubelet.key, "ca.crt": authority };
  for (const [copy, original] of Object.entries(copies))
    await writePrivate(file(copy), await readFile(original, "utf8"));

  const plugins = dirname(tools("bridge"));
  await writePrivate(file("containerd.toml"), containerdConfig({ programs, plugins, pauseImage }));
  await writePrivate(file("pod-network/10-pods.conflist"), podNetworkConfig(podRange(network, number)));
  await writePrivate(file("resolv.conf"), "# The cluster's DNS servers are all there is.\n");
  await writePrivate(file("kube-proxy.yaml"), stringify(kubeProxyConfig({ address, pods: network.pods })));
  const group = `${controlGroup(network)}/${name}`;
  const reserved = reservedOf(totalmem(), count);
  const dns = serviceAddress(network, 10);
  await writePrivate(file("kubelet.yaml"), stringify(kubeletConfig({ address, dns, controlGroup: group, reserved })));

  const peers = numbers(count).filter((other) => other !== number);
  await writePrivate(
    file("settings.sh"),
    shellVariables({
      NODE: name,
      DIR: folder,
      CONTROL_GROUP: group,
      SWITCH_RECORD: recordFile(paths, "switch"),
      ADDRESS: address,
      GATEWAY: network.host,
      SERVICES: network.services,
      PEERS: peers.map((peer) => `${podRange(network, peer)}@${nodeAddress(network, peer)}`).join(" "),
      PATH: `${programs}:${dirname(tools("containerd"))}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      CONTAINERD: tools("containerd"),
      KUBELET: tools("kubelet"),
      KUBE_PROXY: tools("kube-proxy"),
    }),
  );
}

function shellVariables(variables: Record<string, string>): string {
  const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");
}

/** Declares the nodes with their zones and the ranges of their pods; their kubelets then find themselves there. */
export async function declareNodes(api: ApiClient, { network, count }: { network: Network; count: number }) {
  for (const number of numbers(count)) {
    const name = nodeName(number);
    const range = podRange(network, number);
    await api.apply(`/api/v1/nodes/${name}`, {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels: { ...placeLabels(number), "kubernetes.io/hostname": name } },
      spec: { podCIDR: range, podCIDRs: [range] },
    });
  }
  await api.apply("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/apg-kube-proxy", {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "apg-kube-proxy" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node-proxier" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "system:kube-proxy" }],
  });
}
