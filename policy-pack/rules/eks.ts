// The cluster on AWS: private, encrypted, watched, and of a version that AWS still fixes.
import { dayOf, isDay } from "../../checklist/dates.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { cloudRule, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { addonType, clusterOf, clustersOf, clusterType, minorOf, nodeGroupType } from "../lib/eks.ts";
import { besideOf } from "../lib/links.ts";
import type { Named } from "../lib/links.ts";

const { minVersion, standardSupport, logTypes } = thresholds.cluster;
/** How many minor versions nodes may be behind their cluster (CV-KUBE-01). */
const maxSkew = 1;

export const clustersArePrivate = cloudRule({
  name: "clusters-have-a-private-endpoint-alone",
  decides: ["CV-NET-06"],
  severity: "critical",
  description: "The API of every EKS cluster is reached from its network alone, and never from the internet.",
  fix: "Set vpcConfig.endpointPublicAccess to false and vpcConfig.endpointPrivateAccess to true.",
  types: [clusterType],
  check: ({ title, props }, complain) => {
    const config = props.get("vpcConfig");
    // AWS opens it where nothing is said.
    if (config.get("endpointPublicAccess").boolean() !== false)
      complain(`${title} has a public endpoint: set vpcConfig.endpointPublicAccess to false.`);
    if (config.get("endpointPrivateAccess").boolean() !== true)
      complain(`${title} has no private endpoint: set vpcConfig.endpointPrivateAccess to true.`);
  },
});

export const clustersAreSupported = cloudRule({
  name: "clusters-run-a-supported-version",
  decides: ["CV-KUBE-01"],
  severity: "high",
  description: `Every EKS cluster runs Kubernetes ${minVersion} or newer, in standard support, and cannot fall out of it.`,
  fix: "Set version to one in standard support, and upgradePolicy.supportType to STANDARD.",
  settings: {
    today: {
      type: "string",
      default: "",
      description: "The day by which support is judged, as 2026-11-22; without it, that of the preview.",
    },
  },
  types: [clusterType],
  check: ({ title, props }, complain, { today }) => {
    const version = props.get("version").string();
    const minor = minorOf(version);
    if (version === undefined || minor === undefined)
      complain(`${title} names no version of Kubernetes: set version to a minor one.`);
    else if (minor < minorOf(minVersion)!)
      complain(`${title} runs Kubernetes ${version}: set version to ${minVersion} or newer.`);
    else {
      const end = endOfSupport(minor);
      const day = typeof today === "string" && isDay(today) ? today : dayOf();
      if (end !== undefined && end < day)
        complain(
          `${title} runs Kubernetes ${version}, whose standard support has ended (${end} at the latest): set a newer version.`,
        );
    }
    if (props.at("upgradePolicy.supportType").string() !== "STANDARD")
      complain(`${title} may fall into extended support: set upgradePolicy.supportType to STANDARD.`);
  },
});

/**
 * Its last day. Versions before the list have ended before its first one did; for those after it there is none, because AWS
 * supports them for longer than any that is in the list.
 */
function endOfSupport(minor: number): string | undefined {
  const ends = Object.entries(standardSupport).map(([version, end]) => [minorOf(version) ?? 0, end] as const);
  return ends.find(([each]) => minor <= each)?.[1];
}

export const nodesFollowTheirCluster = stackRule<CloudResource>({
  name: "node-groups-follow-their-cluster",
  decides: ["CV-KUBE-01"],
  severity: "high",
  description: `The nodes of a group are at most ${maxSkew} minor version behind their cluster, and never before it.`,
  fix: "Set the group's version to that of its cluster.",
  subjects: (stack) => stack.ofType(nodeGroupType),
  check: (group, stack, complain) => {
    const version = group.props.get("version").string();
    // Without one, they start with that of the cluster.
    if (version === undefined) return;
    const cluster = clusterOf(stack, group);
    const [own, theirs] = [minorOf(version), minorOf(cluster?.cloud.props.get("version").string())];
    if (own === undefined)
      complain(`${group.title} has the version ${version}: set it to a minor version of Kubernetes.`);
    else if (cluster !== undefined && theirs !== undefined && (own > theirs || own < theirs - maxSkew))
      complain(
        `${group.title} runs Kubernetes ${version}, and ${cluster.title} 1.${theirs}: set it to that, or to one before.`,
      );
  },
});

