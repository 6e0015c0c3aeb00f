import * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { withDefaults } from "../defaults.ts";
import { refuse, unless } from "../validation.ts";
import { CapabilityData, dataClaims, dataPodMaximum, dataWorkloads } from "../data/capability-data.ts";
import type { DataSizeArgs } from "../data/capability-data.ts";
import type { DataPlatformArgs } from "../data/platform.ts";
import { Application } from "./application.ts";
import { applicationDefaults } from "./application-args.ts";
import { Autoscaling, autoscalingDefaults } from "./autoscaling.ts";
import type { MetricTarget, ScaleDownArgs, ScaleUpArgs } from "./autoscaling.ts";
import { CapabilityNamespace } from "./namespace.ts";
import { migrationDefaults } from "./migration.ts";
import { selectorLabels, versionOf, workloadName } from "./naming.ts";
import { secretRenewal } from "./secret-renewal.ts";
import type { Endpoint } from "./naming.ts";
import { edgePolicies, NetworkPolicies } from "./network-policies.ts";
import type { NetworkEdge, NetworkPeer } from "./network-policies.ts";
import type { SecretReference, WorkloadArgs } from "./workload-args.ts";

/** How many pods a capability runs. */
export interface ReplicasArgs {
  /** Fewest pods. @default 3 (AUD-PROD-02) */
  min?: number;
  /** Most pods. @default 10 (AUD-PROD-02) */
  max?: number;
}

/** What a capability's size follows. */
export interface ScalingArgs {
  /** Percent of the requested CPU at which pods are added. @default 70 (AUD-PROD-04) */
  cpuPercent?: number;
  /** Percent of the requested memory at which pods are added. @default 80 (AUD-PROD-04) */
  memoryPercent?: number;
  /** How fast pods are added. @default doubled, by 2 at least, every 30 s (AUD-SCALE-05) */
  scaleUp?: ScaleUpArgs;
  /** How slowly pods are removed. @default a quarter a minute after 5 quiet minutes (AUD-SCALE-05) */
  scaleDown?: ScaleDownArgs;
  /** Length of the queue per pod, an external metric. @default not scaled by (AUD-SCALE-04) */
  queueLength?: MetricTarget;
  /** Seconds that a task takes, a metric of the pods. @default not scaled by (AUD-SCALE-04) */
  processingTime?: MetricTarget;
}

/** Somebody who may call a capability, on its one port. */
export interface NetworkSource {
  /** Name of the caller; a DNS label. */
  name: string;
  /** The caller's pods or addresses. */
  peer: pulumi.Input<NetworkPeer>;
}

/** Arguments of `Capability`. */
export interface CapabilityArgs extends WorkloadArgs {
  /** Name of the capability; a DNS label. @default the component's own name */
  capability?: string;
  /** Name of the environment; a DNS label. With the capability it makes the namespace's name (AUD-PROD-01). */
  environment: string;
  /** Fewest and most pods. @default 3 to 10 (AUD-PROD-02) */
  replicas?: ReplicasArgs;
  /** What the number of pods follows. @default CPU 70 %, memory 80 % (AUD-PROD-04) */
  scaling?: ScalingArgs;
  /** Number of volume claims that may exist in the namespace. @default 0 (CV-KUBE-07) */
  persistentVolumeClaims?: number;
  /** Labels of the namespace besides its own, such as a mesh's. @default none (CV-NET-05, CV-IMG-06) */
  namespaceLabels?: { [label: string]: string };
  /** Groups that may replace pods. @default `apg:<capability>:operators` (AUD-APG-04, AUD-SEC-05) */
  operatorGroups?: string[];
  /** Groups that may look at everything but secrets. @default `apg:<capability>:viewers` (AUD-APG-04, AUD-SEC-05) */
  viewerGroups?: string[];
  /** Whom the capability calls. @default nobody (AUD-SEC-01, AUD-APG-02) */
  connectsTo?: NetworkEdge[];
  /** Who calls the capability. @default nobody (AUD-SEC-01) */
  acceptsFrom?: NetworkSource[];
  /** What the data services of all capabilities have in common. @default the capability has no data services */
  dataPlatform?: DataPlatformArgs;
  /** What the capability says of its own data; with a dataPlatform. @default the checklists' numbers (AUD-DB-04, AUD-CACHE-05) */
  data?: DataSizeArgs;
  /** Arguments with which the image changes the database, before its first pod; they must bear to run again. @default no migrations (CV-DB-04) */
  migrationArgs?: string[];
}

export const capabilityDefaults = deepFrozen({
  component: applicationDefaults.component,
  port: applicationDefaults.port,
  minAvailable: applicationDefaults.minAvailable,
});

