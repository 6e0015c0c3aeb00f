import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { partLabel } from "../../../checklist/labels.ts";
import { CapabilityNamespace } from "../../capability/namespace.ts";
import { contentName, selectorLabels, workloadLabels } from "../../capability/naming.ts";
import { edgePolicies, NetworkPolicies } from "../../capability/network-policies.ts";
import type { NetworkPeer } from "../../capability/network-policies.ts";
import { refuse } from "../../validation.ts";
import { alertRules } from "../alerts.ts";
import type { Connection } from "../connection.ts";
import { custom } from "../custom.ts";
import type { MonitoringArgs, PortArgs } from "../peers.ts";
import { storeConfiguration } from "../postgres/archive.ts";
import type { ArchiveMethod } from "../postgres/archive.ts";
import { clusterPods, instancePods, ports } from "../postgres/names.ts";
import { nameOf } from "../../names.ts";
import { backupAlerts } from "./alerts.ts";
import { drillCluster, drillName, scratchStore } from "./drill-cluster.ts";
import type { DrilledDatabase } from "./drill-cluster.ts";
import { drillPod, drillComponent } from "./drill-pod.ts";
import { clusterState, ttlOf } from "./cluster-state.ts";
import { drillPermissions } from "./drill-permissions.ts";
import { backupPolicyDefaults, policyProblems } from "./policy.ts";
import type { BackupPolicyArgs } from "./policy.ts";
import { releaseBackups } from "./release.ts";
import { storeEdges } from "./store.ts";
import type { BackupStore } from "./store.ts";
import { scheduledJob } from "./schedule.ts";

/** Arguments of `Backup`. */
export interface BackupArgs {
  /** Namespace whose data is backed up, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Where backups are, usually `BackupBucket.store`. */
  store: BackupStore;
  /** How often, for how long, and how soon it is back. @default the checklists' numbers (CV-BCP-08) */
  policy?: BackupPolicyArgs;
  /** The database whose backups are tried. */
  database: DrilledDatabase;
  /** How the drill reads the database, usually `PostgresCluster.migrationConnection`. */
  connection: Connection;
  /** Folder of the cache's copies in the bucket. */
  cacheFolder: string;
  /** Image with bash, curl, jq, psql, redis-check-rdb and the AWS CLI (images/data-tools). */
  toolsImage: string;
  /** The cluster's API server, as pods' packets have it. */
  apiServer: PortArgs;
  /** The database operator's pods. */
  operator: NetworkPeer;
  /** Prometheus' pods. @default nobody is alerted */
  monitoring?: MonitoringArgs;
  /** Version of the application, for which what there is is backed up first. @default no backups of releases (AUD-PRE-04) */
  release?: string;
  /** Priority class of the pods. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
}

/** Tries, every week, whether what is backed up can be had back, and how soon (CV-BCP-02, CV-FINAL-05, AUD-SOP-03). */
export class Backup extends pulumi.ComponentResource {
  /** Namespace that drills restore into. */
  readonly scratchNamespace: pulumi.Output<string>;

  constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:Backup", name, args, opts);
    refuse(name, policyProblems("policy", args.policy ?? {}));
    const policy = { ...backupPolicyDefaults, ...args.policy };
    const { namespace, capability, environment, store, database, apiServer, operator, monitoring } = args;
    const child = { parent: this };
    const identity = { capability, environment, component: drillComponent };
    const labels = workloadLabels(identity);
    const podLabels = selectorLabels(identity);
    const metadata = (of: string) => ({ name: of, namespace, labels });

