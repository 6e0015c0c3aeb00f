// What the add-ons of a real cluster have in common, and how they are applied.
import { ApiError, type ApiClient } from "../api.ts";

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
  Deployment: "deployments",
  Namespace: "namespaces",
  PodDisruptionBudget: "poddisruptionbudgets",
  Role: "roles",
  RoleBinding: "rolebindings",
  Secret: "secrets",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  StorageClass: "storageclasses",
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

export const rbac = "rbac.authorization.k8s.io";

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

/** A Deployment whose pods are on different nodes, not root, and leave a node that died after 10 s. */
export function deployment({ name, namespace, replicas, pod }: DeploymentParts): KubernetesObject {
  const labels = { "app.kubernetes.io/name": name };
  const leave = ["not-ready", "unreachable"].map((state) => ({
    key: `node.kubernetes.io/${state}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 10,
  }));
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
          tolerations: leave,
          terminationGracePeriodSeconds: 5,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
          ...(replicas > 1 && {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { labelSelector: { matchLabels: labels }, topologyKey: "kubernetes.io/hostname" },
                ],
              },
            },
          }),
          ...pod,
          containers: pod.containers.map((container) => ({
            imagePullPolicy: "IfNotPresent",
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
              seccompProfile: { type: "RuntimeDefault" },
            },
            ...container,
          })),
        },
      },
    },
  };
}
