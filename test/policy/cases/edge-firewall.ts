import { add, all, drop, find, set, unknownText, unset } from "../fixtures.ts";
import { resource } from "../good-stack.ts";
import type { RuleCases } from "./case.ts";
import { adrift } from "./edge-balancer.ts";
import { undecidable } from "./object-storage.ts";

const firewall = 'WebAcl "firewall"';
const rate = "rules.1.statement.rateBasedStatement";

export const firewallCases: RuleCases[] = [
  {
    rule: "public-load-balancers-have-a-firewall",
    of: "edge",
    bad: [
      {
        when: "there is no association",
        change: drop("guard"),
        on: "balancer",
        says: ['LoadBalancer "balancer" has no firewall: declare a WebAclAssociation that names it and a WebAcl.'],
      },
      {
        when: "nobody can say what is guarded",
        change: adrift("guard", "resourceArn"),
        on: "guard",
        says: [undecidable('WebAclAssociation "guard"', "resourceArn")],
      },
    ],
  },
  {
    rule: "firewalls-know-common-threats",
    of: "edge",
    good: [
      {
        when: "its rules are JSON",
        change: (stack) => {
          const { props } = find(stack, "firewall");
          const capital = (_key: string, value: unknown) =>
            typeof value === "object" && value !== null && !Array.isArray(value)
              ? Object.fromEntries(
                  Object.entries(value).map(([key, each]) => [key[0]!.toUpperCase() + key.slice(1), each]),
                )
              : value;
          props.ruleJson = JSON.stringify(props.rules, capital);
          delete props.rules;
        },
      },
      {
        when: "Shield protects from floods",
        change: all(
          unset("firewall", "rules.0"),
          add(resource("aws:shield/protection:Protection", "shield", { resourceArn: unknownText })),
        ),
      },
    ],
    bad: [
      {
        when: "two groups are missing",
        change: all(unset("firewall", "rules.4"), unset("firewall", "rules.0")),
        on: "firewall",
        says: [
          `${firewall} lacks AWSManagedRulesAmazonIpReputationList, AWSManagedRulesAntiDDoSRuleSet: add a rule for each.`,
        ],
      },
      {
        when: "one only counts",
        change: set("firewall", "rules.2.overrideAction", { count: {} }),
        on: "firewall",
        says: [`${firewall} only counts what AWSManagedRulesCommonRuleSet finds: set its overrideAction to none.`],
      },
    ],
  },
  {
    rule: "firewalls-limit-requests",
    of: "edge",
    good: [
      {
        when: "it is 400 a minute",
        change: all(set("firewall", `${rate}.limit`, 400), set("firewall", `${rate}.evaluationWindowSec`, 60)),
      },
    ],
    bad: [
      {
        when: "it is 2000 a minute",
        change: set("firewall", `${rate}.evaluationWindowSec`, 60),
        on: "firewall",
        says: [
          `${firewall} takes any number of requests from an address: add a rule with a rateBasedStatement of at most 2000 in 300 seconds.`,
        ],
      },
      {
        when: "it is for some requests alone",
        change: set("firewall", `${rate}.scopeDownStatement`, { geoMatchStatement: { countryCodes: ["DE"] } }),
        on: "firewall",
        says: [
          `${firewall} takes any number of requests from an address: add a rule with a rateBasedStatement of at most 2000 in 300 seconds.`,
        ],
      },
      {
        when: "the answer is 403",
        change: set("firewall", "rules.1.action", { block: {} }),
        on: "firewall",
        says: [
          `${firewall} does not say what is wrong to who asks too much: block with customResponse.responseCode 429.`,
        ],
      },
    ],
  },
  {
    rule: "firewalls-log-what-they-block",
    of: "edge",
    bad: [
      {
        when: "there is no log",
        change: drop("firewall-log"),
        on: "firewall",
        says: [`${firewall} blocks without a trace: declare a WebAclLoggingConfiguration that names it.`],
      },
      {
        when: "the log drops what is blocked",
        change: set("firewall-log", "loggingFilter", {
          defaultBehavior: "KEEP",
          filters: [
            { behavior: "DROP", requirement: "MEETS_ANY", conditions: [{ actionCondition: { action: "BLOCK" } }] },
          ],
        }),
        on: "firewall",
        says: [
          `WebAclLoggingConfiguration "firewall-log" leaves out what ${firewall} blocks: keep BLOCK in its loggingFilter.`,
        ],
      },
    ],
  },
];
