import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { alertRules } from "../data/alerts.ts";
import type { Alert } from "../data/alerts.ts";
import { scheduledJob } from "../data/backup/schedule.ts";
import type { MonitoringArgs, PortArgs } from "../data/peers.ts";
import { nameOf } from "../names.ts";
import { versionKey } from "../security/secrets/template.ts";
import { contentName, selectorLabels, workloadLabels } from "./naming.ts";
import { edgePolicies } from "./network-policies.ts";
import { containerSecurity, podSecurity } from "./pod-template.ts";

export const renewalDefaults = deepFrozen({
  component: "secret-renewal",
  /** Every quarter of an hour: with the time until the cluster has a new value, pods have it within the hour (CV-SECRET-02). */
  schedule: "*/15 * * * *",
  annotation: "apg.io/secrets",
  versions: "/etc/apg/versions",
  script: "/etc/apg/renewal",
  /** It makes two calls. */
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
  runbook: "runbooks/secret-rotation.md",
});

/** Whose pods are replaced, and when. */
export interface SecretRenewalParts {
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;
  /** Name of the capability. */
  capability: string;
  /** Name of the environment. */
  environment: string;
  /** Name of the Deployment. */
  deployment: pulumi.Input<string>;
  /** Secrets that the pods take when they start; each says by a key which values it has. */
  secretNames: readonly string[];
  /** Image with bash, curl and jq (images/data-tools). */
  toolsImage: string;
  /** The cluster's API server, as pods' packets have it. */
  apiServer: PortArgs;
  /** Who reads metrics. @default nobody is alerted */
  monitoring?: MonitoringArgs | undefined;
  /** Priority class of the pods. @default the cluster's default */
  priorityClassName?: pulumi.Input<string> | undefined;
}

/** Replaces pods by a rolling update soon after the Secrets that they took when they started have changed (CV-SECRET-02). */
export function secretRenewal(name: string, parts: SecretRenewalParts, opts: pulumi.CustomResourceOptions): void {
  const { namespace, capability, environment, deployment, apiServer, monitoring } = parts;
  const { component, schedule } = renewalDefaults;
  const identity = { capability, environment, component };
  const labels = workloadLabels(identity);
  const metadata = { name: component, namespace, labels };
  const resourceName = `${name}-${component}`;

  const account = new ServiceAccount(resourceName, { metadata, automountServiceAccountToken: false }, opts);
  const role = new Role(
    resourceName,
    {
      metadata,
      rules: [
        { apiGroups: ["apps"], resources: ["deployments"], resourceNames: [deployment], verbs: ["get", "patch"] },
      ],
    },
    opts,
  );
  new RoleBinding(
    resourceName,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: nameOf(role, component) },
      subjects: [{ kind: "ServiceAccount", name: nameOf(account, component), namespace }],
    },
    opts,
  );
  edgePolicies(
    name,
    {
      namespace,
      prefix: component,
      podLabels: selectorLabels(identity),
      egress: [{ name: "api-server", peer: apiServer.peer, ports: [apiServer.port] }],
    },
    opts,
  );
  const data = { "secret-renewal.sh": readFileSync(join(import.meta.dirname, "scripts/secret-renewal.sh"), "utf8") };
  const scriptName = contentName(component, data);
  const script = new ConfigMap(
    resourceName,
    { metadata: { ...metadata, name: scriptName }, immutable: true, data },
    opts,
  );
  new CronJob(
    resourceName,
    {
      metadata,
      spec: {
        schedule,
        ...scheduledJob,
        jobTemplate: {
          metadata: { labels },
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 300,
            template: renewalPod(parts, labels, nameOf(script, scriptName), nameOf(account, component)),
          },
        },
      },
    },
    opts,
  );
  if (monitoring !== undefined)
    alertRules(resourceName, metadata, component, pulumi.output(namespace).apply(renewalAlerts), opts);
}

function renewalPod(
  { namespace, deployment, secretNames, toolsImage, priorityClassName }: SecretRenewalParts,
  labels: { [label: string]: string },
  scriptName: pulumi.Input<string>,
  accountName: pulumi.Input<string>,
): k8s.core.v1.PodTemplateSpec {
  const { component, annotation, versions, script, resources } = renewalDefaults;
  const settings = { NAMESPACE: namespace, DEPLOYMENT: deployment, ANNOTATION: annotation, VERSIONS: versions };
  return {
    metadata: {
      labels,
      annotations: { "apg.io/calls-kubernetes-api": "replaces the application's pods when their secrets have changed" },
    },
    spec: {
      restartPolicy: "Never",
      serviceAccountName: accountName,
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      ...(priorityClassName !== undefined && { priorityClassName }),
      securityContext: podSecurity(),
      containers: [
        {
          name: component,
          image: toolsImage,
          imagePullPolicy: "IfNotPresent",
          command: ["bash", `${script}/secret-renewal.sh`],
          env: Object.entries(settings).map(([variable, value]) => ({ name: variable, value })),
          resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
          securityContext: containerSecurity,
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "script", mountPath: script, readOnly: true },
            { name: "versions", mountPath: versions, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
        { name: "script", configMap: { name: scriptName } },
        {
          name: "versions",
          projected: {
            sources: secretNames.map((secret) => ({
              // A key that people have not put in yet is none that pods could have.
              secret: { name: secret, items: [{ key: versionKey, path: secret }], optional: true },
            })),
          },
        },
      ],
    },
  };
}

/** Who holds a password past its turn can sign in no more: people hear of it days before. */
export function renewalAlerts(namespace: string): Alert[] {
  const { component, runbook } = renewalDefaults;
  const of = `namespace="${namespace}", cronjob="${component}"`;
  return [
    {
      alert: "SecretsNotTaken",
      expr: `time() - max by (namespace) (kube_cronjob_status_last_successful_time{${of}}) > 3600 or absent(kube_cronjob_status_last_successful_time{${of}})`,
      for: "1h",
      severity: "warning",
      summary: "Nobody has looked for an hour whether pods have the secrets that there are by now.",
      runbook,
    },
  ];
}
