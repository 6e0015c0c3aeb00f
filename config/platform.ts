// What a stack's configuration says of the platform around its capabilities, as the components take it.
import type { DataAccountArgs, FoundationConfig, PlatformConfig, ThirdPartyKeyArgs } from "../components/index.ts";
import { veleroRoleArn } from "../components/index.ts";
import { deliveryProblems } from "./delivery.ts";
import { startedImageProblems } from "./images.ts";
import type { Path, Problem } from "./problems.ts";
import type { Draft, Parsed } from "./schema.ts";

/** Name of the cluster that a stack makes, or of the one that it is told of. */
const clusterNameOf = ({ environment, foundation, data }: Parsed) =>
  foundation.aws?.clusterName ?? data?.aws?.clusterName ?? `apg-${environment}`;

export function foundationOf(config: Parsed): FoundationConfig {
  const { environment, account, foundation } = config;
  const { aws, ...given } = foundation;
  if (aws === undefined) return given;
  const roleArn = clusterStateOf(config)?.roleArn;
  return {
    aws: { ...aws, environment, account: account!, ...(roleArn !== undefined && { volumeCopiers: [roleArn] }) },
  };
}

/**
 * How the cluster's state is copied to buckets on AWS, with the role that Velero has for it: one that is given, or the one that
 * the stack makes for a cluster of its own. Undefined where it is not copied there.
 */
function clusterStateOf({ environment, account, foundation, data, backup }: Parsed) {
  const { clusterState } = backup ?? {};
  if (clusterState === undefined || data?.aws === undefined || account === undefined) return undefined;
  const own = foundation.aws && veleroRoleArn(account.accountId, environment);
  return { ...clusterState, roleArn: clusterState.roleArn ?? own };
}

/** How everything is backed up. */
export function backupOf(config: Parsed): Parsed["backup"] {
  const clusterState = clusterStateOf(config);
  return clusterState === undefined ? config.backup : { ...config.backup, clusterState };
}

/** Undefined where the configuration says nothing of an account. */
export function platformOf(config: Parsed): PlatformConfig | undefined {
  const { environment, account, foundation, capabilities, maintenanceWindow, forecastPeak } = config;
  if (account === undefined || foundation.aws === undefined) return undefined;
  const { operators, nodePools, security, secrets, edge, data, backup } = config;
  const monitoring = data?.monitoring;
  const clusterState = clusterStateOf(config) && backup?.clusterState;
  const { notify, breakGlass, images, secretReaders, compliance, signing, deletionProtection } = security ?? {};
  const { registries = [] } = security ?? {};
  const names = capabilities.map(({ name }) => name);
  return {
    environment,
    account,
    clusterName: clusterNameOf(config),
    cidr: foundation.aws.cidr,
    zones: foundation.aws.zones,
    capabilities: names,
    ...(clusterState && {
      clusterState: { ...omit(clusterState, "schedule"), nameSuffix: data?.aws?.nameSuffix },
    }),
    ...(operators && { operators: { ...operators, ...(monitoring && { monitoring }) } }),
    ...(nodePools &&
      maintenanceWindow && { nodePools: { ...nodePools, maintenanceWindow, ...(forecastPeak && { forecastPeak }) } }),
    ...(notify &&
      breakGlass && {
        security: {
          notify,
          breakGlassPrincipals: breakGlass.principals,
          ...compliance,
          ...(secretReaders && { secretReaders }),
          ...(images && { images }),
          ...(deletionProtection !== undefined && { deletionProtection }),
        },
      }),
    ...(signing && { signing: { ...signing, registries } }),
    ...(security && { admission: { ...security.admission, registries } }),
    ...(security?.mesh && { mesh: true }),
    ...(secrets && { secrets: omit(secrets, "thirdParty") }),
    ...(edge && {
      edge: {
        ...omit(edge, "token"),
        hosts: hostsOf(config),
        // Whoever reads the cluster's metrics is told of the gateway's, and of certificates that expire.
        ...(monitoring && { gateway: { ...edge.gateway, monitoring: { peer: monitoring } } }),
      },
    }),
  };
}

/** What no resource shows; rules read it from a stack's config at preview, and from this afterwards. */
export type Configured = Pick<Parsed, "tenants" | "backup" | "maintenanceWindow" | "forecastPeak"> & {
  gpu?: boolean;
  security?: Pick<NonNullable<Parsed["security"]>, "registries" | "compliance">;
  thirdParty?: string[];
};

