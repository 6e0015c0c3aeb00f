import type * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { contentName } from "../../capability/naming.ts";
import { podAffinity } from "../../capability/node-affinity.ts";
import { containerSecurity, secretVariables } from "../../capability/pod-template.ts";
import { podTolerations } from "../../capability/tolerations.ts";
import { withDefaults } from "../../defaults.ts";
import { managedSecret } from "../../security/secrets/managed-secret.ts";
import type { StoredValues } from "../../security/secrets/managed-secret.ts";
import { valueOf } from "../../security/secrets/template.ts";
import { keyVariables } from "../backup/store.ts";
import type { BackupStore } from "../backup/store.ts";
import { redisBackupDefaults } from "./args.ts";
import type { GivenRedis, RedisBackupArgs } from "./args.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";
import { redisSecurity } from "./pods.ts";
import { backupScripts, scriptsNamed } from "./scripts.ts";
import { scheduledJob } from "../backup/schedule.ts";
import { nameOf } from "../../names.ts";

const scriptsDirectory = "/etc/redis/backup";
const storeAuthority = "/etc/redis/store";
const workDirectory = "/backup";

/** Copies the data to the object store every day (AUD-CSTR-06, CV-CACHE-08). */
export function backupJob(group: Group, given: RedisBackupArgs, passwords: StoredValues): void {
  const { name, args, child } = group;
  const backup = withDefaults(given, redisBackupDefaults);
  const labels = group.labels(names.backup);
  const metadata = (of: string) => group.metadata(of, names.backup);
  const scripts = scriptsNamed(backupScripts);
  const scriptsName = contentName(names.backup, scripts);
  const configMap = new ConfigMap(
    `${name}-backup`,
    { metadata: metadata(scriptsName), immutable: true, data: scripts },
    child,
  );
  const { secretName } = managedSecret(
    `${name}-backup`,
    { metadata: metadata(names.backupSecret), data: { password: valueOf("backup") } },
    passwords,
    child,
  );
  const account = new ServiceAccount(
    `${name}-backup`,
    { metadata: metadata(names.backup), automountServiceAccountToken: false },
    child,
  );
  const { authority } = backup.store;
  new CronJob(
    `${name}-backup`,
    {
      metadata: metadata(names.backup),
      spec: {
        schedule: backup.schedule,
        ...scheduledJob,
        jobTemplate: {
          metadata: { labels },
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 2 * 3600,
            template: {
              metadata: { labels },
              spec: {
                restartPolicy: "Never",
                serviceAccountName: nameOf(account, names.backup),
                automountServiceAccountToken: false, // AUD-SEC-05
                enableServiceLinks: false,
                ...(args.priorityClassName !== undefined && { priorityClassName: args.priorityClassName }),
                affinity: podAffinity(args.nodeAffinity),
                tolerations: podTolerations(args.tolerations),
                securityContext: redisSecurity,
                containers: [container(args, backup, secretName)],
                volumes: [
                  { name: "work", emptyDir: { sizeLimit: args.memoryLimit } },
                  { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
                  { name: "scripts", configMap: { name: nameOf(configMap, scriptsName) } },
                  {
                    name: "tls",
                    secret: { secretName: names.tlsSecret("redis"), items: [{ key: "ca.crt", path: "ca.crt" }] },
                  },
                  ...(authority === undefined
                    ? []
                    : [
                        {
                          name: "store",
                          secret: { secretName: authority.secretName, items: [{ key: authority.key, path: "ca.crt" }] },
                        },
                      ]),
                ],
              },
            },
          },
        },
      },
    },
    child,
  );
}

function container(
  args: GivenRedis,
  { store, toolsImage, retentionDays }: RedisBackupArgs & { retentionDays: number },
  secretName: pulumi.Input<string>,
): k8s.core.v1.Container {
  return {
    name: "backup",
    image: toolsImage,
    imagePullPolicy: "IfNotPresent",
    command: ["sh", `${scriptsDirectory}/backup.sh`],
    env: [
      // The last pod of an update is the first, so that it is a replica more often than the others.
      { name: "HOSTS", value: names.podNames("redis", args.replicas).reverse().join(" ") },
      { name: "PORT", value: String(names.ports.redis) },
      { name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: secretName, key: "password" } } },
      { name: "BUCKET", value: store.bucket },
      { name: "FOLDER", value: `redis/${args.capability}` },
      { name: "RETENTION_DAYS", value: String(retentionDays) },
      { name: "HOME", value: "/tmp" },
      ...storeEnvironment(store),
    ],
    resources: {
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "1", memory: "512Mi" },
    },
    securityContext: containerSecurity,
    volumeMounts: [
      { name: "work", mountPath: workDirectory },
      { name: "tmp", mountPath: "/tmp" },
      { name: "scripts", mountPath: scriptsDirectory, readOnly: true },
      { name: "tls", mountPath: names.directories.tls, readOnly: true },
      ...(store.authority === undefined ? [] : [{ name: "store", mountPath: storeAuthority, readOnly: true }]),
    ],
  };
}

/** How the AWS CLI reaches the store. */
function storeEnvironment({ region, endpoint, authority, credentials }: BackupStore): k8s.core.v1.EnvVar[] {
  return [
    { name: "AWS_REGION", value: region },
    ...(endpoint === undefined
      ? []
      : [
          { name: "AWS_ENDPOINT_URL", value: endpoint },
          // Other servers do not know the newer checksums.
          { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
          { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
        ]),
    ...(authority === undefined ? [] : [{ name: "AWS_CA_BUNDLE", value: `${storeAuthority}/ca.crt` }]),
    ...secretVariables(keyVariables(credentials)),
  ];
}
