import type { ApiClient } from "../api.ts";

export interface NodeStatus {
  name: string;
  /** Ready, and open to pods. */
  ready: boolean;
}

interface Node {
  metadata: { name: string };
  spec: { taints?: { key: string; effect: string }[] };
  status: { conditions?: { type: string; status: string }[] };
}

export async function nodeStatuses(api: ApiClient): Promise<NodeStatus[]> {
  const { items } = await api.get<{ items: Node[] }>("/api/v1/nodes");
  return items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    ready:
      (status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True") &&
      !(spec.taints ?? []).some(({ key }) => key === "node.kubernetes.io/not-ready"),
  }));
}

/** Whether a node's kubelet has renewed its lease since `moment`: it runs, and so does what it starts after. */
export async function hasReported(api: ApiClient, name: string, moment: Date): Promise<boolean> {
  type Lease = { spec: { renewTime?: string } };
  const { spec } = await api.get<Lease>(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`);
  return spec.renewTime !== undefined && new Date(spec.renewTime) > moment;
}
