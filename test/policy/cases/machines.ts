// Machines and their disks.
import { add, all, set, unset, unknownText } from "../fixtures.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";

export const machineCases: RuleCases[] = [
  {
    rule: "machines-give-metadata-for-a-token",
    of: "foundation",
    good: [{ when: "nothing answers", change: set("template", "metadataOptions", { httpEndpoint: "disabled" }) }],
    bad: [
      {
        when: "requests need no token",
        change: set("template", "metadataOptions.httpTokens", "optional"),
        on: "template",
        says: [
          'LaunchTemplate "template" answers requests for its role without a token (IMDSv1): set metadataOptions.httpTokens to required.',
        ],
      },
      {
        when: "pods reach it",
        change: set("template", "metadataOptions.httpPutResponseHopLimit", 2),
        on: "template",
        says: [
          'LaunchTemplate "template" lets pods take the role of their node: set metadataOptions.httpPutResponseHopLimit to 1.',
        ],
      },
      {
        when: "a machine says nothing",
        change: add(resource("aws:ec2/instance:Instance", "machine", {})),
        on: "machine",
        says: [
          'Instance "machine" answers requests for its role without a token (IMDSv1): set metadataOptions.httpTokens to required.',
          'Instance "machine" lets pods take the role of their node: set metadataOptions.httpPutResponseHopLimit to 1.',
        ],
      },
    ],
  },
  {
    rule: "node-classes-give-metadata-for-a-token",
    of: "foundation",
    good: [{ when: "Karpenter's defaults are kept", change: unset("standard", "spec.metadataOptions") }],
    bad: [
      {
        when: "requests need no token",
        change: set("standard", "spec.metadataOptions", { httpTokens: "optional", httpPutResponseHopLimit: 1 }),
        on: "standard",
        says: [
          'EC2NodeClass "standard" answers requests for its role without a token (IMDSv1): set spec.metadataOptions.httpTokens to required.',
        ],
      },
    ],
  },
  {
    rule: "volumes-are-encrypted",
    of: "foundation",
    bad: [
      {
        when: "a volume is not",
        change: all(set("volume", "encrypted", false), unset("volume", "kmsKeyId")),
        on: "volume",
        says: [
          'Volume "volume" is not encrypted: set encrypted to true.',
          `Volume "volume" is encrypted by AWS' own key, if at all: set kmsKeyId.`,
        ],
      },
      {
        when: "a disk of a node is not",
        change: set("template", "blockDeviceMappings.0.ebs.encrypted", "false"),
        on: "template",
        says: [
          'LaunchTemplate "template" has a disk that is not encrypted: set blockDeviceMappings[0].ebs.encrypted to true.',
        ],
      },
      {
        when: "disks are as the image has them",
        change: unset("template", "blockDeviceMappings"),
        on: "template",
        says: [
          'LaunchTemplate "template" has a disk that is not encrypted: set blockDeviceMappings[].ebs.encrypted to true.',
        ],
      },
      {
        when: "disks of a machine are not",
        change: add(
          resource("aws:ec2/instance:Instance", "machine", { ebsBlockDevices: [{ deviceName: "/dev/sdb" }] }),
        ),
        on: "machine",
        says: [
          'Instance "machine" has a disk that is not encrypted: set rootBlockDevice.encrypted to true.',
          'Instance "machine" has a disk that is not encrypted: set ebsBlockDevices[0].encrypted to true.',
        ],
      },
    ],
  },
  {
    rule: "machines-have-no-public-address",
    of: "foundation",
    bad: [
      {
        when: "nodes get one",
        change: set("template", "networkInterfaces", [{ associatePublicIpAddress: "true" }]),
        on: "template",
        says: [
          'LaunchTemplate "template" gives machines an address of the internet: set associatePublicIpAddress to false.',
        ],
      },
      {
        when: "a machine gets one",
        change: add(resource("aws:ec2/eip:Eip", "address", { instance: unknownText })),
        on: "address",
        says: ['Eip "address" gives a machine an address of the internet: remove it.'],
      },
    ],
  },
];
