import type * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { certificateFiles, containerSecurity, podSecurity, secretVariables } from "../../capability/pod-template.ts";
import { certificatePath } from "../connection.ts";
import type { Connection } from "../connection.ts";
import type { BackupPolicyArgs } from "./policy.ts";
import { keyVariables } from "./store.ts";
import type { BackupStore } from "./store.ts";

export const drillComponent = "restore-drill";

const filesDirectory = "/etc/apg/drill";
const storeAuthorityFile = "backup-store-ca.crt";

/** What the pod of a drill is made of. */
export interface DrillPodParts {
  namespace: pulumi.Input<string>;
  scratch: pulumi.Input<string>;
  labels: { [label: string]: string };
  store: BackupStore;
  policy: Required<Pick<BackupPolicyArgs, "rtoMinutes" | "rpoMinutes">>;
  connection: Connection;
  cacheFolder: string;
  toolsImage: string;
  filesName: pulumi.Input<string>;
  accountName: pulumi.Input<string>;
  priorityClassName?: pulumi.Input<string>;
}

/** The pod that drills: it reads the source as its owner, and calls the API server for the scratch namespace alone. */
export function drillPod(parts: DrillPodParts): k8s.core.v1.PodTemplateSpec {
  const { store, policy, connection, priorityClassName } = parts;
  const { authority, credentials } = store;
  const certificates = certificateFiles([
    ...connection.certificates,
    ...(authority === undefined ? [] : [{ ...authority, file: storeAuthorityFile }]),
  ]);
  const settings: { [env: string]: pulumi.Input<string> } = {
    ...connection.settings,
    PGOPTIONS: "-c default_transaction_read_only=on",
    NAMESPACE: parts.namespace,
    SCRATCH: parts.scratch,
    RTO_SECONDS: String(policy.rtoMinutes * 60),
    RPO_SECONDS: String(policy.rpoMinutes * 60),
    RESULT: `${drillComponent}-result`,
    DRILL_DIRECTORY: filesDirectory,
    BUCKET: store.bucket,
    CACHE_FOLDER: parts.cacheFolder,
    AWS_DEFAULT_REGION: store.region,
    AWS_PAGER: "",
    HOME: "/tmp",
    ...(store.endpoint !== undefined && { AWS_ENDPOINT_URL: store.endpoint }),
    ...(authority !== undefined && { AWS_CA_BUNDLE: certificatePath({ file: storeAuthorityFile }) }),
  };
  return {
    metadata: {
      labels: parts.labels,
      annotations: { "apg.io/calls-kubernetes-api": "creates a database in the scratch namespace, and removes it" },
    },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: parts.accountName,
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      ...(priorityClassName !== undefined && { priorityClassName }),
      securityContext: podSecurity(),
      containers: [
        {
          name: drillComponent,
          image: parts.toolsImage,
          imagePullPolicy: "IfNotPresent",
          command: ["bash", `${filesDirectory}/restore-drill.sh`],
          env: [
            ...Object.entries(settings).map(([variable, value]) => ({ name: variable, value })),
            ...secretVariables([...connection.secrets, ...keyVariables(credentials)]),
          ],
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
          securityContext: containerSecurity,
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "files", mountPath: filesDirectory, readOnly: true },
            ...certificates.volumeMounts,
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "8Gi" } },
        { name: "files", configMap: { name: parts.filesName } },
        ...certificates.volumes,
      ],
    },
  };
}
