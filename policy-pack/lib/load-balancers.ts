// Load balancers of AWS and what is attached to them.
import type { CloudResource } from "./cloud.ts";
import { besideOf, linkOf, namedOf } from "./links.ts";
import type { PlannedStack } from "./planned-stack.ts";

/** The provider knows each under several names. */
const named = (name: string) => {
  const token = `${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;
  return ["lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing"].map((module) => `aws:${module}/${token}`);
};

export const balancerTypes: readonly string[] = named("LoadBalancer");
export const classicTypes: readonly string[] = [
  "aws:elb/loadBalancer:LoadBalancer",
  "aws:elasticloadbalancing/loadBalancer:LoadBalancer",
];
export const listenerTypes: readonly string[] = named("Listener");
export const listenerRuleTypes: readonly string[] = named("ListenerRule");
export const targetGroupTypes: readonly string[] = named("TargetGroup");

/** Load balancers that the internet reaches. */
export function publicBalancers(stack: PlannedStack): CloudResource[] {
  return stack.ofType(...balancerTypes).filter(({ props }) => props.get("internal").boolean() !== true);
}

export function listenersOf(stack: PlannedStack, balancer: CloudResource): CloudResource[] {
  return besideOf(stack, balancer, namedOf(stack, ...balancerTypes), "loadBalancerArn", ...listenerTypes);
}

/** The load balancer of a listener, if this stack plans it. */
export function balancerOf(stack: PlannedStack, listener: CloudResource): CloudResource | undefined {
  const found = linkOf(listener, "loadBalancerArn", namedOf(stack, ...balancerTypes));
  return found === "none" ? undefined : found?.cloud;
}
