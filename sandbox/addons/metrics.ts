// metrics-server: what pods and nodes use, for autoscalers and `kubectl top`.
import { account, deployment, rbac, type KubernetesObject } from "./objects.ts";

const name = "metrics-server";
const namespace = "kube-system";
export const metricsImage = "registry.k8s.io/metrics-server/metrics-server:v0.9.0";

export function metrics(): KubernetesObject[] {
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  return [
    ...account(name, namespace, [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ]),
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "apg-sandbox:metrics-server-delegator" },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "system:auth-delegator" },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name: "metrics-server-authentication", namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name: "extension-apiserver-authentication-reader" },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: {
        name: "apg-sandbox:metrics-reader",
        labels: {
          "rbac.authorization.k8s.io/aggregate-to-admin": "true",
          "rbac.authorization.k8s.io/aggregate-to-edit": "true",
          "rbac.authorization.k8s.io/aggregate-to-view": "true",
        },
      },
      rules: [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: {
        selector: { "app.kubernetes.io/name": name },
        ports: [{ name: "https", port: 443, targetPort: "https" }],
      },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        service: { name, namespace },
        // It makes a certificate of its own at every start, as its published manifests have it.
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
    deployment({
      name,
      namespace,
      replicas: 1,
      pod: {
        containers: [
          {
            name,
            image: metricsImage,
            args: [
              "--cert-dir=/tmp",
              "--secure-port=10250",
              "--kubelet-preferred-address-types=InternalIP",
              "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
              "--metric-resolution=10s",
              // Shorter than the resolution, or it refuses to start.
              "--kubelet-request-timeout=5s",
            ],
            ports: [{ name: "https", containerPort: 10250 }],
            readinessProbe: {
              httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" },
              initialDelaySeconds: 10,
              periodSeconds: 2,
            },
            livenessProbe: { httpGet: { path: "/livez", port: "https", scheme: "HTTPS" }, initialDelaySeconds: 20 },
            resources: { requests: { cpu: "30m", memory: "60Mi" }, limits: { memory: "256Mi" } },
            volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
          },
        ],
        volumes: [{ name: "tmp", emptyDir: {} }],
      },
    }),
  ];
}
