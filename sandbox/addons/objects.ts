// What the add-ons of a real cluster have in common, and how they are applied.
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type ApiClient } from "../api.ts";
import { UserError } from "../errors.ts";

/** A Kubernetes object, with what server-side apply needs to know of it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

/** Plural names in addresses of the API; a kind that is not here cannot be applied. */
const plurals: Record<string, string> = {
  APIService: "apiservices",
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  ConfigMap: "configmaps",
  CustomResourceDefinition: "customresourcedefinitions",
  Deployment: "deployments",
  MutatingWebhookConfiguration: "mutatingwebhookconfigurations",
  Namespace: "namespaces",
  NetworkPolicy: "networkpolicies",
  PersistentVolume: "persistentvolumes",
  PersistentVolumeClaim: "persistentvolumeclaims",
  PodDisruptionBudget: "poddisruptionbudgets",
  Role: "roles",
  RoleBinding: "rolebindings",
  Secret: "secrets",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  StorageClass: "storageclasses",
  ValidatingWebhookConfiguration: "validatingwebhookconfigurations",
};

export async function applyObjects(api: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) await api.apply(pathOf(object), object);
}

export function pathOf({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace ? `/namespaces/${namespace}` : ""}/${plurals[kind]!}/${name}`;
}

interface Workload {
  spec: { replicas?: number };
  metadata: { generation: number };
  status?: { observedGeneration?: number; availableReplicas?: number; updatedReplicas?: number };
}

/** Whether all pods of a Deployment are up to date and available. */
export async function isAvailable(api: ApiClient, object: KubernetesObject): Promise<boolean> {
  try {
    const { spec, status, metadata } = await api.get<Workload>(pathOf(object));
    const wanted = spec.replicas ?? 1;
    return (
      status?.observedGeneration === metadata.generation &&
      status.updatedReplicas === wanted &&
      status.availableReplicas === wanted
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/**
 * Waits until all pods of the Deployments among the objects are available.
 * @throws UserError when they are not after `seconds`
 */
export async function untilAvailable(
  api: ApiClient,
  objects: readonly KubernetesObject[],
  progress: (line: string) => void,
  seconds = 120,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (const object of objects.filter(({ kind }) => kind === "Deployment")) {
    const { name, namespace, labels = {} } = object.metadata;
    progress(`waiting for ${name}`);
    while (!(await isAvailable(api, object))) {
      if (Date.now() > deadline) {
        throw new UserError(
          `${name} is not available after ${seconds} s.`,
          `Look at its pods: kubectl -n ${namespace} describe pods -l app.kubernetes.io/name=${labels["app.kubernetes.io/name"]}`,
        );
      }
      await sleep(200);
    }
  }
}

/** Makes resources known by their definitions, and waits until the API server serves them. */
export async function applyDefinitions(api: ApiClient, definitions: readonly KubernetesObject[]): Promise<void> {
  type Definition = { status?: { conditions?: { type: string; status: string }[] } };
  for (const definition of definitions) {
    await api.apply(pathOf(definition), definition);
    for (let attempt = 0; attempt < 100; attempt++) {
      const { status } = await api.get<Definition>(pathOf(definition));
      if (status?.conditions?.some(({ type, status: holds }) => type === "Established" && holds === "True")) break;
      await sleep(100);
    }
  }
}

export const rbac = "rbac.authorization.k8s.io";
export const networkPolicyGroup = "networking.k8s.io";

/** A service account with rules of its own for the whole cluster. */
export function account(name: string, namespace: string, rules: object[]): KubernetesObject[] {
  const labels = { "app.kubernetes.io/name": name };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } },
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: `apg-sandbox:${name}`, labels }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: `apg-sandbox:${name}`, labels },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: `apg-sandbox:${name}` },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

export interface DeploymentParts {
  name: string;
  namespace: string;
  replicas: number;
  /** The pods' specification; containers get the restricted security context where they say nothing. */
  pod: { containers: Record<string, unknown>[]; [field: string]: unknown };
}

/** Pods leave a node that died after 10 s. */
export const leaveDeadNodes = ["not-ready", "unreachable"].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 10,
}));

/** Pods with these labels are on different nodes. */
export const apart = (labels: Record<string, string>) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
    ],
  },
});

/** What a container of the restricted pod security standard may not do. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A Deployment whose pods are on different nodes, not root, and leave a node that died. */
export function deployment({ name, namespace, replicas, pod }: DeploymentParts): KubernetesObject {
  const labels = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: "system-cluster-critical",
          tolerations: leaveDeadNodes,
          terminationGracePeriodSeconds: 5,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
          ...(replicas > 1 && {
            affinity: apart(labels),
          }),
          ...pod,
          containers: pod.containers.map((container) => ({
            imagePullPolicy: "IfNotPresent",
            securityContext: restricted,
            ...container,
          })),
        },
      },
    },
  };
}
