// The network on AWS: which resources there are, and what is in them.
import assert from "node:assert/strict";
import type { NetworkArgs } from "../../../../components/foundation/network/args.ts";
import { Network } from "../../../../components/foundation/network/network.ts";
import { record, valueOf } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, network, region, samlMetadata, state, vpn, zones } from "../foundation-fixtures.ts";

const declare = (args: Partial<NetworkArgs> = {}) =>
  record(() => new Network("network", { ...network, ...args }), state);
const counts = ({ resources }: Recording<unknown>) => {
  const all = new Map<string, number>();
  for (const { type } of resources) all.set(type, (all.get(type) ?? 0) + 1);
  return Object.fromEntries([...all].sort(([a], [b]) => a.localeCompare(b)));
};
const tags = { "apg:environment": "prod" };

describe("Network", () => {
  let recording: Recording<Network>;
  before(async () => {
    recording = await declare({ vpn });
  });

  it("has these resources and no others", async () => {
    const without = counts(await declare());
    assert.deepEqual(without, {
      "apg:foundation:Network": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
      "aws:ec2/eip:Eip": 3,
      "aws:ec2/flowLog:FlowLog": 1,
      "aws:ec2/internetGateway:InternetGateway": 1,
      "aws:ec2/natGateway:NatGateway": 3,
      "aws:ec2/route:Route": 4,
      "aws:ec2/routeTable:RouteTable": 5,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 9,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:ec2/subnet:Subnet": 9,
      "aws:ec2/vpc:Vpc": 1,
      "aws:ec2/vpcEndpoint:VpcEndpoint": 16,
      "aws:iam/policy:Policy": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "aws:kms/alias:Alias": 1,
      "aws:kms/key:Key": 1,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    });
    const of = "aws:ec2clientvpn/";
    assert.deepEqual(counts(recording), {
      ...without,
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:ec2/securityGroup:SecurityGroup": 2,
      [`${of}authorizationRule:AuthorizationRule`]: 1,
      [`${of}endpoint:Endpoint`]: 1,
      [`${of}networkAssociation:NetworkAssociation`]: 2,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
    });
    assert.ok(recording.paths.every((path) => path.startsWith("apg:foundation:Network")));
  });

  it("is what AWS accepts", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });

  it("knows names, and leaves its default security group empty", () => {
    assert.deepEqual(recording.inputs("aws:ec2/vpc:Vpc"), {
      cidrBlock: "10.20.0.0/16",
      region,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { ...tags, Name: "apg-prod" },
    });
    const { ingress, egress } = recording.inputs("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    assert.deepEqual([ingress, egress], [[], []]);
  });

  it("gives no machine a public address, and says which load balancers go where", () => {
    const subnet = (tier: string) => recording.inputs("aws:ec2/subnet:Subnet", `network-${tier}-eu-central-1b`);
    const label = (tier: string) => ({ ...tags, "apg:tier": tier, Name: `apg-prod-${tier}-eu-central-1b` });
    assert.deepEqual(subnet("private"), {
      vpcId: "network-id",
      region,
      availabilityZone: "eu-central-1b",
      cidrBlock: "10.20.16.0/20",
      mapPublicIpOnLaunch: false,
      tags: { ...label("private"), "kubernetes.io/role/internal-elb": "1" },
    });
    assert.deepEqual(subnet("public").tags, { ...label("public"), "kubernetes.io/role/elb": "1" });
    assert.deepEqual(subnet("data").tags, label("data"));
    const all = recording.resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    assert.ok(all.every(({ inputs }) => inputs.mapPublicIpOnLaunch === false));
  });

  it("leads out by a NAT gateway of the zone, and not at all from where data is", async () => {
    const routes = recording.resources.filter(({ type }) => type === "aws:ec2/route:Route");
    assert.deepEqual(routes.map(({ name, inputs }) => [name, inputs.natGatewayId ?? inputs.gatewayId]).sort(), [
      ...zones.map((zone) => [`network-private-${zone}`, `network-nat-${zone}-id`]),
      ["network-public", "network-id"],
    ]);
    const one = await declare({ natGatewayPerZone: false });
    const gateways = one.resources.filter(({ type }) => type === "aws:ec2/natGateway:NatGateway");
    assert.deepEqual(
      gateways.map(({ name }) => name),
      ["network-nat-eu-central-1a"],
    );
    const shared = one.resources.filter(({ inputs }) => inputs.natGatewayId === "network-nat-eu-central-1a-id");
    assert.equal(shared.length, 3);
  });

  it("keeps all resources that it has when a zone is added", async () => {
    const more = await declare({ vpn, zones: [...zones, "eu-central-1d"] });
    const kept = (all: Recording<Network>) =>
      all.resources.filter(({ type }) => /:(Subnet|Route|RouteTable|RouteTableAssociation|NatGateway|Eip)$/.test(type));
    const inputsOf = (all: Recording<Network>) =>
      new Map(kept(all).map(({ type, name, inputs }) => [`${type}::${name}`, inputs]));
    const grown = inputsOf(more);
    for (const [path, inputs] of inputsOf(recording)) assert.deepEqual(grown.get(path), inputs, path);
    assert.equal(grown.size - kept(recording).length, 3 + 1 + 1 + 3 + 1 + 1);
  });

  it("reaches AWS by endpoints that only the network may call, S3 by its own addresses too", () => {
    const endpoint = (name: string) => recording.inputs("aws:ec2/vpcEndpoint:VpcEndpoint", `network-${name}`);
    assert.deepEqual(endpoint("secretsmanager"), {
      vpcId: "network-id",
      region,
      vpcEndpointType: "Interface",
      serviceName: "com.amazonaws.eu-central-1.secretsmanager",
      subnetIds: zones.map((zone) => `network-private-${zone}-id`),
      securityGroupIds: ["network-endpoints-id"],
      privateDnsEnabled: true,
      tags: { ...tags, Name: "apg-prod-secretsmanager" },
    });
    assert.deepEqual(endpoint("s3").dnsOptions, { privateDnsOnlyForInboundResolverEndpoint: false });
    assert.deepEqual(endpoint("s3-gateway").routeTableIds, [
      ...zones.map((zone) => `network-private-${zone}-id`),
      "network-data-id",
    ]);
    const { ingress } = recording.inputs("aws:ec2/securityGroup:SecurityGroup", "network-endpoints");
    assert.equal(ingress, undefined);
    assert.deepEqual(recording.inputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), {
      securityGroupId: "network-endpoints-id",
      region,
      description: "HTTPS from within the network.",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "10.20.0.0/16",
      tags,
    });
  });

  it("logs all that passes, encrypted by a key of the logs' own", () => {
    const group = `arn:aws:logs:${region}:${accountId}:log-group:/aws/vpc/apg-prod`;
    assert.deepEqual(recording.inputs("aws:ec2/flowLog:FlowLog"), {
      vpcId: "network-id",
      region,
      trafficType: "ALL",
      maxAggregationInterval: 60,
      logDestinationType: "cloud-watch-logs",
      logDestination: group,
      iamRoleArn: `arn:aws:iam::${accountId}:role/apg-prod-flow-logs`,
      tags,
    });
    assert.deepEqual(recording.inputs("aws:cloudwatch/logGroup:LogGroup", "network-flows"), {
      name: "/aws/vpc/apg-prod",
      region,
      kmsKeyId: `arn:aws:kms:${region}:${accountId}:key/made`,
      retentionInDays: 90,
      tags,
    });
    const { policy, enableKeyRotation } = recording.inputs("aws:kms/key:Key");
    assert.equal(enableKeyRotation, true);
    const { Statement } = JSON.parse(policy as string) as { Statement: { Sid: string; Condition: object }[] };
    assert.deepEqual(Statement.find(({ Sid }) => Sid === "Logs")?.Condition, {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": [
          group,
          `arn:aws:logs:${region}:${accountId}:log-group:/aws/vpn/apg-prod`,
        ],
      },
    });
    assert.deepEqual(recording.protectedPaths, ["aws:kms/key:Key::network-logs"]);
  });

  it("lets one group of people in, who sign in at the company's identity provider", () => {
    const endpoint = recording.inputs("aws:ec2clientvpn/endpoint:Endpoint");
    assert.deepEqual(endpoint.authenticationOptions, [
      { type: "federated-authentication", samlProviderArn: vpn.samlProviderArn },
    ]);
    assert.deepEqual(endpoint.connectionLogOptions, { enabled: true, cloudwatchLogGroup: "/aws/vpn/apg-prod" });
    assert.deepEqual([endpoint.clientCidrBlock, endpoint.dnsServers], ["10.200.0.0/22", ["10.20.0.2"]]);
    assert.deepEqual(recording.inputs("aws:ec2clientvpn/authorizationRule:AuthorizationRule"), {
      clientVpnEndpointId: "network-vpn-id",
      region,
      description: "The one group of people who administer.",
      targetNetworkCidr: "10.20.0.0/16",
      accessGroupId: "platform-administrators",
    });
  });

  it("makes what AWS knows of the identity provider, where its own words are given", async () => {
    const made = await declare({ vpn: { ...vpn, samlProviderArn: undefined, samlMetadata } });
    assert.deepEqual(made.inputs("aws:iam/samlProvider:SamlProvider"), {
      name: "apg-prod",
      samlMetadataDocument: samlMetadata,
      tags: { "apg:environment": "prod" },
    });
    assert.deepEqual(made.inputs("aws:ec2clientvpn/endpoint:Endpoint").authenticationOptions, [
      { type: "federated-authentication", samlProviderArn: `arn:aws:iam:${region}:${accountId}:samlprovider/made` },
    ]);
    assert.deepEqual(await refusedByAws(made.resources), []);
    assert.ok(!recording.resources.some(({ type }) => type === "aws:iam/samlProvider:SamlProvider"));
  });

  it("says where everything is", async () => {
    const { vpcId, cidr, publicSubnetIds, privateSubnetIds, dataSubnetIds, ...others } = recording.value;
    assert.deepEqual([await valueOf(vpcId), cidr, recording.value.zones], ["network-id", "10.20.0.0/16", zones]);
    const ids = await Promise.all(
      [publicSubnetIds, privateSubnetIds, dataSubnetIds].map((of) => Promise.all(of.map((id) => valueOf(id)))),
    );
    assert.deepEqual(
      ids,
      ["public", "private", "data"].map((tier) => zones.map((zone) => `network-${tier}-${zone}-id`)),
    );
    assert.equal(await valueOf(others.endpointSecurityGroupId), "network-endpoints-id");
    assert.equal(await valueOf(others.vpnSecurityGroupId!), "network-vpn-id");
  });
});
