import type * as pulumi from "@pulumi/pulumi";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { Listener } from "@pulumi/aws/lb/listener.js";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";
import { edgeDefaults } from "./args.ts";
import type { EdgeArgs } from "./args.ts";
import { edgeNames, gatewayPorts } from "./names.ts";
import { listenerHeaders } from "./security-headers.ts";

/** What is particular to this load balancer. */
export interface BalancerParts {
  /** The certificate of its names, once it is valid. */
  certificateArn: pulumi.Input<string>;
  /** Bucket of its logs. */
  logBucket: string;
  /** What must be there before it writes logs. */
  logsReady: pulumi.Resource[];
}

/** The load balancer and what it sends requests to. */
export interface Balancer {
  /** The load balancer. */
  loadBalancer: LoadBalancer;
  /** The gateway's pods. */
  targetGroup: TargetGroup;
}

export const balancerDefaults = deepFrozen({
  /** Seconds without a byte after which a connection is closed; WebSockets have to say something more often. */
  idleTimeout: 300,
  deregistrationDelay: 30,
  healthCheck: { interval: 10, timeout: 5, healthyThreshold: 2 },
});

/** Declares the load balancer of an environment: TLS 1.3 alone from outside, and TLS again to the gateway (AUD-LB-01). */
export function balancer(
  name: string,
  args: EdgeArgs,
  { certificateArn, logBucket, logsReady }: BalancerParts,
  opts: pulumi.CustomResourceOptions,
): Balancer {
  const { environment, network } = args;
  const { region } = args.account;
  const { prefix, targetGroup: targetGroupName } = edgeNames(environment);
  const { edge } = thresholds;
  const protect = args.deletionProtection ?? edgeDefaults.deletionProtection;
  const tags = { "apg:environment": environment };

  const loadBalancer = new LoadBalancer(
    name,
    {
      name: prefix,
      region,
      loadBalancerType: "application",
      internal: false,
      ipAddressType: "ipv4",
      subnets: network.publicSubnetIds,
      securityGroups: [securityGroups(name, args, opts).id],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest",
      enableCrossZoneLoadBalancing: true,
      enableZonalShift: true,
      enableWafFailOpen: false,
      enableDeletionProtection: protect,
      preserveHostHeader: true,
      xffHeaderProcessingMode: "append",
      idleTimeout: balancerDefaults.idleTimeout,
      accessLogs: { enabled: true, bucket: logBucket },
      tags,
    },
    { ...opts, protect, dependsOn: logsReady },
  );
  const targetGroup = new TargetGroup(
    name,
    {
      name: targetGroupName,
      region,
      vpcId: network.vpcId,
      targetType: "ip",
      port: gatewayPorts.pod,
      protocol: "HTTPS",
      protocolVersion: "HTTP1",
      loadBalancingAlgorithmType: "least_outstanding_requests",
      loadBalancingCrossZoneEnabled: "true",
      deregistrationDelay: balancerDefaults.deregistrationDelay,
      healthCheck: {
        enabled: true,
        protocol: "HTTPS",
        port: "traffic-port",
        path: edgeDefaults.healthPath,
        matcher: edge.healthCheck.matcher,
        unhealthyThreshold: edge.healthCheck.unhealthyThreshold,
        ...balancerDefaults.healthCheck,
      },
      // The controller may register targets with groups of its cluster alone.
      tags: { ...tags, "elbv2.k8s.aws/cluster": args.clusterName },
    },
    opts,
  );
  const listener = { region, loadBalancerArn: loadBalancer.arn, tags };
  new Listener(
    `${name}-https`,
    {
      ...listener,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: edge.sslPolicy,
      certificateArn,
      defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
      ...listenerHeaders,
    },
    opts,
  );
  new Listener(
    `${name}-http`,
    {
      ...listener,
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    },
    opts,
  );
  return { loadBalancer, targetGroup };
}

/** The world may call the load balancer, and it the gateway's port of the nodes; nothing more (AUD-SEC-01). */
function securityGroups(name: string, args: EdgeArgs, opts: pulumi.CustomResourceOptions): SecurityGroup {
  const { environment, network } = args;
  const { region } = args.account;
  const tags = { "apg:environment": environment };
  const group = new SecurityGroup(
    name,
    {
      name: `${edgeNames(environment).prefix}-edge`,
      region,
      vpcId: network.vpcId,
      description: "Load balancer of the platform",
      tags,
    },
    opts,
  );
  const tcp = (port: number) => ({ region, ipProtocol: "tcp", fromPort: port, toPort: port, tags });
  for (const [suffix, port, description] of [
    ["https", 443, "HTTPS from anywhere"],
    ["http", 80, "HTTP from anywhere, answered by a redirection"],
  ] as const)
    new SecurityGroupIngressRule(
      `${name}-${suffix}`,
      { ...tcp(port), securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", description },
      opts,
    );
  new SecurityGroupEgressRule(
    `${name}-gateway`,
    {
      ...tcp(gatewayPorts.pod),
      securityGroupId: group.id,
      referencedSecurityGroupId: network.nodeSecurityGroupId,
      description: "To the gateway",
    },
    opts,
  );
  new SecurityGroupIngressRule(
    `${name}-gateway`,
    {
      ...tcp(gatewayPorts.pod),
      securityGroupId: network.nodeSecurityGroupId,
      referencedSecurityGroupId: group.id,
      description: "To the gateway, from the load balancer",
    },
    opts,
  );
  return group;
}
