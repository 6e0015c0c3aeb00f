import type * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { containerSecurity, podSecurity, secretVariables } from "../../capability/pod-template.ts";
import { keyVariables } from "../backup/store.ts";
import { certificatePath } from "../connection.ts";
import type { S3ServerArgs } from "./args.ts";
import { credentialsOf } from "./served.ts";
import type { ServedUser } from "./served.ts";

const directories = { setup: "/etc/apg/setup", credentials: "/etc/apg/credentials" };
const authorityFile = "object-storage-ca.crt";

/** What a pod that runs a script against the server is made of. */
export interface ToolsPodParts {
  /** Labels of the pod. */
  labels: { [label: string]: string };
  /** The server. */
  server: S3ServerArgs;
  /** Users whose keys the script reads. */
  users: ServedUser[];
  /** Name of the script. */
  script: string;
  /** Name of the ConfigMap with the script and the plan. */
  filesName: pulumi.Input<string>;
  /** The pod's own service account. */
  accountName: pulumi.Input<string>;
  /** Priority class of the pod. */
  priorityClassName: pulumi.Input<string> | undefined;
}

/** Where the server's authority is, for those who trust it. */
export function authorityCertificate({ authority }: Pick<S3ServerArgs, "authority">) {
  return { ...authority, file: authorityFile };
}

/** A restricted pod that runs one script as the server's first user. */
export function toolsPod(parts: ToolsPodParts): k8s.core.v1.PodTemplateSpec {
  const { labels, server, users, script, filesName, accountName, priorityClassName } = parts;
  const { adminSecret, authority } = server;
  const trusted = certificatePath({ file: authorityFile });
  return {
    metadata: { labels },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: accountName,
      automountServiceAccountToken: false, // AUD-SEC-05
      enableServiceLinks: false,
      ...(priorityClassName !== undefined && { priorityClassName }),
      securityContext: podSecurity(),
      containers: [
        {
          name: "tools",
          image: server.toolsImage,
          imagePullPolicy: "IfNotPresent",
          command: [script.endsWith(".py") ? "python3" : "bash", `${directories.setup}/${script}`],
          env: [
            ...Object.entries({
              S3_ENDPOINT: server.endpoint,
              SETUP_DIRECTORY: directories.setup,
              CREDENTIALS_DIRECTORY: directories.credentials,
              AWS_DEFAULT_REGION: server.region,
              AWS_CA_BUNDLE: trusted,
              SSL_CERT_FILE: trusted,
              AWS_EC2_METADATA_DISABLED: "true",
              AWS_PAGER: "",
              HOME: "/tmp",
              PYTHONDONTWRITEBYTECODE: "1",
            }).map(([name, value]) => ({ name, value })),
            ...secretVariables(keyVariables(adminSecret)),
          ],
          // Little work: less than what the checklists give to a service.
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
          securityContext: containerSecurity,
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "setup", mountPath: directories.setup, readOnly: true },
            { name: "credentials", mountPath: directories.credentials, readOnly: true },
            { name: "authority", mountPath: trusted, subPath: authorityFile, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        { name: "setup", configMap: { name: filesName } },
        {
          name: "credentials",
          projected: {
            sources: users.map((user) => ({
              secret: {
                name: user.secretName,
                items: [{ key: credentialsOf(user).secretAccessKeyKey, path: user.accessKeyId }],
              },
            })),
          },
        },
        {
          name: "authority",
          secret: { secretName: authority.secretName, items: [{ key: authority.key, path: authorityFile }] },
        },
      ],
    },
  };
}
