// VPCs and what is in them, load balancers, instances.
import { textOf } from "../../values.ts";
import type { Knowledge, Types } from "./model.ts";
import { balancerName, keyPairName, securityGroupName } from "./names.ts";

const ec2 = (prefix: string, kind: string, more: Knowledge = {}): Knowledge => ({
  id: `${prefix}-{hex:17}`,
  ...more,
  makes: { arn: `arn:{partition}:ec2:{region}:{account}:${kind}/{id}`, ownerId: "{account}", ...more.makes },
});

const securityGroupRule: Knowledge = {
  id: "sgr-{hex:17}",
  makes: {
    arn: "arn:{partition}:ec2:{region}:{account}:security-group-rule/{id}",
    securityGroupRuleId: "{id}",
  },
  fixed: ["securityGroupId"],
};

/** Types of EC2 that have no ARN or owner among their outputs. */
const plain = (prefix: string, more: Knowledge = {}): Knowledge => ({ id: `${prefix}-{hex:17}`, ...more });

const balancerKinds: Record<string, string> = { network: "net", gateway: "gwy" };
const balancer: Knowledge = {
  id: "{arn}",
  makes: {
    arn: "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{arnSuffix}",
    arnSuffix: "{kind}/{name}/{hex:16}",
    dnsName: "{name}-{digits:10}.{region}.elb.amazonaws.com",
    zoneId: "Z{upper:13}",
    vpcId: "vpc-{hex:17}",
    ipAddressType: "ipv4",
  },
  words: ({ loadBalancerType }) => ({ kind: balancerKinds[textOf(loadBalancerType)] ?? "app" }),
  fixed: ["namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"],
  names: { name: balancerName },
};
const targetGroup: Knowledge = {
  id: "{arn}",
  makes: {
    arn: "arn:{partition}:elasticloadbalancing:{region}:{account}:{arnSuffix}",
    arnSuffix: "targetgroup/{name}/{hex:16}",
    loadBalancerArns: [],
  },
  fixed: ["namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
  names: { name: balancerName },
};
const listener: Knowledge = {
  id: "{arn}",
  makes: { arn: "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/app/{hex:16}/{hex:16}" },
  fixed: ["loadBalancerArn"],
};

export const network: Types = {
  "aws:ec2/vpc:Vpc": ec2("vpc", "vpc", {
    makes: {
      defaultNetworkAclId: "acl-{hex:17}",
      defaultRouteTableId: "rtb-{hex:17}",
      mainRouteTableId: "{defaultRouteTableId}",
      defaultSecurityGroupId: "sg-{hex:17}",
      dhcpOptionsId: "dopt-{hex:17}",
      ipv6AssociationId: "",
      ipv6CidrBlock: "",
      ipv6CidrBlockNetworkBorderGroup: "",
      enableDnsHostnames: false,
      enableNetworkAddressUsageMetrics: false,
      cidrBlock: "10.0.0.0/16",
    },
    fixed: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  }),
  "aws:ec2/subnet:Subnet": ec2("subnet", "subnet", {
    makes: { availabilityZone: "{region}a", availabilityZoneId: "{region}-az1", ipv6CidrBlockAssociationId: "" },
    fixed: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"],
  }),
  "aws:ec2/internetGateway:InternetGateway": ec2("igw", "internet-gateway"),
  "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": plain("eigw", { fixed: ["vpcId"] }),
  "aws:ec2/natGateway:NatGateway": plain("nat", {
    makes: {
      associationId: "eipassoc-{hex:17}",
      networkInterfaceId: "eni-{hex:17}",
      privateIp: "10.0.0.10",
      publicIp: "203.0.113.10",
      availabilityMode: "zonal",
    },
    fixed: ["allocationId", "subnetId", "connectivityType", "privateIp", "availabilityMode", "vpcId"],
  }),
  "aws:ec2/eip:Eip": plain("eipalloc", {
    makes: {
      allocationId: "{id}",
      arn: "arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}",
      publicIp: "203.0.113.10",
      publicDns: "ec2-203-0-113-10.{region}.compute.amazonaws.com",
      publicIpv4Pool: "amazon",
      domain: "vpc",
      networkBorderGroup: "{region}",
    },
    fixed: ["domain", "networkBorderGroup", "publicIpv4Pool", "address"],
  }),
  "aws:ec2/routeTable:RouteTable": ec2("rtb", "route-table", { fixed: ["vpcId"] }),
  "aws:ec2/defaultRouteTable:DefaultRouteTable": ec2("rtb", "route-table", { fixed: ["defaultRouteTableId"] }),
  "aws:ec2/route:Route": {
    id: "r-{routeTableId}{digits:10}",
    makes: { state: "active", origin: "CreateRoute" },
    fixed: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"],
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": plain("rtbassoc", { fixed: ["subnetId", "gatewayId"] }),
  "aws:ec2/networkAcl:NetworkAcl": ec2("acl", "network-acl", { fixed: ["vpcId"] }),
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": ec2("acl", "network-acl", { fixed: ["defaultNetworkAclId"] }),
  "aws:ec2/securityGroup:SecurityGroup": ec2("sg", "security-group", {
    makes: { egress: [], ingress: [], description: "Managed by Pulumi" },
    fixed: ["description", "namePrefix", "vpcId"],
    names: { name: securityGroupName },
  }),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2("sg", "security-group", {
    makes: { name: "default", description: "default VPC security group" },
    fixed: ["vpcId"],
  }),
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    id: "sgrule-{digits:10}",
    makes: { securityGroupRuleId: "sgr-{hex:17}" },
    fixed: [
      "type",
      "fromPort",
      "toPort",
      "protocol",
      "cidrBlocks",
      "ipv6CidrBlocks",
      "prefixListIds",
      "self",
      "sourceSecurityGroupId",
      "securityGroupId",
    ],
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule,
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2("vpce", "vpc-endpoint", {
    makes: {
      cidrBlocks: [],
      dnsEntries: [{ dnsName: "{id}.{serviceName}", hostedZoneId: "Z{upper:13}" }],
      networkInterfaceIds: ["eni-{hex:17}"],
      prefixListId: "pl-{hex:8}",
      requesterManaged: false,
      state: "available",
      ipAddressType: "ipv4",
      privateDnsEnabled: false,
      policy: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}',
    },
    fixed: ["vpcId", "serviceName", "serviceRegion", "vpcEndpointType"],
  }),
  "aws:ec2/flowLog:FlowLog": plain("fl", {
    makes: { arn: "arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}" },
    fixed: [
      "vpcId",
      "subnetId",
      "eniId",
      "iamRoleArn",
      "logDestination",
      "logDestinationType",
      "logFormat",
      "maxAggregationInterval",
      "trafficType",
      "destinationOptions",
    ],
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": plain("lt", {
    makes: {
      arn: "arn:{partition}:ec2:{region}:{account}:launch-template/{id}",
      latestVersion: 1,
      defaultVersion: 1,
    },
    changing: ["latestVersion"],
    fixed: ["namePrefix"],
  }),
  "aws:ec2/instance:Instance": plain("i", {
    makes: {
      arn: "arn:{partition}:ec2:{region}:{account}:instance/{id}",
      instanceState: "running",
      primaryNetworkInterfaceId: "eni-{hex:17}",
      privateIp: "10.0.0.20",
      privateDns: "ip-10-0-0-20.{region}.compute.internal",
      publicIp: "",
      publicDns: "",
    },
    fixed: ["ami", "availabilityZone", "subnetId", "keyName", "privateIp"],
  }),
  "aws:ec2/keyPair:KeyPair": {
    id: "{keyName}",
    makes: {
      arn: "arn:{partition}:ec2:{region}:{account}:key-pair/{keyName}",
      keyPairId: "key-{hex:17}",
      keyType: "ed25519",
    },
    fixed: ["keyName", "keyNamePrefix", "publicKey"],
    names: { keyName: keyPairName },
  },
  "aws:ec2clientvpn/endpoint:Endpoint": plain("cvpn-endpoint", {
    makes: {
      arn: "arn:{partition}:ec2:{region}:{account}:client-vpn-endpoint/{id}",
      dnsName: "*.{id}.prod.clientvpn.{region}.amazonaws.com",
    },
    fixed: ["clientCidrBlock", "transportProtocol", "authenticationOptions"],
  }),

  "aws:lb/loadBalancer:LoadBalancer": balancer,
  "aws:alb/loadBalancer:LoadBalancer": balancer,
  "aws:lb/targetGroup:TargetGroup": targetGroup,
  "aws:alb/targetGroup:TargetGroup": targetGroup,
  "aws:lb/listener:Listener": listener,
  "aws:alb/listener:Listener": listener,
  "aws:autoscaling/group:Group": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
      predictedCapacity: 0,
      warmPoolSize: 0,
    },
    fixed: ["namePrefix"],
  },
};
