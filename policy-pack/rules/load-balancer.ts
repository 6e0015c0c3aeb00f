// The load balancer in front of everything: one of layer 7 over three zones, whose targets are the gateway's pods.
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import { CloudResource } from "../lib/cloud.ts";
import { isNamedBy, sourcesAmong } from "../lib/links.ts";
import { balancerTypes, classicTypes, listenersOf, targetGroupTypes } from "../lib/load-balancers.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { Undecidable } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { healthCheck, minDeregistrationSeconds, minZones } = thresholds.edge;
const subnetTypes = ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"];

export const balancersAreOfLayer7 = stackRule<CloudResource>({
  name: "public-load-balancers-know-http",
  decides: ["AUD-LB-01", "AUD-SEC-06", "CV-SCALE-06"],
  severity: "high",
  description: `Every load balancer that the internet reaches is an application load balancer in at least ${minZones} zones.`,
  fix:
    `Set loadBalancerType to application, dropInvalidHeaderFields to true and subnets to one in each of ${minZones} zones, ` +
    "and declare a Listener of port 443.",
  subjects: (stack) => stack.ofType(...balancerTypes, ...classicTypes),
  check: (balancer, stack, complain) => {
    const { title, props, type } = balancer;
    if (props.get("internal").boolean() === true) return notConcerned;
    if (classicTypes.includes(type)) {
      complain(`${title} is a classic load balancer: declare one of aws.lb with loadBalancerType application instead.`);
      return undefined;
    }
    const kind = props.get("loadBalancerType").string() ?? "application";
    if (kind !== "application") complain(`${title} is of type ${kind}: set loadBalancerType to application.`);
    const zones = zonesOf(balancer, stack);
    if (zones < minZones) complain(`${title} is in ${zones} zones: give it a subnet in each of ${minZones}.`);
    if (props.get("dropInvalidHeaderFields").boolean() !== true)
      complain(`${title} passes malformed headers on: set dropInvalidHeaderFields to true.`);
    if (!listenersOf(stack, balancer).some(({ props: listener }) => listener.get("protocol").string() === "HTTPS"))
      complain(`${title} has no listener for HTTPS: declare a Listener of port 443 that names it.`);
    return undefined;
  },
});

/** How many zones it is in: AWS takes one subnet of each. Where their ids are not known, the planned subnets tell. */
function zonesOf({ resource, props }: CloudResource, stack: PlannedStack): number {
  const mappings = props.get("subnetMappings");
  const key = mappings.isGiven ? "subnetMappings" : "subnets";
  const value = props.get(key);
  if (value.isKnown) return value.list().length;
  const urns = resource.propertyDependencies?.[key] ?? [];
  const subnets = stack.ofType(...subnetTypes).filter((subnet) => urns.includes(subnet.resource.urn));
  if (subnets.length === 0) throw new Undecidable(resource, value.path);
  return new Set(subnets.map((subnet) => zoneOf(subnet))).size;
}

function zoneOf({ props }: CloudResource): string | undefined {
  return props.get("availabilityZone").string() ?? props.get("availabilityZoneId").string();
}

/** Those whose targets answer HTTP. */
function isWeb({ props }: CloudResource): boolean {
  return ["HTTP", "HTTPS"].includes(props.get("protocol").string() ?? "");
}

export const targetsAreTheGateway = stackRule<CloudResource>({
  name: "target-groups-are-bound-to-a-service",
  decides: ["AUD-LB-01"],
  severity: "high",
  description: "Every target group's targets are the pods of a Service, kept up to date by a TargetGroupBinding.",
  fix: "Declare a TargetGroupBinding with spec.targetGroupARN of the target group and the gateway's Service in spec.serviceRef.",
  subjects: (stack) => stack.ofType(...targetGroupTypes),
  check: (group, stack, complain) => {
    if (!isWeb(group)) return notConcerned;
    const bindings = stack.ofKind("TargetGroupBinding");
    const own = bindings.filter(({ resource, spec }) => {
      const arn = spec.get("targetGroupARN");
      const name = group.props.get("name");
      const named = arn.isText && name.isText && isNamedBy(arn.string() ?? "", [name.string() ?? ""]);
      return named || sourcesAmong(new CloudResource(resource), "spec", [group]).length > 0;
    });
    const open = bindings.find(({ resource, spec }) => {
      return !spec.get("targetGroupARN").isKnown && (resource.propertyDependencies?.spec ?? []).length === 0;
    });
    if (own.length === 0 && open !== undefined) throw new Undecidable(open.resource, "spec.targetGroupARN");
    if (own.length === 0)
      complain(`${group.title} has no targets: declare a TargetGroupBinding that binds it to the gateway's Service.`);
    for (const { title, spec } of own) {
      if ((spec.at("serviceRef.name").string() ?? "") === "")
        complain(`${title} binds ${group.title} to nothing: set spec.serviceRef to the gateway's Service.`);
    }
    return undefined;
  },
});

