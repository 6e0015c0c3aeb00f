import type * as pulumi from "@pulumi/pulumi";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import { HealthCheck } from "@pulumi/aws/route53/healthCheck.js";
import { Record } from "@pulumi/aws/route53/record.js";
import { Zone } from "@pulumi/aws/route53/zone.js";
import { thresholds } from "../../checklist/thresholds.ts";
import { provedCertificate } from "../cloud/certificate.ts";
import { edgeDefaults } from "./args.ts";
import type { EdgeArgs } from "./args.ts";
import type { Balancer } from "./load-balancer.ts";
import { edgeNames } from "./names.ts";

const ttl = thresholds.edge.maxTtlSeconds;

/** Authorities of AWS' own certificates, as CAA records name them. */
const amazonDomains = ["amazon.com", "amazontrust.com"];

/** The zone of a domain. */
export interface DomainZone {
  /** Its identifier. */
  zoneId: pulumi.Input<string>;
  /** Its servers; undefined for a zone that was there. */
  nameServers: pulumi.Output<string[]> | undefined;
}

/** The domain's zone, made or given, and in it who may sign for the domain. */
export function zone(name: string, args: EdgeArgs, opts: pulumi.CustomResourceOptions): DomainZone {
  const { domain, environment, dns = {}, issuers } = args;
  const protect = args.deletionProtection ?? edgeDefaults.deletionProtection;
  const made =
    dns.zoneId === undefined
      ? new Zone(
          name,
          {
            name: domain,
            comment: `Names of ${environment}`,
            forceDestroy: false,
            tags: { "apg:environment": environment },
          },
          { ...opts, protect },
        )
      : undefined;
  const zoneId = made?.zoneId ?? dns.zoneId!;
  if (dns.caa ?? made !== undefined) {
    const { primary = edgeDefaults.primary, backup } = issuers;
    const allowed = [...new Set([...amazonDomains, primary.caaDomain, backup.caaDomain])];
    new Record(
      `${name}-caa`,
      { zoneId, name: domain, type: "CAA", ttl, records: allowed.map((authority) => `0 issue "${authority}"`) },
      opts,
    );
  }
  return { zoneId, nameServers: made?.nameServers };
}

/** The load balancer's certificate, for every name (CV-TLS-01). */
export function balancerCertificate(
  name: string,
  { hosts, environment, account }: EdgeArgs,
  zoneId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const planned = { region: account.region, names: hosts, zoneId, tags: { "apg:environment": environment } };
  return provedCertificate(name, planned, opts);
}

/**
 * Declares the names' records: each leads to the nearest region that is well (AUD-LB-05, CV-CUT-01). An alias lives for 60 seconds; DNSSEC is a matter of the zone's owner and not declared.
 */
export function publicRecords(
  name: string,
  args: EdgeArgs,
  zoneId: pulumi.Input<string>,
  { loadBalancer, targetGroup }: Balancer,
  opts: pulumi.CustomResourceOptions,
): void {
  const { region } = args.account;
  const aliases = [{ name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: true }];
  const healthCheckId = regionHealth(name, args, { loadBalancer, targetGroup }, opts);
  for (const host of args.hosts)
    new Record(
      `${name}-${host}`,
      {
        zoneId,
        name: host,
        type: "A",
        aliases,
        setIdentifier: region,
        latencyRoutingPolicies: [{ region }],
        healthCheckId,
      },
      opts,
    );
}

/**
 * A region is well when its load balancer can be reached and has healthy targets. Route 53 speaks TLS up to 1.2, which the
 * load balancer refuses, so a check over HTTPS would never pass: reaching the port is one check, and the load balancer's own
 * view of the gateway, which it asks over HTTPS every few seconds, the other.
 */
function regionHealth(
  name: string,
  args: EdgeArgs,
  { loadBalancer, targetGroup }: Balancer,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const tags = { "apg:environment": args.environment };
  const alarm = healthyTargetsAlarm(name, args, loadBalancer, targetGroup.arnSuffix, opts);
  const reachable = new HealthCheck(
    `${name}-reachable`,
    { type: "TCP", fqdn: loadBalancer.dnsName, port: 443, requestInterval: 10, failureThreshold: 3, tags },
    opts,
  );
  const targets = new HealthCheck(
    `${name}-targets`,
    {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: alarm.name,
      cloudwatchAlarmRegion: args.account.region,
      insufficientDataHealthStatus: "LastKnownStatus",
      tags,
    },
    opts,
  );
  return new HealthCheck(
    name,
    { type: "CALCULATED", childHealthchecks: [reachable.id, targets.id], childHealthThreshold: 2, tags },
    opts,
  ).id;
}

function healthyTargetsAlarm(
  name: string,
  args: EdgeArgs,
  loadBalancer: LoadBalancer,
  targetGroupSuffix: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): MetricAlarm {
  const { environment, alarmTopicArn } = args;
  const actions = alarmTopicArn === undefined ? [] : [alarmTopicArn];
  return new MetricAlarm(
    `${name}-targets`,
    {
      name: `${edgeNames(environment).prefix}-edge-targets`,
      region: args.account.region,
      alarmDescription: `No pod of the gateway of ${environment} answers the load balancer.`,
      namespace: "AWS/ApplicationELB",
      metricName: "HealthyHostCount",
      dimensions: { LoadBalancer: loadBalancer.arnSuffix, TargetGroup: targetGroupSuffix },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: actions,
      okActions: actions,
      tags: { "apg:environment": environment },
    },
    opts,
  );
}
