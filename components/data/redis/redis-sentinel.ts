import * as pulumi from "@pulumi/pulumi";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import { thresholds } from "../../../checklist/thresholds.ts";
import { contentName } from "../../capability/naming.ts";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import type { Connection } from "../connection.ts";
import { refuseUpdate } from "../guard.ts";
import { nameOf } from "../../names.ts";
import { redisSentinelDefaults } from "./args.ts";
import type { RedisSentinelArgs } from "./args.ts";
import { backupJob } from "./backup-job.ts";
import { redisConf, sentinelConf } from "./configuration.ts";
import { redisConnection } from "./connection.ts";
import { Group } from "./group.ts";
import { monitoring } from "./monitoring.ts";
import * as names from "./names.ts";
import { network } from "./network.ts";
import { podTemplate } from "./pods.ts";
import { olderImage, redisProblems } from "./problems.ts";
import { groupScripts, scriptsNamed } from "./scripts.ts";
import { secrets } from "./secrets.ts";
import { services } from "./services.ts";

/** A master, its replicas and the Sentinels that replace it when it is lost: over TLS alone, with copies and alerts. */
export class RedisSentinel extends pulumi.ComponentResource {
  /** What an application needs to use it. */
  readonly connection: Connection;
  /** Name of the group, by which clients ask Sentinels for its master. */
  readonly group: pulumi.Output<string>;

  constructor(name: string, args: RedisSentinelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:RedisSentinel", name, args, opts);
    const given = withDefaults(args, redisSentinelDefaults);
    refuse(name, redisProblems(given));

    const group = new Group(name, given, this);
    const passwords = secrets(group);
    const configName = configuration(group);
    // Pods of both kinds look for the Services of both when they start.
    const needed = names.components.flatMap((component) => services(group, component));
    for (const component of names.components) statefulSet(group, component, configName, needed);
    network(group);
    if (given.monitoring !== undefined) monitoring(group);
    if (given.backup !== undefined) backupJob(group, given.backup, passwords);

    this.connection = redisConnection(given.capability);
    this.group = pulumi.output(given.group);
    this.registerOutputs({ connection: this.connection, group: this.group });
  }
}

function configuration(group: Group): pulumi.Output<string> {
  const data = {
    "redis.conf": redisConf(group.args),
    "sentinel.conf": sentinelConf(group.args),
    ...scriptsNamed(groupScripts),
  };
  const named = contentName("redis-config", data);
  const metadata = group.metadata(named, names.redis);
  return nameOf(new ConfigMap(`${group.name}-config`, { metadata, immutable: true, data }, group.child), named);
}

/** Pods of one kind, each with a volume, an account of their own, and a budget that lets one go at a time. */
function statefulSet(
  group: Group,
  component: names.Component,
  configName: pulumi.Output<string>,
  needed: Service[],
): void {
  const { namespace, storage, storageClass, dataClass, deletionProtection } = group.args;
  const count = group.count(component);
  const selector = group.selector(component);
  const labels = { ...group.labels(component), "data-class": dataClass };
  const metadata = { name: component, namespace, labels };
  const account = new ServiceAccount(
    `${group.name}-${component}`,
    { metadata: group.metadata(component, component), automountServiceAccountToken: false },
    group.child,
  );
  new StatefulSet(
    `${group.name}-${component}`,
    {
      metadata,
      spec: {
        serviceName: component,
        replicas: count,
        selector: { matchLabels: selector },
        // An update still goes pod by pod, from the last to the first. All start at once, because the one that the others
        // wait for may be any of them.
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        minReadySeconds: thresholds.rollout.minReadySeconds,
        revisionHistoryLimit: 5,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        template: podTemplate({
          component,
          args: group.args,
          labels,
          selector,
          configName,
          accountName: nameOf(account, component),
        }),
        volumeClaimTemplates: [
          {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: { name: "data", labels },
            spec: {
              accessModes: ["ReadWriteOnce"],
              ...(storageClass !== undefined && { storageClassName: storageClass }),
              resources: { requests: { storage: component === names.redis ? storage : "1Gi" } },
            },
          },
        ],
      },
    },
    {
      ...group.child,
      dependsOn: needed,
      protect: deletionProtection,
      hooks: refuseUpdate(`${group.name}-${component}`, olderImage),
    },
  );
  new PodDisruptionBudget(
    `${group.name}-${component}`,
    {
      metadata: group.metadata(component, component),
      spec: {
        minAvailable: count - 1, // CV-MAN-08
        selector: { matchLabels: selector },
        unhealthyPodEvictionPolicy: thresholds.disruption.unhealthyPodEvictionPolicy,
      },
    },
    group.child,
  );
}
