import { all, drop, set, unset } from "../fixtures.ts";
import { podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";

import { commandLine, line, redis, sentinel, wrong } from "./redis.ts";

export const redisSecurityCases: RuleCases[] = [
  {
    rule: "redis-listens-on-tls-only",
    of: "data",
    good: commandLine,
    bad: [
      ...wrong("port 0", "port 6379", "0"),
      ...wrong("tls-port 6379", "tls-port 0", "6379"),
      ...wrong("tls-replication yes", "tls-replication no", "yes"),
      {
        when: "it speaks an old TLS as well",
        change: line("redis.conf", 'tls-protocols "TLSv1.3"', 'tls-protocols "TLSv1.2 TLSv1.3"'),
        on: "redis",
        says: [`${redis} sets tls-protocols to "TLSv1.2 TLSv1.3": set it to TLSv1.3 in redis.conf.`],
      },
      {
        when: "Sentinels do not",
        change: line("sentinel.conf", "port 0", "port 26379"),
        on: "sentinel",
        says: [`${sentinel} sets port to 26379: set it to 0 in sentinel.conf.`],
      },
    ],
  },
  {
    rule: "redis-requires-passwords-from-a-secret",
    of: "data",
    good: [
      ...commandLine,
      {
        when: "an init container writes them into memory",
        change: all(
          set("redis", `${podPath}.volumes.1`, { name: "auth", emptyDir: { medium: "Memory" } }),
          set("redis", `${podPath}.initContainers`, [
            {
              name: "passwords",
              image: "x",
              env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "redis", key: "password" } } }],
              volumeMounts: [{ name: "auth", mountPath: "/auth" }],
            },
          ]),
        ),
      },
    ],
    bad: [
      {
        when: "one is in the ConfigMap",
        change: all(
          line("redis.conf", "aclfile /etc/redis/auth/users.acl", "requirepass hunter2"),
          line("sentinel.conf", "include /etc/redis/auth/sentinel-auth.conf", "sentinel auth-pass main hunter2"),
          drop("sentinel"),
        ),
        on: "redis",
        says: [`${redis} has the password of requirepass in plain text: move the line into a Secret and include it.`],
      },
      {
        when: "a Sentinel has one in the ConfigMap",
        change: line("sentinel.conf", "include /etc/redis/auth/sentinel-auth.conf", "sentinel auth-pass main hunter2"),
        on: "sentinel",
        says: [
          `${sentinel} has the password of sentinel auth-pass in plain text: move the line into a Secret and include it.`,
        ],
      },
      {
        when: "everybody may come in",
        change: all(
          line("redis.conf", "aclfile /etc/redis/auth/users.acl"),
          line("redis.conf", "include /etc/redis/auth/replication.conf"),
        ),
        on: "redis",
        says: [
          `${redis} lets everybody in without a password: name an aclfile, or a file to include, of a mounted Secret.`,
        ],
      },
      {
        when: "the files are of no Secret",
        change: set("redis", `${podPath}.volumes.1`, { name: "auth", configMap: { name: "auth" } }),
        on: "redis",
        says: [
          `${redis} lets everybody in without a password, unless in auth, which this stack does not declare: name an aclfile, or a file to include, of a mounted Secret.`,
        ],
      },
      {
        when: "replicas have none for the master",
        change: line("redis.conf", "include /etc/redis/auth/replication.conf"),
        on: "redis",
        says: [`${redis} has no password for its master: include one from a mounted Secret.`],
      },
    ],
  },
  {
    rule: "redis-is-watched-by-sentinels",
    of: "data",
    bad: [
      {
        when: "nobody watches",
        change: drop("sentinel"),
        on: "redis",
        says: [`${redis} stays without a master when it loses it: declare Sentinels that watch it.`],
      },
    ],
  },
  {
    rule: "sentinels-are-an-odd-number-in-zones",
    of: "data",
    good: [{ when: "there are five", change: set("sentinel", "spec.replicas", 5) }],
    bad: [2, 4].map((replicas) => ({
      when: `there are ${replicas}`,
      change: set("sentinel", "spec.replicas", replicas),
      on: "sentinel",
      says: [`${sentinel} runs ${replicas} Sentinels: set spec.replicas to an odd number of at least 3.`],
    })),
  },
  {
    rule: "sentinels-decide-by-quorum-and-fast",
    of: "data",
    bad: [
      ...["1", "3"].map((quorum) => ({
        when: `the quorum is ${quorum}`,
        change: line(
          "sentinel.conf",
          "sentinel monitor main redis-0 6379 2",
          `sentinel monitor main redis-0 6379 ${quorum}`,
        ),
        on: "sentinel",
        says: [
          `${sentinel} asks ${quorum} Sentinels whether main is lost: set its quorum to 2, and to no more than the majority of 2.`,
        ],
      })),
      {
        when: "they wait as they come",
        change: line("sentinel.conf", "sentinel down-after-milliseconds main 2000"),
        on: "sentinel",
        says: [`${sentinel} takes main for lost after 30000 ms: set down-after-milliseconds to at most 5000.`],
      },
      {
        when: "they watch nothing",
        change: line("sentinel.conf", "sentinel monitor main redis-0 6379 2"),
        on: "sentinel",
        says: [
          `${sentinel} does not set sentinel monitor: set it to a group, its master, port and quorum in sentinel.conf.`,
        ],
      },
    ],
  },
  {
    rule: "redis-is-monitored",
    of: "data",
    bad: [
      {
        when: "nobody reads or calls",
        change: all(drop("redis-metrics"), unset("redis-alerts", "spec.groups.0.rules.3")),
        on: "redis",
        says: [
          `${redis} has metrics that nobody reads: declare a ServiceMonitor of a Service of its exporter.`,
          `${redis} calls nobody for CacheHitRateLow: add the alert to a PrometheusRule.`,
        ],
      },
    ],
  },
];