    // A namespace that a drill can fill and empty, as closed as any other.
    const scratch = new CapabilityNamespace(
      `${name}-${drillName}`,
      {
        capability,
        environment,
        part: drillName,
        workloads: [{ maxReplicas: 1, requests: database.requests, limits: database.limits }],
        podMaximum: database.limits,
        persistentVolumeClaims: 2,
      },
      child,
    );
    this.scratchNamespace = scratch.namespace;
    const restored = clusterPods(drillName);
    const drillPods = pulumi.output(namespace).apply((known) => ({ namespace: known, podLabels }));
    const self = { name: drillName, peer: { podLabels: restored }, ports: [ports.postgres, ports.status] };
    new NetworkPolicies(
      `${name}-${drillName}`,
      {
        namespace: scratch.namespace,
        podLabels: restored,
        ingress: [
          self,
          { name: "operator", peer: operator, ports: [ports.status] },
          { name: drillComponent, peer: drillPods, ports: [ports.postgres] },
        ],
        egress: [self, { name: "api-server", peer: apiServer.peer, ports: [apiServer.port] }, ...storeEdges(store)],
      },
      child,
    );
    edgePolicies(
      name,
      {
        namespace,
        prefix: drillComponent,
        podLabels,
        egress: [
          { name: "postgres", peer: { podLabels: instancePods(database.clusterName) }, ports: [ports.postgres] },
          {
            name: "restored",
            peer: scratch.namespace.apply((known) => ({ namespace: known, podLabels: restored })),
            ports: [ports.postgres],
          },
          { name: "api-server", peer: apiServer.peer, ports: [apiServer.port] },
          ...storeEdges(store),
        ],
      },
      child,
    );

    const account = new ServiceAccount(
      `${name}-${drillComponent}`,
      { metadata: metadata(drillComponent), automountServiceAccountToken: false },
      child,
    );
    const accountName = nameOf(account, drillComponent);
    if (database.method === "plugin")
      custom(
        `${name}-${drillName}`,
        "barmancloud.cnpg.io/v1",
        "ObjectStore",
        { name: drillName, namespace: scratch.namespace, labels: { ...labels, [partLabel]: drillName } },
        { configuration: storeConfiguration({ store: scratchStore(store), path: database.path }) },
        child,
      );
    drillPermissions(name, args, accountName, scratch.namespace, child);

    // Whoever reads an archive needs no key's name.
    const files = scratch.namespace.apply((into) => ({
      "restore-drill.sh": readFileSync(join(import.meta.dirname, "scripts/restore-drill.sh"), "utf8"),
      "cluster.json": JSON.stringify(drillCluster(into, database, { ...store, kmsKeyArn: undefined }), undefined, 2),
    }));
    const named = files.apply((data) => contentName(drillComponent, data));
    const config = new ConfigMap(
      `${name}-${drillComponent}`,
      {
        metadata: { ...metadata(""), name: named },
        immutable: true,
        data: files,
      },
      child,
    );
    new CronJob(
      `${name}-${drillComponent}`,
      {
        metadata: metadata(drillComponent),
        spec: {
          schedule: policy.drillSchedule, // CV-BCP-02
          ...scheduledJob,
          jobTemplate: {
            metadata: { labels },
            spec: {
              backoffLimit: 0,
              activeDeadlineSeconds: (policy.rtoMinutes + policy.rpoMinutes + 15) * 60,
              template: drillPod({
                ...args,
                policy,
                labels,
                scratch: scratch.namespace,
                filesName: nameOf(config, named),
                accountName,
              }),
            },
          },
        },
      },
      child,
    );

    const saved = clusterState(name, args, child);
    if (args.release !== undefined)
      releaseBackups(
        name,
        {
          metadata: metadata("release"),
          cluster: database.clusterName,
          version: args.release,
          method: database.method as ArchiveMethod,
          wait: policy.awaitRelease,
          ...(saved && {
            velero: {
              ...saved,
              includedNamespace: namespace,
              ttl: ttlOf(policy.retentionDays),
            },
          }),
        },
        { ...child, dependsOn: opts?.dependsOn },
      );
    if (monitoring !== undefined)
      alertRules(
        `${name}-backup-alerts`,
        metadata("backup"),
        "backup",
        pulumi.output(namespace).apply((known) => backupAlerts(known, database, policy.rpoMinutes)),
        child,
      );
    this.registerOutputs({ scratchNamespace: this.scratchNamespace });
  }
}