export const clustersEncryptSecrets = cloudRule({
  name: "clusters-encrypt-their-secrets",
  decides: ["AUD-SEC-07", "CV-DATA-01", "CV-SECRET-04"],
  severity: "critical",
  description: "Every EKS cluster encrypts its Secrets with a customer managed key before it stores them.",
  fix: "Set encryptionConfig with resources [secrets] and provider.keyArn.",
  types: [clusterType],
  check: ({ title, props }, complain) => {
    const config = props.get("encryptionConfig");
    if (!config.isGiven || !config.get("resources").strings().includes("secrets"))
      complain(`${title} does not encrypt Secrets by a key of its own: set encryptionConfig.resources to [secrets].`);
    else if (!config.at("provider.keyArn").isGiven)
      complain(`${title} names no key for its Secrets: set encryptionConfig.provider.keyArn.`);
  },
});

export const clustersLog = cloudRule({
  name: "clusters-log-their-control-plane",
  decides: ["CV-SECRET-05"],
  contributesTo: ["AUD-SEC-08", "CV-AUDIT-01"],
  severity: "high",
  description: `Every EKS cluster keeps all logs of its control plane: ${logTypes.join(", ")}.`,
  fix: `Set enabledClusterLogTypes to ${logTypes.join(", ")}.`,
  types: [clusterType],
  check: ({ title, props }, complain) => {
    const on = props.get("enabledClusterLogTypes").strings();
    const off = logTypes.filter((each) => !on.includes(each));
    if (off.length > 0) complain(`${title} keeps no log of ${off.join(", ")}: add it to enabledClusterLogTypes.`);
  },
});

export const clustersKnowTheirUsers = cloudRule({
  name: "clusters-know-their-users-by-access-entries",
  decides: [],
  contributesTo: ["AUD-GO-05"],
  severity: "high",
  description:
    "Who may use an EKS cluster is said by access entries alone, which AWS logs, and not by who happened to make it.",
  fix: "Set accessConfig.authenticationMode to API and bootstrapClusterCreatorAdminPermissions to false.",
  types: [clusterType],
  check: ({ title, props }, complain) => {
    const config = props.get("accessConfig");
    if (config.get("authenticationMode").string() !== "API")
      complain(`${title} lets a ConfigMap say who may use it: set accessConfig.authenticationMode to API.`);
    if (config.get("bootstrapClusterCreatorAdminPermissions").boolean() !== false)
      complain(
        `${title} makes whoever creates it its administrator: set ` +
          "accessConfig.bootstrapClusterCreatorAdminPermissions to false, and declare an AccessEntry.",
      );
  },
});

export const clustersAreNotDeleted = cloudRule({
  name: "clusters-are-safe-from-deletion",
  decides: [],
  contributesTo: ["AUD-GO-05"],
  severity: "high",
  description: "No EKS cluster can be deleted by one mistaken call.",
  fix: "Set deletionProtection to true.",
  types: [clusterType],
  check: ({ title, props }, complain) => {
    if (props.get("deletionProtection").boolean() !== true)
      complain(`${title} can be deleted by one call: set deletionProtection to true.`);
  },
});

const needed = ["vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "eks-pod-identity-agent"];

export const clustersHaveTheirAddons = stackRule<Named>({
  name: "clusters-have-their-add-ons",
  decides: ["CV-KUBE-06", "CV-MAINT-01"],
  severity: "high",
  description: `Every EKS cluster has the add-ons ${needed.join(", ")}, which its stack keeps up to date.`,
  fix: "Declare an Addon with clusterName for each.",
  subjects: clustersOf,
  check: (cluster, stack, complain) => {
    const addons = besideOf(stack, cluster, clustersOf(stack), "clusterName", addonType);
    const names = addons.map(({ props }) => props.get("addonName").string());
    const missing = needed.filter((name) => !names.includes(name));
    if (missing.length > 0)
      complain(`${cluster.title} has no add-on ${missing.join(", ")}: declare an Addon that names it.`);
  },
});

export const addonsArePinned = stackRule<CloudResource>({
  name: "add-ons-are-pinned-and-fit-their-cluster",
  decides: ["CV-MAINT-01"],
  severity: "medium",
  description: "Every add-on of EKS names its version, and kube-proxy that of its cluster.",
  fix: "Set addonVersion to one that AWS lists for the cluster's version.",
  subjects: (stack) => stack.ofType(addonType),
  check: (addon, stack, complain) => {
    const version = addon.props.get("addonVersion").string() ?? "";
    if (!/^v\d+\.\d+\.\d+/.test(version)) {
      complain(`${addon.title} is of no stated version: set addonVersion, such as v1.19.2-eksbuild.1.`);
      return;
    }
    if (addon.props.get("addonName").string() !== "kube-proxy") return;
    const cluster = clusterOf(stack, addon);
    const theirs = minorOf(cluster?.cloud.props.get("version").string());
    const own = minorOf(version);
    if (cluster !== undefined && theirs !== undefined && own !== undefined && (own > theirs || own < theirs - maxSkew))
      complain(
        `${addon.title} is of ${version}, and ${cluster.title} of 1.${theirs}: set addonVersion to one of that.`,
      );
  },
});
