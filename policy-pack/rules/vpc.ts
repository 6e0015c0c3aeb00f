// Networks on AWS: three tiers over three zones, no way in from the world but by the load balancer, every flow recorded.
import { billionths } from "../../checklist/quantity.ts";
import { thresholds } from "../../checklist/thresholds.ts";
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { clusterType } from "../lib/eks.ts";
import { besideOf, linkOf, Named, sourcesAmong } from "../lib/links.ts";
import { balancerTypes, classicTypes } from "../lib/load-balancers.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import type { Value } from "../lib/value.ts";
import { isPublic, subnetsIn, subnetsOf, tierOf, vpcsOf, zonesOf } from "../lib/vpc.ts";
import { balancerPurposes, networkTiers, shortestPrefix } from "../limits.ts";

const { minZones } = thresholds.cluster;
const { flowLogSeconds } = thresholds.network;

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ruleType = "aws:ec2/securityGroupRule:SecurityGroupRule";
const webPorts = [80, 443];

export const groupsAreClosed = stackRule<CloudResource>({
  name: "security-groups-are-closed-to-the-world",
  decides: ["CV-NET-01"],
  severity: "critical",
  description: "Nothing is open to the world but ports 443 and 80 of the load balancer's security group.",
  fix: "Name the networks or the security group that may connect.",
  subjects: (stack) => stack.ofType(ingressType, ruleType),
  check: (rule, stack, complain) => {
    const { title, props, type } = rule;
    if (type === ruleType && props.get("type").string() !== "ingress") return notConcerned;
    const blocks =
      type === ruleType
        ? listsOf(props, "cidrBlocks", "ipv6CidrBlocks")
        : [props.get("cidrIpv4"), props.get("cidrIpv6")];
    const open = blocks
      .filter((block) => block.isGiven)
      .map((block) => block.string() ?? "")
      .filter(isWorld);
    if (open.length === 0) return undefined;
    const protocol = props.get(type === ruleType ? "protocol" : "ipProtocol").scalar();
    const ports = [props.get("fromPort").number(), props.get("toPort").number()];
    const web = protocol === "tcp" && ports[0] === ports[1] && webPorts.includes(ports[0] ?? -1);
    if (!web) complain(`${title} opens more than ports 443 and 80 to ${open.join(", ")}: name who may connect.`);
    else if (!isOfBalancer(stack, rule))
      complain(
        `${title} opens port ${ports[0]} to ${open.join(", ")} of what is no load balancer: name who may connect.`,
      );
    return undefined;
  },
});

function listsOf(props: Value, ...keys: string[]): Value[] {
  return keys.flatMap((key) => props.get(key).list());
}

/** Everybody's addresses, also when they are cut into halves. */
function isWorld(block: string): boolean {
  const prefix = Number(block.split("/")[1] ?? Infinity);
  return prefix < (block.includes(":") ? shortestPrefix.ipv6 : shortestPrefix.ipv4);
}

function isOfBalancer(stack: PlannedStack, rule: CloudResource): boolean {
  const groups = stack.ofType(groupType).map((cloud) => new Named(cloud));
  const group = linkOf(rule, "securityGroupId", groups);
  if (group === undefined || group === "none") return false;
  if (balancerPurposes.includes(group.cloud.tag("apg:purpose") ?? "")) return true;
  return stack
    .ofType(...balancerTypes, ...classicTypes)
    .some((each) => sourcesAmong(each, "securityGroups", [group]).length > 0);
}

export const groupsHaveNoInlineRules = cloudRule({
  name: "security-groups-have-their-rules-apart",
  decides: ["CV-NET-01"],
  severity: "medium",
  description: "Who may connect is said by rules apart from the security group, each with a description.",
  fix: "Move ingress into SecurityGroupIngressRule.",
  types: [groupType],
  check: ({ title, props }, complain) => {
    if (props.get("ingress").list().length > 0)
      complain(`${title} has rules within: declare each as a SecurityGroupIngressRule.`);
  },
});

