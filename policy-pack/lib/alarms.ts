// Rules of EventBridge, and what they bring to people: a topic of SNS.
import type { CloudResource } from "./cloud.ts";
import { besideOf, Named, sourcesAmong, textOf } from "./links.ts";
import type { PlannedStack } from "./planned-stack.ts";
import type { Value } from "./value.ts";

const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";
const topicType = "aws:sns/topic:Topic";

/** A rule of EventBridge and the pattern of its events. */
export interface Alarm {
  readonly rule: Named;
  readonly pattern: Value;
}

export function alarmsOf(stack: PlannedStack): Alarm[] {
  return stack
    .ofType(ruleType)
    .filter(({ props }) => props.get("eventPattern").isGiven)
    .map((cloud) => ({
      rule: new Named(cloud, [textOf(cloud, "name")]),
      pattern: cloud.props.get("eventPattern").parsed(),
    }));
}

/** Whether it is on, and one of its targets is a topic, from which people are paged. */
export function pages(stack: PlannedStack, { rule }: Alarm): boolean {
  const { props } = rule.cloud;
  const on = (props.get("state").string() ?? "ENABLED") !== "DISABLED" && props.get("isEnabled").boolean() !== false;
  const all = alarmsOf(stack).map((each) => each.rule);
  return on && besideOf(stack, rule, all, "rule", targetType).some((target) => isTopic(stack, target));
}

function isTopic(stack: PlannedStack, target: CloudResource): boolean {
  const topics = stack.ofType(topicType).map((cloud) => new Named(cloud));
  const arn = target.props.get("arn");
  if (sourcesAmong(target, "arn", topics).length > 0) return true;
  return arn.isKnown && /^arn:aws[\w-]*:sns:/.test(arn.string() ?? "");
}

/** What a pattern accepts at a path of keys; undefined where it says nothing about it, and so accepts anything. */
export function accepts(pattern: Value, path: string): unknown[] | undefined {
  const value = pattern.at(path);
  return value.isGiven ? value.oneOrMore().map((each) => (each.isText ? each.string() : plain(each))) : undefined;
}

function plain(value: Value): unknown {
  return Object.fromEntries(value.entries().map(([key, each]) => [key, each.isList ? items(each) : each.scalar()]));
}

function items(value: Value): (string | undefined)[] {
  return value.list().map((each) => each.scalar());
}

/** Whether a pattern lets through every one of these values. */
export function acceptsAll(pattern: Value, path: string, values: readonly string[]): boolean {
  const accepted = accepts(pattern, path);
  return accepted === undefined || values.every((value) => accepted.some((each) => matches(each, value)));
}

function matches(accepted: unknown, value: string): boolean {
  if (typeof accepted === "string") return accepted === value;
  const { prefix } = (accepted ?? {}) as { prefix?: unknown };
  return typeof prefix === "string" && value.startsWith(prefix);
}

/** Whether a pattern lets through every number from this one on. */
export function acceptsFrom(pattern: Value, path: string, least: number): boolean {
  const accepted = accepts(pattern, path);
  if (accepted === undefined) return true;
  return accepted.some((each) => {
    const { numeric } = (each ?? {}) as { numeric?: unknown };
    if (!Array.isArray(numeric)) return false;
    const [operator, bound, ...more] = numeric as unknown[];
    const number = Number(bound);
    return more.length === 0 && (operator === ">=" ? number <= least : operator === ">" && number < least);
  });
}
