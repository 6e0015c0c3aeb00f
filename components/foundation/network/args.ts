import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { AccountArgs } from "../../cloud/account.ts";
import { dnsLabel, unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { isPrivate, overlap, parseBlock } from "./cidr.ts";
import { isSamlMetadata, samlMetadataAccepted } from "./saml.ts";
import { allocateSubnets, mostZones, usableAddresses, vpcPrefixes } from "./subnets.ts";

/** The way in for people who administer: AWS Client VPN, signed in to by the company's identity provider (CV-NET-06). */
export interface VpnArgs {
  /** Network of the people's machines, /12 to /22, apart from the VPC's. */
  clientCidr: string;
  /**
   * Metadata of the company's single sign-on, which asks for a second factor: the text of the XML that it gives out for AWS
   * Client VPN. An IAM SAML provider is made of it; this or samlProviderArn. @default none (CV-NET-06)
   */
  samlMetadata?: string;
  /** ARN of an IAM SAML provider that is there already; this or samlMetadata. @default none (CV-NET-06) */
  samlProviderArn?: string;
  /** ARN of the server's certificate in ACM, which is there before the network: this is the way in to whatever comes next. */
  serverCertificateArn: string;
  /** The one group, as the identity provider calls it, that may connect (CV-NET-06). */
  accessGroupId: string;
}

/** Arguments of `Network`. */
export interface NetworkArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account that it is in. */
  account: AccountArgs;
  /** Network of the VPC, /16 to /20, private (CV-NET-02). */
  cidr: string;
  /**
   * Availability zones, three to six, of the account's region. Blocks follow the order: a zone is added at the end, and none
   * is taken away or moved (CV-NET-02).
   */
  zones: string[];
  /** Whether each zone has a NAT gateway of its own, so that the loss of one leaves the others connected. @default true (CV-NET-02) */
  natGatewayPerZone?: boolean;
  /** Services of AWS that are reached by an endpoint in the network, besides S3. @default what nodes, pods and operators call (CV-SECRET-04) */
  interfaceEndpoints?: string[];
  /** The way in for people. @default none: administration by SSM alone (CV-NET-06) */
  vpn?: VpnArgs;
  /** The most pods that the forecast of 90 days has. @default unknown (CV-SCALE-08) */
  forecastPods?: number;
}

/** Network of the cluster's services, which no other may overlap. */
export const serviceCidr = "172.20.0.0/16";

export const networkDefaults = deepFrozen({
  natGatewayPerZone: true,
  interfaceEndpoints: [
    ...thresholds.network.requiredEndpoints,
    "ec2",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "sqs",
    "ssm",
    "ssmmessages",
    "ec2messages",
  ],
});

/** What is wrong with the arguments, in their words. */
export function networkProblems(args: NetworkArgs): Problem[] {
  const { environment, account, cidr, zones, vpn, forecastPods } = args;
  const { minZones } = thresholds.cluster;
  const { widest, narrowest } = vpcPrefixes;
  const vpc = parseBlock(cidr);
  const fits = vpc !== undefined && vpc.prefix >= widest && vpc.prefix <= narrowest && isPrivate(vpc);
  const blocks = fits ? allocateSubnets(cidr, zones.length) : undefined;
  const endpoints = args.interfaceEndpoints ?? networkDefaults.interfaceEndpoints;
  return [
    ...dnsLabel("environment", environment, 30),
    ...unless(
      fits,
      "cidr",
      cidr,
      `a private network from /${widest} to /${narrowest} that starts at its first address, such as 10.20.0.0/16, is accepted (CV-NET-02)`,
    ),
    ...(fits ? apart("cidr", cidr, [serviceCidr]) : []),
    ...unless(
      zones.length >= minZones && zones.length <= mostZones,
      "zones",
      zones.length,
      `from ${minZones} to ${mostZones} zones are accepted (CV-NET-02)`,
    ),
    ...zones.flatMap((zone, index) => [
      ...unless(
        zone.startsWith(account.region) && /^[a-z]$/.test(zone.slice(account.region.length)),
        `zones[${index}]`,
        zone,
        `a zone of ${account.region}, such as ${account.region}a, is accepted (CV-NET-02)`,
      ),
      ...unless(zones.indexOf(zone) === index, `zones[${index}]`, zone, "each zone may be used once (CV-NET-02)"),
    ]),
    ...thresholds.network.requiredEndpoints.flatMap((service) =>
      unless(
        endpoints.includes(service),
        "interfaceEndpoints",
        endpoints.join(", "),
        `${service} must be among them (CV-SECRET-04)`,
      ),
    ),
    ...(vpn === undefined ? [] : vpnProblems(vpn, cidr)),
    ...(blocks === undefined || forecastPods === undefined
      ? []
      : roomProblems(
          forecastPods,
          blocks.map((zone) => zone.private),
        )),
  ];
}

function vpnProblems(vpn: VpnArgs, cidr: string) {
  const { clientCidr, samlMetadata, samlProviderArn, serverCertificateArn, accessGroupId } = vpn;
  const clients = parseBlock(clientCidr);
  const fits = clients !== undefined && clients.prefix >= 12 && clients.prefix <= 22;
  return [
    ...unless(fits, "vpn.clientCidr", clientCidr, "a network from /12 to /22 is accepted (CV-NET-06)"),
    ...(fits ? apart("vpn.clientCidr", clientCidr, [cidr, serviceCidr], "CV-NET-06") : []),
    ...unless(
      (samlMetadata === undefined) !== (samlProviderArn === undefined),
      "vpn.samlMetadata",
      samlMetadata === undefined ? "neither it nor samlProviderArn" : "it and samlProviderArn",
      "exactly one of them is needed (CV-NET-06)",
    ),
    ...unless(
      samlMetadata === undefined || isSamlMetadata(samlMetadata),
      "vpn.samlMetadata",
      "another text",
      samlMetadataAccepted,
    ),
    ...unless(
      samlProviderArn === undefined || /^arn:aws:iam::\d{12}:saml-provider\//.test(samlProviderArn),
      "vpn.samlProviderArn",
      samlProviderArn ?? "",
      "the ARN of an IAM SAML provider is accepted (CV-NET-06)",
    ),
    ...unless(
      serverCertificateArn.startsWith("arn:aws:acm:"),
      "vpn.serverCertificateArn",
      serverCertificateArn,
      "the ARN of a certificate in ACM is accepted (CV-NET-06)",
    ),
    ...unless(
      accessGroupId !== "",
      "vpn.accessGroupId",
      accessGroupId,
      "the one group that may connect is needed (CV-NET-06)",
    ),
  ];
}

function apart(path: string, cidr: string, others: string[], item = "CV-NET-02"): Problem[] {
  const block = parseBlock(cidr)!;
  return others.flatMap((other) => {
    const taken = parseBlock(other);
    const holds = taken === undefined || !overlap(block, taken);
    return unless(holds, path, cidr, `a network apart from ${other} is accepted (${item})`);
  });
}

function roomProblems(forecastPods: number, privateBlocks: string[]): Problem[] {
  const room = privateBlocks.reduce((sum, block) => sum + usableAddresses(block), 0);
  const needed = Math.ceil(forecastPods * thresholds.quota.headroom);
  return unless(
    needed <= room,
    "forecastPods",
    forecastPods,
    `with 30 % headroom they need ${needed} addresses, and the private subnets have ${room} (CV-SCALE-08)`,
  );
}
