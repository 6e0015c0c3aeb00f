import type * as pulumi from "@pulumi/pulumi";
import { imageObjection } from "../../checklist/image.ts";
import { parseAmount } from "../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { distinct, dnsLabel, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { workloadName } from "./naming.ts";
import { nodeAffinityProblems } from "./node-affinity.ts";
import type { NodeAffinityArgs } from "./node-affinity.ts";
import { probesProblems } from "./probes.ts";
import type { ProbesArgs } from "./probes.ts";
import { amountProblems } from "./quota.ts";
import type { ResourceAmounts } from "./quota.ts";
import { rolloutDefaults } from "./rollout.ts";
import { runtimes } from "./settings.ts";
import type { FeatureFlag } from "./settings.ts";

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

/** Arguments of `Application`. */
export interface ApplicationArgs {
  /** Namespace to run in, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability that the application is part of; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Which part of the capability it is; a DNS label. @default "api" */
  component?: string;
  /** Image as `repository:1.2.3@sha256:<64 hex digits>` (AUD-INFRA-01, CV-IMG-05). */
  image: string;
  /** Accept an image without a digest, as only a sandbox should. @default false (AUD-INFRA-01) */
  allowUndigestedImage?: boolean;
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

export const applicationDefaults = deepFrozen({
  component: "api",
  allowUndigestedImage: false,
  port: 8080,
  settings: {},
  featureFlags: [] as FeatureFlag[],
  secrets: [] as SecretReference[],
  runtime: "python",
  minAvailable: thresholds.disruption.minAvailable,
  preStopSeconds: rolloutDefaults.preStopSeconds,
  terminationGraceSeconds: rolloutDefaults.terminationGraceSeconds,
  deploymentTimeout: "10m",
});

export const sessionAffinityDefaults = deepFrozen({
  timeoutSeconds: thresholds.settings.maxSessionIdleMinutes * 60,
});

/** Requests and limits as they will be, given or default. */
export function resourcesOf(resources: ResourcesArgs | undefined): Required<ResourcesArgs> {
  return {
    requests: { ...(resources?.requests ?? thresholds.resources.requests) },
    limits: { ...(resources?.limits ?? thresholds.resources.limits) },
  };
}

/** Problems of the arguments, all of them; those with a default have it already. */
export function applicationProblems(
  args: ApplicationArgs & Required<Pick<ApplicationArgs, "component" | "port">>,
): Problem[] {
  const objection = imageObjection(args.image, { digestRequired: args.allowUndigestedImage !== true });
  const seconds = (path: "preStopSeconds" | "terminationGraceSeconds", min: number) =>
    args[path] === undefined ? [] : wholeNumber(path, args[path], { min, items: "AUD-PROD-06" });
  const preStop = args.preStopSeconds ?? rolloutDefaults.preStopSeconds;
  const grace = args.terminationGraceSeconds ?? rolloutDefaults.terminationGraceSeconds;
  return [
    ...dnsLabel("capability", args.capability),
    ...dnsLabel("environment", args.environment),
    ...dnsLabel("component", args.component),
    ...unless(
      workloadName(args).length <= 52,
      "component",
      args.component,
      `with the capability ${args.capability} it makes a name of more than 52 characters, which leaves no room for the names of its pods`,
    ),
    ...(objection === undefined ? [] : unless(false, "image", args.image, objection)),
    ...wholeNumber("port", args.port, { min: 1, max: 65535 }),
    ...resourcesProblems(resourcesOf(args.resources)),
    ...Object.keys(args.settings ?? {}).flatMap((env) => environmentName(`settings.${env}`, env)),
    ...(args.secrets ?? []).flatMap(({ env }, index) => environmentName(`secrets[${index}].env`, env)),
    ...flagsProblems(args.featureFlags ?? []),
    ...probesProblems("probes", args.probes ?? {}),
    ...(args.sessionAffinity?.timeoutSeconds === undefined
      ? []
      : wholeNumber("sessionAffinity.timeoutSeconds", args.sessionAffinity.timeoutSeconds, { min: 1, max: 86400 })),
    ...unless(
      args.runtime === undefined || args.runtime in runtimes,
      "runtime",
      args.runtime ?? "",
      `${Object.keys(runtimes).join(", ")} are known (CV-PERF-08)`,
    ),
    ...nodeAffinityProblems("nodeAffinity", args.nodeAffinity ?? {}),
    ...wholeNumber("minAvailable", args.minAvailable ?? thresholds.disruption.minAvailable, {
      min: thresholds.disruption.minAvailable,
      max: thresholds.replicas.max - 1,
      items: "CV-MAN-08, CV-SCALE-03",
    }),
    ...seconds("preStopSeconds", 1),
    ...seconds("terminationGraceSeconds", thresholds.rollout.minTerminationGraceSeconds),
    ...unless(
      preStop < grace,
      "preStopSeconds",
      preStop,
      `less than terminationGraceSeconds (${grace}) is needed, or requests are cut off (AUD-PROD-06)`,
    ),
    ...unless(
      /^([0-9]+(s|m|h))+$/.test(args.deploymentTimeout ?? applicationDefaults.deploymentTimeout),
      "deploymentTimeout",
      args.deploymentTimeout ?? "",
      "a duration such as 15m or 1h30m is accepted",
    ),
  ];
}

function environmentName(path: string, env: string): Problem[] {
  return unless(
    /^[A-Z][A-Z0-9_]*$/.test(env),
    path,
    env,
    "the name of an environment variable is accepted: capital letters, digits and underscores, starting with a letter",
  );
}

function flagsProblems(flags: FeatureFlag[]): Problem[] {
  return [
    ...flags.flatMap(({ name, owner, removeBy }, index) => [
      ...unless(name !== "", `featureFlags[${index}].name`, name, "a name is needed (CV-ENV-05)"),
      ...unless(owner !== "", `featureFlags[${index}].owner`, owner, "an owner is needed (CV-ENV-05)"),
      ...unless(
        /^\d{4}-\d{2}-\d{2}$/.test(removeBy) && !Number.isNaN(Date.parse(removeBy)),
        `featureFlags[${index}].removeBy`,
        removeBy,
        "a day as YYYY-MM-DD is accepted (CV-ENV-05)",
      ),
    ]),
    ...distinct(
      "featureFlags",
      flags.map(({ name }) => name),
    ),
  ];
}

function resourcesProblems({ requests, limits }: Required<ResourcesArgs>): Problem[] {
  const malformed = [...amountProblems("resources.requests", requests), ...amountProblems("resources.limits", limits)];
  if (malformed.length > 0) return malformed;
  const amount = (quantity: string) => parseAmount(quantity) ?? 0n;
  return (["cpu", "memory"] as const).flatMap((kind) => [
    ...unless(
      amount(requests[kind]) >= amount(thresholds.resources.requests[kind]),
      `resources.requests.${kind}`,
      requests[kind],
      `at least ${thresholds.resources.requests[kind]} is needed (AUD-PROD-03)`,
    ),
    ...unless(
      amount(limits[kind]) <= amount(thresholds.resources.limits[kind]),
      `resources.limits.${kind}`,
      limits[kind],
      `at most ${thresholds.resources.limits[kind]} is allowed (AUD-PROD-03)`,
    ),
    ...unless(
      amount(requests[kind]) <= amount(limits[kind]),
      `resources.requests.${kind}`,
      requests[kind],
      `at most the limit, ${limits[kind]}, is allowed (CV-MAN-06)`,
    ),
  ]);
}
