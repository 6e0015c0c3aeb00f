// Which part of a VPC each subnet has. It follows from the VPC's network and the zone's place in the list alone, so that
// no block changes when a zone is added at the end.
import { formatBlock, parseBlock, sizeOf } from "./cidr.ts";
import type { Block } from "./cidr.ts";

/** The subnets of one zone. */
export interface ZoneBlocks {
  /** Load balancers and NAT gateways. */
  public: string;
  /** Nodes and their pods, which have most of the addresses. */
  private: string;
  /** What has no way to the internet. */
  data: string;
}

/** The most zones that there is room for, whatever their number is today. */
export const mostZones = 6;

/** Prefixes of a VPC that its subnets fit into; AWS takes none wider, and no subnet narrower than /28. */
export const vpcPrefixes = { widest: 16, narrowest: 20 } as const;

/** AWS keeps the first four addresses and the last one of every subnet. */
const reservedAddresses = 5;

/** The VPC in sixteenths: one for each zone's pods, eight left free, one for public subnets, and one for those of data. */
const publicSixteenth = 14;
const dataSixteenth = 15;

/** The blocks of each zone in turn; undefined when the VPC's network is none, or does not fit, or the zones do not. */
export function allocateSubnets(vpcCidr: string, zones: number): ZoneBlocks[] | undefined {
  const vpc = parseBlock(vpcCidr);
  if (vpc === undefined || vpc.prefix < vpcPrefixes.widest || vpc.prefix > vpcPrefixes.narrowest) return undefined;
  if (!Number.isInteger(zones) || zones < 1 || zones > mostZones) return undefined;
  const sixteenth = (index: number) => part(vpc, vpc.prefix + 4, index);
  return Array.from({ length: zones }, (_, zone) => ({
    public: formatBlock(part(sixteenth(publicSixteenth), vpc.prefix + 8, zone)),
    private: formatBlock(sixteenth(zone)),
    data: formatBlock(part(sixteenth(dataSixteenth), vpc.prefix + 8, zone)),
  }));
}

/** Addresses of a subnet that pods and others can have. */
export function usableAddresses(cidr: string): number {
  return sizeOf(parseBlock(cidr)!.prefix) - reservedAddresses;
}

/** The part of that prefix and place within a network. */
function part(of: Block, prefix: number, index: number): Block {
  return { first: of.first + index * sizeOf(prefix), prefix };
}
