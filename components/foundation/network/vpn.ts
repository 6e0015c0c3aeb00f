import type * as pulumi from "@pulumi/pulumi";
import type { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { AuthorizationRule } from "@pulumi/aws/ec2clientvpn/authorizationRule.js";
import { Endpoint } from "@pulumi/aws/ec2clientvpn/endpoint.js";
import { NetworkAssociation } from "@pulumi/aws/ec2clientvpn/networkAssociation.js";
import { SamlProvider } from "@pulumi/aws/iam/samlProvider.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import type { VpnArgs } from "./args.ts";
import { formatAddress, parseBlock } from "./cidr.ts";

/** What the way in is made of. */
export interface VpnParts extends VpnArgs {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** Network of the VPC. */
  cidr: string;
  /** Region of all of it. */
  region: string;
  /** Start of the names that people see. */
  label: string;
  /** Private subnets, of which the first two zones take connections. */
  subnets: { zone: string; subnetId: pulumi.Input<string> }[];
  /** Log group of connections. */
  logGroup: LogGroup;
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** A working day, after which people sign in again (CV-NET-06). */
const sessionHours = 8;
/** Zones that take connections: one of them may be lost. */
const associatedZones = 2;

/** Declares the way in for one group of people, signed on by the company's identity provider and logged (CV-NET-06). */
export function declareVpn(name: string, parts: VpnParts, opts: pulumi.CustomResourceOptions): SecurityGroup {
  const { vpcId, cidr, region, label, subnets, logGroup, tags } = parts;
  const { clientCidr, samlMetadata, serverCertificateArn, accessGroupId } = parts;
  // AWS' resolver has the third address of the network; without it the cluster's private name is unknown.
  const resolver = formatAddress(parseBlock(cidr)!.first + 2);
  const group = new SecurityGroup(
    `${name}-vpn`,
    {
      vpcId,
      region,
      name: `${label}-vpn`,
      description: "People who administer: HTTPS and names within the network.",
      tags: { ...tags, Name: `${label}-vpn` },
    },
    opts,
  );
  const outward = (suffix: string, ipProtocol: string, port: number, cidrIpv4: string, description: string) =>
    new SecurityGroupEgressRule(
      `${name}-vpn-${suffix}`,
      { securityGroupId: group.id, region, description, ipProtocol, fromPort: port, toPort: port, cidrIpv4, tags },
      opts,
    );
  outward("https", "tcp", 443, cidr, "HTTPS within the network.");
  outward("dns", "udp", 53, `${resolver}/32`, "Names.");
  const samlProviderArn =
    samlMetadata === undefined
      ? parts.samlProviderArn
      : new SamlProvider(`${name}-vpn`, { name: label, samlMetadataDocument: samlMetadata, tags }, opts).arn;
  const endpoint = new Endpoint(
    `${name}-vpn`,
    {
      region,
      description: `Administration of ${label}.`,
      clientCidrBlock: clientCidr,
      serverCertificateArn,
      authenticationOptions: [{ type: "federated-authentication", samlProviderArn }],
      connectionLogOptions: { enabled: true, cloudwatchLogGroup: logGroup.name },
      dnsServers: [resolver],
      splitTunnel: true,
      transportProtocol: "udp",
      sessionTimeoutHours: sessionHours,
      disconnectOnSessionTimeout: true,
      vpcId,
      securityGroupIds: [group.id],
      tags: { ...tags, Name: `${label}-vpn` },
    },
    opts,
  );
  const associations = subnets
    .slice(0, associatedZones)
    .map(
      ({ zone, subnetId }) =>
        new NetworkAssociation(`${name}-vpn-${zone}`, { clientVpnEndpointId: endpoint.id, subnetId, region }, opts),
    );
  new AuthorizationRule(
    `${name}-vpn`,
    {
      clientVpnEndpointId: endpoint.id,
      region,
      description: "The one group of people who administer.",
      targetNetworkCidr: cidr,
      accessGroupId,
    },
    { ...opts, dependsOn: associations },
  );
  return group;
}
