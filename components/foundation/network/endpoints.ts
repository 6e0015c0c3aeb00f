import type * as pulumi from "@pulumi/pulumi";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";

/** What the endpoints are made of. */
export interface EndpointParts {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** Network of the VPC. */
  cidr: string;
  /** Region of all of it. */
  region: string;
  /** Start of the names that people see. */
  label: string;
  /** One subnet of each zone. */
  subnetIds: pulumi.Input<string>[];
  /** Route tables of what reaches S3 by its gateway. */
  routeTableIds: pulumi.Input<string>[];
  /** Services, besides S3, by the last part of their names. */
  services: readonly string[];
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** Declares the endpoints by which AWS is reached without leaving the network, and who may use them (CV-SECRET-04, CV-NET-01). */
export function declareEndpoints(
  name: string,
  parts: EndpointParts,
  opts: pulumi.CustomResourceOptions,
): SecurityGroup {
  const { vpcId, cidr, region, label, subnetIds, routeTableIds, services, tags } = parts;
  const tagged = (suffix: string) => ({ ...tags, Name: `${label}-${suffix}` });
  const group = new SecurityGroup(
    `${name}-endpoints`,
    {
      vpcId,
      region,
      name: `${label}-endpoints`,
      description: "Endpoints of AWS services: HTTPS from within the network.",
      tags: tagged("endpoints"),
    },
    opts,
  );
  new SecurityGroupIngressRule(
    `${name}-endpoints`,
    {
      securityGroupId: group.id,
      region,
      description: "HTTPS from within the network.",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: cidr,
      tags,
    },
    opts,
  );
  const s3Gateway = new VpcEndpoint(
    `${name}-s3-gateway`,
    {
      vpcId,
      region,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds,
      tags: tagged("s3-gateway"),
    },
    opts,
  );
  // Network policies name addresses, and those of S3's own are the world's: pods reach it by addresses of this network.
  for (const service of ["s3", ...services])
    new VpcEndpoint(
      `${name}-${service}`,
      {
        vpcId,
        region,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.${region}.${service}`,
        subnetIds,
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        ...(service === "s3" && { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false } }),
        tags: tagged(service),
      },
      service === "s3" ? { ...opts, dependsOn: [s3Gateway] } : opts,
    );
  return group;
}
