import { all, copy, drop, find, set, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { digest } from "../good-stack.ts";
import { containerPath, namespace, podPath } from "./case.ts";
import type { BadCase, RuleCases } from "./case.ts";

export const redis = `StatefulSet "${namespace}/redis"`;
export const sentinel = `StatefulSet "${namespace}/sentinel"`;
export const server = `Container "redis" of ${redis}`;

export type File = "redis.conf" | "sentinel.conf";

/** Changes a line of a file, or removes it. */
export function line(file: File, was: string, becomes?: string): Change {
  return (stack) => {
    const data = find(stack, "redis-config").props.data as Record<string, string>;
    const lines = data[file]!.split("\n");
    if (!lines.includes(was)) throw new Error(`${file} has no line "${was}".`);
    data[file] = lines.flatMap((each) => (each === was ? (becomes ?? []) : each)).join("\n");
  };
}

/** What a rule says when a line of redis.conf is otherwise, and when it is not there. */
export function wrong(was: string, becomes: string, to: string): BadCase[] {
  const [name = ""] = was.split(" ");
  return [
    {
      when: `${becomes} is set`,
      change: line("redis.conf", was, becomes),
      on: "redis",
      says: [`${redis} sets ${name} to ${becomes.slice(name.length + 1)}: set it to ${to} in redis.conf.`],
    },
    {
      when: `${name} is not set`,
      change: line("redis.conf", was),
      on: "redis",
      says: [`${redis} does not set ${name}: set it to ${to} in redis.conf.`],
    },
  ];
}

/** A hand-written Redis that is told all by its command line, with a password from a Secret. */
export const byCommandLine = all(
  set("redis", `${containerPath}.command`, ["redis-server"]),
  set("redis", `${containerPath}.args`, [
    "--port 0 --tls-port 6379 --tls-replication yes --tls-protocols TLSv1.3",
    "--requirepass",
    "$(PASSWORD)",
    "--masterauth",
    "$(PASSWORD)",
    "--appendonly yes --appendfsync everysec --save 900 1 --maxmemory 4gb --maxmemory-policy allkeys-lru",
    "--min-replicas-to-write 1",
  ]),
  set("redis", `${containerPath}.env`, [
    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "redis", key: "password" } } },
  ]),
  unset("redis", `${podPath}.volumes`),
  unset("redis", `${containerPath}.volumeMounts`),
);
export const commandLine = [{ when: "the command line says so", change: byCommandLine }];

