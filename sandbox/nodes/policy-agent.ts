// The network policy engine as a process of the sandbox, and what the API server lets it see.
import { join } from "node:path";
import type { ApiClient } from "../api.ts";
import { applyObjects, rbac } from "../addons/objects.ts";
import { serverUrl, type Component } from "../control-plane.ts";
import { writePrivate } from "../files.ts";
import type { AgentConfig } from "../network-policy/agent.ts";
import type { ClusterPaths } from "../paths.ts";
import { recordFile } from "../processes.ts";
import { nodeName } from "./names.ts";
import type { RealNodesArgs } from "./real.ts";

const user = "apg-network-policy";
const configFile = ({ config }: ClusterPaths) => join(config, "network-policy.json");

export function networkPolicyComponent(paths: ClusterPaths): Component {
  const script = join(import.meta.dirname, "../network-policy/agent.ts");
  const inputs = [script, configFile(paths)];
  return { name: "network-policy", binary: process.execPath, args: [script, configFile(paths)], inputs, ports: [] };
}

export async function writeNetworkPolicyConfig({ paths, ports, pki, network, count, programs }: RealNodesArgs) {
  const names = Array.from({ length: count }, (_, index) => nodeName(index + 1));
  const config: AgentConfig = {
    server: serverUrl(ports, network),
    authority: pki.authorities.ca.cert,
    ...pki.certificates["network-policy"],
    nft: join(programs, "nft"),
    nodes: names.map((name) => ({ name, record: recordFile(paths, name) })),
  };
  await writePrivate(configFile(paths), `${JSON.stringify(config, undefined, 2)}\n`);
}

export async function allowNetworkPolicy(api: ApiClient): Promise<void> {
  const rules = [
    { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["get", "list", "watch"] },
  ];
  await applyObjects(api, [
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: user }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: user },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: user },
      subjects: [{ apiGroup: rbac, kind: "User", name: user }],
    },
  ]);
}
