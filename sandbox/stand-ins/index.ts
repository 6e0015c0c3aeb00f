// Stand-ins for operators whose programs cannot be built from package registries: started when a stack's plan asks for them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { objectStoreStandsFor } from "../addons/object-store.ts";
import { account, applyDefinitions, applyObjects, rbac } from "../addons/objects.ts";
import { administered } from "../administrator.ts";
import type { Component } from "../control-plane.ts";
import { writePrivate } from "../files.ts";
import { imageCache } from "../images/store.ts";
import { withLock } from "../lock.ts";
import { manifestsOf } from "../manifests.ts";
import { ensureObjectStoreKeys, objectStoreKeysFile } from "../object-store.ts";
import type { ClusterPaths } from "../paths.ts";
import { isCurrent, startProcess, stopProcess } from "../processes.ts";
import type { StandInConfig } from "./controller.ts";
import { definedOnly, stoodIn } from "./crds.ts";

const user = "apg-stand-ins";
const configFile = ({ config }: ClusterPaths) => join(config, "stand-ins.json");

function component(paths: ClusterPaths, inputs: string[]): Component {
  const sources = ["controller", "certificate", "external-secret", "object-store"].map((of) =>
    join(import.meta.dirname, `${of}.ts`),
  );
  const args = [sources[0]!, configFile(paths)];
  return {
    name: "stand-ins",
    binary: process.execPath,
    args,
    inputs: [...sources, configFile(paths), ...inputs],
    ports: [],
  };
}

/**
 * Makes the resources of the stood-in operators known and starts the controller that answers them, where a plan uses them.
 * @param groups API groups that the plan's resources are of.
 * @param objectStore Whether the plan uses the object store, whose keys the controller hands out.
 * @returns what stands in, in words
 */
export async function ensureStandIns(dir: string, groups: readonly string[], objectStore = false): Promise<string[]> {
  const used = ({ group }: { group: string }) => groups.some((one) => one === group || one.endsWith(`.${group}`));
  const answered = stoodIn.filter(used);
  const defined = definedOnly.filter(used);
  const controller = answered.length > 0 || objectStore;
  await administered(dir, async ({ api, paths, pki, server }) => {
    // The controller follows the resources of all whom it stands in for.
    for (const project of [...(controller ? stoodIn : []), ...defined]) {
      await applyDefinitions(api, await manifestsOf(project, imageCache()));
    }
    if (!controller) return;
    await applyObjects(api, permissions());
    if (objectStore) await ensureObjectStoreKeys(paths);
    const keys = objectStoreKeysFile(paths);
    const handsOut = existsSync(keys);
    const authority = pki.authorities.ca.cert;
    const config: StandInConfig = {
      server,
      authority,
      ...pki.certificates["stand-ins"],
      outside: pki.authorities.ca,
      ...(handsOut && { objectStoreKeys: keys }),
    };
    await writePrivate(configFile(paths), JSON.stringify(config, undefined, 2));
    const process = component(paths, handsOut ? [keys] : []);
    await withLock(paths.lock, async () => {
      if (await isCurrent(paths, process)) return;
      await stopProcess(paths, "stand-ins");
      await startProcess(paths, process);
    });
  });
  const named = [...answered, ...defined, ...(objectStore ? [objectStoreStandsFor] : [])];
  return named.map(({ name, standsFor }) => `${name}: ${standsFor}`);
}

function permissions() {
  const follow = ["get", "list", "watch"];
  const [, role] = account(user, "kube-system", [
    { apiGroups: ["cert-manager.io"], resources: ["certificates", "issuers", "clusterissuers"], verbs: follow },
    { apiGroups: ["cert-manager.io"], resources: ["certificates/status"], verbs: ["patch", "update"] },
    { apiGroups: ["external-secrets.io"], resources: ["externalsecrets"], verbs: follow },
    { apiGroups: ["external-secrets.io"], resources: ["externalsecrets/status"], verbs: ["patch", "update"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create", "patch"] },
    { apiGroups: [""], resources: ["namespaces"], verbs: follow },
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
