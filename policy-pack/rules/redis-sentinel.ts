// Sentinels: three or more in different zones, which agree on a failover within seconds.
import { hardSpread, zoneKey } from "../lib/pod.ts";
import { isDataServer, redisWorkloads } from "../lib/redis.ts";
import { demand, redisRule } from "../lib/redis-rule.ts";
import { replicasOf } from "../lib/workload.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { redis } = thresholds;

export const redisHasSentinels = redisRule({
  name: "redis-is-watched-by-sentinels",
  decides: ["AUD-CACHE-04", "CV-CACHE-02"],
  severity: "high",
  description: "Every Redis group has Sentinels in its namespace.",
  fix: "Declare a StatefulSet of Sentinels, with the label app.kubernetes.io/component: sentinel on its pods.",
  of: "data",
  check: ({ workload, stack }, complain) => {
    const sentinels = redisWorkloads(stack).filter(
      (each) => each.namespace === workload.namespace && !isDataServer(stack, each),
    );
    if (sentinels.length === 0)
      complain(`${workload.title} stays without a master when it loses it: declare Sentinels that watch it.`);
  },
});

export const sentinelsAreSeveral = redisRule({
  name: "sentinels-are-an-odd-number-in-zones",
  decides: ["AUD-CACHE-04", "CV-CACHE-02"],
  severity: "high",
  description: `There are at least ${redis.minSentinels} Sentinels, an odd number, in different zones.`,
  fix: `Declare a StatefulSet with ${redis.minSentinels} replicas and a topology spread constraint over ${zoneKey}.`,
  of: "sentinels",
  check: ({ workload, pod, stack }, complain) => {
    const { min } = replicasOf(stack, workload);
    if (workload.kind !== "StatefulSet")
      complain(`${workload.title} forgets what its Sentinels decided: make it a StatefulSet.`);
    if (min < redis.minSentinels || min % 2 === 0) {
      complain(
        `${workload.title} runs ${min} Sentinels: set spec.replicas to an odd number of at least ${redis.minSentinels}.`,
      );
    }
    if (!hardSpread(pod, zoneKey))
      complain(`${workload.title} may run in one zone: add a topology spread constraint over ${zoneKey} that is kept.`);
  },
});

export const sentinelsDecideFast = redisRule({
  name: "sentinels-decide-by-quorum-and-fast",
  decides: ["AUD-CACHE-04", "CV-CACHE-02"],
  severity: "high",
  description:
    `At least ${redis.quorum} Sentinels must agree that a master is lost, no more than a majority, and they take it for ` +
    `lost after ${redis.maxDownAfterMilliseconds} ms at most.`,
  fix:
    `Set sentinel monitor with a quorum of ${redis.quorum}, and sentinel down-after-milliseconds to at most ` +
    `${redis.maxDownAfterMilliseconds}, in sentinel.conf.`,
  of: "sentinels",
  check: (subject, complain) => {
    const { workload, configuration, stack } = subject;
    const lines = configuration.all("sentinel");
    const groups = lines.filter(([name]) => name === "monitor");
    if (groups.length === 0)
      demand(subject, complain, "sentinel monitor", "a group, its master, port and quorum", () => false);
    const majority = Math.floor(replicasOf(stack, workload).min / 2) + 1;
    for (const [, group = "", , , quorum = ""] of groups) {
      const votes = Number(quorum);
      if (!(votes >= redis.quorum && votes <= Math.max(majority, redis.quorum))) {
        complain(
          `${workload.title} asks ${quorum === "" ? "no" : quorum} Sentinels whether ${group} is lost: set its quorum to ` +
            `${redis.quorum}, and to no more than the majority of ${majority}.`,
        );
      }
      const after =
        lines.filter(([name, of]) => name === "down-after-milliseconds" && of === group).at(-1)?.[2] ?? "30000";
      if (!(Number(after) > 0 && Number(after) <= redis.maxDownAfterMilliseconds)) {
        complain(
          `${workload.title} takes ${group} for lost after ${after} ms: set down-after-milliseconds to at most ` +
            `${redis.maxDownAfterMilliseconds}.`,
        );
      }
    }
  },
});
