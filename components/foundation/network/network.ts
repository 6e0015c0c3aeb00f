import * as pulumi from "@pulumi/pulumi";
import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import { networkDefaults, networkProblems } from "./args.ts";
import type { NetworkArgs } from "./args.ts";
import { declareEndpoints } from "./endpoints.ts";
import { declareLogs } from "./logs.ts";
import { declareRoutes } from "./routes.ts";
import { allocateSubnets } from "./subnets.ts";
import { internalBalancersTag, publicBalancersTag, tierTag } from "./tags.ts";
import { declareVpn } from "./vpn.ts";

/** A network of an environment's own over several zones, with its ways in and out, and a log of all that passes. */
export class Network extends pulumi.ComponentResource {
  /** Id of the VPC. */
  readonly vpcId: pulumi.Output<string>;
  /** Network of the VPC. */
  readonly cidr: string;
  /** Its zones, in the order of the subnets. */
  readonly zones: string[];
  /** Subnets of load balancers and NAT gateways, one in each zone. */
  readonly publicSubnetIds: pulumi.Output<string>[];
  /** Subnets of nodes and pods, one in each zone. */
  readonly privateSubnetIds: pulumi.Output<string>[];
  /** Subnets without a way to the internet, one in each zone. */
  readonly dataSubnetIds: pulumi.Output<string>[];
  /** Security group of the endpoints of AWS services. */
  readonly endpointSecurityGroupId: pulumi.Output<string>;
  /** Security group of people who administer; undefined without a VPN. */
  readonly vpnSecurityGroupId?: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:foundation:Network", name, args, opts);
    refuse(name, networkProblems(args));

    const { environment, account, cidr, zones, vpn } = args;
    const { natGatewayPerZone, interfaceEndpoints } = withDefaults(args, networkDefaults);
    const { region } = account;
    const child = { parent: this };
    const label = `apg-${environment}`;
    const tags = { "apg:environment": environment };

    const vpc = new Vpc(
      name,
      { cidrBlock: cidr, region, enableDnsSupport: true, enableDnsHostnames: true, tags: { ...tags, Name: label } },
      child,
    );
    const vpcId = vpc.id;
    // Named no rules, it has none: nothing that forgets to choose its group can talk to anything (CV-NET-01).
    new DefaultSecurityGroup(name, { vpcId, region, ingress: [], egress: [], tags: { ...tags, Name: label } }, child);

    const blocks = allocateSubnets(cidr, zones.length)!;
    const subnet = (tier: string, zone: string, cidrBlock: string, found: { [tag: string]: string } = {}) =>
      new Subnet(
        `${name}-${tier}-${zone}`,
        {
          vpcId,
          region,
          availabilityZone: zone,
          cidrBlock,
          mapPublicIpOnLaunch: false,
          tags: { ...tags, [tierTag]: tier, ...found, Name: `${label}-${tier}-${zone}` },
        },
        child,
      );
    const subnets = zones.map((zone, index) => {
      const block = blocks[index]!;
      return {
        zone,
        public: subnet("public", zone, block.public, { [publicBalancersTag]: "1" }),
        private: subnet("private", zone, block.private, { [internalBalancersTag]: "1" }),
        data: subnet("data", zone, block.data),
      };
    });
    const ids = (tier: "public" | "private" | "data") => subnets.map((of) => of[tier].id);

    const routeTables = declareRoutes(name, { vpcId, region, label, subnets, natGatewayPerZone, tags }, child);
    const endpoints = declareEndpoints(
      name,
      {
        vpcId,
        cidr,
        region,
        label,
        subnetIds: ids("private"),
        routeTableIds: routeTables.map(({ id }) => id),
        services: interfaceEndpoints,
        tags,
      },
      child,
    );
    const logGroup = declareLogs(name, { vpcId, account, label, vpn: vpn !== undefined, tags }, child);
    if (vpn !== undefined && logGroup !== undefined) {
      const entrances = subnets.map(({ zone, private: { id } }) => ({ zone, subnetId: id }));
      this.vpnSecurityGroupId = declareVpn(
        name,
        { ...vpn, vpcId, cidr, region, label, subnets: entrances, logGroup, tags },
        child,
      ).id;
    }

    this.vpcId = vpcId;
    this.cidr = cidr;
    this.zones = zones;
    this.publicSubnetIds = ids("public");
    this.privateSubnetIds = ids("private");
    this.dataSubnetIds = ids("data");
    this.endpointSecurityGroupId = endpoints.id;
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      dataSubnetIds: this.dataSubnetIds,
      endpointSecurityGroupId: this.endpointSecurityGroupId,
      vpnSecurityGroupId: this.vpnSecurityGroupId,
    });
  }
}
