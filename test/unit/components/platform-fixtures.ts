// A platform on AWS with every part, as it is asked for under mocks.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFoundation } from "../../../components/foundation/index.ts";
import type { Foundation } from "../../../components/foundation/index.ts";
import { charts } from "../../../components/operators/charts.ts";
import type { PinnedChart } from "../../../components/operators/charts.ts";
import { vendoredFile } from "../../../components/operators/reachable.ts";
import type { PlatformConfig } from "../../../components/platform/config.ts";
import { createPlatform } from "../../../components/platform/platform.ts";
import type { Platform } from "../../../components/platform/platform.ts";
import { record } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import { host, state as edgeState } from "./edge/fixtures.ts";
import { account, accountId, network, state as clusterState, zones } from "./foundation-fixtures.ts";

export const types = {
  chart: "kubernetes:helm.sh/v4:Chart",
  cluster: "aws:eks/cluster:Cluster",
  entry: "aws:eks/accessEntry:AccessEntry",
  identity: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  key: "aws:kms/key:Key",
  nodes: "aws:eks/nodeGroup:NodeGroup",
  policy: "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
  provider: "pulumi:providers:kubernetes",
  role: "aws:iam/role:Role",
  topic: "aws:sns/topic:Topic",
} as const;

/** Charts that are there, and are never opened here: what is declared does not depend on the network. */
export const chartFolder = join(tmpdir(), `apg-charts-${process.pid}`);
export const chartFile = (chart: PinnedChart) => vendoredFile(chartFolder, chart);
export function writeCharts(): void {
  mkdirSync(chartFolder);
  for (const chart of charts) writeFileSync(chartFile(chart), "");
}
export const removeCharts = () => rmSync(chartFolder, { recursive: true });
export const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
export const registries = [`${accountId}.dkr.ecr.eu-central-1.amazonaws.com`];

export const bare: PlatformConfig = {
  environment: "prod",
  account,
  clusterName: "apg-prod",
  cidr: network.cidr,
  zones,
  capabilities: ["audio-processing"],
};

export const full: PlatformConfig = {
  ...bare,
  operators: { chartFolder },
  clusterState: { nameSuffix: "apg1" },
  nodePools: { imageVersion: "v20261112", maintenanceWindow: { schedule: "0 2 * * 0", duration: "4h" } },
  security: {
    notify: { emails: ["security@example.com"] },
    breakGlassPrincipals: [`arn:aws:iam::${accountId}:user/jane`],
  },
  signing: {
    registries,
    signers: [{ subject: "https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main" }],
  },
  admission: { registries },
  mesh: true,
  secrets: { writers: [role("writer")] },
  edge: {
    domain: "example.com",
    hosts: [host],
    issuers: {
      email: "platform@example.com",
      backup: { server: "https://acme.zerossl.com/v2/DV90", caaDomain: "sectigo.com" },
    },
  },
};

export const state = (type: string): Inputs | undefined =>
  type === types.cluster ? clusterState(type) : edgeState(type);

interface Declared {
  foundation: Foundation;
  platform: Platform;
}

/** The foundation, and the platform on it. */
export async function declare(config?: PlatformConfig): Promise<Recording<unknown> & { made: Declared }> {
  let made: Declared | undefined;
  const recording = await record(() => {
    const foundation = createFoundation({ aws: { environment: "prod", account, cidr: network.cidr, zones } });
    return createPlatform(config, foundation).then((platform) => (made = { foundation, platform }));
  }, state);
  await recording.value;
  return Object.assign(recording, { made: made! });
}

let whole: ReturnType<typeof declare> | undefined;
/** The foundation and every part. */
export const everything = () => (whole ??= declare(full));

/** Type, ::, and name of the components that have no parent, and of the providers beside them. */
export function tops({ paths }: Recording<unknown>): string[] {
  return paths.filter((path) => !path.includes("$") && !path.startsWith("pulumi:pulumi:Stack"));
}

export const without = (...parts: (keyof PlatformConfig)[]) =>
  Object.fromEntries(
    Object.entries(full).filter(([name]) => !parts.includes(name as keyof PlatformConfig)),
  ) as unknown as PlatformConfig;

/** Names of what the cluster refuses, beside what every cluster does. */
export const every = ["host-access", "images", "resources", "services", "tokens"];
