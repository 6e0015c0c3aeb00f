// Stand-ins for operators whose programs cannot be built from package registries: started when a stack's plan asks for them.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { account, applyObjects, rbac } from "../addons/objects.ts";
import { ApiClient } from "../api.ts";
import { certificatePaths } from "../certificates.ts";
import { serverUrl, type Component } from "../control-plane.ts";
import { writePrivate } from "../files.ts";
import { imageCache } from "../images/store.ts";
import { withLock } from "../lock.ts";
import { clusterPaths, type ClusterPaths } from "../paths.ts";
import { isCurrent, startProcess, stopProcess } from "../processes.ts";
import { readSettings, settledNetwork } from "../settings.ts";
import type { StandInConfig } from "./controller.ts";
import { definitionsOf, stoodIn } from "./crds.ts";

const user = "apg-stand-ins";
const configFile = ({ config }: ClusterPaths) => join(config, "stand-ins.json");

function component(paths: ClusterPaths): Component {
  const sources = ["controller", "certificate", "external-secret"].map((of) => join(import.meta.dirname, `${of}.ts`));
  const args = [sources[0]!, configFile(paths)];
  return { name: "stand-ins", binary: process.execPath, args, inputs: [...sources, configFile(paths)], ports: [] };
}

/**
 * Makes the resources of the stood-in operators known and starts the controller that answers them, where a plan uses them.
 * @param groups API groups that the plan's resources are of.
 * @returns what stands in, in words
 */
export async function ensureStandIns(dir: string, groups: readonly string[]): Promise<string[]> {
  const needed = stoodIn.filter(({ group }) => groups.some((one) => one === group || one.endsWith(`.${group}`)));
  if (needed.length === 0) return [];
  const paths = clusterPaths(dir);
  const settings = (await readSettings(paths))!;
  const server = serverUrl(settings.ports, settledNetwork(settings));
  const pki = certificatePaths(paths.pki);
  const authority = pki.authorities.ca.cert;
  const api = new ApiClient(server, authority, pki.certificates.admin);
  try {
    for (const project of stoodIn) {
      for (const definition of await definitionsOf(project, imageCache())) {
        const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
        await api.apply(path, definition);
        await established(api, path);
      }
    }
    await applyObjects(api, permissions());
  } finally {
    api.close();
  }
  const config: StandInConfig = { server, authority, ...pki.certificates["stand-ins"], outside: pki.authorities.ca };
  await writePrivate(configFile(paths), JSON.stringify(config, undefined, 2));
  await withLock(paths.lock, async () => {
    if (await isCurrent(paths, component(paths))) return;
    await stopProcess(paths, "stand-ins");
    await startProcess(paths, component(paths));
  });
  return needed.map(({ name, standsFor }) => `${name}: ${standsFor}`);
}

async function established(api: ApiClient, path: string): Promise<void> {
  type Definition = { status?: { conditions?: { type: string; status: string }[] } };
  for (let attempt = 0; attempt < 100; attempt++) {
    const { status } = await api.get<Definition>(path);
    if (status?.conditions?.some(({ type, status: holds }) => type === "Established" && holds === "True")) return;
    await sleep(100);
  }
}

function permissions() {
  const follow = ["get", "list", "watch"];
  const [, role] = account(user, "kube-system", [
    { apiGroups: ["cert-manager.io"], resources: ["certificates", "issuers", "clusterissuers"], verbs: follow },
    { apiGroups: ["cert-manager.io"], resources: ["certificates/status"], verbs: ["patch", "update"] },
    { apiGroups: ["external-secrets.io"], resources: ["externalsecrets"], verbs: follow },
    { apiGroups: ["external-secrets.io"], resources: ["externalsecrets/status"], verbs: ["patch", "update"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create", "patch"] },
  ]);
  return [
    role!,
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: user },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `apg-sandbox:${user}` },
      subjects: [{ apiGroup: rbac, kind: "User", name: user }],
    },
  ];
}
