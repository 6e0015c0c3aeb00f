// Simulated worker nodes: KWOK's controller answers for their kubelets, so pods become Ready without containers.
import { join } from "node:path";
import type { ApiClient } from "../api.ts";
import { serverUrl, type Component, type PlaneArgs } from "../control-plane.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import type { ClusterPaths } from "../paths.ts";
import { nodeName, placeLabels } from "./names.ts";

const size = { cpu: "4", memory: "16Gi", "ephemeral-storage": "100Gi", pods: "110" };
const simulated = { "kwok.x-k8s.io/node": "fake" };
const user = "kwok-controller";

interface Node {
  metadata: { name: string; annotations?: Record<string, string> };
}

/** The process that keeps the nodes alive and makes their pods run; needs {@link writeNodeConfig} and {@link allowSimulation}. */
export function nodeSimulator({ paths, tools }: Pick<PlaneArgs, "paths" | "tools">): Component {
  const [[annotation, value]] = Object.entries(simulated) as [[string, string]];
  return {
    name: "kwok",
    binary: tools("kwok"),
    args: [
      `--kubeconfig=${kubeconfigOf(paths)}`,
      `--manage-nodes-with-annotation-selector=${annotation}=${value}`,
      // A lease is renewed every quarter of this: well within the grace period after which a node counts as dead.
      "--node-lease-duration-seconds=20",
      // It would log every renewal.
      "--v=WARN",
    ],
    inputs: [kubeconfigOf(paths)],
    ports: [],
  };
}

export async function writeNodeConfig({ paths, ports, pki }: Omit<PlaneArgs, "tools">): Promise<void> {
  await writeKubeconfig(kubeconfigOf(paths), {
    server: serverUrl(ports),
    authority: pki.authorities.ca.cert,
    client: pki.certificates.kwok,
    user,
  });
}

/** Gives the simulator what it needs and no more. */
export async function allowSimulation(api: ApiClient): Promise<void> {
  const rbac = "rbac.authorization.k8s.io";
  const rule = (apiGroup: string, resources: string[], verbs: string[]) => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
  });
  await api.apply(`/apis/${rbac}/v1/clusterroles/${user}`, {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: user },
    rules: [
      rule("", ["nodes"], ["get", "list", "watch"]),
      rule("", ["nodes/status", "pods/status"], ["patch", "update"]),
      rule("", ["pods"], ["get", "list", "watch", "patch", "update", "delete"]),
      rule("", ["events"], ["create", "patch", "update"]),
      rule("coordination.k8s.io", ["leases"], ["get", "list", "watch", "create", "patch", "update"]),
    ],
  });
  await api.apply(`/apis/${rbac}/v1/clusterrolebindings/${user}`, {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: user },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: user },
    subjects: [{ apiGroup: rbac, kind: "User", name: user }],
  });
}

/** Makes the simulated nodes `worker-1` to `worker-<count>`: creates those that are missing, deletes those beyond. */
export async function ensureNodes(api: ApiClient, count: number): Promise<void> {
  const wanted = Array.from({ length: count }, (_, index) => worker(index + 1));
  const names = new Set(wanted.map((node) => node.metadata.name));
  const { items } = await api.get<{ items: Node[] }>("/api/v1/nodes");
  const present = new Set(items.map((node) => node.metadata.name));
  for (const node of wanted) if (!present.has(node.metadata.name)) await api.create("/api/v1/nodes", node);
  for (const { metadata } of items) {
    const ours = Object.entries(simulated).every(([key, value]) => metadata.annotations?.[key] === value);
    if (ours && !names.has(metadata.name)) await api.delete(`/api/v1/nodes/${metadata.name}`);
  }
}

function worker(number: number) {
  const name = nodeName(number);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: simulated,
      labels: {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        ...placeLabels(number),
      },
    },
    status: {
      capacity: size,
      allocatable: size,
      addresses: [
        { type: "InternalIP", address: `10.255.${Math.floor(number / 256)}.${number % 256}` },
        { type: "Hostname", address: name },
      ],
    },
  };
}

function kubeconfigOf(paths: ClusterPaths): string {
  return join(paths.config, "kwok.kubeconfig");
}
