// The network on AWS.
import { add, all, drop, find, set, unset, linked, unlinked, unknownText } from "../fixtures.ts";
import { derived } from "../good-security.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

export const networkCases: RuleCases[] = [
  {
    rule: "security-groups-are-closed-to-the-world",
    of: "foundation",
    good: [
      {
        when: "a planned load balancer has the group",
        change: all(
          unset("edge", "tags"),
          add(resource("aws:lb/loadBalancer:LoadBalancer", "balancer", {})),
          set("balancer", "securityGroups", [unknownText]),
          (stack) =>
            void (find(stack, "balancer").propertyDependencies = { securityGroups: [find(stack, "edge").urn] }),
        ),
      },
      {
        when: "rules of the older form let out",
        change: add(
          resource("aws:ec2/securityGroupRule:SecurityGroupRule", "old", {
            type: "egress",
            cidrBlocks: ["0.0.0.0/0"],
            protocol: "-1",
            fromPort: 0,
            toPort: 0,
          }),
        ),
      },
    ],
    bad: [
      {
        when: "nodes are open to the world",
        change: set("from-network", "cidrIpv4", "0.0.0.0/0"),
        on: "from-network",
        says: [
          'SecurityGroupIngressRule "from-network" opens more than ports 443 and 80 to 0.0.0.0/0: name who may connect.',
        ],
      },
      {
        when: "the world is cut into halves",
        change: set("from-network", "cidrIpv4", "128.0.0.0/1"),
        on: "from-network",
        says: [
          'SecurityGroupIngressRule "from-network" opens more than ports 443 and 80 to 128.0.0.0/1: name who may connect.',
        ],
      },
      {
        when: "it is open by IPv6",
        change: set("from-network", "cidrIpv6", "::/0"),
        on: "from-network",
        says: [
          'SecurityGroupIngressRule "from-network" opens more than ports 443 and 80 to ::/0: name who may connect.',
        ],
      },
      {
        when: "the load balancer opens all ports",
        change: set("web", "fromPort", 0),
        on: "web",
        says: ['SecurityGroupIngressRule "web" opens more than ports 443 and 80 to 0.0.0.0/0: name who may connect.'],
      },
      {
        when: "nodes take web requests of the world",
        change: all(
          set("from-network", "cidrIpv4", "0.0.0.0/0"),
          set("from-network", "fromPort", 443),
          set("from-network", "toPort", 443),
        ),
        on: "from-network",
        says: [
          'SecurityGroupIngressRule "from-network" opens port 443 to 0.0.0.0/0 of what is no load balancer: name who may connect.',
        ],
      },
      {
        when: "a rule of the older form opens a port",
        change: add(
          resource("aws:ec2/securityGroupRule:SecurityGroupRule", "old", {
            type: "ingress",
            cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"],
            protocol: "tcp",
            fromPort: 22,
            toPort: 22,
          }),
        ),
        on: "old",
        says: ['SecurityGroupRule "old" opens more than ports 443 and 80 to 0.0.0.0/0: name who may connect.'],
      },
      {
        when: "nobody knows who may connect",
        change: set("from-network", "cidrIpv4", unknownText),
        on: "from-network",
        says: [undecidable('SecurityGroupIngressRule "from-network"', "cidrIpv4")],
      },
    ],
  },
  {
    rule: "security-groups-have-their-rules-apart",
    of: "foundation",
    bad: [
      {
        when: "a group has rules within",
        change: set("edge", "ingress", [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }]),
        on: "edge",
        says: ['SecurityGroup "edge" has rules within: declare each as a SecurityGroupIngressRule.'],
      },
    ],
  },
  {
    rule: "default-security-groups-are-empty",
    of: "foundation",
    bad: [
      {
        when: "nobody empties it",
        change: drop("default-group"),
        on: "vpc",
        says: ['Vpc "vpc" has a default security group that lets all in it talk: declare a DefaultSecurityGroup.'],
      },
      {
        when: "it lets out",
        change: set("default-group", "egress", [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }]),
        on: "vpc",
        says: ['DefaultSecurityGroup "default-group" of Vpc "vpc" has rules: remove ingress and egress.'],
      },
      {
        when: "nobody can say whose it is",
        change: unlinked("default-group", "vpcId"),
        on: "default-group",
        says: [undecidable('DefaultSecurityGroup "default-group"', "vpcId")],
      },
    ],
  },
  {
    rule: "networks-have-three-zones-in-each-tier",
    of: "foundation",
    bad: [
      {
        when: "a tier has two zones",
        change: drop("data-c"),
        on: "vpc",
        says: ['Vpc "vpc" has subnets of the tier data in 2 zones: declare 3.'],
      },
      {
        when: "two subnets of a tier are in one zone",
        change: set("private-b", "availabilityZone", "eu-central-1a"),
        on: "vpc",
        says: ['Vpc "vpc" has subnets of the tier private in 2 zones: declare 3.'],
      },
      {
        when: "a subnet says nothing",
        change: add({
          ...derived("aws:ec2/subnet:Subnet", "spare", {}, { availabilityZone: "eu-central-1a", vpcId: unknownText }),
          propertyDependencies: { vpcId: ["urn:pulumi:test::apg-platform::aws:ec2/vpc:Vpc::vpc"] },
        }),
        on: "vpc",
        says: ['Subnet "spare" does not say what it is for: set the tag apg:tier to one of public, private, data.'],
      },
      {
        when: "private subnets give addresses",
        change: set("private-a", "mapPublicIpOnLaunch", true),
        on: "vpc",
        says: [
          'Subnet "private-a" of the tier private is reached from the internet: set mapPublicIpOnLaunch to false, and route it by a NAT gateway.',
        ],
      },
      {
        when: "data is routed to the internet",
        change: all(
          linked("private-c-routes", "subnetId", "data-a"),
          linked("private-c-routes", "routeTableId", "public-table"),
        ),
        on: "vpc",
        says: [
          'Subnet "data-a" of the tier data is reached from the internet: set mapPublicIpOnLaunch to false, and route it by a NAT gateway.',
        ],
      },
      {
        when: "nobody knows the zone",
        change: set("data-b", "availabilityZone", unknownText),
        on: "data-b",
        says: [undecidable('Subnet "data-b"', "availabilityZone")],
      },
    ],
  },
  {
    rule: "clusters-are-in-private-subnets",
    of: "foundation",
    bad: [
      {
        when: "it is in public subnets too",
        change: linked("eks", "vpcConfig", "public-a", "private-a", "private-b", "private-c"),
        on: "eks",
        says: ['Cluster "eks" is in Subnet "public-a", which the internet reaches: give it private subnets alone.'],
      },
      {
        when: "it is in two zones",
        change: linked("eks", "vpcConfig", "private-a", "private-b"),
        on: "eks",
        says: ['Cluster "eks" is in 2 zones: give it subnets of 3.'],
      },
      {
        when: "nobody can say where it is",
        change: linked("eks", "vpcConfig"),
        on: "eks",
        says: [undecidable('Cluster "eks"', "vpcConfig.subnetIds")],
      },
    ],
  },
];
