// The four servers of the control plane as command lines. They listen on the loopback address alone.
import { join } from "node:path";
import type { AuthorityName, CertificateName, Certificates } from "./certificates.ts";
import { writePrivate } from "./files.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import type { Network } from "./network.ts";
import type { ClusterPaths } from "./paths.ts";
import { recordFile, type ProcessSpec } from "./processes.ts";
import type { Ports } from "./settings.ts";

export type PlaneName = keyof ReturnType<typeof healthAddresses>;

export interface Component extends ProcessSpec {
  /** Ports that it listens on. */
  ports: number[];
}

export interface PlaneArgs {
  paths: ClusterPaths;
  ports: Ports;
  pki: Certificates;
  /** Where real nodes are; without it the nodes are simulated. */
  network?: Network;
  /** Absolute path of a binary. */
  tools: (name: string) => string;
}

interface Asker {
  authority: AuthorityName;
  client: CertificateName;
}

const host = "127.0.0.1";
const administrator = { authority: "ca", client: "admin" } satisfies Asker;
const etcdClient = { authority: "etcd-ca", client: "etcd-client" } satisfies Asker;
/** Of a cluster with simulated nodes, where no address leads anywhere. */
const simulated = { services: "10.96.0.0/16", pods: "10.244.0.0/16" };

/** Real nodes reach the API server over their switch, and so does everybody. */
export function serverUrl(ports: Ports, network?: Network): string {
  return `https://${network?.host ?? host}:${ports.apiserver}`;
}

/** Writes the configuration files of the control plane. */
export async function writePlaneConfig({ paths, ports, pki, network }: Omit<PlaneArgs, "tools">): Promise<void> {
  const server = serverUrl(ports, network);
  const authority = pki.authorities.ca.cert;
  const users = { "controller-manager": "system:kube-controller-manager", scheduler: "system:kube-scheduler" } as const;
  for (const [name, user] of Object.entries(users) as [keyof typeof users, string][]) {
    await writeKubeconfig(kubeconfigOf(paths, name), { server, authority, client: pki.certificates[name], user });
  }
  // Node, pod and service addresses of simulated nodes exist nowhere: a packet to one (kubectl logs, a webhook) would leave
  // the machine by its default route. So all such traffic goes to a proxy, and there is none: it fails at once.
  const proxy = {
    proxyProtocol: "HTTPConnect",
    transport: { uds: { udsName: join(paths.run, "simulated-nodes-have-no-network") } },
  };
  await writePrivate(
    egressFile(paths),
    JSON.stringify({
      apiVersion: "apiserver.k8s.io/v1beta1",
      kind: "EgressSelectorConfiguration",
      egressSelections: [{ name: "cluster", connection: network ? { proxyProtocol: "Direct" } : proxy }],
    }),
  );
}

export function planeComponents(args: PlaneArgs) {
  return {
    etcd: etcd(args),
    apiserver: apiserver(args),
    controllerManager: controllerManager(args),
    scheduler: scheduler(args),
  };
}

/** Where each server says whether it is well, and the certificates that it is asked with. */
export function healthAddresses(ports: Ports, network?: Network) {
  const address = (port: number, path: string) => ({ url: `https://${host}:${port}`, path, ...administrator });
  return {
    etcd: { ...address(ports.etcd, "/health"), ...etcdClient },
    "kube-apiserver": { ...address(ports.apiserver, "/readyz"), url: serverUrl(ports, network) },
    "kube-controller-manager": address(ports.controllerManager, "/healthz"),
    "kube-scheduler": address(ports.scheduler, "/healthz"),
  };
}

function etcd({ paths, ports, pki, tools }: PlaneArgs): Component {
  const { cert, key } = pki.certificates["etcd-server"];
  const authority = pki.authorities["etcd-ca"].cert;
  const client = `https://${host}:${ports.etcd}`;
  const peer = `https://${host}:${ports.etcdPeer}`;
  return {
    name: "etcd",
    binary: tools("etcd"),
    args: flags({
      name: "sandbox",
      "data-dir": paths.etcdData,
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `sandbox=${peer}`,
      "cert-file": cert,
      "key-file": key,
      "trusted-ca-file": authority,
      "client-cert-auth": true,
      "peer-cert-file": cert,
      "peer-key-file": key,
      "peer-trusted-ca-file": authority,
      "peer-client-cert-auth": true,
      // A killed process loses nothing by it, a power cut may: the price of a start in seconds.
      "unsafe-no-fsync": true,
      // It has nobody to agree with, yet waits this long (ms) for an election at every start.
      "heartbeat-interval": 50,
      "election-timeout": 250,
      "log-level": "warn",
      "log-format": "console",
    }),
    inputs: [cert, key, authority],
    ports: [ports.etcd, ports.etcdPeer],
  };
}

