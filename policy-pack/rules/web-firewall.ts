// Web firewalls: in front of everything public, with AWS' own rules and a limit per address, and writing down what they block.
import { stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { besideOf, namedOf } from "../lib/links.ts";
import { balancerTypes, publicBalancers } from "../lib/load-balancers.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { Value } from "../lib/value.ts";
import { managedRules } from "../limits.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { maxRequests, rateWindowSeconds, tooManyRequests } = thresholds.edge;
const acl = "aws:wafv2/webAcl:WebAcl";
const aclRule = "aws:wafv2/webAclRule:WebAclRule";
const association = "aws:wafv2/webAclAssociation:WebAclAssociation";
const logging = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const protection = "aws:shield/protection:Protection";

const firewalls = (stack: PlannedStack) => stack.ofType(acl);

/** The rules of a firewall: in it, as resources or as JSON, and declared beside it. */
function rulesIn(firewall: CloudResource, stack: PlannedStack): Value[] {
  const { props } = firewall;
  const beside = besideOf(stack, firewall, namedOf(stack, acl), "webAclArn", aclRule);
  return [...props.get("rules").list(), ...jsonRules(props.get("ruleJson")), ...beside.map((rule) => rule.props)];
}

/** Rules as AWS' own API writes them: the same, with names that begin with a capital. */
function jsonRules(json: Value): Value[] {
  const text = json.string();
  if (text === undefined) return [];
  json.parsed();
  const lowered: unknown = JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, each]) => [`${key[0]?.toLowerCase()}${key.slice(1)}`, each]),
        )
      : value,
  );
  return new Value(json.resource, json.path, lowered).list();
}

export const balancersHaveAFirewall = stackRule<CloudResource>({
  name: "public-load-balancers-have-a-firewall",
  decides: ["CV-NET-03", "AUD-LB-06"],
  severity: "critical",
  description: "A web ACL stands before every load balancer that the internet reaches.",
  fix: "Declare a WebAclAssociation with resourceArn of the load balancer and webAclArn of a web ACL.",
  subjects: publicBalancers,
  check: (balancer, stack, complain) => {
    const own = besideOf(stack, balancer, namedOf(stack, ...balancerTypes), "resourceArn", association);
    if (own.length === 0)
      complain(`${balancer.title} has no firewall: declare a WebAclAssociation that names it and a WebAcl.`);
  },
});

export const firewallsKnowThreats = stackRule<CloudResource>({
  name: "firewalls-know-common-threats",
  decides: ["CV-NET-03"],
  severity: "high",
  description: `Every web ACL blocks what ${managedRules.threats.join(", ")} and ${managedRules.flood} find.`,
  fix: "Add a rule with managedRuleGroupStatement for each, and overrideAction none; or a Protection of Shield in place of the last.",
  subjects: firewalls,
  check: (firewall, stack, complain) => {
    const groups = rulesIn(firewall, stack).filter((rule) => rule.at("statement.managedRuleGroupStatement").isGiven);
    const nameOf = (rule: Value) => rule.at("statement.managedRuleGroupStatement.name").string() ?? "";
    const names = groups.map(nameOf);
    const missing: string[] = managedRules.threats.filter((name) => !names.includes(name));
    if (!names.includes(managedRules.flood) && stack.ofType(protection).length === 0) missing.push(managedRules.flood);
    if (missing.length > 0) complain(`${firewall.title} lacks ${missing.join(", ")}: add a rule for each.`);
    for (const rule of groups.filter((each) => each.at("overrideAction.count").isGiven))
      complain(`${firewall.title} only counts what ${nameOf(rule)} finds: set its overrideAction to none.`);
  },
});

export const firewallsLimitRequests = stackRule<CloudResource>({
  name: "firewalls-limit-requests",
  decides: ["AUD-LB-06"],
  severity: "high",
  description: `Every web ACL refuses an address with more than ${maxRequests} requests in ${rateWindowSeconds} seconds, by status ${tooManyRequests}.`,
  fix:
    `Add a rule with rateBasedStatement, aggregateKeyType IP, limit at most ${maxRequests}, and action.block.customResponse.` +
    `responseCode ${tooManyRequests}.`,
  subjects: firewalls,
  check: (firewall, stack, complain) => {
    const rules = rulesIn(firewall, stack).filter((rule) => rule.at("statement.rateBasedStatement").isGiven);
    const limits = rules.filter((rule) => isForAll(rule.at("statement.rateBasedStatement")));
    if (limits.length === 0) {
      complain(
        `${firewall.title} takes any number of requests from an address: add a rule with a rateBasedStatement of at most ` +
          `${maxRequests} in ${rateWindowSeconds} seconds.`,
      );
    } else if (!limits.some(refuses))
      complain(
        `${firewall.title} does not say what is wrong to who asks too much: block with customResponse.responseCode ${tooManyRequests}.`,
      );
  },
});

function isForAll(statement: Value): boolean {
  const window = statement.get("evaluationWindowSec").number() ?? rateWindowSeconds;
  const limit = statement.get("limit").number() ?? Infinity;
  const key = statement.get("aggregateKeyType").string() ?? "IP";
  const few = (limit * rateWindowSeconds) / window <= maxRequests;
  return few && ["IP", "FORWARDED_IP"].includes(key) && !statement.get("scopeDownStatement").isGiven;
}

function refuses(rule: Value): boolean {
  return rule.at("action.block.customResponse.responseCode").number() === tooManyRequests;
}

export const firewallsLog = stackRule<CloudResource>({
  name: "firewalls-log-what-they-block",
  decides: ["CV-NET-03"],
  severity: "medium",
  description: "Every web ACL writes down what it blocks.",
  fix: "Declare a WebAclLoggingConfiguration with resourceArn of the web ACL and a log group in logDestinationConfigs.",
  subjects: firewalls,
  check: (firewall, stack, complain) => {
    const own = besideOf(stack, firewall, namedOf(stack, acl), "resourceArn", logging);
    if (own.length === 0)
      complain(`${firewall.title} blocks without a trace: declare a WebAclLoggingConfiguration that names it.`);
    for (const { title } of own.filter((each) => dropsBlocked(each.props)))
      complain(`${title} leaves out what ${firewall.title} blocks: keep BLOCK in its loggingFilter.`);
  },
});

/** Whether the filter throws away requests that were blocked. */
function dropsBlocked(props: Value): boolean {
  const filter = props.get("loggingFilter");
  if (!filter.isGiven) return false;
  const filters = filter.get("filters").list();
  const keeps = (behaviour: string) =>
    filters.some(
      (each) =>
        each.get("behavior").string() === behaviour &&
        each
          .get("conditions")
          .list()
          .some((condition) => condition.at("actionCondition.action").string() === "BLOCK"),
    );
  return filter.get("defaultBehavior").string() === "DROP" ? !keeps("KEEP") : keeps("DROP");
}
