// The names of what is public: they lead to what is planned, by way of the nearest region that is healthy.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { covers } from "../lib/certificates.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { sourcesAmong } from "../lib/links.ts";
import { balancerTypes, publicBalancers } from "../lib/load-balancers.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { isPublic, onlyRedirects } from "../lib/routes.ts";
import { Undecidable } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { maxTtlSeconds, minRegions } = thresholds.edge;
const record = "aws:route53/record:Record";
const cluster = "aws:eks/cluster:Cluster";
const distribution = "aws:cloudfront/distribution:Distribution";
const addresses: readonly string[] = ["A", "AAAA", "CNAME"];

/** Records that lead somewhere; those by which AWS checks who owns a name do not. */
function leading(stack: PlannedStack): CloudResource[] {
  const certificates = stack.ofType("aws:acm/certificate:Certificate");
  return stack.ofType(record).filter((each) => {
    if (sourcesAmong(each, "name", certificates).length > 0) return false;
    return addresses.includes(each.props.get("type").string() ?? "");
  });
}

/** The records that lead to a load balancer of the plan. */
function toBalancers(stack: PlannedStack): CloudResource[] {
  const balancers = stack.ofType(...balancerTypes);
  return leading(stack).filter((each) => sourcesAmong(each, "aliases", balancers).length > 0);
}

export const recordsLeadToThePlan = stackRule<CloudResource>({
  name: "records-lead-to-what-is-planned",
  decides: ["CV-CUT-01"],
  severity: "medium",
  description: `Every record of a public host is an alias of a planned load balancer or distribution, or lives at most ${maxTtlSeconds} seconds.`,
  fix: `Give the record aliases of the load balancer, or a ttl of at most ${maxTtlSeconds}.`,
  subjects: leading,
  check: (each, stack, complain) => {
    const { title, props } = each;
    const name = props.get("name");
    // Other names, such as those that prove who sends mail, are not of the edge.
    const concerned = isToThePlan(each, stack) || (name.isText && isHost(stack, name.string() ?? ""));
    if (!concerned) return notConcerned;
    if (props.get("aliases").isGiven) {
      if (!isPlanned(each, stack))
        complain(`${title} leads to nothing of this plan: take its aliases from a LoadBalancer or a Distribution.`);
      return undefined;
    }
    const ttl = props.get("ttl").number() ?? Infinity;
    if (!(ttl <= maxTtlSeconds))
      complain(`${title} is remembered for ${ttl} seconds: make it an alias, or set ttl to at most ${maxTtlSeconds}.`);
    return undefined;
  },
});

function isToThePlan(each: CloudResource, stack: PlannedStack): boolean {
  return sourcesAmong(each, "aliases", stack.ofType(...balancerTypes, distribution)).length > 0;
}

/** Whether an alias is of something planned, by itself or by way of another record. */
function isPlanned(each: CloudResource, stack: PlannedStack): boolean {
  if (isToThePlan(each, stack)) return true;
  // What came from somewhere else came from nothing of this plan.
  if (each.sourcesOf("aliases").length > 0) return false;
  const records = leading(stack).filter(({ resource }) => resource !== each.resource);
  const wanted = each.props
    .get("aliases")
    .list()
    .map((alias) => alias.get("name").string());
  return wanted.every((name) =>
    records.some(({ props }) => props.get("name").isText && props.get("name").string() === name),
  );
}

export const publicHostsHaveRecords = stackRule<KubernetesObject>({
  name: "public-hosts-have-records",
  decides: ["CV-CUT-01"],
  severity: "medium",
  description: "Where the plan has a public load balancer, the hosts of every public route have a record.",
  fix: "Declare a Record of the host, or of a wildcard over it, with an alias of the load balancer or the distribution.",
  subjects: (stack) => stack.ofKind("HTTPRoute"),
  check: (route, stack, complain) => {
    const hosts = isPublic(route) && !onlyRedirects(route) ? route.spec.get("hostnames").strings() : [];
    if (hosts.length === 0 || publicBalancers(stack).length === 0) return notConcerned;
    const records = leading(stack);
    const names = records
      .filter(({ props }) => props.get("name").isKnown)
      .map(({ props }) => props.get("name").string() ?? "");
    const open = records.find(({ props }) => !props.get("name").isKnown);
    for (const host of hosts.filter((each) => !names.some((name) => covers(name.replace(/\.$/, ""), each)))) {
      if (open !== undefined) throw new Undecidable(open.resource, "name");
      complain(`${route.title} has the host ${host}, which no Record leads to: declare one.`);
    }
    return undefined;
  },
});

