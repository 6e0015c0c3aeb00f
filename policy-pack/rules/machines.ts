// Machines of EC2 and their disks: no metadata without a token, nothing unencrypted, no address of the internet.
import { cloudRule, notConcerned, objectRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { notGiven } from "../lib/value.ts";
import type { Value } from "../lib/value.ts";

const instance = "aws:ec2/instance:Instance";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const configuration = "aws:ec2/launchConfiguration:LaunchConfiguration";
const starts = [instance, template, configuration];

function judgeMetadata(title: string, options: Value, complain: Complain, place: string): void {
  if (options.get("httpEndpoint").string() === "disabled") return;
  if (options.get("httpTokens").string() !== "required")
    complain(`${title} answers requests for its role without a token (IMDSv1): set ${place}.httpTokens to required.`);
  const hops = options.get("httpPutResponseHopLimit").number() ?? 2;
  if (hops > 1) complain(`${title} lets pods take the role of their node: set ${place}.httpPutResponseHopLimit to 1.`);
}

export const machinesAskForTokens = cloudRule({
  name: "machines-give-metadata-for-a-token",
  decides: ["CV-ENV-03", "CV-SECRET-03"],
  severity: "critical",
  description: "The metadata of every machine is read with a token (IMDSv2), and by the machine alone.",
  fix: "Set metadataOptions.httpTokens to required and metadataOptions.httpPutResponseHopLimit to 1.",
  types: starts,
  check: ({ title, props }, complain) =>
    judgeMetadata(title, props.get("metadataOptions"), complain, "metadataOptions"),
});

export const nodeClassesAskForTokens = objectRule({
  name: "node-classes-give-metadata-for-a-token",
  decides: ["CV-ENV-03", "CV-SECRET-03"],
  severity: "critical",
  description: "The nodes that Karpenter starts give their metadata with a token (IMDSv2), and to themselves alone.",
  fix: "Set spec.metadataOptions.httpTokens to required and spec.metadataOptions.httpPutResponseHopLimit to 1.",
  kinds: ["EC2NodeClass"],
  check: ({ title, spec }, complain) => {
    const options = spec.get("metadataOptions");
    // Karpenter's own defaults are these.
    if (options.isGiven) judgeMetadata(title, options, complain, "spec.metadataOptions");
  },
});

const isOn = (value: Value) => value.scalar() === "true";

export const volumesAreEncrypted = cloudRule({
  name: "volumes-are-encrypted",
  decides: ["AUD-SEC-07", "CV-DATA-01"],
  severity: "high",
  description: "Every disk of EC2 is encrypted: volumes by themselves, and those that come with a machine.",
  fix: "Set encrypted to true and kmsKeyId to a customer managed key.",
  types: ["aws:ebs/volume:Volume", "aws:ebs/snapshotCopy:SnapshotCopy", "aws:efs/fileSystem:FileSystem", ...starts],
  check: ({ title, props, type }, complain) => {
    if (!starts.includes(type)) {
      if (!isOn(props.get("encrypted"))) complain(`${title} is not encrypted: set encrypted to true.`);
      if (!props.get("kmsKeyId").isGiven) complain(`${title} is encrypted by AWS' own key, if at all: set kmsKeyId.`);
      return;
    }
    for (const [place, disk] of disksOf(props, type)) {
      if (!isOn(disk.get("encrypted")))
        complain(`${title} has a disk that is not encrypted: set ${place}.encrypted to true.`);
    }
  },
});

function disksOf(props: Value, type: string): [string, Value][] {
  if (type === template) {
    const mappings = props.get("blockDeviceMappings").list();
    // Without any, the disk of the image is as the image says.
    if (mappings.length === 0) return [["blockDeviceMappings[].ebs", notGiven(props.resource)]];
    return mappings
      .filter((mapping) => mapping.get("ebs").isGiven)
      .map((mapping): [string, Value] => [mapping.get("ebs").path, mapping.get("ebs")]);
  }
  const others = props.get("ebsBlockDevices").list();
  return [
    ["rootBlockDevice", props.get("rootBlockDevice")],
    ...others.map((each): [string, Value] => [each.path, each]),
  ];
}

export const machinesHaveNoPublicAddress = cloudRule({
  name: "machines-have-no-public-address",
  decides: ["CV-NET-02"],
  severity: "high",
  description: "No machine has an address of the internet.",
  fix: "Remove associatePublicIpAddress and the Eip; people reach machines by Session Manager.",
  types: [...starts, "aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation"],
  check: ({ title, props, type }, complain) => {
    if (!starts.includes(type)) {
      if (!props.get("instance").isGiven && !props.get("instanceId").isGiven) return notConcerned;
      complain(`${title} gives a machine an address of the internet: remove it.`);
      return undefined;
    }
    const cards = props.get("networkInterfaces").list();
    if ([props, ...cards].some((each) => isOn(each.get("associatePublicIpAddress"))))
      complain(`${title} gives machines an address of the internet: set associatePublicIpAddress to false.`);
    return undefined;
  },
});
