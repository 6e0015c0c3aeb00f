import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { Job } from "@pulumi/kubernetes/batch/v1/job.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { managedSecret, storedValues } from "../../security/secrets/managed-secret.ts";
import { valueOf } from "../../security/secrets/template.ts";
import { capabilityLabels, contentName, selectorLabels, workloadLabels } from "../../capability/naming.ts";
import { edgePolicies } from "../../capability/network-policies.ts";
import { objectStorageDefaults } from "./args.ts";
import type { S3ServerArgs, StorageArgs } from "./args.ts";
import { secretKeys, servedPlan } from "./served.ts";
import type { ServedStorage } from "./served.ts";
import { toolsPod } from "./tools-pod.ts";
import { scheduledJob } from "../backup/schedule.ts";
import { nameOf } from "../../names.ts";

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
    const stored = storedValues(
      `${name}-${suffix}`,
      args,
      {
        // A tenant's name must not end the secret's: AWS could take it for the end of an ARN.
        secret: `${secretName}.keys`,
        values: { key: password.result },
        // The server learns a key from the program's Job alone: raise credentialsVersion, and all users get new ones.
        rotates: false,
        rotation: "by hand with credentialsVersion",
        critical: false,
        protect: false,
      },
      args.secretStore,
      child,
    );
    return managedSecret(
      `${name}-${suffix}`,
      {
        metadata: { name: secretName, namespace, labels },
        data: {
          [secretKeys.accessKeyIdKey]: accessKeyId,
          [secretKeys.secretAccessKeyKey]: valueOf("key"),
        },
      },
      stored,
      child,
    ).resource;
  });

  const data = { ...Object.fromEntries(scripts), "plan.json": JSON.stringify(servedPlan(storage)) };
  const filesName = contentName(`${prefix}-setup`, data);
  const files = new ConfigMap(
    `${name}-setup`,
    { metadata: { name: filesName, namespace, labels }, immutable: true, data },
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
      filesName: nameOf(files, filesName),
      accountName: nameOf(account, `${prefix}-setup`),
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
