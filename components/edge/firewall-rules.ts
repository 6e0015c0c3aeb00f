import type { input as aws } from "@pulumi/aws/types/index.js";
import { deepFrozen, thresholds } from "../../checklist/thresholds.ts";

/** AWS' groups of rules, in the order in which they are asked, after the one against floods. */
const managedGroups: readonly string[] = deepFrozen([
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesCommonRuleSet",
  "AWSManagedRulesKnownBadInputsRuleSet",
]);

/** Rules of a web access control list, the cheapest and widest first (CV-NET-03, AUD-LB-06). */
export function firewallRules(requestsPerFiveMinutes: number): aws.wafv2.WebAclRule[] {
  return [
    antiDdos(0),
    {
      name: "requests-per-address",
      priority: 1,
      statement: {
        rateBasedStatement: {
          limit: requestsPerFiveMinutes,
          evaluationWindowSec: thresholds.edge.rateWindowSeconds,
          aggregateKeyType: "IP",
        },
      },
      action: { block: { customResponse: { responseCode: thresholds.edge.tooManyRequests } } },
      visibilityConfig: visibility("requests-per-address"),
    },
    ...managedGroups.map((group, at) => managedGroup(group, 2 + at)),
  ];
}

/** What of a rule or a list is counted and kept as samples. */
export function visibility(metricName: string): aws.wafv2.WebAclVisibilityConfig {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

/** The group against floods blocks what is clearly one, and asks nobody for a challenge, which programs cannot answer. */
function antiDdos(priority: number): aws.wafv2.WebAclRule {
  const rule = managedGroup("AWSManagedRulesAntiDDoSRuleSet", priority);
  const antiDdosConfig = {
    awsManagedRulesAntiDdosRuleSet: {
      clientSideActionConfig: { challenge: { usageOfAction: "DISABLED" } },
      sensitivityToBlock: "LOW",
    },
  };
  return {
    ...rule,
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: "AWSManagedRulesAntiDDoSRuleSet",
        managedRuleGroupConfigs: [antiDdosConfig],
      },
    },
  };
}

function managedGroup(name: string, priority: number): aws.wafv2.WebAclRule {
  // It would refuse every body above 8 KiB, so any picture and any recording; the gateway limits requests instead.
  const counted = name === "AWSManagedRulesCommonRuleSet" ? ["SizeRestrictions_BODY"] : [];
  return {
    name,
    priority,
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ...(counted.length > 0 && {
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        }),
      },
    },
    overrideAction: { none: {} },
    visibilityConfig: visibility(name),
  };
}
