import type * as pulumi from "@pulumi/pulumi";
import type { NodeAffinityArgs } from "./node-affinity.ts";
import type { ProbesArgs } from "./probes.ts";
import type { ResourceAmounts } from "./quota.ts";
import type { FeatureFlag } from "./settings.ts";
import type { TolerationArgs } from "./tolerations.ts";

/** What the one container of a pod requests and is limited to. */
export interface ResourcesArgs {
  /** What is reserved for the pod. @default cpu 500m, memory 1Gi (AUD-PROD-03) */
  requests?: ResourceAmounts;
  /** What the pod may use at most. @default cpu 2000m, memory 4Gi (AUD-PROD-03) */
  limits?: ResourceAmounts;
}

/** An environment variable whose value is a key of a Secret in the same namespace. */
export interface SecretReference {
  /** Name of the environment variable. */
  env: string;
  /** Name of the Secret. */
  secretName: string;
  /** Key in the Secret. */
  key: string;
}

/** Requests of one client go to one pod. */
export interface SessionAffinityArgs {
  /** Seconds that a silent client is remembered. @default 1800 (as long as a session, CV-APPSEC-03) */
  timeoutSeconds?: number;
}

/** What runs and how, whether it is declared as an `Application` or as a whole `Capability`. */
export interface WorkloadArgs {
  /** Image as `repository:1.2.3@sha256:<64 hex digits>` (AUD-INFRA-01, CV-IMG-05). */
  image: string;
  /** Accept an image without a digest, as only a sandbox should. @default false (AUD-INFRA-01) */
  allowUndigestedImage?: boolean;
  /** Which part of the capability the image is; a DNS label. @default "api" */
  component?: string;
  /** TCP port of the container and of the service. @default 8080 */
  port?: number;
  /** Requests and limits of the pod. @default the checklists' numbers (AUD-PROD-03) */
  resources?: ResourcesArgs;
  /** Environment variables over the checklists' own; never secrets. @default the checklists' alone (AUD-SEC-03, CV-ENV-07) */
  settings?: { [env: string]: string };
  /** Switches, readable as /etc/apg/feature-flags/flags.yaml. @default none (CV-ENV-05) */
  featureFlags?: FeatureFlag[];
  /** Environment variables from Secrets. @default none (AUD-SEC-03) */
  secrets?: SecretReference[];
  /** Liveness, readiness and startup probes. @default /health/live, /health/ready, /health/startup (AUD-PROD-05) */
  probes?: ProbesArgs;
  /** Keep each client on one pod. @default any pod serves any request */
  sessionAffinity?: SessionAffinityArgs;
  /** Runtime whose garbage collector is set explicitly: python, jvm or other. @default "python" (CV-PERF-08) */
  runtime?: string;
  /** Labels that a node must or should have. @default any node (CV-SCALE-04) */
  nodeAffinity?: NodeAffinityArgs;
  /** Taints of nodes that do not keep the pods away. @default none (CV-SCALE-04) */
  tolerations?: TolerationArgs[];
  /** Pods that stay during voluntary disruptions; fewer than the fewest replicas. @default 2 (CV-MAN-08, CV-SCALE-03) */
  minAvailable?: number;
  /** Seconds between leaving the service and being told to stop. @default 10 (AUD-PROD-06) */
  preStopSeconds?: number;
  /** Seconds until a stopping pod is killed, `preStopSeconds` included. @default 60 (AUD-PROD-06) */
  terminationGraceSeconds?: number;
  /** Priority class of the pods, usually the foundation's. @default the cluster's default */
  priorityClassName?: pulumi.Input<string>;
  /** How long a rollout may take, such as "15m". @default "10m" */
  deploymentTimeout?: string;
}
