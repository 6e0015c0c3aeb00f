import * as pulumi from "@pulumi/pulumi";
import { Protection } from "@pulumi/aws/shield/protection.js";
import { WebAclAssociation } from "@pulumi/aws/wafv2/webAclAssociation.js";
import { globalRegion } from "../cloud/account.ts";
import { refuse } from "../validation.ts";
import { accessLogBucket } from "./access-log-bucket.ts";
import { edgeDefaults } from "./args.ts";
import type { EdgeArgs, GatewayReference } from "./args.ts";
import { balancerCertificate, publicRecords, zone } from "./dns.ts";
import { firewall } from "./firewall.ts";
import { declareGateway } from "./gateway.ts";
import { clusterIssuers } from "./issuers.ts";
import { keyBackup } from "./key-backup.ts";
import { balancer } from "./load-balancer.ts";
import { edgeNames, gatewayNames } from "./names.ts";
import { edgeProblems } from "./problems.ts";
import { targetBinding } from "./target-binding.ts";

/**
 * Where the world reaches an environment: names, certificates, a load balancer behind a web application firewall, and the
 * gateway that all capabilities' routes hang on (AUD-LB-01 to AUD-LB-06, CV-NET-03). A second region is a second stack with
 * the zone of the first. cert-manager, which proves the gateway's names, has its right to do so by `OperatorIdentities`: it is
 * there before cert-manager starts, and so before an edge is.
 */
export class Edge extends pulumi.ComponentResource {
  /** The gateway, for routes. */
  readonly gateway: GatewayReference;
  /** Zone of the domain, for a second region. */
  readonly zoneId: pulumi.Output<string>;
  /** Servers of the zone, to which its parent has to delegate the domain; undefined for a zone that was there. */
  readonly nameServers?: pulumi.Output<string[]>;
  /** AWS' own name of the load balancer. */
  readonly loadBalancerName: pulumi.Output<string>;
  /** ARN of the web access control list for distributions of CloudFront. */
  readonly deliveryWebAclArn: pulumi.Output<string>;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:edge:Edge", name, args, opts);
    refuse(name, edgeProblems(args));

    const { environment, account } = args;
    const { region } = account;
    const child = { parent: this };
    const protect = args.deletionProtection ?? edgeDefaults.deletionProtection;

    const { zoneId, nameServers } = zone(name, args, child);
    const logs = accessLogBucket(name, environment, account, protect, child);
    const declared = balancer(
      name,
      args,
      {
        certificateArn: balancerCertificate(name, args, zoneId, child),
        logBucket: logs.bucket,
        logsReady: [logs.ready],
      },
      child,
    );
    const { loadBalancer, targetGroup } = declared;

    const requests = firewall(name, args, { suffix: "edge", scope: "REGIONAL", region }, child);
    new WebAclAssociation(name, { region, resourceArn: loadBalancer.arn, webAclArn: requests.arn }, child);
    const delivery = firewall(
      `${name}-delivery`,
      args,
      { suffix: "delivery", scope: "CLOUDFRONT", region: globalRegion },
      child,
    );
    if (args.firewall?.shieldAdvanced ?? edgeDefaults.shieldAdvanced)
      new Protection(
        name,
        {
          name: edgeNames(environment).prefix,
          resourceArn: loadBalancer.arn,
          tags: { "apg:environment": environment },
        },
        child,
      );

    const issuers = clusterIssuers(name, args, zoneId, child);
    if (args.issuers.keyBackup !== undefined) keyBackup(name, environment, args.issuers.keyBackup, child);
    const { namespace, gateway } = declareGateway(name, args, issuers, child);
    targetBinding(name, environment, namespace, targetGroup.arn, { ...child, dependsOn: gateway });
    publicRecords(name, args, zoneId, declared, child);

    this.gateway = { name: gatewayNames.gateway, namespace, ...(args.gateway?.mesh && { mesh: true }) };
    this.zoneId = pulumi.output(zoneId);
    this.nameServers = nameServers;
    this.loadBalancerName = loadBalancer.dnsName;
    this.deliveryWebAclArn = delivery.arn;
    this.registerOutputs({
      gateway: this.gateway,
      zoneId: this.zoneId,
      nameServers: this.nameServers,
      loadBalancerName: this.loadBalancerName,
      deliveryWebAclArn: this.deliveryWebAclArn,
    });
  }
}