export const redisCases: RuleCases[] = [
  {
    rule: "redis-is-new-enough",
    of: "data",
    good: [
      { when: "it is Valkey", change: set("redis", `${containerPath}.image`, `valkey/valkey:8.1.1@${digest}`) },
      {
        when: "a job only calls an old one",
        change: set("redis-backup", "spec.jobTemplate.spec.template.spec.containers.0.image", "redis:6.2.0"),
      },
    ],
    bad: [
      {
        when: "it is old",
        change: set("redis", `${containerPath}.image`, `registry.test/redis:6.2.19@${digest}`),
        on: "redis",
        says: [`${server} runs Redis 6: use 7 or later.`],
      },
      {
        when: "it has no tag",
        change: set("redis", `${containerPath}.image`, `registry.test:5000/redis@${digest}`),
        on: "redis",
        says: [`${server} does not say which Redis it runs: name its image by a tag that starts with the version.`],
      },
    ],
  },
  {
    rule: "redis-is-a-replicated-group",
    of: "data",
    bad: [
      {
        when: "there are two",
        change: set("redis", "spec.replicas", 2),
        on: "redis",
        says: [`${redis} runs 2 pods of Redis: set spec.replicas to at least 3.`],
      },
      {
        when: "a Deployment runs it, whatever its labels say",
        change: (stack) => {
          const props = structuredClone(find(stack, "deployment").props);
          copy("deployment", "cache", set("cache", "metadata.name", "cache"))(stack);
          find(stack, "cache").props = props;
          set("cache", "metadata.name", "cache")(stack);
          set("cache", `${containerPath}.image`, `redis:7.4.1@${digest}`)(stack);
        },
        on: "cache",
        says: [
          `Deployment "${namespace}/cache" runs Redis without names and volumes that stay: make it a StatefulSet.`,
        ],
      },
    ],
  },
  {
    rule: "redis-spreads-over-zones-and-keeps-two",
    of: "data",
    good: [
      {
        when: "the budget says how many may go",
        change: all(unset("redis-budget", "spec.minAvailable"), set("redis-budget", "spec.maxUnavailable", 1)),
      },
    ],
    bad: [
      {
        when: "zones are a wish, and drains take all",
        change: all(
          set("redis", `${podPath}.topologySpreadConstraints.0.whenUnsatisfiable`, "ScheduleAnyway"),
          drop("redis-budget"),
        ),
        on: "redis",
        says: [
          `${redis} may run in one zone: add a topology spread constraint over topology.kubernetes.io/zone that is kept.`,
          `${redis} may lose more than one pod to drains: declare a PodDisruptionBudget with minAvailable 2.`,
        ],
      },
    ],
  },
  {
    rule: "redis-keeps-its-data-on-disk",
    of: "data",
    good: commandLine,
    bad: [
      ...wrong("appendonly yes", "appendonly no", "yes"),
      ...wrong("appendfsync everysec", "appendfsync no", "everysec"),
      {
        when: "snapshots are off",
        change: line("redis.conf", "save 60 10000", 'save ""'),
        on: "redis",
        says: [`${redis} takes no snapshots: set save to 900 1 in redis.conf.`],
      },
      {
        when: "the last line counts",
        change: line("redis.conf", "min-replicas-to-write 1", "appendonly no"),
        on: "redis",
        says: [`${redis} sets appendonly to no: set it to yes in redis.conf.`],
      },
      {
        when: "there is no volume",
        change: unset("redis", "spec.volumeClaimTemplates"),
        on: "redis",
        says: [`${redis} loses its data with its pods: give a StatefulSet volumeClaimTemplates.`],
      },
      {
        when: "the file is not in the stack",
        change: drop("redis-config"),
        on: "redis",
        says: [
          `${redis} does not set appendonly, unless in redis-config-0123456789, which this stack does not declare: set it to yes in redis.conf.`,
          `${redis} does not set appendfsync, unless in redis-config-0123456789, which this stack does not declare: set it to everysec in redis.conf.`,
          `${redis} takes no snapshots, unless in redis-config-0123456789, which this stack does not declare: set save to 900 1 in redis.conf.`,
        ],
      },
    ],
  },
  {
    rule: "redis-fits-its-memory",
    of: "data",
    good: commandLine,
    bad: [
      ...wrong("maxmemory 4gb", "maxmemory 2gb", "4gb"),
      {
        when: "the container has no room for copies",
        change: set("redis", `${containerPath}.resources.limits.memory`, "4Gi"),
        on: "redis",
        says: [
          `${server} may use 4Gi memory, and Redis needs room for copies while it writes: set resources.limits.memory to at least 5Gi.`,
        ],
      },
      {
        when: "gigabytes of the decimal kind are less",
        change: line("redis.conf", "maxmemory 4gb", "maxmemory 4g"),
        on: "redis",
        says: [`${redis} sets maxmemory to 4g: set it to 4gb in redis.conf.`],
      },
    ],
  },
  {
    rule: "redis-evicts-what-is-used-least",
    of: "data",
    good: commandLine,
    bad: wrong("maxmemory-policy allkeys-lru", "maxmemory-policy noeviction", "allkeys-lru"),
  },
  {
    rule: "redis-takes-no-writes-without-replicas",
    of: "data",
    good: commandLine,
    bad: wrong("min-replicas-to-write 1", "min-replicas-to-write 0", "1"),
  },
];
