// What surrounds the network, and who comes in; clusters and nodes have files of their own.
import { add, all, copy, drop, set, unset, linked, unlinked, unknownText } from "../fixtures.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";
import { networkCases } from "./vpc.ts";
import { clusterCases } from "./cluster.ts";
import { nodeCases } from "./nodes.ts";
import { machineCases } from "./machines.ts";
import { nodePoolCases } from "./node-pools.ts";
import { operatorIdentityCases } from "./operator-identities.ts";

export const foundationCases: RuleCases[] = [
  ...networkCases,
  ...clusterCases,
  ...nodeCases,
  ...machineCases,
  ...nodePoolCases,
  ...operatorIdentityCases,
  {
    rule: "networks-record-their-flows",
    of: "foundation",
    bad: [
      {
        when: "nobody records them",
        change: drop("flows"),
        on: "vpc",
        says: ['Vpc "vpc" does not record its flows: declare a FlowLog for it.'],
      },
      {
        when: "accepted flows are left out, and the rest summed up",
        change: all(set("flows", "trafficType", "REJECT"), unset("flows", "maxAggregationInterval")),
        on: "vpc",
        says: [
          'FlowLog "flows" of Vpc "vpc" leaves flows out: set trafficType to ALL.',
          'FlowLog "flows" of Vpc "vpc" sums up minutes: set maxAggregationInterval to 60.',
        ],
      },
      {
        when: "they go nowhere",
        change: unset("flows", "logDestination"),
        on: "vpc",
        says: ['FlowLog "flows" of Vpc "vpc" writes nowhere: set logDestination.'],
      },
      {
        when: "nobody can say whose they are",
        change: unlinked("flows", "vpcId"),
        on: "flows",
        says: [undecidable('FlowLog "flows"', "vpcId")],
      },
    ],
  },
  {
    rule: "networks-have-no-peers-of-other-environments",
    of: "foundation",
    good: [
      {
        when: "both are of one stack and environment",
        change: all(
          copy("vpc", "second"),
          add(
            resource("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", {
              vpcId: unknownText,
              peerVpcId: unknownText,
            }),
          ),
          linked("peering", "vpcId", "vpc"),
          linked("peering", "peerVpcId", "second"),
        ),
      },
    ],
    bad: [
      {
        when: "the other is somebody else's",
        change: all(
          add(
            resource("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", {
              vpcId: unknownText,
              peerVpcId: "vpc-0123",
            }),
          ),
          linked("peering", "vpcId", "vpc"),
        ),
        on: "peering",
        says: [
          'VpcPeeringConnection "peering" connects with a network that is not known to be of the same environment: remove it.',
        ],
      },
      {
        when: "the other is of another environment",
        change: all(
          copy("vpc", "second", set("second", ["tags", "apg:environment"], "staging")),
          add(
            resource("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", {
              vpcId: unknownText,
              peerVpcId: unknownText,
            }),
          ),
          linked("peering", "vpcId", "vpc"),
          linked("peering", "peerVpcId", "second"),
        ),
        on: "peering",
        says: [
          'VpcPeeringConnection "peering" connects with a network that is not known to be of the same environment: remove it.',
        ],
      },
    ],
  },
  {
    rule: "networks-have-room-for-their-pods",
    of: "foundation",
    bad: [
      {
        when: "their subnets are small",
        change: all(
          set("private-a", "cidrBlock", "10.20.48.0/28"),
          set("private-b", "cidrBlock", "10.20.48.16/28"),
          set("private-c", "cidrBlock", "10.20.48.32/28"),
        ),
        on: "vpc",
        says: [
          'Vpc "vpc" has 33 addresses for pods, and NodePools could run 128: give its private subnets larger blocks.',
        ],
      },
      {
        when: "nobody knows how large they are",
        change: set("private-a", "cidrBlock", unknownText),
        on: "private-a",
        says: [undecidable('Subnet "private-a"', "cidrBlock")],
      },
    ],
  },
  {
    rule: "platforms-have-written-procedures",
    of: "foundation",
    bad: [
      {
        when: "nothing is written down",
        change: drop("security-runbooks"),
        on: "eks",
        says: [
          'Cluster "eks" has no maintenance-window.md beside it: declare a ConfigMap apg-runbooks with it.',
          'Cluster "eks" has no security-incident.md beside it: declare a ConfigMap apg-runbooks with it.',
          'Cluster "eks" has no updates.md beside it: declare a ConfigMap apg-runbooks with it.',
        ],
      },
      {
        when: "a text is half a text",
        change: set("security-runbooks", ["data", "updates.md"], "## Trigger\n\nA new version.\n"),
        on: "eks",
        says: [
          'updates.md beside Cluster "eks" lacks the heading "## Steps", the heading "## Check", the heading "## Undo", the heading "## Owner": write it.',
        ],
      },
    ],
  },
  {
    rule: "networks-reach-aws-without-the-internet",
    of: "foundation",
    bad: [
      {
        when: "secrets are read over the internet",
        change: drop("endpoint-secretsmanager"),
        on: "vpc",
        says: ['Vpc "vpc" reaches secretsmanager by the internet: declare a VpcEndpoint for each.'],
      },
      {
        when: "the service's name leads elsewhere",
        change: set("endpoint-sts", "privateDnsEnabled", false),
        on: "vpc",
        says: [
          `VpcEndpoint "endpoint-sts" of Vpc "vpc" is not found by the service's name: set privateDnsEnabled to true.`,
        ],
      },
      {
        when: "nobody knows for what one is",
        change: set("endpoint-kms", "serviceName", unknownText),
        on: "endpoint-kms",
        says: [undecidable('VpcEndpoint "endpoint-kms"', "serviceName")],
      },
    ],
  },
  {
    rule: "clusters-are-administered-by-a-vpn",
    of: "foundation",
    bad: [
      {
        when: "there is none",
        change: all(drop("vpn-group"), drop("vpn")),
        on: "eks",
        says: ['Cluster "eks" has no way in for people: declare an Endpoint of ec2clientvpn.'],
      },
      {
        when: "it lets nobody in",
        change: drop("vpn-group"),
        on: "eks",
        says: ['Endpoint "vpn" lets nobody in: declare an AuthorizationRule for a group.'],
      },
    ],
  },
  {
    rule: "vpns-know-their-users",
    of: "foundation",
    bad: [
      {
        when: "a certificate is enough",
        change: set("vpn", "authenticationOptions", [
          {
            type: "certificate-authentication",
            rootCertificateChainArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
          },
        ]),
        on: "vpn",
        says: [
          'Endpoint "vpn" does not ask the identity provider who comes: set authenticationOptions to federated-authentication.',
        ],
      },
      {
        when: "nobody writes down who came",
        change: set("vpn", "connectionLogOptions.enabled", false),
        on: "vpn",
        says: ['Endpoint "vpn" does not write down who came: set connectionLogOptions.enabled to true.'],
      },
    ],
  },
  {
    rule: "vpns-let-named-groups-in",
    of: "foundation",
    bad: [
      {
        when: "all groups may come",
        change: all(unset("vpn-group", "accessGroupId"), set("vpn-group", "authorizeAllGroups", true)),
        on: "vpn-group",
        says: ['AuthorizationRule "vpn-group" lets everybody in whom the identity provider knows: set accessGroupId.'],
      },
    ],
  },
];