function apiserver({ paths, ports, pki, tools, network }: PlaneArgs): Component {
  const { certificates, authorities, serviceAccount } = pki;
  const server = certificates.apiserver;
  const kubelet = certificates["apiserver-kubelet-client"];
  const proxy = certificates["front-proxy-client"];
  const store = certificates["etcd-client"];
  return {
    name: "kube-apiserver",
    binary: tools("kube-apiserver"),
    args: flags({
      "bind-address": network?.host ?? host,
      "advertise-address": network?.host ?? host,
      "secure-port": ports.apiserver,
      // It publishes its address as the endpoint of the service `kubernetes`, where loopback is refused.
      "endpoint-reconciler-type": network ? "lease" : "none",
      "service-cluster-ip-range": (network ?? simulated).services,
      "etcd-servers": `https://${host}:${ports.etcd}`,
      "etcd-cafile": authorities["etcd-ca"].cert,
      "etcd-certfile": store.cert,
      "etcd-keyfile": store.key,
      "tls-cert-file": server.cert,
      "tls-private-key-file": server.key,
      "client-ca-file": authorities.ca.cert,
      "anonymous-auth": false,
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "allow-privileged": true,
      "kubelet-certificate-authority": authorities.ca.cert,
      "kubelet-client-certificate": kubelet.cert,
      "kubelet-client-key": kubelet.key,
      "kubelet-preferred-address-types": "InternalIP,Hostname",
      "requestheader-client-ca-file": authorities["front-proxy-ca"].cert,
      "requestheader-allowed-names": "front-proxy-client",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-username-headers": "X-Remote-User",
      "proxy-client-cert-file": proxy.cert,
      "proxy-client-key-file": proxy.key,
      "enable-aggregator-routing": true,
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": serviceAccount.publicKey,
      "service-account-signing-key-file": serviceAccount.privateKey,
      "egress-selector-config-file": egressFile(paths),
      profiling: false,
    }),
    inputs: [server, kubelet, proxy, store]
      .flatMap(({ cert, key }) => [cert, key])
      .concat(Object.values(authorities).map(({ cert }) => cert))
      .concat(serviceAccount.publicKey, serviceAccount.privateKey, egressFile(paths))
      // Its address goes with the switch.
      .concat(network ? recordFile(paths, "switch") : []),
    ports: [ports.apiserver],
  };
}

function controllerManager({ paths, ports, pki, tools, network }: PlaneArgs): Component {
  const { cert, key } = pki.certificates["controller-manager"];
  const authority = pki.authorities.ca;
  const kubeconfig = kubeconfigOf(paths, "controller-manager");
  return {
    name: "kube-controller-manager",
    binary: tools("kube-controller-manager"),
    args: flags({
      ...clientFlags(kubeconfig, ports.controllerManager, pki, "controller-manager"),
      "use-service-account-credentials": true,
      "service-account-private-key-file": pki.serviceAccount.privateKey,
      "root-ca-file": authority.cert,
      "cluster-signing-cert-file": authority.cert,
      "cluster-signing-key-file": authority.key,
      // A real node is declared with the range that its routes lead to.
      "allocate-node-cidrs": network === undefined,
      "cluster-cidr": (network ?? simulated).pods,
      // It creates this folder, by default one of the machine's.
      "flex-volume-plugin-dir": join(paths.cluster, "volume-plugins"),
      "service-cluster-ip-range": (network ?? simulated).services,
      // A dead node is noticed in 20 s rather than 50, and a new autoscaler acts in 2 s rather than 15.
      "node-monitor-grace-period": "20s",
      "horizontal-pod-autoscaler-sync-period": "5s",
      // What a new pod uses counts after half a minute rather than five.
      "horizontal-pod-autoscaler-cpu-initialization-period": "30s",
    }),
    inputs: [kubeconfig, cert, key, authority.cert, authority.key, pki.serviceAccount.privateKey],
    ports: [ports.controllerManager],
  };
}

function scheduler({ paths, ports, pki, tools }: PlaneArgs): Component {
  const { cert, key } = pki.certificates.scheduler;
  const kubeconfig = kubeconfigOf(paths, "scheduler");
  return {
    name: "kube-scheduler",
    binary: tools("kube-scheduler"),
    args: flags(clientFlags(kubeconfig, ports.scheduler, pki, "scheduler")),
    inputs: [kubeconfig, cert, key, pki.authorities.ca.cert],
    ports: [ports.scheduler],
  };
}

/** What the two clients of the API server have in common. */
function clientFlags(kubeconfig: string, port: number, pki: Certificates, name: "controller-manager" | "scheduler") {
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "bind-address": host,
    "secure-port": port,
    "tls-cert-file": pki.certificates[name].cert,
    "tls-private-key-file": pki.certificates[name].key,
    // There is one of each, and waiting for a lease would cost seconds at every start.
    "leader-elect": false,
    "kube-api-qps": 200,
    "kube-api-burst": 400,
    profiling: false,
  };
}

function flags(values: Record<string, string | number | boolean>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

function kubeconfigOf(paths: ClusterPaths, name: string): string {
  return join(paths.config, `${name}.kubeconfig`);
}

function egressFile(paths: ClusterPaths): string {
  return join(paths.config, "egress.json");
}
