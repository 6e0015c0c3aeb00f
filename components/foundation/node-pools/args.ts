import { parseAmount } from "../../../checklist/quantity.ts";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { ResourceAmounts } from "../../capability/quota.ts";
import type { AccountArgs } from "../../cloud/account.ts";
import { dnsLabel, unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { windowProblems } from "../maintenance-window.ts";
import type { MaintenanceWindowArgs } from "../maintenance-window.ts";

/** Nodes with NVIDIA accelerators, and what tells Kubernetes of them (CV-MODEL-05). */
export interface GpuPoolArgs {
  /** Image of NVIDIA's device plugin, as repository:1.2.3@sha256:<digest> (CV-IMG-05). */
  devicePluginImage: string;
  /** Instance families. @default ["g6"] (CV-MODEL-05) */
  families?: string[];
  /** The most that all nodes together have. @default cpu 64, memory 256Gi (AUD-SCALE-03) */
  limits?: ResourceAmounts;
}

/** Arguments of `NodePools`. */
export interface NodePoolsArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account that it is in. */
  account: AccountArgs;
  /** Name of the cluster, by which Karpenter finds the nodes' security group. */
  clusterName: string;
  /** Availability zones, at least three (CV-KUBE-02). */
  zones: string[];
  /**
   * Version of the nodes' image, such as v20261112: nodes follow it in the next window. The newest is what
   * `aws ssm get-parameter --name /aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/release_version`
   * ends with (CV-MAINT-01).
   */
  imageVersion: string;
  /** When nodes may be replaced (AUD-SOP-04, CV-MONTH-05). */
  maintenanceWindow: MaintenanceWindowArgs;
  /** The most that all nodes for stateless workloads together have. @default cpu 256, memory 1024Gi (AUD-SCALE-03) */
  generalLimits?: ResourceAmounts;
  /** The most that all nodes for databases and caches together have. @default cpu 64, memory 256Gi (AUD-SCALE-03) */
  dataLimits?: ResourceAmounts;
  /** Nodes with accelerators. @default none (CV-MODEL-05) */
  gpu?: GpuPoolArgs;
  /** The peak that is forecast for the next 90 days, over all capabilities. @default unknown (CV-SCALE-08) */
  forecastPeak?: ResourceAmounts;
  /** Hours until a node is replaced, but for the time that its pods take to go. @default 696 (CV-MAINT-01) */
  maxNodeHours?: number;
  /** Size of a node's disk in GiB. @default 100 */
  diskGib?: number;
}

/** A node that does not let go of its pods is stopped after so many hours; they count towards the 30 days. */
export const graceHours = 24;

export const nodePoolsDefaults = deepFrozen({
  generalLimits: { cpu: "256", memory: "1024Gi" },
  dataLimits: { cpu: "64", memory: "256Gi" },
  gpuLimits: { cpu: "64", memory: "256Gi" },
  gpuFamilies: ["g6"],
  maxNodeHours: thresholds.cluster.maxNodeHours - graceHours,
  diskGib: 100,
});

/** What is wrong with the arguments, in their words. */
export function nodePoolsProblems(args: NodePoolsArgs): Problem[] {
  const { environment, zones, maintenanceWindow, gpu, forecastPeak } = args;
  const { minZones, maxNodeHours, gpuFamilies } = thresholds.cluster;
  const general = args.generalLimits ?? nodePoolsDefaults.generalLimits;
  const data = args.dataLimits ?? nodePoolsDefaults.dataLimits;
  const sizes = [
    ...amounts("generalLimits", general),
    ...amounts("dataLimits", data),
    ...(gpu?.limits === undefined ? [] : amounts("gpu.limits", gpu.limits)),
    ...(forecastPeak === undefined ? [] : amounts("forecastPeak", forecastPeak)),
  ];
  return [
    ...dnsLabel("environment", environment, 30),
    ...unless(
      new Set(zones).size >= minZones,
      "zones",
      zones.join(", "),
      `at least ${minZones} different zones are needed (CV-KUBE-02)`,
    ),
    ...unless(
      /^v\d{8}$/.test(args.imageVersion),
      "imageVersion",
      args.imageVersion,
      "a version such as v20261112 is accepted, and none that changes outside the window (CV-MAINT-01)",
    ),
    ...windowProblems("maintenanceWindow", maintenanceWindow),
    ...wholeNumber("maxNodeHours", args.maxNodeHours ?? nodePoolsDefaults.maxNodeHours, {
      min: graceHours,
      max: maxNodeHours - graceHours,
      items: "CV-MAINT-01",
    }),
    ...(gpu?.families ?? []).flatMap((family, index) =>
      unless(
        gpuFamilies.includes(family),
        `gpu.families[${index}]`,
        family,
        `families with NVIDIA accelerators are accepted: ${gpuFamilies.join(", ")} (CV-MODEL-05)`,
      ),
    ),
    ...sizes,
    ...(sizes.length > 0 || forecastPeak === undefined ? [] : headroomProblems(forecastPeak, [general, data])),
  ];
}

function amounts(path: string, given: ResourceAmounts): Problem[] {
  return (["cpu", "memory"] as const).flatMap((kind) =>
    unless(
      (parseAmount(given[kind]) ?? 0n) > 0n,
      `${path}.${kind}`,
      given[kind],
      `a Kubernetes quantity above 0 such as ${kind === "cpu" ? "256" : "1024Gi"} is accepted (AUD-SCALE-03)`,
    ),
  );
}

/** The pools together must have room for the forecast and 30 % more (CV-SCALE-08). */
function headroomProblems(peak: ResourceAmounts, limits: readonly ResourceAmounts[]): Problem[] {
  const { headroom } = thresholds.quota;
  const percent = BigInt(Math.round(headroom * 100));
  return (["cpu", "memory"] as const).flatMap((kind) => {
    const room = limits.reduce((sum, limit) => sum + parseAmount(limit[kind])!, 0n);
    return unless(
      room * 100n >= parseAmount(peak[kind])! * percent,
      `forecastPeak.${kind}`,
      peak[kind],
      `generalLimits.${kind} and dataLimits.${kind}, together ${limits.map((limit) => limit[kind]).join(" + ")}, must be at least ${headroom} times as much (CV-SCALE-08)`,
    );
  });
}
