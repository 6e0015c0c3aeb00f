import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { Job } from "@pulumi/kubernetes/batch/v1/job.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { capabilityLabels, contentName, selectorLabels, workloadLabels } from "../../capability/naming.ts";
import { edgePolicies } from "../../capability/network-policies.ts";
import { objectStorageDefaults } from "./args.ts";
import type { S3ServerArgs, StorageArgs } from "./args.ts";
import { secretKeys, servedPlan } from "./served.ts";
import type { ServedStorage } from "./served.ts";
import { toolsPod } from "./tools-pod.ts";
import { scheduledJob } from "../backup/schedule.ts";

const scriptOf = { setup: "setup.py", retention: "retention.sh" };
const scripts = Object.values(scriptOf).map(
  (script) => [script, readFileSync(join(import.meta.dirname, script), "utf8")] as const,
);

/** Declares the users' keys, a Job that brings the server to the plan, and a CronJob in place of lifecycle rules. */
export function servedStorage(
  name: string,
  args: StorageArgs,
  server: S3ServerArgs,
  storage: ServedStorage,
  parent: pulumi.Resource,
): void {
  const { capability, environment, namespace } = args;
  const { prefix, users } = storage;
  const child = { parent };
  const labels = capabilityLabels(capability, environment);
  const version = String(server.credentialsVersion ?? objectStorageDefaults.credentialsVersion);

  const secrets = users.map(({ accessKeyId, secretName, suffix }) => {
    const password = new RandomPassword(
      `${name}-${suffix}`,
      { length: 32, special: false, keepers: { version } },
      child,
    );
    return new Secret(
      `${name}-${suffix}`,
      {
        metadata: { name: secretName, namespace, labels },
        stringData: {
          [secretKeys.accessKeyIdKey]: accessKeyId,
          [secretKeys.secretAccessKeyKey]: password.result,
        },
      },
      child,
    );
  });

  const data = { ...Object.fromEntries(scripts), "plan.json": JSON.stringify(servedPlan(storage)) };
  const files = new ConfigMap(
    `${name}-setup`,
    { metadata: { name: contentName(`${prefix}-setup`, data), namespace, labels }, immutable: true, data },
    child,
  );
  const account = new ServiceAccount(
    `${name}-setup`,
    { metadata: { name: `${prefix}-setup`, namespace, labels }, automountServiceAccountToken: false },
    child,
  );

  const task = (component: keyof typeof scriptOf) => {
    const identity = { capability, environment, component: `${prefix}-${component}` };
    const policies = edgePolicies(
      `${name}-${component}`,
      {
        namespace,
        prefix: identity.component,
        podLabels: selectorLabels(identity),
        egress: [{ name: "object-storage", peer: server.peer, ports: [server.port] }],
      },
      child,
    );
    const template = toolsPod({
      labels: workloadLabels(identity),
      server,
      users,
      script: scriptOf[component],
      filesName: files.metadata.name,
      accountName: account.metadata.name,
      priorityClassName: args.priorityClassName,
    });
    return { template, labels: workloadLabels(identity), opts: { parent, dependsOn: [...secrets, ...policies] } };
  };

  const setup = task("setup");
  new Job(
    `${name}-setup`,
    {
      metadata: {
        // A Job cannot be changed: another plan, image or set of keys makes another one, which runs.
        name: contentName(`${prefix}-setup`, { ...data, image: server.toolsImage, endpoint: server.endpoint, version }),
        namespace,
        labels: setup.labels,
      },
      spec: { backoffLimit: 3, activeDeadlineSeconds: 900, template: setup.template },
    },
    setup.opts,
  );

  const retention = task("retention");
  new CronJob(
    `${name}-retention`,
    {
      metadata: {
        name: `${prefix}-retention`,
        namespace,
        // The name by which the checklist knows it (CV-DATA-08).
        labels: { ...retention.labels, "app.kubernetes.io/component": "data-retention" },
      },
      spec: {
        schedule: "17 3 * * *",
        ...scheduledJob,
        jobTemplate: {
          spec: { backoffLimit: 2, activeDeadlineSeconds: 3600, template: retention.template },
        },
      },
    },
    retention.opts,
  );
}
