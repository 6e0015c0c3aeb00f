// The shape of the rules over the workloads that run Redis.
import { notConcerned, stackRule } from "./define.ts";
import type { Complain } from "./define.ts";
import type { KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { podOf } from "./pod.ts";
import type { Container, Pod } from "./pod.ts";
import { isDataServer, RedisConfiguration, redisWorkloads, serverOf } from "./redis.ts";
import type { Rule } from "./rule.ts";

/** One workload that runs Redis, and what its server starts with. */
export interface RedisSubject {
  readonly workload: KubernetesObject;
  readonly pod: Pod;
  readonly server: Container;
  readonly configuration: RedisConfiguration;
  readonly stack: PlannedStack;
  readonly isData: boolean;
}

type RedisHeading = Pick<Rule, "name" | "decides" | "contributesTo" | "severity" | "description" | "fix">;

/** A rule over the workloads that run Redis: those that hold data, Sentinels, or both. */
export function redisRule(
  rule: RedisHeading & {
    of: "data" | "sentinels" | "both";
    check: (subject: RedisSubject, complain: Complain) => void;
  },
): Rule {
  const { of, check, ...heading } = rule;
  return stackRule({
    ...heading,
    subjects: redisWorkloads,
    check: (workload, stack, complain) => {
      const pod = podOf(workload);
      const server = pod === undefined ? undefined : serverOf(pod);
      if (pod === undefined || server === undefined) return notConcerned;
      const isData = isDataServer(stack, workload);
      if (of !== "both" && (of === "data") !== isData) return notConcerned;
      const configuration = new RedisConfiguration(stack, pod, server, { sentinel: !isData });
      check({ workload, pod, server, configuration, stack, isData }, complain);
      return undefined;
    },
  });
}

/** Demands the value of a directive. */
export function demand(
  { workload, configuration, isData }: RedisSubject,
  complain: Complain,
  name: string,
  to: string,
  accepts: (value: string) => boolean,
): void {
  const value = configuration.get(name);
  if (value !== undefined && accepts(value)) return;
  const file = isData ? "redis.conf" : "sentinel.conf";
  const state = value === undefined ? `does not set ${name}${configuration.elsewhere}` : `sets ${name} to ${value}`;
  complain(`${workload.title} ${state}: set it to ${to} in ${file}.`);
}
