import * as pulumi from "@pulumi/pulumi";
import { Chart } from "@pulumi/kubernetes/helm/v4/chart.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { isNetwork, peerProblems } from "../capability/network-policies.ts";
import type { NetworkPeer } from "../capability/network-policies.ts";
import { withDefaults } from "../defaults.ts";
import { refuse, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { gatewayCertificates, gatewaySalt } from "./certificates.ts";
import { chartNames, charts } from "./charts.ts";
import type { PinnedChart } from "./charts.ts";
import { declareHome } from "./home.ts";
import { operatorImageProblems } from "./images.ts";
import type { OperatorImagesArgs } from "./images.ts";
import { operatorNamespaces } from "./namespaces.ts";
import { vendoredFile } from "./reachable.ts";
import { chartValues } from "./values.ts";

/** A chart that cannot be fetched where the program runs. */
export interface UnreachableChartArgs {
  /** Name of the chart's release, as in `install`. */
  name: string;
  /** Where it should have come from, and what went wrong there. */
  reason: string;
}

/** Arguments of `Operators`. */
export interface OperatorsArgs {
  /** Whether somebody else installs the operators, so that nothing is declared. @default false */
  managed?: boolean;
  /** Releases to install, by their names in charts.ts. @default all of them */
  install?: string[];
  /** Folder of charts as `helm pull` writes them, <chart>-<version>.tgz, in place of their repositories. @default none */
  chartFolder?: string;
  /** Charts that cannot be fetched here: a preview leaves them out, an update refuses. @default none */
  unreachable?: UnreachableChartArgs[];
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: string;
  /** The cluster's network. */
  vpcId: pulumi.Input<string>;
  /** Name of the queue of warnings that a node is about to go. @default apg-<environment>-karpenter */
  interruptionQueue?: string;
  /** Environment, for the names of what AWS has of it. */
  environment: string;
  /** Addresses of the cluster's network: API server, load balancers, endpoints of AWS (CV-KUBE-04). */
  cidr: string;
  /** Port of the API server. @default 443 */
  apiServerPort?: number;
  /** Addresses that operators may call on the internet: an egress proxy's, or those of the services. @default none (CV-KUBE-04) */
  internet?: string[];
  /** Copies of the images that operators start in namespaces of capabilities. @default those of their charts (CV-IMG-04) */
  images?: OperatorImagesArgs;
  /**
   * Whether an image that no ClusterImagePolicy names is refused in a namespace that asks for signatures, and not let in with a
   * warning; where somebody else refuses images of other registries it need not be. @default true (AUD-SEC-04)
   */
  refuseUnmatchedImages?: boolean;
  /** Prometheus' pods; without them no metrics are described. @default none */
  monitoring?: NetworkPeer;
}

const images: OperatorImagesArgs = {};

export const operatorsDefaults = deepFrozen({
  managed: false,
  apiServerPort: 443,
  internet: [] as string[],
  unreachable: [] as UnreachableChartArgs[],
  images,
  refuseUnmatchedImages: true,
});

/** The third-party operators that the platform rests on, from pinned charts, each in a namespace that admits and reaches no more than it needs. */
export class Operators extends pulumi.ComponentResource {
  /** Whatever uses an operator depends on these. */
  readonly ready: pulumi.Resource[];
  /** Names of the releases that this stack installs. */
  readonly installed: pulumi.Output<string[]>;

  constructor(name: string, args: OperatorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:operators:Operators", name, args, opts);
    refuse(name, problemsOf(args));

    const given = withDefaults(args, {
      managed: operatorsDefaults.managed,
      apiServerPort: operatorsDefaults.apiServerPort,
      internet: operatorsDefaults.internet,
      unreachable: operatorsDefaults.unreachable,
      images: operatorsDefaults.images,
      refuseUnmatchedImages: operatorsDefaults.refuseUnmatchedImages,
      interruptionQueue: `apg-${args.environment}-karpenter`,
    });
    const chosen = chosenCharts(given);
    const lacking = given.unreachable.filter(({ name: of }) => chosen.some((chart) => chart.name === of));
    if (!pulumi.runtime.isDryRun()) refuse(name, lacking.map(notInstalled));
    else if (lacking.length > 0) void pulumi.log.warn(leftOut(lacking), this);

    const wanted = chosen.filter((chart) => !lacking.some((each) => each.name === chart.name));
    const child = { parent: this };
    const after = [opts?.dependsOn ?? []].flat() as pulumi.Input<pulumi.Resource>[];
    // The namespace of a chart that is left out is still there: what is planned for it can be judged.
    const homes = new Map<string, pulumi.Resource[]>();
    for (const home of operatorNamespaces) {
      if (!chosen.some(({ namespace }) => namespace === home.name)) continue;
      const declared = declareHome([name, home.name, ...Object.values(home.pods ?? {})].join("-"), home, given, child);
      homes.set(home.name, [...(homes.get(home.name) ?? []), ...declared]);
    }

    const context = { ...given, metrics: args.monitoring !== undefined };
    const releases = new Map<string, pulumi.Resource[]>();
    for (const chart of inOrder(wanted)) {
      const before = chart.after.flatMap((other) => releases.get(other) ?? []);
      const ready = { ...child, dependsOn: [...after, ...(homes.get(chart.namespace) ?? []), ...before] };
      const needed = chart.name === "envoy-gateway" ? inPlaceOfItsHook(`${name}-gateway`, chart, releases, ready) : [];
      const release = new Chart(
        `${name}-${chart.name}`,
        {
          ...source(chart, args.chartFolder),
          name: chart.name,
          namespace: chart.namespace,
          values: chartValues[chart.name]!(context),
        },
        { ...ready, dependsOn: [...ready.dependsOn, ...needed] },
      );
      releases.set(chart.name, [release]);
    }

    this.ready = [...[...homes.values()].flat(), ...[...releases.values()].flat()];
    this.installed = pulumi.output([...releases.keys()].sort());
    this.registerOutputs({ installed: this.installed });
  }
}

/** What Envoy Gateway's chart has made by a hook, as far as those who make it are installed here. */
function inPlaceOfItsHook(
  name: string,
  { namespace }: PinnedChart,
  releases: ReadonlyMap<string, pulumi.Resource[]>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return [
    ...(releases.has("cert-manager") ? gatewayCertificates(name, namespace, opts) : []),
    ...(releases.has("external-secrets") ? gatewaySalt(name, namespace, opts) : []),
  ];
}

/** The charts that are to be installed, in the order of charts.ts. */
export function chosenCharts({ managed, install }: Pick<OperatorsArgs, "managed" | "install">): PinnedChart[] {
  if (managed === true) return [];
  return charts.filter(({ name }) => install === undefined || install.includes(name));
}

/** Each after those that must be ready before it. */
export function inOrder(wanted: readonly PinnedChart[]): PinnedChart[] {
  const ordered: PinnedChart[] = [];
  const add = (chart: PinnedChart) => {
    if (ordered.includes(chart)) return;
    for (const other of wanted) if (chart.after.includes(other.name)) add(other);
    ordered.push(chart);
  };
  wanted.forEach(add);
  return ordered;
}

function source(chart: PinnedChart, folder: string | undefined) {
  if (folder !== undefined) return { chart: vendoredFile(folder, chart) };
  const { repository } = chart;
  return {
    chart: chart.chart,
    version: chart.version,
    ...(repository !== undefined && { repositoryOpts: { repo: repository } }),
  };
}

const wayOut =
  "apg:operators.chartFolder takes a folder of charts that were fetched elsewhere, and apg:operators.managed leaves them to somebody else";

/** What a preview says of the charts that it leaves out. */
export function leftOut(lacking: readonly UnreachableChartArgs[]): string {
  const listed = lacking.map(({ name, reason }) => `${titleOf(name)} (${reason})`);
  return `Left out of this plan: ${listed.join(", ")}; ${wayOut}.`;
}

function notInstalled({ name, reason }: UnreachableChartArgs): Problem {
  return { path: `install.${name}`, reason: `chart ${titleOf(name)} cannot be installed, as ${reason}; ${wayOut}.` };
}

function titleOf(name: string): string {
  const { chart, version, repository } = charts.find((each) => each.name === name)!;
  return `${chart} ${version}${repository === undefined ? "" : ` of ${repository}`}`;
}

function problemsOf(args: OperatorsArgs): Problem[] {
  return [
    ...(args.install ?? []).flatMap((given, at) =>
      unless(chartNames.includes(given), `install[${at}]`, given, `one of ${chartNames.join(", ")} is accepted`),
    ),
    ...unless(isNetwork(args.cidr), "cidr", args.cidr, "a network such as 10.20.0.0/16 is accepted (CV-KUBE-04)"),
    ...(args.internet ?? []).flatMap((given, at) =>
      unless(
        isNetwork(given),
        `internet[${at}]`,
        given,
        "a network such as 203.0.113.0/24 is accepted, and never the whole world (CV-KUBE-04)",
      ),
    ),
    ...operatorImageProblems(args.images),
    ...wholeNumber("apiServerPort", args.apiServerPort ?? 443, { min: 1, max: 65535, items: "CV-NET-01" }),
    ...(args.monitoring === undefined ? [] : peerProblems("monitoring", args.monitoring)),
  ];
}
