// A pod with the application's labels and secrets, and with programs that the application's image does not have: whatever it
// can reach or read, the application can.
import { apply, done, kubectl } from "./sandbox.ts";

const name = "prober";
const certificates = [
  ["postgres-tls", "postgres-ca.crt"],
  ["redis-tls", "redis-ca.crt"],
  ["object-store-authority", "object-storage-ca.crt"],
] as const;

/** Starts it. Its secrets are at /keys/<secret>/<key>, the authorities' certificates where the application has them. */
export async function startProber(namespace: string, capability: string, secrets: readonly string[]): Promise<void> {
  const nobody = { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 };
  await apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels: { "app.kubernetes.io/name": capability, "app.kubernetes.io/component": "api" },
    },
    spec: {
      serviceAccountName: `${capability}-api`,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { ...nobody, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "tools",
          image: "apg/data-tools:1.0.0",
          imagePullPolicy: "IfNotPresent",
          command: ["sleep", "infinity"],
          env: Object.entries({
            AWS_CA_BUNDLE: "/etc/apg/certificates/object-storage-ca.crt",
            AWS_DEFAULT_REGION: "us-east-1",
            AWS_EC2_METADATA_DISABLED: "true",
            PGCONNECT_TIMEOUT: "5",
          }).map(([variable, value]) => ({ name: variable, value })),
          // It is never ready, or the application's Service would send it requests.
          readinessProbe: { exec: { command: ["false"] }, periodSeconds: 3600 },
          resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "certificates", mountPath: "/etc/apg/certificates", readOnly: true },
            ...secrets.map((secret) => ({ name: secret, mountPath: `/keys/${secret}`, readOnly: true })),
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: {} },
        {
          name: "certificates",
          projected: {
            sources: certificates.map(([secret, path]) => ({
              secret: { name: secret, items: [{ key: "ca.crt", path }] },
            })),
          },
        },
        ...secrets.map((secret) => ({ name: secret, secret: { secretName: secret, defaultMode: 0o440 } })),
      ],
    },
  });
  await done(["-n", namespace, "wait", `pod/${name}`, "--for=jsonpath={.status.phase}=Running", "--timeout=60s"]);
}

/** Runs a script in it; never throws for a non-zero exit code. */
export const probe = (namespace: string, script: string) =>
  kubectl(["-n", namespace, "exec", name, "--", "timeout", "60", "bash", "-c", script]);

export const stopProber = (namespace: string) => kubectl(["-n", namespace, "delete", "pod", name, "--now"]);
