// A stack's edge that obeys every rule.
import { goodGateway, host } from "./good-gateway.ts";
import { gatewayNamespace } from "./good-mesh.ts";
import { resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

/** How the engine writes a value that is not known yet. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const region = "eu-central-1";

/** A resource with inputs that come from others, and are not known yet. */
function derived(type: string, name: string, props: Json, sources: Record<string, FixtureResource>): FixtureResource {
  const propertyDependencies = Object.fromEntries(Object.entries(sources).map(([key, { urn }]) => [key, [urn]]));
  return { ...resource(type, name, props), propertyDependencies };
}

const balancer = resource("aws:lb/loadBalancer:LoadBalancer", "balancer", {
  name: "apg-test",
  region,
  loadBalancerType: "application",
  internal: false,
  subnets: [unknownText, unknownText, unknownText],
  dropInvalidHeaderFields: true,
  enableDeletionProtection: true,
});

const targets = resource("aws:lb/targetGroup:TargetGroup", "targets", {
  name: "apg-test-gateway",
  region,
  targetType: "ip",
  port: 10_443,
  protocol: "HTTPS",
  loadBalancingAlgorithmType: "least_outstanding_requests",
  loadBalancingCrossZoneEnabled: "true",
  deregistrationDelay: 30,
  healthCheck: { enabled: true, interval: 10, unhealthyThreshold: 2, matcher: "200" },
});

const proof = resource("aws:acm/certificate:Certificate", "balancer-certificate", { region, domainName: host });

const managed = (name: string): Json => ({
  name,
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
  overrideAction: { none: {} },
});

const firewall = resource("aws:wafv2/webAcl:WebAcl", "firewall", {
  name: "apg-test-edge",
  scope: "REGIONAL",
  region,
  defaultAction: { allow: {} },
  rules: [
    managed("AWSManagedRulesAntiDDoSRuleSet"),
    {
      name: "requests",
      statement: { rateBasedStatement: { limit: 2000, evaluationWindowSec: 300, aggregateKeyType: "IP" } },
      action: { block: { customResponse: { responseCode: 429 } } },
    },
    managed("AWSManagedRulesCommonRuleSet"),
    managed("AWSManagedRulesKnownBadInputsRuleSet"),
    managed("AWSManagedRulesAmazonIpReputationList"),
  ],
});

/** The names of one region: its own stack's. */
function record(name: string, of: string): FixtureResource {
  return derived(
    "aws:route53/record:Record",
    name,
    {
      zoneId: "Z1",
      name: host,
      type: "A",
      aliases: [{ name: unknownText, zoneId: unknownText, evaluateTargetHealth: true }],
      setIdentifier: of,
      latencyRoutingPolicies: [{ region: of }],
      healthCheckId: unknownText,
    },
    { aliases: balancer },
  );
}

const listener = { region, loadBalancerArn: unknownText };

export const goodEdge: readonly FixtureResource[] = [
  balancer,
  targets,
  proof,
  firewall,
  derived(
    "aws:lb/listener:Listener",
    "https",
    {
      ...listener,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
      certificateArn: unknownText,
      defaultActions: [{ type: "forward", targetGroupArn: unknownText }],
      routingHttpResponseStrictTransportSecurityHeaderValue: "max-age=63072000; includeSubDomains; preload",
    },
    { loadBalancerArn: balancer, certificateArn: proof, defaultActions: targets },
  ),
  derived(
    "aws:lb/listener:Listener",
    "http",
    {
      ...listener,
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    },
    { loadBalancerArn: balancer },
  ),
  derived(
    "elbv2.k8s.aws/v1beta1:TargetGroupBinding",
    "binding",
    {
      metadata: { name: "apg", namespace: gatewayNamespace },
      spec: { targetGroupARN: unknownText, targetType: "ip", serviceRef: { name: "apg", port: 443 } },
    },
    { spec: targets },
  ),
  derived(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "guard",
    { region, resourceArn: unknownText, webAclArn: unknownText },
    { resourceArn: balancer, webAclArn: firewall },
  ),
  derived(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "firewall-log",
    {
      region,
      resourceArn: unknownText,
      logDestinationConfigs: ["arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-apg-test"],
    },
    { resourceArn: firewall },
  ),
  derived(
    "aws:route53/record:Record",
    "proof-record",
    { zoneId: "Z1", name: unknownText, type: "CNAME", records: [unknownText], ttl: 300 },
    { name: proof, records: proof },
  ),
  record("record", region),
  record("record-elsewhere", "eu-west-1"),
  ...goodGateway,
];
