import type * as pulumi from "@pulumi/pulumi";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import type { Subnet } from "@pulumi/aws/ec2/subnet.js";

/** The subnets of a zone as they are declared. */
export interface ZoneSubnets {
  /** Name of the zone. */
  zone: string;
  /** Load balancers and NAT gateways. */
  public: Subnet;
  /** Nodes and pods. */
  private: Subnet;
  /** What has no way to the internet. */
  data: Subnet;
}

/** What the routes are made of. */
export interface RouteParts {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** Region of all of it. */
  region: string;
  /** Start of the names that people see. */
  label: string;
  /** Subnets of every zone. */
  subnets: ZoneSubnets[];
  /** Whether each zone has a NAT gateway of its own. */
  natGatewayPerZone: boolean;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

const everywhere = "0.0.0.0/0";

/**
 * Declares the ways out: public subnets by the internet gateway, private ones by a NAT gateway, those of data none at all.
 * @returns the route tables of private and data subnets, which endpoints of the gateway kind are put into
 */
export function declareRoutes(name: string, parts: RouteParts, opts: pulumi.CustomResourceOptions): RouteTable[] {
  const { vpcId, region, label, subnets, natGatewayPerZone, tags } = parts;
  const tagged = (suffix: string) => ({ ...tags, Name: `${label}-${suffix}` });
  const table = (suffix: string) => new RouteTable(`${name}-${suffix}`, { vpcId, region, tags: tagged(suffix) }, opts);
  const associate = (suffix: string, subnet: Subnet, routeTable: RouteTable) =>
    new RouteTableAssociation(`${name}-${suffix}`, { subnetId: subnet.id, routeTableId: routeTable.id, region }, opts);

  const internet = new InternetGateway(name, { vpcId, region, tags: { ...tags, Name: label } }, opts);
  const open = table("public");
  const outward = new Route(
    `${name}-public`,
    { routeTableId: open.id, destinationCidrBlock: everywhere, gatewayId: internet.id, region },
    opts,
  );
  const isolated = table("data");

  const gateways = subnets.slice(0, natGatewayPerZone ? subnets.length : 1).map(({ zone, public: subnet }) => {
    const suffix = `nat-${zone}`;
    const address = new Eip(`${name}-${suffix}`, { domain: "vpc", region, tags: tagged(suffix) }, opts);
    return new NatGateway(
      `${name}-${suffix}`,
      { allocationId: address.allocationId, subnetId: subnet.id, region, tags: tagged(suffix) },
      { ...opts, dependsOn: [outward] },
    );
  });
  const inner = subnets.map(({ zone, ...of }, index) => {
    const nat = gateways[natGatewayPerZone ? index : 0]!;
    const closed = table(`private-${zone}`);
    new Route(
      `${name}-private-${zone}`,
      { routeTableId: closed.id, destinationCidrBlock: everywhere, natGatewayId: nat.id, region },
      opts,
    );
    associate(`public-${zone}`, of.public, open);
    associate(`private-${zone}`, of.private, closed);
    associate(`data-${zone}`, of.data, isolated);
    return closed;
  });
  return [...inner, isolated];
}
