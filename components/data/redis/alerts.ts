// What operators are called for (CV-CACHE-07).
import { thresholds } from "../../../checklist/thresholds.ts";
import type { Alert } from "../alerts.ts";
import { redis, sentinel } from "./names.ts";

/** Share of reads that found their key, over a quarter of an hour; the application's own record counts both its levels. */
export const hitRateRecord = "apg:redis_hit:ratio";

const runbook = "runbooks/cache-management.md";

/** Labels of the metrics of the data pods, or of the Sentinels. */
function pods(namespace: string, component: string): string {
  return `namespace="${namespace}", pod=~"${component}-[0-9]+"`;
}

/** The hit rate of a group as a rule of recording. */
export function hitRate(namespace: string): { record: string; expr: string } {
  const rate = (metric: string) => `sum by (namespace) (rate(${metric}{${pods(namespace, redis)}}[15m]))`;
  const hits = rate("redis_keyspace_hits_total");
  return { record: hitRateRecord, expr: `${hits} / (${hits} + ${rate("redis_keyspace_misses_total")})` };
}

/** Alerts of one group. */
export function redisAlerts(namespace: string, sizes: { replicas: number; quorum: number }): Alert[] {
  const data = pods(namespace, redis);
  const sentinels = pods(namespace, sentinel);
  const alert = (
    name: string,
    severity: Alert["severity"],
    duration: string,
    expr: string,
    summary: string,
  ): Alert => ({ alert: name, expr, for: duration, severity, summary, runbook });
  return [
    alert(
      "RedisDown",
      "critical",
      "1m",
      `sum by (namespace) (redis_up{${data}}) < ${sizes.replicas} or absent(redis_up{${data}})`,
      "A Redis pod does not answer.",
    ),
    alert(
      "RedisMemoryHigh",
      "warning",
      "10m",
      `max by (pod) (redis_memory_used_bytes{${data}} / redis_memory_max_bytes{${data}}) > 0.9`,
      "Redis uses more than 90 % of the memory for data: keys are about to be evicted.",
    ),
    alert(
      "RedisReplicationBroken",
      "critical",
      "2m",
      `sum by (namespace) (redis_connected_slaves{${data}} and on (pod) redis_instance_info{${data}, role="master"}) < ${sizes.replicas - 1} or count by (namespace) (redis_instance_info{${data}, role="master"}) != 1`,
      "The master has lost a replica, or there is not exactly one master.",
    ),
    alert(
      "RedisReplicaLag",
      "warning",
      "5m",
      `max by (pod) (redis_connected_slave_lag_seconds{${data}}) > 5`,
      "A replica is more than 5 s behind: with one more like it, writes are refused.",
    ),
    alert(
      "RedisNotPromotable",
      "critical",
      "10m",
      `count by (namespace) (redis_slave_priority{${data}} == 0) > 0`,
      "A Redis pod may not take the master's place: it has not caught up.",
    ),
    alert(
      "RedisEvictions",
      "warning",
      "15m",
      `sum by (pod) (rate(redis_evicted_keys_total{${data}}[5m])) > 10`,
      "Redis evicts more than 10 keys a second: it is too small for what is kept in it.",
    ),
    alert(
      "RedisSnapshotFailing",
      "critical",
      "5m",
      `min by (pod) (redis_rdb_last_bgsave_status{${data}}) == 0 or min by (pod) (redis_aof_last_write_status{${data}}) == 0`,
      "Redis cannot write its files: after a restart, data would be missing.",
    ),
    alert(
      "RedisSentinelNoQuorum",
      "critical",
      "1m",
      `min by (namespace) (redis_sentinel_master_ok_sentinels{${sentinels}}) < ${sizes.quorum} or absent(redis_sentinel_master_ok_sentinels{${sentinels}})`,
      "Too few Sentinels see each other: a lost master would not be replaced.",
    ),
    alert(
      "CacheHitRateLow",
      "warning",
      "15m",
      `${hitRateRecord}{namespace="${namespace}"} < ${thresholds.redis.minHitRate}`,
      `Fewer than ${thresholds.redis.minHitRate * 100} % of the reads find their key in Redis.`,
    ),
  ];
}
