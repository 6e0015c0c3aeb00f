import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
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
import { clusterPods, instancePods, ports } from "../postgres/names.ts";
import { backupAlerts } from "./alerts.ts";
import { drillCluster, drillName, scratchStore } from "./drill-cluster.ts";
import type { DrilledDatabase } from "./drill-cluster.ts";
import { drillPod, drillComponent } from "./drill-pod.ts";
import { backupPolicyDefaults, clusterStateDefaults, policyProblems } from "./policy.ts";
import type { BackupPolicyArgs } from "./policy.ts";
import type { BackupStore } from "./store.ts";

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
        egress: [
          self,
          { name: "api-server", peer: apiServer.peer, ports: [apiServer.port] },
          { name: "archive", peer: store.peer, ports: [store.port] },
        ],
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
          { name: "archive", peer: store.peer, ports: [store.port] },
        ],
      },
      child,
    );

    const account = new ServiceAccount(
      `${name}-${drillComponent}`,
      { metadata: metadata(drillComponent), automountServiceAccountToken: false },
      child,
    );
    if (database.method === "plugin")
      custom(
        `${name}-${drillName}`,
        "barmancloud.cnpg.io/v1",
        "ObjectStore",
        { name: drillName, namespace: scratch.namespace, labels: { ...labels, [partLabel]: drillName } },
        { configuration: storeConfiguration({ store: scratchStore(store), path: database.path }) },
        child,
      );
    this.#permissions(name, args, account.metadata.name, scratch.namespace);

    // Whoever reads an archive needs no key's name.
    const { kmsKeyArn: _, ...readStore } = store;
    const files = scratch.namespace.apply((into) => ({
      "restore-drill.sh": readFileSync(join(import.meta.dirname, "scripts/restore-drill.sh"), "utf8"),
      "cluster.json": JSON.stringify(drillCluster(into, database, readStore), undefined, 2),
    }));
    const config = new ConfigMap(
      `${name}-${drillComponent}`,
      {
        metadata: { ...metadata(""), name: files.apply((data) => contentName(drillComponent, data)) },
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
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 3600,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
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
                filesName: config.metadata.name,
                accountName: account.metadata.name,
              }),
            },
          },
        },
      },
      child,
    );

    this.#clusterState(name, args);
    if (monitoring !== undefined)
      alertRules(
        `${name}-backup-alerts`,
        metadata("backup"),
        "backup",
        pulumi.output(namespace).apply((known) => backupAlerts(known, database.clusterName, policy.rpoMinutes)),
        child,
      );
    this.registerOutputs({ scratchNamespace: this.scratchNamespace });
  }

  /** In the scratch namespace a Cluster and its Secrets, by name; at home the one object that holds the result. */
  #permissions(name: string, args: BackupArgs, account: pulumi.Input<string>, scratch: pulumi.Input<string>): void {
    const { namespace, capability, environment } = args;
    const own = workloadLabels({ capability, environment, component: drillComponent });
    const grant = (of: string, where: pulumi.Input<string>, rules: k8s.rbac.v1.PolicyRule[], part?: string) => {
      const labels = { ...own, ...(part !== undefined && { [partLabel]: part }) };
      const role = new Role(
        `${name}-${of}`,
        { metadata: { name: drillComponent, namespace: where, labels }, rules },
        { parent: this },
      );
      new RoleBinding(
        `${name}-${of}`,
        {
          metadata: { name: drillComponent, namespace: where, labels },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
          subjects: [{ kind: "ServiceAccount", name: account, namespace }],
        },
        { parent: this },
      );
    };
    const cnpg = { apiGroups: ["postgresql.cnpg.io"], resources: ["clusters"] };
    const secrets = { apiGroups: [""], resources: ["secrets"] };
    const configMaps = { apiGroups: [""], resources: ["configmaps"] };
    const restoring = [
      // A name cannot be asked for when something is created.
      { ...cnpg, verbs: ["create"] },
      { ...cnpg, resourceNames: [drillName], verbs: ["get", "delete"] },
      { ...secrets, verbs: ["create"] },
      { ...secrets, resourceNames: ["drill-app", "drill-ca"], verbs: ["get"] },
      { ...secrets, resourceNames: ["drill-store"], verbs: ["delete"] },
    ];
    grant("restore", scratch, restoring, drillName);
    grant("result", namespace, [
      { ...configMaps, verbs: ["create"] },
      { ...configMaps, resourceNames: [`${drillComponent}-result`], verbs: ["get", "update"] },
    ]);
  }

  /** The namespace's objects and volumes, by Velero (CV-BCP-02, CV-CACHE-08). */
  #clusterState(name: string, { policy, capability, environment, namespace, store }: BackupArgs): void {
    if (policy?.clusterState === undefined) return;
    const { namespace: velero, schedule } = { ...clusterStateDefaults, ...policy.clusterState };
    const retentionDays = policy.retentionDays ?? backupPolicyDefaults.retentionDays;
    const objectName = `${capability}-${environment}`;
    // Velero's own namespace is no capability's.
    const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" };
    const location = custom(
      `${name}-velero`,
      "velero.io/v1",
      "BackupStorageLocation",
      { name: objectName, namespace: velero, labels },
      {
        provider: "aws",
        objectStorage: { bucket: store.bucket, prefix: "velero" },
        config: {
          region: store.region,
          ...(store.kmsKeyArn !== undefined && { kmsKeyId: store.kmsKeyArn, serverSideEncryption: "aws:kms" }),
        },
        accessMode: "ReadWrite",
      },
      { parent: this },
    );
    custom(
      `${name}-velero`,
      "velero.io/v1",
      "Schedule",
      { name: objectName, namespace: velero, labels },
      {
        schedule,
        useOwnerReferencesInBackup: false,
        template: {
          includedNamespaces: [namespace],
          storageLocation: location.metadata.name,
          snapshotVolumes: true,
          ttl: `${retentionDays * 24}h0m0s`,
        },
      },
      { parent: this },
    );
  }
}
