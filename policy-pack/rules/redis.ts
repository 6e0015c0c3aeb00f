// Redis as a replicated group: new enough, in several zones, on disk, within its memory.
import { hardSpread, zoneKey } from "../lib/pod.ts";
import { majorOf } from "../lib/postgres.ts";
import { redisBytes } from "../lib/redis.ts";
import { demand, redisRule } from "../lib/redis-rule.ts";
import { amountOf, budgetsOf, replicasOf } from "../lib/workload.ts";
import { billionths, memoryText } from "../../checklist/quantity.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { redis, disruption } = thresholds;

export const redisIsNewEnough = redisRule({
  name: "redis-is-new-enough",
  decides: ["AUD-CACHE-01", "CV-CACHE-01"],
  severity: "high",
  description: `Every Redis is of version ${redis.minMajor} or later.`,
  fix: `Use an image whose tag says version ${redis.minMajor} or later.`,
  of: "both",
  check: ({ server }, complain) => {
    const major = majorOf(server.value.get("image").string() ?? "");
    if (major === undefined)
      complain(
        `${server.title} does not say which Redis it runs: name its image by a tag that starts with the version.`,
      );
    else if (major < redis.minMajor) complain(`${server.title} runs Redis ${major}: use ${redis.minMajor} or later.`);
  },
});

export const redisIsReplicated = redisRule({
  name: "redis-is-a-replicated-group",
  decides: ["AUD-CACHE-01", "CV-CACHE-01", "CV-CACHE-02"],
  severity: "high",
  description: `Redis is a StatefulSet of at least ${redis.minReplicas} pods.`,
  fix: `Declare a StatefulSet with at least ${redis.minReplicas} replicas.`,
  of: "data",
  check: ({ workload, stack }, complain) => {
    const { min } = replicasOf(stack, workload);
    if (workload.kind !== "StatefulSet")
      complain(`${workload.title} runs Redis without names and volumes that stay: make it a StatefulSet.`);
    else if (min < redis.minReplicas)
      complain(`${workload.title} runs ${min} pods of Redis: set spec.replicas to at least ${redis.minReplicas}.`);
  },
});

export const redisSurvivesAZone = redisRule({
  name: "redis-spreads-over-zones-and-keeps-two",
  decides: ["CV-CACHE-01"],
  severity: "high",
  description: "The pods of a Redis group are in different zones, and two stay when nodes are drained.",
  fix: `Add a topology spread constraint over ${zoneKey}, and a PodDisruptionBudget with minAvailable ${disruption.minAvailable}.`,
  of: "data",
  check: ({ workload, pod, stack }, complain) => {
    if (!hardSpread(pod, zoneKey))
      complain(`${workload.title} may run in one zone: add a topology spread constraint over ${zoneKey} that is kept.`);
    const { min } = replicasOf(stack, workload);
    const stay = budgetsOf(stack, workload).map(({ spec }) => {
      const [available, unavailable] = [
        spec.get("minAvailable").numberOrText(),
        spec.get("maxUnavailable").numberOrText(),
      ];
      return available === undefined ? min - Number(unavailable ?? min) : Number(available);
    });
    if (!stay.some((pods) => pods >= disruption.minAvailable)) {
      complain(
        `${workload.title} may lose more than one pod to drains: declare a PodDisruptionBudget with minAvailable ` +
          `${disruption.minAvailable}.`,
      );
    }
  },
});

export const redisKeepsItsData = redisRule({
  name: "redis-keeps-its-data-on-disk",
  decides: ["AUD-CACHE-03", "CV-CACHE-03"],
  severity: "high",
  description: "Redis writes an append-only file every second, and snapshots, to a volume that stays.",
  fix: "Set appendonly yes, appendfsync everysec and a save rule in redis.conf, and give the StatefulSet volumeClaimTemplates.",
  of: "data",
  check: (subject, complain) => {
    const { workload, configuration } = subject;
    demand(subject, complain, "appendonly", "yes", (value) => value === "yes");
    demand(subject, complain, "appendfsync", "everysec", (value) => ["everysec", "always"].includes(value));
    const saves = configuration.all("save").at(-1)?.join(" ") ?? "";
    if (!/^\d+ \d+/.test(saves))
      complain(`${workload.title} takes no snapshots${configuration.elsewhere}: set save to 900 1 in redis.conf.`);
    if (workload.kind !== "StatefulSet" || workload.spec.get("volumeClaimTemplates").list().length === 0)
      complain(`${workload.title} loses its data with its pods: give a StatefulSet volumeClaimTemplates.`);
  },
});

const leastMemory = billionths(redis.maxmemory) ?? 0n;

export const redisFitsItsMemory = redisRule({
  name: "redis-fits-its-memory",
  decides: ["AUD-CACHE-05", "CV-CACHE-04"],
  severity: "high",
  description:
    `Redis may hold at least ${redis.maxmemory} of data, and its container's limit is at least ` +
    `${Math.round((redis.memoryHeadroom - 1) * 100)}% above that.`,
  fix: `Set maxmemory to 4gb in redis.conf, and limits.memory of the container to ${redis.memoryHeadroom} times as much.`,
  of: "data",
  check: (subject, complain) => {
    const { server, configuration } = subject;
    const bytes = redisBytes(configuration.get("maxmemory") ?? "");
    demand(
      subject,
      complain,
      "maxmemory",
      "4gb",
      () => bytes !== undefined && BigInt(bytes) * 10n ** 9n >= leastMemory,
    );
    if (bytes === undefined || bytes === 0) return;
    const limit = amountOf(server.value, "limits", "memory");
    const least = BigInt(Math.ceil(bytes * redis.memoryHeadroom)) * 10n ** 9n;
    if (limit === undefined || limit < least) {
      complain(
        `${server.title} may use ${limit === undefined ? "any" : memoryText(limit)} memory, and Redis needs room for ` +
          `copies while it writes: set resources.limits.memory to at least ${memoryText(least)}.`,
      );
    }
  },
});

export const redisEvictsByUse = redisRule({
  name: "redis-evicts-what-is-used-least",
  decides: ["AUD-CSTR-02", "CV-CACHE-05"],
  severity: "medium",
  description: "A full Redis makes room by dropping the keys that were not used for longest.",
  fix: `Set maxmemory-policy to ${redis.evictionPolicy} in redis.conf.`,
  of: "data",
  check: (subject, complain) => {
    demand(subject, complain, "maxmemory-policy", redis.evictionPolicy, (value) => value === redis.evictionPolicy);
  },
});

export const redisWritesToReplicas = redisRule({
  name: "redis-takes-no-writes-without-replicas",
  decides: ["CV-CACHE-02"],
  severity: "medium",
  description: "A master that has lost its replicas takes no writes, which would be lost with it.",
  fix: `Set min-replicas-to-write to ${redis.minReplicasToWrite} in redis.conf.`,
  of: "data",
  check: (subject, complain) => {
    const least = redis.minReplicasToWrite;
    demand(subject, complain, "min-replicas-to-write", String(least), (value) => Number(value) >= least);
  },
});
