// An application that obeys every rule, and the namespace around it.
import { digest, externalSecret, labels, metadata, namespace, resource, selector } from "./resource.ts";
import type { FixtureResource } from "./resource.ts";

const container = {
  name: "api",
  image: `registry.test/audio/api:1.4.2@${digest}`,
  ports: [{ name: "http", containerPort: 8080 }],
  envFrom: [{ configMapRef: { name: "api-settings-0123456789" } }],
  env: [{ name: "DATABASE_URL", valueFrom: { secretKeyRef: { name: "database", key: "url" } } }],
  volumeMounts: [
    { name: "tmp", mountPath: "/tmp" },
    { name: "certificates", mountPath: "/etc/apg/certificates", readOnly: true },
  ],
  resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2000m", memory: "4Gi" } },
  livenessProbe: { httpGet: { path: "/health/live", port: "http" }, periodSeconds: 10, failureThreshold: 3 },
  readinessProbe: { httpGet: { path: "/health/ready", port: "http" }, periodSeconds: 5, failureThreshold: 3 },
  lifecycle: { preStop: { sleep: { seconds: 10 } } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

const pod = {
  serviceAccountName: "api",
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 60,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  topologySpreadConstraints: [
    {
      topologyKey: "topology.kubernetes.io/zone",
      maxSkew: 1,
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: selector },
    },
    {
      topologyKey: "kubernetes.io/hostname",
      maxSkew: 1,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: selector },
    },
  ],
  containers: [container],
  volumes: [
    { name: "tmp", emptyDir: {} },
    { name: "certificates", projected: { sources: [{ secret: { name: "database-ca" } }] } },
  ],
};

const settings = {
  LOG_FORMAT: "json",
  LOG_LEVEL: "info",
  ACCESS_LOG: "true",
  DEBUG_REQUEST_HEADER: "X-Debug-Request",
  AUDIT_LOG: "all",
  CACHE_LEVELS: "local,redis",
  CACHE_LOCAL_MAX_MB: "1000",
  CACHE_DEFAULT_TTL_SECONDS: "300",
  REDIS_KEY_HASH_TAGS: "true",
  WEB_WORKERS: "5",
  WEB_THREADS: "4",
  BATCH_SIZE: "16",
  REQUEST_TIMEOUT_SECONDS: "30",
  DB_POOL_SIZE: "5",
  MAX_UPLOAD_MB: "100",
  SESSION_COOKIE_SECURE: "true",
  SESSION_COOKIE_HTTPONLY: "true",
  SESSION_COOKIE_SAMESITE: "Lax",
  SESSION_IDLE_MINUTES: "30",
  SESSION_MAX_HOURS: "12",
  WTF_CSRF_ENABLED: "true",
  PGSSLMODE: "verify-full",
  PGSSLROOTCERT: "/etc/apg/certificates/postgres-ca.crt",
};

export const goodApplication: readonly FixtureResource[] = [
  resource("core/v1:Namespace", "namespace", {
    metadata: {
      name: namespace,
      labels: {
        ...labels,
        "istio.io/dataplane-mode": "ambient",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
      },
    },
  }),
  resource("core/v1:ResourceQuota", "quota", {
    metadata: metadata("quota"),
    spec: {
      hard: {
        "requests.cpu": "5",
        "requests.memory": "10Gi",
        "limits.cpu": "20",
        "limits.memory": "40Gi",
        pods: "10",
        persistentvolumeclaims: 0,
      },
    },
  }),
  resource("core/v1:LimitRange", "limits", {
    metadata: metadata("limits"),
    spec: { limits: [{ type: "Pod", max: { cpu: "2", memory: "4Gi" } }] },
  }),
  resource("networking.k8s.io/v1:NetworkPolicy", "deny", {
    metadata: metadata("default-deny"),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  }),
  resource("networking.k8s.io/v1:NetworkPolicy", "edge", {
    metadata: metadata("from-vision"),
    spec: {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { name: "vision" } }, podSelector: { matchLabels: { app: "api" } } },
          ],
          ports: [{ port: 8080 }],
        },
      ],
    },
  }),
  resource("rbac.authorization.k8s.io/v1:Role", "role", {
    metadata: metadata("operators"),
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
  }),
  resource("rbac.authorization.k8s.io/v1:RoleBinding", "binding", {
    metadata: metadata("operators"),
    roleRef: { kind: "Role", name: "operators" },
    subjects: [{ kind: "Group", name: "apg:audio-processing:operators" }],
  }),
  resource("core/v1:ServiceAccount", "account", { metadata: metadata("api"), automountServiceAccountToken: false }),
  externalSecret("database-secret", "database", {
    url: "postgres://app:{{ .password }}@postgres-pooler-rw:5432/app?sslmode=verify-full",
  }),
  externalSecret("database-authority", "database-ca"),
  resource("core/v1:ConfigMap", "settings", {
    metadata: metadata("api-settings-0123456789"),
    immutable: true,
    data: settings,
  }),
  resource("core/v1:ConfigMap", "flags", {
    metadata: metadata("api-feature-flags-0123456789"),
    immutable: true,
    data: { "flags.yaml": "- { name: batching, default: false, owner: audio, removeBy: 2099-12-31 }\n" },
  }),
  resource("apps/v1:Deployment", "deployment", {
    metadata: metadata("api", {
      labels: {
        ...labels,
        ...selector,
        "app.kubernetes.io/version": "1.4.2",
        "app.kubernetes.io/part-of": "apg-platform",
      },
    }),
    spec: {
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      minReadySeconds: 10,
      revisionHistoryLimit: 5,
      template: { metadata: { labels: selector }, spec: pod },
    },
  }),
  resource("autoscaling/v2:HorizontalPodAutoscaler", "autoscaler", {
    metadata: metadata("api"),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        { type: "Resource", resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 30, policies: [{ type: "Percent", value: 100, periodSeconds: 30 }] },
        scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: "Percent", value: 25, periodSeconds: 60 }] },
      },
    },
  }),
  resource("policy/v1:PodDisruptionBudget", "budget", {
    metadata: metadata("api"),
    spec: { minAvailable: 2, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
  }),
  resource("core/v1:Service", "service", {
    metadata: metadata("api"),
    spec: { type: "ClusterIP", selector, ports: [{ port: 8080 }], trafficDistribution: "PreferSameZone" },
  }),
  resource("security.istio.io/v1:PeerAuthentication", "mesh", {
    metadata: { name: "default", namespace: "istio-system" },
    spec: { mtls: { mode: "STRICT" } },
  }),
  resource("security.istio.io/v1:AuthorizationPolicy", "mesh-deny", { metadata: metadata("deny"), spec: {} }),
  resource("networking.istio.io/v1:DestinationRule", "mesh-balancing", {
    metadata: metadata("all"),
    spec: {
      host: `*.${namespace}.svc.cluster.local`,
      trafficPolicy: { loadBalancer: { simple: "LEAST_REQUEST" }, outlierDetection: { interval: "10s" } },
    },
  }),
  resource("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "admission", {
    metadata: { name: "pods" },
    spec: { failurePolicy: "Fail", matchConstraints: { resourceRules: [{ apiGroups: [""], resources: ["pods"] }] } },
  }),
  resource("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", "admission-binding", {
    metadata: { name: "pods" },
    spec: { policyName: "pods", validationActions: ["Deny"] },
  }),
];
