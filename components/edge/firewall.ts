import type * as pulumi from "@pulumi/pulumi";
import { LogResourcePolicy } from "@pulumi/aws/cloudwatch/logResourcePolicy.js";
import { WebAcl } from "@pulumi/aws/wafv2/webAcl.js";
import { WebAclLoggingConfiguration } from "@pulumi/aws/wafv2/webAclLoggingConfiguration.js";
import { customerKey } from "../cloud/keys.ts";
import { encryptedLogGroup, logGroupArn, logsKeyStatement } from "../cloud/log-groups.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import type { Statement } from "../cloud/policy-document.ts";
import { edgeDefaults } from "./args.ts";
import type { EdgeArgs } from "./args.ts";
import { firewallRules, visibility } from "./firewall-rules.ts";
import { edgeNames } from "./names.ts";

/** What a web access control list guards. */
export interface FirewallPlace {
  /** What it is called after the environment. */
  suffix: string;
  /** REGIONAL for load balancers, CLOUDFRONT for distributions. */
  scope: string;
  /** Region of the list; CloudFront's are in us-east-1 alone. */
  region: string;
}

/** Declares a web access control list that logs what it does, without the secrets of requests (CV-NET-03). */
export function firewall(
  name: string,
  args: EdgeArgs,
  { suffix, scope, region }: FirewallPlace,
  opts: pulumi.CustomResourceOptions,
): WebAcl {
  const { environment } = args;
  const { accountId, administrators, readers = [] } = args.account;
  const protect = args.deletionProtection ?? edgeDefaults.deletionProtection;
  const of = `${edgeNames(environment).prefix}-${suffix}`;
  const tags = { "apg:environment": environment };
  // The firewall writes into groups of this beginning alone.
  const logs = `aws-waf-logs-${of}`;
  const logsArn = logGroupArn(region, accountId, logs);
  const logTags = { ...tags, "data-class": "confidential" };

  const list = new WebAcl(
    name,
    {
      name: of,
      description: `Requests to ${of}`,
      scope,
      region,
      defaultAction: { allow: {} },
      rules: firewallRules(args.firewall?.requestsPerFiveMinutes ?? edgeDefaults.requestsPerFiveMinutes),
      visibilityConfig: visibility(of),
      tags,
    },
    opts,
  );
  const key = customerKey(
    `${name}-logs`,
    {
      alias: `${of}-logs`,
      region,
      description: `Logs of the web application firewall of ${of}.`,
      administrators,
      via: "logs",
      users: [],
      readers,
      services: [logsKeyStatement(region, accountId, [logs])],
      tags: logTags,
    },
    { ...opts, protect },
  );
  const group = encryptedLogGroup(
    `${name}-logs`,
    { group: logs, region, kmsKeyArn: key.arn, tags: logTags },
    { ...opts, protect },
  );
  const policy = new LogResourcePolicy(
    `${name}-logs`,
    {
      policyName: logs,
      region,
      policyDocument: policyDocument([deliveryStatement(region, accountId, logsArn)]),
    },
    opts,
  );
  new WebAclLoggingConfiguration(
    name,
    {
      region,
      resourceArn: list.arn,
      logDestinationConfigs: [logsArn],
      redactedFields: ["authorization", "cookie"].map((header) => ({ singleHeader: { name: header } })),
    },
    { ...opts, dependsOn: [group, policy] },
  );
  return list;
}

/** Lets AWS write what lists of this account log. */
function deliveryStatement(region: string, accountId: string, logsArn: string): Statement {
  return {
    Sid: "Deliver",
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${logsArn}:*`,
    Condition: {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": `arn:aws:logs:${region}:${accountId}:*` },
    },
  };
}
