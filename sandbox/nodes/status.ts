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
