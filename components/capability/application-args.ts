import type * as pulumi from "@pulumi/pulumi";
import { imageObjection } from "../../checklist/image.ts";
import { parseAmount } from "../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { distinct, dnsLabel, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { workloadName } from "./naming.ts";
import { nodeAffinityProblems } from "./node-affinity.ts";
import { probesProblems } from "./probes.ts";
import { amountProblems } from "./quota.ts";
import { rolloutDefaults } from "./rollout.ts";
import { runtimes } from "./settings.ts";
import type { FeatureFlag } from "./settings.ts";
import { tolerationsProblems } from "./tolerations.ts";
import type { TolerationArgs } from "./tolerations.ts";
import type { Connection } from "../data/connection.ts";
import { migrationProblems } from "./migration.ts";
import type { MigrationArgs } from "./migration.ts";
import type { ResourcesArgs, SecretReference, WorkloadArgs } from "./workload-args.ts";

/** Arguments of `Application`. */
export interface ApplicationArgs extends WorkloadArgs {
  /** Namespace to run in, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability that the application is part of; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Services that it uses, as data components tell: variables, Secrets and certificates. @default none (AUD-SEC-03) */
  connections?: Connection[];
  /** What changes the database before the first new pod starts. @default nothing (CV-DB-04) */
  migration?: MigrationArgs;
}

export const applicationDefaults = deepFrozen({
  component: "api",
  allowUndigestedImage: false,
  port: 8080,
  settings: {},
  featureFlags: [] as FeatureFlag[],
  secrets: [] as SecretReference[],
  connections: [] as Connection[],
  runtime: "python",
  tolerations: [] as TolerationArgs[],
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
    ...connectionProblems(args),
    ...(args.migration === undefined ? [] : migrationProblems("migration", args.migration)),
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
    ...tolerationsProblems("tolerations", args.tolerations ?? []),
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

/** A variable that two connections, or a connection and the application's own Secrets, set would be either's. */
function connectionProblems({ connections = [], secrets = [] }: ApplicationArgs): Problem[] {
  const taken = new Map(secrets.map(({ env }, index) => [env, `secrets[${index}]`]));
  return connections.flatMap(({ name, settings, secrets: own }, index) =>
    [...Object.keys(settings), ...own.map(({ env }) => env)].flatMap((env) => {
      const other = taken.get(env);
      taken.set(env, `connections[${index}] (${name})`);
      return unless(other === undefined, `connections[${index}]`, env, `${other} sets it already (AUD-SEC-03)`);
    }),
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