export const targetsAreProbed = cloudRule({
  name: "targets-are-probed",
  decides: ["AUD-LB-02"],
  severity: "high",
  description:
    `Load balancers probe every target at least every ${healthCheck.maxIntervalSeconds} seconds, and take it out after ` +
    `${healthCheck.unhealthyThreshold} failures.`,
  fix:
    `Set healthCheck.interval to at most ${healthCheck.maxIntervalSeconds}, unhealthyThreshold to ` +
    `${healthCheck.unhealthyThreshold} and matcher to "${healthCheck.matcher}".`,
  types: targetGroupTypes,
  check: (group, complain) => {
    if (!isWeb(group)) return notConcerned;
    const { title, props } = group;
    const check = props.get("healthCheck");
    const ask = (what: string, todo: string) => complain(`${title} ${what}: set healthCheck.${todo}.`);
    const { maxIntervalSeconds, unhealthyThreshold, matcher } = healthCheck;
    if (check.get("enabled").boolean() === false) ask("probes nothing", "enabled to true");
    // AWS' own are 30 seconds, and 3 failures.
    const interval = check.get("interval").number() ?? 30;
    if (interval > maxIntervalSeconds)
      ask(`probes every ${interval} seconds`, `interval to at most ${maxIntervalSeconds}`);
    const failures = check.get("unhealthyThreshold").number() ?? 3;
    if (failures !== unhealthyThreshold)
      ask(`takes a target out after ${failures} failures`, `unhealthyThreshold to ${unhealthyThreshold}`);
    const accepted = check.get("matcher").string() ?? "200";
    if (accepted !== matcher) ask(`takes ${accepted} for healthy`, `matcher to "${matcher}"`);
    return undefined;
  },
});

export const targetsShareTheLoad = cloudRule({
  name: "targets-share-the-load",
  decides: ["CV-SCALE-06"],
  severity: "medium",
  description: "Requests go straight to the pod with the fewest under way, in any zone, and end before a pod leaves.",
  fix:
    'Set targetType to ip, loadBalancingAlgorithmType to least_outstanding_requests, loadBalancingCrossZoneEnabled to "true" ' +
    `and deregistrationDelay to at least ${minDeregistrationSeconds}.`,
  types: targetGroupTypes,
  check: (group, complain) => {
    if (!isWeb(group)) return notConcerned;
    const { title, props } = group;
    const ask = (what: string, todo: string) => complain(`${title} ${what}: set ${todo}.`);
    const kind = props.get("targetType").string() ?? "instance";
    if (kind !== "ip") ask(`has targets of type ${kind}`, "targetType to ip");
    const algorithm = props.get("loadBalancingAlgorithmType").string() ?? "round_robin";
    if (algorithm !== "least_outstanding_requests")
      ask(`shares requests by ${algorithm}`, "loadBalancingAlgorithmType to least_outstanding_requests");
    const across = props.get("loadBalancingCrossZoneEnabled").scalar() ?? "use_load_balancer_configuration";
    if (across !== "true") ask("may keep requests in a zone", 'loadBalancingCrossZoneEnabled to "true"');
    const delay = props.get("deregistrationDelay").number() ?? 300;
    if (delay < minDeregistrationSeconds)
      ask(`drops requests after ${delay} seconds`, `deregistrationDelay to at least ${minDeregistrationSeconds}`);
    return undefined;
  },
});