export const recordsFollowHealth = stackRule<CloudResource>({
  name: "records-follow-latency-and-health",
  decides: ["AUD-LB-05", "CV-BCP-03"],
  severity: "high",
  description:
    "Every record of a load balancer is one of several regions', is chosen by latency or failover, and left out when unhealthy.",
  fix: "Set setIdentifier, latencyRoutingPolicies and healthCheckId of a HealthCheck.",
  subjects: toBalancers,
  check: ({ title, props }, stack, complain) => {
    // A name of one region alone leads there whatever its state.
    if (!props.get("setIdentifier").isGiven && !isHost(stack, props.get("name").string() ?? "")) return notConcerned;
    const ask = (what: string, todo: string) => complain(`${title} ${what}: set ${todo}.`);
    if (!policies.some((policy) => props.get(policy).isGiven) || !props.get("setIdentifier").isGiven)
      ask("leaves no room for another region", "setIdentifier and latencyRoutingPolicies");
    if (!props.get("healthCheckId").isGiven)
      ask("leads to its region whether that is well or not", "healthCheckId to a HealthCheck");
    // One region's record proves nothing of another.
    return notConcerned;
  },
});

const policies = ["latencyRoutingPolicies", "failoverRoutingPolicies"] as const;

/** Whether a public route answers to the name. */
function isHost(stack: PlannedStack, name: string): boolean {
  return stack
    .ofKind("HTTPRoute")
    .filter(isPublic)
    .some(({ spec }) =>
      spec
        .get("hostnames")
        .strings()
        .some((host) => covers(name.replace(/\.$/, ""), host)),
    );
}

/** The records of the same name and type: one for each region. One region's stack has its own alone. */
function siblings(stack: PlannedStack, { props }: CloudResource): CloudResource[] {
  const key = (each: CloudResource) => `${each.props.get("name").string()} ${each.props.get("type").string()}`;
  const own = `${props.get("name").string()} ${props.get("type").string()}`;
  return toBalancers(stack).filter((each) => key(each) === own);
}

function regionsOf(records: readonly CloudResource[]): Set<string> {
  return new Set(
    records.flatMap(({ props }) => {
      const by = props
        .get("latencyRoutingPolicies")
        .list()
        .map((policy) => policy.get("region").string() ?? "");
      const failover = props
        .get("failoverRoutingPolicies")
        .list()
        .map((policy) => policy.get("type").string() ?? "");
      return [...by, ...failover];
    }),
  );
}

export const namesAreServedFromRegions = stackRule<CloudResource>({
  name: "names-are-served-from-several-regions",
  decides: ["AUD-LB-05"],
  severity: "high",
  description: `In the stacks looked at together, the public name has records of at least ${minRegions} regions, each with a health check.`,
  fix: "Deploy the stack of another region with the same public name, and look at both together.",
  subjects: toBalancers,
  check: (each, stack) => {
    // A region's stack alone cannot know of the other: it breaks nothing, and proves nothing.
    const records = siblings(stack, each);
    const healthy = records.every(({ props }) => props.get("healthCheckId").isGiven);
    return healthy && regionsOf(records).size >= minRegions ? undefined : notConcerned;
  },
});

export const regionsHaveTheirCluster = stackRule<CloudResource>({
  name: "regions-have-a-cluster-each",
  decides: ["CV-BCP-03"],
  severity: "high",
  description:
    "In the stacks looked at together, every region that the public name is served from has a cluster of its own.",
  fix: "Deploy the stack of another region with the same public name, and look at both together.",
  subjects: toBalancers,
  check: (each, stack) => {
    const records = siblings(stack, each);
    const clusters = stack.ofType(cluster);
    const places = new Set(clusters.map(({ props, resource }) => props.get("region").string() ?? resource.region));
    const several = regionsOf(records).size >= minRegions && places.size >= minRegions;
    return several && records.every(({ props }) => props.get("healthCheckId").isGiven) ? undefined : notConcerned;
  },
});
