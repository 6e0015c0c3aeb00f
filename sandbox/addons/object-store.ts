// The S3-compatible server: what stands for the cloud's object storage where a stack keeps objects or backups in it.
import { createHash } from "node:crypto";
import { deployment, networkPolicyGroup, restricted, type KubernetesObject } from "./objects.ts";
import { storageHelperImage } from "./storage.ts";

const name = "objects";
const namespace = "apg-object-store";
const port = 7070;
const labels = { "app.kubernetes.io/name": name };
const image = "versity/versitygw:v1.8.0";

/** Name under which it is reached: a stack that says it anywhere gets the server. */
export const objectStoreHost = `${name}.${namespace}.svc`;
export const objectStoreNames = [objectStoreHost, `${objectStoreHost}.cluster.local`, `${name}.${namespace}`];
export const objectStoreImages = [image];

/** In words, for whoever reads what is not the real thing. */
export const objectStoreStandsFor = {
  name: "object store",
  standsFor: "versitygw on a volume of one node, in place of the cloud's object storage",
};

/** Keys of the user who may do everything. */
export interface RootKeys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** What opens the server, and what it is known by. */
export interface ObjectStoreParts {
  keys: RootKeys;
  /** PEM. */
  cert: string;
  key: string;
}

export function objectStore({ keys, cert, key }: ObjectStoreParts): KubernetesObject[] {
  const metadata = (of: string) => ({ name: of, namespace, labels });
  const folders = ["buckets", "users", "versions"].map((of) => `/data/${of}`);
  const volumeMounts = [{ name: "data", mountPath: "/data" }];
  const probe = { httpGet: { path: "/health", port, scheme: "HTTPS" }, periodSeconds: 2 };
  const server = deployment({
    name,
    namespace,
    replicas: 1,
    pod: {
      automountServiceAccountToken: false,
      initContainers: [
        {
          name: "folders",
          image: storageHelperImage,
          imagePullPolicy: "IfNotPresent",
          command: ["mkdir", "-p", ...folders],
          resources: { requests: { cpu: "10m", memory: "8Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
          securityContext: restricted,
          volumeMounts,
        },
      ],
      containers: [
        {
          name,
          image,
          args: [
            ...[`--port=:${port}`, "--cert=/tls/tls.crt", "--key=/tls/tls.key", "--health=/health", "--quiet"],
            ...["--iam-dir=/data/users", "posix", "--versioning-dir=/data/versions", "/data/buckets"],
          ],
          env: [
            { name: "ROOT_ACCESS_KEY_ID", valueFrom: { secretKeyRef: { name: "root", key: "accessKeyId" } } },
            { name: "ROOT_SECRET_ACCESS_KEY", valueFrom: { secretKeyRef: { name: "root", key: "secretAccessKey" } } },
          ],
          ports: [{ name: "https", containerPort: port }],
          startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: probe,
          livenessProbe: { ...probe, periodSeconds: 10 },
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "1", memory: "512Mi" } },
          volumeMounts: [...volumeMounts, { name: "tls", mountPath: "/tls", readOnly: true }],
        },
      ],
      volumes: [
        { name: "data", persistentVolumeClaim: { claimName: "data" } },
        { name: "tls", secret: { secretName: "tls", defaultMode: 0o440 } },
      ],
    },
  });
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    policy("allow-from-capabilities", {
      podSelector: { matchLabels: labels },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchExpressions: [{ key: "apg.io/capability", operator: "Exists" }] } }],
          ports: [{ protocol: "TCP", port }],
        },
      ],
    }),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata(name), automountServiceAccountToken: false },
    { apiVersion: "v1", kind: "Secret", metadata: metadata("root"), data: encoded({ ...keys }) },
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: metadata("tls"),
      data: encoded({ "tls.crt": cert, "tls.key": key }),
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: metadata("data"),
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata(name),
      spec: { selector: labels, ports: [{ name: "https", port, targetPort: port }] },
    },
    startedAnew(server, { keys, cert }),
  ];
}

function policy(of: string, spec: object): KubernetesObject {
  return { apiVersion: `${networkPolicyGroup}/v1`, kind: "NetworkPolicy", metadata: { name: of, namespace }, spec };
}

/** One server ends before the next begins, as both have the same volume; it begins anew when what it reads is another. */
function startedAnew(object: KubernetesObject, read: object): KubernetesObject {
  const spec = object["spec"] as { template: { metadata: object } };
  const digest = createHash("sha256").update(JSON.stringify(read)).digest("hex");
  const metadata = { ...spec.template.metadata, annotations: { "apg.io/content": digest } };
  return { ...object, spec: { ...spec, strategy: { type: "Recreate" }, template: { ...spec.template, metadata } } };
}

const encoded = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
