import assert from "node:assert/strict";
import { record } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import type { Edge } from "../../../../components/edge/edge.ts";
import { edge, region, state } from "./fixtures.ts";

interface RuleInputs {
  name: string;
  priority: number;
  action?: unknown;
  overrideAction?: unknown;
  statement: { rateBasedStatement?: unknown; managedRuleGroupStatement?: Record<string, unknown> };
}

const acl = "aws:wafv2/webAcl:WebAcl";

describe("Edge's firewall", () => {
  let recording: Recording<Edge>;
  before(async () => {
    recording = await record(() => edge(), state);
  });
  const rules = (name: string, of = recording) => of.inputs(acl, name)["rules"] as RuleInputs[];

  it("has one list for load balancers of the region, and one for distributions, with the same rules", () => {
    const place = (name: string) => {
      const { scope, region: where, name: called } = recording.inputs(acl, name);
      return [called, scope, where];
    };
    assert.deepEqual(place("edge"), ["apg-prod-edge", "REGIONAL", region]);
    assert.deepEqual(place("edge-delivery"), ["apg-prod-delivery", "CLOUDFRONT", "us-east-1"]);
    assert.deepEqual(rules("edge"), rules("edge-delivery"));
    const { resourceArn, webAclArn } = recording.inputs("aws:wafv2/webAclAssociation:WebAclAssociation");
    assert.deepEqual(
      [resourceArn, webAclArn],
      ["arn:aws:lb:eu-central-1:123456789012:loadbalancer/made", "arn:aws:wafv2:eu-central-1:123456789012:webacl/made"],
    );
  });

  it("asks AWS' groups, and blocks floods of one address with 429", () => {
    assert.deepEqual(
      rules("edge").map(({ name, priority, overrideAction }) => [name, priority, overrideAction]),
      [
        ["AWSManagedRulesAntiDDoSRuleSet", 0, { none: {} }],
        ["requests-per-address", 1, undefined],
        ["AWSManagedRulesAmazonIpReputationList", 2, { none: {} }],
        ["AWSManagedRulesCommonRuleSet", 3, { none: {} }],
        ["AWSManagedRulesKnownBadInputsRuleSet", 4, { none: {} }],
      ],
    );
    const [flood, rate, , common] = rules("edge");
    assert.deepEqual(rate!.statement, {
      rateBasedStatement: { limit: 2000, evaluationWindowSec: 300, aggregateKeyType: "IP" },
    });
    assert.deepEqual(rate!.action, { block: { customResponse: { responseCode: 429 } } });
    assert.deepEqual(flood!.statement.managedRuleGroupStatement!["managedRuleGroupConfigs"], [
      {
        awsManagedRulesAntiDdosRuleSet: {
          clientSideActionConfig: { challenge: { usageOfAction: "DISABLED" } },
          sensitivityToBlock: "LOW",
        },
      },
    ]);
    assert.deepEqual(common!.statement.managedRuleGroupStatement!["ruleActionOverrides"], [
      { name: "SizeRestrictions_BODY", actionToUse: { count: {} } },
    ]);
  });

  it("logs without secrets, encrypted, into groups that only this account's lists write to", () => {
    for (const [name, of, where] of [
      ["edge", "apg-prod-edge", region],
      ["edge-delivery", "apg-prod-delivery", "us-east-1"],
    ] as const) {
      const arn = `arn:aws:logs:${where}:123456789012:log-group:aws-waf-logs-${of}`;
      const logging = recording.inputs("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", name);
      assert.deepEqual(logging["logDestinationConfigs"], [arn]);
      assert.deepEqual(logging["redactedFields"], [
        { singleHeader: { name: "authorization" } },
        { singleHeader: { name: "cookie" } },
      ]);
      const group = recording.inputs("aws:cloudwatch/logGroup:LogGroup", `${name}-logs`);
      assert.equal(group["name"], `aws-waf-logs-${of}`);
      assert.equal(group["kmsKeyId"], "arn:aws:kms:eu-central-1:123456789012:key/made");
      const document = recording.inputs("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", `${name}-logs`);
      const { Statement } = JSON.parse(document["policyDocument"] as string) as { Statement: unknown[] };
      assert.deepEqual(Statement, [
        {
          Sid: "Deliver",
          Effect: "Allow",
          Principal: { Service: "delivery.logs.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `${arn}:*`,
          Condition: {
            StringEquals: { "aws:SourceAccount": "123456789012" },
            ArnLike: { "aws:SourceArn": `arn:aws:logs:${where}:123456789012:*` },
          },
        },
      ]);
    }
  });

  it("takes a lower limit, and Shield Advanced where the account subscribes to it", async () => {
    const strict = await record(() => edge({ firewall: { requestsPerFiveMinutes: 500, shieldAdvanced: true } }), state);
    const rate = rules("edge", strict)[1]!.statement.rateBasedStatement as { limit: number };
    assert.equal(rate.limit, 500);
    assert.equal(
      strict.inputs("aws:shield/protection:Protection")["resourceArn"],
      "arn:aws:lb:eu-central-1:123456789012:loadbalancer/made",
    );
    assert.ok(!recording.resources.some(({ type }) => type === "aws:shield/protection:Protection"));
  });
});
