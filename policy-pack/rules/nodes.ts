// Nodes of the cluster: large enough, in three zones, of an image that is fixed, and with no more rights than a node needs.
import { thresholds } from "../../checklist/thresholds.ts";
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { nodeGroupType } from "../lib/eks.ts";
import { instanceSize } from "../lib/instance-types.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { isPublic, subnetsIn, zonesOf } from "../lib/vpc.ts";

const { minNodes: min, minZones: zones, minCpu: vcpus, minMemoryGib: memoryGiB } = thresholds.cluster;
const nodeGroups = (stack: PlannedStack) => stack.ofType(nodeGroupType);

export const nodeGroupsAreLargeEnough = stackRule<CloudResource>({
  name: "node-groups-are-large-enough",
  decides: ["CV-KUBE-02"],
  severity: "high",
  description: `Every node group keeps ${min} nodes of at least ${vcpus} processors and ${memoryGiB} GiB.`,
  fix: `Set scalingConfig.minSize to ${min} or more, and instanceTypes to such as m7i.xlarge.`,
  subjects: nodeGroups,
  check: ({ title, props }, _stack, complain) => {
    const size = props.at("scalingConfig.minSize").number() ?? 0;
    if (size < min) complain(`${title} may have ${size} nodes: set scalingConfig.minSize to at least ${min}.`);
    const types = props.get("instanceTypes").strings();
    if (types.length === 0) complain(`${title} leaves the size of its nodes to AWS: set instanceTypes.`);
    for (const type of types) {
      const found = instanceSize(type);
      if (found === undefined)
        complain(`${title} has nodes of ${type}, whose size nobody here knows: name another type.`);
      else if (found.vcpus < vcpus || found.memoryGiB < memoryGiB)
        complain(
          `${title} has nodes of ${type}, with ${found.vcpus} processors and ${found.memoryGiB} GiB: name a type with ` +
            `at least ${vcpus} and ${memoryGiB}.`,
        );
    }
  },
});

export const nodeGroupsSpanZones = stackRule<CloudResource>({
  name: "node-groups-span-three-zones",
  decides: ["CV-KUBE-02", "CV-NET-02"],
  severity: "high",
  description: `The nodes of every group are in private subnets of ${zones} zones.`,
  fix: "Set subnetIds to the private subnets of all zones.",
  subjects: nodeGroups,
  check: (group, stack, complain) => {
    const subnets = subnetsIn(stack, group, "subnetIds");
    const found = zonesOf(subnets).size;
    if (found < zones) complain(`${group.title} is in ${found} zones: give it subnets of ${zones}.`);
    for (const subnet of subnets.filter((each) => isPublic(stack, each)))
      complain(`${group.title} is in ${subnet.title}, which the internet reaches: give it private subnets alone.`);
  },
});

const maintained = /^(AL2023|BOTTLEROCKET)_/;

export const nodesRunAMaintainedImage = stackRule<CloudResource>({
  name: "nodes-run-a-maintained-image",
  decides: ["CV-MAINT-01"],
  severity: "high",
  description: "The nodes of every group run Amazon Linux 2023 or Bottlerocket; Amazon Linux 2 gets no fixes any more.",
  fix: "Set amiType to one of AL2023_* or BOTTLEROCKET_*.",
  subjects: nodeGroups,
  check: ({ title, props }, _stack, complain) => {
    const type = props.get("amiType").string();
    if (type === undefined || !maintained.test(type))
      complain(`${title} runs ${type ?? "what AWS chooses"}: set amiType to one of AL2023_* or BOTTLEROCKET_*.`);
  },
});

export const nodeClassesRunAMaintainedImage = objectRule({
  name: "node-classes-run-a-maintained-image",
  decides: ["CV-MAINT-01"],
  severity: "high",
  description: "Every EC2NodeClass starts Amazon Linux 2023 or Bottlerocket, in a stated version.",
  fix: "Set spec.amiSelectorTerms to [{alias: al2023@v20260101}] or [{alias: bottlerocket@1.40.0}].",
  kinds: ["EC2NodeClass"],
  check: ({ title, spec }, complain) => {
    const aliases = spec
      .get("amiSelectorTerms")
      .list()
      .map((term) => term.get("alias").string() ?? "");
    if (aliases.length === 0 || aliases.some((alias) => !/^(al2023|bottlerocket)@/.test(alias)))
      complain(
        `${title} starts another image than al2023 or bottlerocket: set spec.amiSelectorTerms to an alias of these.`,
      );
    for (const alias of aliases.filter((each) => each.endsWith("@latest")))
      complain(`${title} starts ${alias}, which changes outside the window: name a version.`);
  },
});

export const nodeGroupsHaveATemplate = stackRule<CloudResource>({
  name: "node-groups-have-a-launch-template",
  decides: ["CV-ENV-03", "AUD-SEC-07", "CV-DATA-01"],
  severity: "high",
  description:
    "Every node group has a launch template, which says how its disks are encrypted and who reads its metadata.",
  fix: "Declare a LaunchTemplate and name it in launchTemplate.",
  subjects: nodeGroups,
  check: ({ title, props }, _stack, complain) => {
    if (!props.get("launchTemplate").isGiven)
      complain(
        `${title} starts nodes with AWS' defaults: give it a launchTemplate with metadataOptions and encrypted disks.`,
      );
    return notConcerned;
  },
});
