// A stack's configuration: read, checked as a whole before anything is created, and resolved for the components.
import * as pulumi from "@pulumi/pulumi";
import { dayOf } from "./checklist/dates.ts";
import type {
  CapabilityArgs,
  DataPlatformArgs,
  FoundationConfig,
  PlatformConfig as AwsPlatformConfig,
  RouteArgs,
  ThirdPartyKeyArgs,
  TokenArgs,
} from "./components/index.ts";
import { consistencyProblems, digestRequired } from "./config/consistency.ts";
import {
  backupOf,
  configuredOf,
  dataAccountOf,
  foundationOf,
  omit,
  platformOf,
  thirdPartyOf,
} from "./config/platform.ts";
import type { Configured } from "./config/platform.ts";
import type { Circumstances } from "./config/consistency.ts";
import { networkOf } from "./config/edges.ts";
import { ConfigError, unknownKey, without } from "./config/problems.ts";
import type { Path, Problem } from "./config/problems.ts";
import { knownKeys, schema } from "./config/schema.ts";
import type { Draft, Parsed } from "./config/schema.ts";

/** A capability as its stack wants it: what the component takes, edges resolved. */
export type CapabilityConfig = CapabilityArgs & {
  capability: string;
  route?: RouteArgs & { hosts: string[]; token: TokenArgs };
  thirdParty?: ThirdPartyKeyArgs[];
};

/** The configuration of a stack. What is not given is left to the components' defaults, the checklists' numbers. */
export interface PlatformConfig {
  /** Name of the environment; only `sandbox` may run images without a digest (AUD-INFRA-01). */
  environment: string;
  /** Where capabilities run. */
  foundation: FoundationConfig;
  /** What is around the capabilities, where this stack has a foundation of its own on AWS. */
  platform?: AwsPlatformConfig;
  /** What is not the real thing here, and what stands in for it; readiness reports name every one. */
  standIns?: { [thing: string]: string };
  /** What no resource shows, such as tenants and recovery targets (CV-DB-08, CV-BCP-08). */
  configured: Configured;
  /** What runs there; empty in a stack that owns a foundation alone. */
  capabilities: CapabilityConfig[];
}

const namespace = "apg:";

/**
 * Reads the configuration of the stack that runs.
 * @throws pulumi.RunError with every problem at once; Pulumi prints it without a stack trace.
 */
export function loadConfig(): PlatformConfig {
  // A key that was set without "apg:" got the project's name in its place, and is read by nothing.
  const mistaken = `${pulumi.getProject()}:`;
  const keys = Object.entries(pulumi.runtime.allConfig()).filter(
    ([key]) => key.startsWith(namespace) || key.startsWith(mistaken),
  );
  const named = (key: string) => (key.startsWith(namespace) ? key.slice(namespace.length) : key);
  const raw = Object.fromEntries(keys.map(([key, value]) => [named(key), structured(value)]));
  const secretKeys = keys.filter(([key]) => isSecret(key)).map(([key]) => named(key));
  try {
    return validateConfig(raw, { secretKeys });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const file = `Pulumi.${pulumi.getStack()}.yaml`;
    const count = error.problems.length === 1 ? "1 problem" : `${error.problems.length} problems`;
    throw new pulumi.RunError(
      [`${file} has ${count}; nothing was changed:`, ...error.problems.map((problem) => `  ${problem}`)].join("\n"),
    );
  }
}

/**
 * Checks a configuration, its keys without `apg:`, and resolves what it names.
 * @throws ConfigError with every problem at once, sorted by path.
 */
export function validateConfig(raw: unknown, circumstances: Partial<Circumstances> = {}): PlatformConfig {
  const { secretKeys = [], today = dayOf() } = circumstances;
  const parsed = schema.safeParse(raw);
  const shape = parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
  const draft = draftOf(
    raw,
    shape.map(({ path }) => path),
  );
  const problems = [...shape, ...consistencyProblems(draft, { secretKeys, today })];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems, raw, secretKeys);
  return resolved(parsed.data);
}

function resolved(config: Parsed): PlatformConfig {
  const { environment, capabilities, standIns } = config;
  const platform = platformOf(config);
  const dataPlatform = dataPlatformOf(config);
  return {
    environment,
    foundation: foundationOf(config),
    ...(platform && { platform }),
    ...(standIns && { standIns }),
    configured: configuredOf(config),
    capabilities: capabilities.map(({ name, route, ...spec }) => {
      const thirdParty = thirdPartyOf(config, name);
      return {
        ...spec,
        ...(route && config.edge && { route: { ...route, token: config.edge.token } }),
        ...(thirdParty && { thirdParty }),
        ...networkOf(config, { name, ...spec }),
        capability: name,
        environment,
        allowUndigestedImage: !digestRequired(environment),
        ...(dataPlatform && { dataPlatform }),
      };
    }),
  };
}

function dataPlatformOf(config: Parsed): DataPlatformArgs | undefined {
  const { environment, foundation, data, tenants } = config;
  if (data === undefined) return undefined;
  const { apiServer, server, monitoring, ...rest } = omit(data, "aws");
  const aws = dataAccountOf(config);
  const { cidr, port } = apiServer ?? { cidr: foundation.aws!.cidr, port: 443 };
  return {
    ...rest,
    tenants,
    backup: backupOf(config),
    allowUndigestedImages: !digestRequired(environment),
    apiServer: { peer: { cidr }, port },
    ...(aws && { aws }),
    ...(server && {
      server: {
        endpoint: server.endpoint,
        region: server.region,
        peer: { namespace: server.namespace, podLabels: server.podLabels },
        port: server.port,
      },
    }),
    ...(monitoring && { monitoring: { peer: monitoring } }),
  };
}

/** What is sound of a configuration of which these paths are not. */
function draftOf(raw: unknown, unsound: readonly Path[]): Draft {
  const sound = (unsound.some((path) => path.length === 0) ? {} : without(raw, unsound)) as Partial<Draft>;
  const capabilities: readonly (Draft["capabilities"][number] | undefined)[] = sound.capabilities ?? [];
  return { ...sound, capabilities: capabilities.map((capability) => capability ?? {}), services: sound.services ?? {} };
}

type Issue = NonNullable<ReturnType<typeof schema.safeParse>["error"]>["issues"][number];

function problemsOf(issue: Issue): Problem[] {
  const path = issue.path as Path;
  if (issue.code !== "unrecognized_keys") return [{ path, accepted: issue.message }];
  return issue.keys.map((key) => unknownKey([...path, key], knownKeys(path)));
}

/** Pulumi hands objects and lists over as JSON, and everything else as it is written. */
function structured(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether a config key holds a secret. The SDK has the answer, and keeps it out of its typings. */
function isSecret(key: string): boolean {
  return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