/** One capability in its own namespace: guarded, isolated, running, and as large as its load. */
export class Capability extends pulumi.ComponentResource {
  /** Name of the namespace. */
  readonly namespace: pulumi.Output<string>;
  /** Where the capability is reached; a peer of other capabilities' network policies. */
  readonly endpoint: pulumi.Output<Endpoint>;

  constructor(name: string, args: CapabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:capability:Capability", name, args, opts);
    const {
      capability = name,
      environment,
      replicas,
      scaling,
      persistentVolumeClaims,
      namespaceLabels,
      operatorGroups,
      viewerGroups,
      connectsTo,
      acceptsFrom,
      dataPlatform,
      data: sizes = {},
      migrationArgs,
      ...workload
    } = withDefaults(args, capabilityDefaults);
    const { component, port, minAvailable, resources } = workload;
    const minReplicas = replicas?.min ?? autoscalingDefaults.minReplicas;
    refuse(name, [
      ...unless(
        minAvailable < minReplicas,
        "minAvailable",
        minAvailable,
        `less than replicas.min (${minReplicas}) is needed, or no node can be drained (CV-SCALE-03)`,
      ),
      ...unless(
        dataPlatform !== undefined || args.data === undefined,
        "data",
        "sizes",
        "there is no database and no cache without a dataPlatform (AUD-DB-01, AUD-CACHE-01)",
      ),
      ...unless(
        dataPlatform !== undefined || migrationArgs === undefined,
        "migrationArgs",
        (migrationArgs ?? []).join(" "),
        "there is no database to change without a dataPlatform (CV-DB-04)",
      ),
    ]);
    const child = { parent: this };

    const { namespace } = new CapabilityNamespace(
      name,
      {
        capability,
        environment,
        workloads: [{ maxReplicas: replicas?.max, ...resources }, ...(dataPlatform ? dataWorkloads(sizes) : [])],
        persistentVolumeClaims: (persistentVolumeClaims ?? 0) + (dataPlatform ? dataClaims(sizes) : 0),
        ...(dataPlatform && { podMaximum: dataPodMaximum(sizes, dataPlatform) }),
        ...(namespaceLabels && { namespaceLabels }),
        operatorGroups,
        viewerGroups,
      },
      child,
    );

    const identity = { capability, environment, component };
    const podLabels = selectorLabels(identity);
    const migration = { podLabels: selectorLabels({ ...identity, component: migrationDefaults.component }) };
    const data =
      dataPlatform &&
      new CapabilityData(
        name,
        {
          ...sizes,
          namespace,
          capability,
          environment,
          platform: dataPlatform,
          application: { podLabels },
          serviceAccountName: workloadName(identity),
          migration,
          release: versionOf(workload.image),
          priorityClassName: workload.priorityClassName,
        },
        child,
      );
    const connections = data?.connections ?? [];

    new NetworkPolicies(
      name,
      {
        namespace,
        podLabels,
        ingress: acceptsFrom?.map((source) => ({ ...source, ports: [port] })),
        egress: [...connections.flatMap(({ edges }) => edges), ...(connectsTo ?? [])],
      },
      child,
    );
    const migrates = data !== undefined && migrationArgs !== undefined;
    if (migrates) {
      const { edges } = data.migrationConnection;
      edgePolicies(name, { namespace, prefix: "migrate", ...migration, egress: edges }, child);
    }

    const application = new Application(
      name,
      {
        namespace,
        capability,
        environment,
        ...workload,
        connections,
        ...(migrates && { migration: { args: migrationArgs, connection: data.migrationConnection } }),
      },
      { ...child, dependsOn: data ?? [] },
    );

    const secretNames = distinctSecrets([
      ...(workload.secrets ?? []),
      ...connections.flatMap(({ secrets }) => secrets),
    ]);
    if (dataPlatform?.secretStore?.rotation !== undefined)
      secretRenewal(
        name,
        {
          namespace,
          capability,
          environment,
          deployment: application.deploymentName,
          secretNames,
          toolsImage: dataPlatform.images.tools,
          apiServer: dataPlatform.apiServer,
          monitoring: dataPlatform.monitoring,
          priorityClassName: workload.priorityClassName,
        },
        child,
      );

    new Autoscaling(
      name,
      {
        namespace,
        target: application.deploymentName,
        minReplicas: replicas?.min,
        maxReplicas: replicas?.max,
        ...scaling,
      },
      child,
    );

    this.namespace = namespace;
    this.endpoint = application.endpoint;
    this.registerOutputs({ namespace: this.namespace, endpoint: this.endpoint });
  }
}

/** Secrets that variables come from, each once. */
function distinctSecrets(references: readonly SecretReference[]): string[] {
  return [...new Set(references.map(({ secretName }) => secretName))].sort();
}
