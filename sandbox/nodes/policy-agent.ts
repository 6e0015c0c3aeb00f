// The network policy engine as a process of the sandbox, and what the API server lets it see.
import { join } from "node:path";
import type { ApiClient } from "../api.ts";
import { applyObjects, rbac } from "../addons/objects.ts";
import { serverUrl, type Component } from "../control-plane.ts";
import { readIfPresent, writePrivate } from "../files.ts";
import type { AgentConfig, AgentStatus } from "../network-policy/agent.ts";
import type { ClusterPaths } from "../paths.ts";
import { recordFile } from "../processes.ts";
import { nodeName } from "./names.ts";
import type { RealNodesArgs } from "./real.ts";

const user = "apg-network-policy";
/** It writes how it is at least once a second; after so long it counts as stuck. */
const silenceMs = 10_000;

const configFile = ({ config }: ClusterPaths) => join(config, "network-policy.json");
const statusFile = ({ config }: ClusterPaths) => join(config, "network-policy-status.json");

export function networkPolicyComponent(paths: ClusterPaths): Component {
  const folder = join(import.meta.dirname, "../network-policy");
  const script = join(folder, "agent.ts");
  const sources = ["agent", "compile", "nft-rules", "verdict", "watch", "world"].map((of) => join(folder, `${of}.ts`));
  const inputs = [...sources, configFile(paths)];
  return { name: "network-policy", binary: process.execPath, args: [script, configFile(paths)], inputs, ports: [] };
}

export async function writeNetworkPolicyConfig({ paths, ports, pki, network, count, programs }: RealNodesArgs) {
  const names = Array.from({ length: count }, (_, index) => nodeName(index + 1));
  const config: AgentConfig = {
    server: serverUrl(ports, network),
    authority: pki.authorities.ca.cert,
    ...pki.certificates["network-policy"],
    nft: join(programs, "nft"),
    statusFile: statusFile(paths),
    nodes: names.map((name) => ({ name, record: recordFile(paths, name) })),
  };
  await writePrivate(configFile(paths), `${JSON.stringify(config, undefined, 2)}\n`);
}

/** Whether the engine is at work and every node has its rules. */
export async function enforcesNetworkPolicies(paths: ClusterPaths): Promise<boolean> {
  const [status, config] = await Promise.all([statusFile(paths), configFile(paths)].map(readIfPresent));
  if (status === undefined || config === undefined) return false;
  const { time, nodes: loaded } = JSON.parse(status) as AgentStatus;
  const { nodes } = JSON.parse(config) as AgentConfig;
  return Date.now() - Date.parse(time) < silenceMs && nodes.every(({ name }) => loaded[name] !== undefined);
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