export const defaultGroupsAreEmpty = stackRule<Named>({
  name: "default-security-groups-are-empty",
  decides: ["CV-NET-01"],
  severity: "high",
  description: "The default security group of every network lets nothing in and nothing out.",
  fix: "Declare a DefaultSecurityGroup for the network, without ingress and egress.",
  subjects: vpcsOf,
  check: (vpc, stack, complain) => {
    const groups = besideOf(stack, vpc, vpcsOf(stack), "vpcId", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    if (groups.length === 0)
      complain(`${vpc.title} has a default security group that lets all in it talk: declare a DefaultSecurityGroup.`);
    for (const { title, props } of groups) {
      if (listsOf(props, "ingress", "egress").length > 0)
        complain(`${title} of ${vpc.title} has rules: remove ingress and egress.`);
    }
  },
});

export const networksHaveTiers = stackRule<Named>({
  name: "networks-have-three-zones-in-each-tier",
  decides: ["CV-NET-02"],
  severity: "high",
  description: `Every network has subnets for ${networkTiers.join(", ")} in ${minZones} zones each, and only public ones give addresses.`,
  fix: `Tag each Subnet with apg:tier ${networkTiers.join(", ")}, and declare ${minZones} of each in different zones.`,
  subjects: vpcsOf,
  check: (vpc, stack, complain) => {
    const all = subnetsOf(stack).filter(({ cloud }) => {
      const of = linkOf(cloud, "vpcId", vpcsOf(stack));
      return of !== "none" && of?.resource === vpc.resource;
    });
    for (const tier of networkTiers) {
      const subnets = all.filter((subnet) => tierOf(subnet) === tier);
      const found = zonesOf(subnets).size;
      if (found < minZones)
        complain(`${vpc.title} has subnets of the tier ${tier} in ${found} zones: declare ${minZones}.`);
      if (tier !== "public") judgeClosed(stack, subnets, complain);
    }
    for (const { title } of all.filter((subnet) => !networkTiers.includes(tierOf(subnet) ?? "")))
      complain(`${title} does not say what it is for: set the tag apg:tier to one of ${networkTiers.join(", ")}.`);
  },
});

function judgeClosed(stack: PlannedStack, subnets: readonly Named[], complain: Complain): void {
  for (const subnet of subnets.filter((each) => isPublic(stack, each)))
    complain(
      `${subnet.title} of the tier ${tierOf(subnet)} is reached from the internet: set mapPublicIpOnLaunch to false, and route it by a NAT gateway.`,
    );
}

export const clustersAreInPrivateSubnets = stackRule<CloudResource>({
  name: "clusters-are-in-private-subnets",
  decides: ["CV-NET-02"],
  severity: "high",
  description: `The control plane of every EKS cluster is in private subnets of ${minZones} zones.`,
  fix: "Set vpcConfig.subnetIds to the private subnets of all zones.",
  subjects: (stack) => stack.ofType(clusterType),
  check: (cluster, stack, complain) => {
    const subnets = subnetsIn(stack, cluster, "vpcConfig", "vpcConfig.subnetIds");
    const found = zonesOf(subnets).size;
    if (found < minZones) complain(`${cluster.title} is in ${found} zones: give it subnets of ${minZones}.`);
    for (const subnet of subnets.filter((each) => isPublic(stack, each)))
      complain(`${cluster.title} is in ${subnet.title}, which the internet reaches: give it private subnets alone.`);
  },
});

export const flowsAreRecorded = stackRule<Named>({
  name: "networks-record-their-flows",
  decides: [],
  contributesTo: ["CV-NET-07"],
  severity: "high",
  description: `Every network records all its flows, each ${flowLogSeconds} seconds.`,
  fix: `Declare a FlowLog with the network's vpcId, trafficType ALL and maxAggregationInterval ${flowLogSeconds}.`,
  subjects: vpcsOf,
  check: (vpc, stack, complain) => {
    const logs = besideOf(stack, vpc, vpcsOf(stack), "vpcId", "aws:ec2/flowLog:FlowLog");
    if (logs.length === 0) complain(`${vpc.title} does not record its flows: declare a FlowLog for it.`);
    for (const { title, props } of logs) {
      if (props.get("trafficType").string() !== "ALL")
        complain(`${title} of ${vpc.title} leaves flows out: set trafficType to ALL.`);
      if ((props.get("maxAggregationInterval").number() ?? 600) > flowLogSeconds)
        complain(`${title} of ${vpc.title} sums up minutes: set maxAggregationInterval to ${flowLogSeconds}.`);
      if (!props.get("logDestination").isGiven)
        complain(`${title} of ${vpc.title} writes nowhere: set logDestination.`);
    }
  },
});

export const networksHaveNoPeersElsewhere = stackRule<CloudResource>({
  name: "networks-have-no-peers-of-other-environments",
  decides: ["CV-NET-02"],
  severity: "critical",
  description: "A network is connected with networks of its own environment alone.",
  fix: "Remove the peering, or declare both networks in one stack with the same tag apg:environment.",
  subjects: (stack) => stack.ofType("aws:ec2/vpcPeeringConnection:VpcPeeringConnection"),
  check: (peering, stack, complain) => {
    const vpcs = vpcsOf(stack);
    const environments = ["vpcId", "peerVpcId"].map((property) => {
      const vpc = linkOf(peering, property, vpcs);
      return vpc === undefined || vpc === "none" ? undefined : vpc.cloud.tag("apg:environment");
    });
    if (environments[1] === undefined || environments[0] !== environments[1])
      complain(`${peering.title} connects with a network that is not known to be of the same environment: remove it.`);
  },
});

const { requiredEndpoints } = thresholds.network;

export const networksReachAwsPrivately = stackRule<Named>({
  name: "networks-reach-aws-without-the-internet",
  decides: ["CV-SECRET-04"],
  severity: "high",
  description: `Every network has endpoints of its own for AWS' services s3, ${requiredEndpoints.join(", ")}.`,
  fix: "Declare a VpcEndpoint for each, of type Interface with privateDnsEnabled true; for s3 of type Gateway.",
  subjects: vpcsOf,
  check: (vpc, stack, complain) => {
    const endpoints = besideOf(stack, vpc, vpcsOf(stack), "vpcId", "aws:ec2/vpcEndpoint:VpcEndpoint");
    const services = endpoints.map(({ props }) => props.get("serviceName").string() ?? "");
    const has = (name: string) => services.some((service) => service.endsWith(`.${name}`));
    const missing = ["s3", ...requiredEndpoints].filter((name) => !has(name));
    if (missing.length > 0)
      complain(`${vpc.title} reaches ${missing.join(", ")} by the internet: declare a VpcEndpoint for each.`);
    for (const { title, props } of endpoints) {
      if (props.get("vpcEndpointType").string() === "Interface" && props.get("privateDnsEnabled").boolean() !== true)
        complain(`${title} of ${vpc.title} is not found by the service's name: set privateDnsEnabled to true.`);
    }
  },
});

/** What AWS keeps of each subnet for itself. */
const keptAddresses = 5;

export const networksHaveRoomForPods = stackRule<Named>({
  name: "networks-have-room-for-their-pods",
  decides: [],
  contributesTo: ["CV-SCALE-08"],
  severity: "medium",
  description:
    "The private subnets of a network have an address for every pod that NodePools could run at their limits.",
  fix: "Give the private subnets larger blocks, or lower spec.limits.cpu of the NodePools.",
  subjects: (stack) => (stack.ofKind("NodePool").length === 0 ? [] : vpcsOf(stack)),
  check: (vpc, stack, complain) => {
    const smallest = billionths(thresholds.resources.requests.cpu)!;
    const limits = stack.ofKind("NodePool").map(({ spec }) => spec.at("limits.cpu").quantity() ?? 0n);
    const pods = Number(limits.reduce((sum, limit) => sum + limit, 0n) / smallest);
    const addresses = subnetsOf(stack)
      .filter((subnet) => {
        const of = linkOf(subnet.cloud, "vpcId", vpcsOf(stack));
        return of !== "none" && of?.resource === vpc.resource && tierOf(subnet) === "private";
      })
      .map(
        ({ cloud }) => 2 ** (32 - Number(cloud.props.get("cidrBlock").string()?.split("/")[1] ?? 32)) - keptAddresses,
      )
      .reduce((sum, each) => sum + Math.max(0, each), 0);
    if (addresses < pods)
      complain(
        `${vpc.title} has ${addresses} addresses for pods, and NodePools could run ${pods}: give its private subnets ` +
          "larger blocks.",
      );
  },
});
