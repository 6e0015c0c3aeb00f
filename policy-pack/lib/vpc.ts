// Networks on AWS: their subnets, and which of these the world can reach.
import type { CloudResource } from "./cloud.ts";
import { linkOf, Named, sourcesAmong } from "./links.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { Undecidable } from "./value.ts";

export const vpcType = "aws:ec2/vpc:Vpc";
const associationType = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const gatewayType = "aws:ec2/internetGateway:InternetGateway";
const routeType = "aws:ec2/route:Route";
const tableType = "aws:ec2/routeTable:RouteTable";

const named = (stack: PlannedStack, type: string) => stack.ofType(type).map((cloud) => new Named(cloud));

export function vpcsOf(stack: PlannedStack): Named[] {
  return named(stack, vpcType);
}

export function subnetsOf(stack: PlannedStack): Named[] {
  return named(stack, "aws:ec2/subnet:Subnet");
}

/** The planned subnets that an input names. One that names none of them is undecidable: nobody sees where it leads. */
export function subnetsIn(stack: PlannedStack, of: CloudResource, property: string, path = property): Named[] {
  const found = sourcesAmong(of, property, subnetsOf(stack));
  if (found.length === 0) throw new Undecidable(of.resource, path);
  return found;
}

export function zonesOf(subnets: readonly Named[]): Set<string> {
  return new Set(
    subnets.map(({ cloud: { props } }) => {
      const key = props.get("availabilityZoneId").isGiven ? "availabilityZoneId" : "availabilityZone";
      return props.get(key).string() ?? "";
    }),
  );
}

/** What a subnet says that it is for, by its tag apg:tier. */
export function tierOf({ cloud }: Named): string | undefined {
  return cloud.tag("apg:tier");
}

/** Whether what is in the subnet may be reached from the internet: by what it says, gives to machines, or is routed to. */
export function isPublic(stack: PlannedStack, subnet: Named): boolean {
  return (
    tierOf(subnet) === "public" ||
    subnet.cloud.props.get("mapPublicIpOnLaunch").boolean() === true ||
    tablesOf(stack, subnet).some((table) => leadsOut(stack, table))
  );
}

function tablesOf(stack: PlannedStack, subnet: Named): Named[] {
  const tables = named(stack, tableType);
  return stack.ofType(associationType).flatMap((association) => {
    const of = linkOf(association, "subnetId", subnetsOf(stack));
    if (of === "none" || of?.resource !== subnet.resource) return [];
    const table = linkOf(association, "routeTableId", tables);
    return table === undefined || table === "none" ? [] : [table];
  });
}

function leadsOut(stack: PlannedStack, table: Named): boolean {
  const gateways = named(stack, gatewayType);
  const inline = sourcesAmong(table.cloud, "routes", gateways).length > 0;
  const routes = stack.ofType(routeType).filter((route) => {
    const of = linkOf(route, "routeTableId", [table]);
    return of !== "none" && of !== undefined && sourcesAmong(route, "gatewayId", gateways).length > 0;
  });
  return inline || routes.length > 0;
}
