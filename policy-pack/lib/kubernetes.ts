// Kubernetes objects as they hide in Pulumi resources: an object by itself, a Patch of one, or a List of many.
import type { PlannedResource } from "./rule.ts";
import { Value } from "./value.ts";

/** The kinds that rules speak of, and the API groups they live or lived in: other groups have kinds of the same name. */
const groups = {
  AlertmanagerConfig: ["monitoring.coreos.com"],
  AuthorizationPolicy: ["security.istio.io"],
  BackendTLSPolicy: ["gateway.networking.k8s.io"],
  BackendTrafficPolicy: ["gateway.envoyproxy.io"],
  Backup: ["postgresql.cnpg.io", "velero.io"],
  BackupStorageLocation: ["velero.io"],
  Certificate: ["cert-manager.io"],
  ClientTrafficPolicy: ["gateway.envoyproxy.io"],
  Cluster: ["postgresql.cnpg.io"],
  ClusterIssuer: ["cert-manager.io"],
  ClusterSecretStore: ["external-secrets.io"],
  ClusterImagePolicy: ["policy.sigstore.dev"],
  ClusterRole: ["rbac.authorization.k8s.io"],
  ClusterRoleBinding: ["rbac.authorization.k8s.io"],
  ConfigMap: ["core"],
  CronJob: ["batch"],
  DaemonSet: ["apps", "extensions"],
  Database: ["postgresql.cnpg.io"],
  Deployment: ["apps", "extensions"],
  EC2NodeClass: ["karpenter.k8s.aws"],
  DestinationRule: ["networking.istio.io"],
  EnvoyProxy: ["gateway.envoyproxy.io"],
  ExternalSecret: ["external-secrets.io"],
  GRPCRoute: ["gateway.networking.k8s.io"],
  Gateway: ["gateway.networking.k8s.io"],
  GatewayClass: ["gateway.networking.k8s.io"],
  HTTPRoute: ["gateway.networking.k8s.io"],
  HorizontalPodAutoscaler: ["autoscaling"],
  Ingress: ["networking.k8s.io", "extensions"],
  Issuer: ["cert-manager.io"],
  Job: ["batch"],
  LimitRange: ["core"],
  Namespace: ["core"],
  NetworkPolicy: ["networking.k8s.io", "extensions"],
  NodePool: ["karpenter.sh"],
  ObjectStore: ["barmancloud.cnpg.io"],
  PeerAuthentication: ["security.istio.io"],
  PersistentVolumeClaim: ["core"],
  Pod: ["core"],
  PodDisruptionBudget: ["policy"],
  PodMonitor: ["monitoring.coreos.com"],
  PodTemplate: ["core"],
  Pooler: ["postgresql.cnpg.io"],
  PrometheusRule: ["monitoring.coreos.com"],
  Release: ["helm.sh"],
  ReplicaSet: ["apps", "extensions"],
  ReplicationController: ["core"],
  ResourceQuota: ["core"],
  Role: ["rbac.authorization.k8s.io"],
  RoleBinding: ["rbac.authorization.k8s.io"],
  ScaledObject: ["keda.sh"],
  Schedule: ["velero.io"],
  ScheduledBackup: ["postgresql.cnpg.io"],
  Secret: ["core"],
  SecretStore: ["external-secrets.io"],
  SecurityPolicy: ["gateway.envoyproxy.io"],
  Service: ["core"],
  ServiceAccount: ["core"],
  ServiceMonitor: ["monitoring.coreos.com"],
  StatefulSet: ["apps", "extensions"],
  StorageClass: ["storage.k8s.io"],
  TCPRoute: ["gateway.networking.k8s.io"],
  TLSRoute: ["gateway.networking.k8s.io"],
  TargetGroupBinding: ["elbv2.k8s.aws"],
  UDPRoute: ["gateway.networking.k8s.io"],
  ValidatingAdmissionPolicy: ["admissionregistration.k8s.io"],
  ValidatingAdmissionPolicyBinding: ["admissionregistration.k8s.io"],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof groups;

const clusterKinds: readonly Kind[] = [
  "ClusterImagePolicy",
  "EC2NodeClass",
  "NodePool",
  "StorageClass",
  "ClusterIssuer",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterSecretStore",
  "GatewayClass",
  "Namespace",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
];

/** The kinds that live in a namespace. (A Release keeps its namespace elsewhere than in metadata.) */
export const namespacedKinds = (Object.keys(groups) as Kind[]).filter(
  (kind) => kind !== "Release" && !clusterKinds.includes(kind),
);

interface TypeInfo {
  kind: Kind;
  list: boolean;
}

const types = new Map<string, TypeInfo | undefined>();

/** What a Pulumi type token stands for, if it is one of the kinds above: `kubernetes:apps/v1:DeploymentList` is Deployments. */
function typeInfo(type: string): TypeInfo | undefined {
  if (!types.has(type)) types.set(type, parse(type));
  return types.get(type);
}

function parse(type: string): TypeInfo | undefined {
  const [provider, version = "", token = ""] = type.split(":");
  if (provider !== "kubernetes") return undefined;
  const group = groupOf(version);
  const kind = token.replace(/(Patch|List)$/, "");
  if (!Object.hasOwn(groups, kind)) return undefined;
  const homes: readonly string[] = groups[kind as Kind];
  return homes.includes(group) ? { kind: kind as Kind, list: token.endsWith("List") } : undefined;
}

function groupOf(version: string): string {
  return version.includes("/") ? version.slice(0, version.indexOf("/")) : "core";
}

export function isKind(type: string, kinds: readonly Kind[]): boolean {
  const info = typeInfo(type);
  return info !== undefined && kinds.includes(info.kind);
}

/** The Kubernetes objects in a resource; none when it is of another provider or kind. A Patch is held to the rules of the whole. */
export function objectsIn(resource: PlannedResource): KubernetesObject[] {
  const info = typeInfo(resource.type);
  if (info === undefined) return [];
  const value = new Value(resource, "", resource.props);
  if (!info.list) return [new KubernetesObject(resource, info.kind, value)];
  return value
    .get("items")
    .list()
    .map((item) => new KubernetesObject(resource, info.kind, item));
}

export class KubernetesObject {
  readonly resource: PlannedResource;
  readonly kind: Kind;
  readonly value: Value;

  constructor(resource: PlannedResource, kind: Kind, value: Value) {
    this.resource = resource;
    this.kind = kind;
    this.value = value;
  }

  /** API group, which tells kinds of the same name apart; "core" for those without one. */
  get group(): string {
    const [, version = ""] = this.resource.type.split(":");
    return groupOf(version);
  }

  get metadata(): Value {
    return this.value.get("metadata");
  }

  get spec(): Value {
    return this.value.get("spec");
  }

  get name(): string {
    return this.metadata.get("name").string() ?? "";
  }

  get namespace(): string {
    return this.metadata.get("namespace").string() ?? "default";
  }

  label(key: string): string | undefined {
    return this.metadata.get("labels").get(key).string();
  }

  annotation(key: string): string | undefined {
    return this.metadata.get("annotations").get(key).string();
  }

  /** How messages name the object: Deployment "shop/api". Never throws: what is not known gives way to the logical name. */
  get title(): string {
    const metadata = plainRecord(plainRecord(this.resource.props)?.metadata);
    const name = typeof metadata?.name === "string" ? metadata.name : this.resource.name;
    const namespace = typeof metadata?.namespace === "string" ? `${metadata.namespace}/` : "";
    return `${this.kind} "${namespace}${name}"`;
  }
}

/** How messages name any resource. */
export function titleOf(resource: PlannedResource): string {
  const info = typeInfo(resource.type);
  if (info !== undefined && !info.list)
    return new KubernetesObject(resource, info.kind, new Value(resource, "", {})).title;
  return `${resource.type.split(":").at(-1)} "${resource.name}"`;
}

function plainRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