export function configuredOf(config: Parsed): Configured {
  const { tenants, backup, maintenanceWindow, forecastPeak, nodePools, security, secrets } = config;
  const said = {
    tenants,
    backup: backup && { rtoMinutes: backup.rtoMinutes, rpoMinutes: backup.rpoMinutes },
    maintenanceWindow,
    forecastPeak,
    gpu: nodePools?.gpu && true,
    security: security && { registries: security.registries, compliance: security.compliance },
    thirdParty: secrets?.thirdParty?.map(({ name }) => name),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** The keys of other people's services that a capability uses. */
export function thirdPartyOf({ secrets }: Parsed, name: string): ThirdPartyKeyArgs[] | undefined {
  const keys = secrets?.thirdParty?.flatMap(({ capability, ...key }) => (capability === name ? [key] : [])) ?? [];
  return keys.length === 0 ? undefined : keys;
}

/** Every public name, once. */
function hostsOf({ capabilities }: Parsed): string[] {
  return [...new Set(capabilities.flatMap(({ route }) => route?.hosts ?? []))];
}

/** The account as data services take it; undefined where buckets are not on AWS. */
export function dataAccountOf(config: Parsed): DataAccountArgs | undefined {
  const { account, foundation, data } = config;
  if (data?.aws === undefined || account === undefined) return undefined;
  return {
    ...account,
    clusterName: clusterNameOf(config),
    endpointCidr: data.aws.endpointCidr ?? foundation.aws!.cidr,
    ...(data.aws.nameSuffix !== undefined && { nameSuffix: data.aws.nameSuffix }),
  };
}

/** What must hold between the parts: none works without what it rests on. */
export function platformProblems(draft: Draft): Problem[] {
  const { account, foundation, maintenanceWindow, nodePools, operators, security, secrets, edge, data } = draft;
  const own = foundation?.aws !== undefined;
  const parts = Object.entries({ nodePools, operators, security, secrets, edge }).filter(([, part]) => part);
  const names = draft.capabilities.map(({ name }) => name);
  return [
    ...missing(
      ["account"],
      account !== undefined || (!own && data?.aws === undefined),
      "the account is needed that everything on AWS is in (CV-NET-02)",
    ),
    ...parts.flatMap(([name]) =>
      missing([name], own, "it belongs to a foundation of the stack's own: foundation.aws is needed (CV-KUBE-01)").map(
        (problem) => ({ ...problem, given: "given" }),
      ),
    ),
    ...missing(
      ["maintenanceWindow"],
      nodePools === undefined || maintenanceWindow !== undefined,
      "nodePools need a window for maintenance (AUD-SOP-04, CV-MONTH-05)",
    ),
    ...securityProblems(security),
    ...startedImageProblems(draft),
    ...(secrets?.thirdParty ?? []).flatMap((key, at) =>
      missing(
        ["secrets", "thirdParty", at, "capability"],
        key?.capability === undefined || names.includes(key.capability),
        `a capability of this stack is accepted: ${names.join(", ")} (CV-ENV-04)`,
      ),
    ),
    ...(own && data?.aws?.clusterName !== undefined
      ? [
          {
            path: ["data", "aws", "clusterName"],
            accepted: "the cluster is the stack's own: its name is foundation.aws.clusterName (CV-ENV-03)",
          },
        ]
      : []),
    ...missing(
      ["data", "aws", "clusterName"],
      own || data?.aws === undefined || data.aws.clusterName !== undefined,
      "the name of the EKS cluster is needed without foundation.aws (CV-ENV-03)",
    ),
    ...missing(
      ["data", "aws", "endpointCidr"],
      own || data?.aws === undefined || data.aws.endpointCidr !== undefined,
      "the network of S3's endpoint is needed without foundation.aws (CV-KUBE-04)",
    ),
    ...missing(
      ["data", "apiServer"],
      own || data === undefined || data.apiServer !== undefined,
      "the API server's network and port are needed without foundation.aws (AUD-SEC-01)",
    ),
    ...draft.capabilities.flatMap((capability, at) =>
      capability.route !== undefined && edge === undefined
        ? [
            {
              path: ["capabilities", at, "route"],
              given: "a route given",
              accepted: "there is no gateway without apg:edge (CV-NET-04)",
            },
          ]
        : [],
    ),
    ...deliveryProblems(draft),
  ];
}

/** Audit, detection, pages and emergency access come together or not at all: none is left out by leaving out a key. */
function securityProblems(security: Draft["security"] = {}): Problem[] {
  const { registries, signing, ...others } = security;
  const watch = omit(others, "admission", "mesh");
  const given = Object.entries(watch).flatMap(([name, part]) => (part === undefined ? [] : [name]));
  const needed = (items: string) => `it is needed with ${given.join(", ")}, or nobody would watch over it (${items})`;
  return [
    ...missing(
      ["security", "notify"],
      given.length === 0 || watch.notify !== undefined,
      needed("AUD-SOP-06, CV-NET-08"),
    ),
    ...missing(
      ["security", "breakGlass"],
      given.length === 0 || watch.breakGlass !== undefined,
      needed("CV-SECRET-08"),
    ),
    ...missing(
      ["security", "registries"],
      signing === undefined || registries !== undefined,
      "it is needed with signing: they say whose images are signed (AUD-SEC-04)",
    ),
  ];
}

function missing(path: Path, holds: boolean, accepted: string): Problem[] {
  return holds ? [] : [{ path, accepted }];
}

export function omit<T extends object, K extends keyof T>(from: T, ...keys: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}
