// redis.conf and sentinel.conf, whole but for what is each pod's own, which the start scripts add.
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { directories, ports } from "./names.ts";
import { backlogOf, bytesOf, maxmemoryOf, redisSize } from "./sizing.ts";

/** What the files follow from. */
export interface GroupSettings {
  /** Name of the group, by which clients ask Sentinels for its master. */
  group: string;
  /** Data pods. */
  replicas: number;
  /** Sentinels that must agree. */
  quorum: number;
  /** Memory limit of a data pod. */
  memoryLimit: string;
}

/** Files of the Secret with passwords. */
export const authFiles = deepFrozen({
  redisAcl: "users.acl",
  sentinelAcl: "sentinel-users.acl",
  replication: "replication.conf",
  sentinel: "sentinel-auth.conf",
  exporter: "exporter.json",
});

const sentinelTimes = deepFrozen({
  /** Milliseconds without an answer after which a Sentinel takes the master for lost (AUD-CACHE-04). */
  downAfter: 2000,
  /** Milliseconds of which a failover that is stuck is tried again after the double. */
  failoverTimeout: 10000,
  /** Milliseconds that a master which is back may load its files before a replica takes its place. */
  rebootDownAfter: 5000,
});

function tls(port: number): string[] {
  const { tls: at } = directories;
  return [
    "# TLS only, for clients, replicas and Sentinels (AUD-CACHE-06)",
    "port 0",
    `tls-port ${port}`,
    "tls-replication yes",
    "tls-auth-clients no",
    `tls-protocols "${thresholds.redis.tlsProtocols}"`,
    `tls-cert-file ${at}/tls.crt`,
    `tls-key-file ${at}/tls.key`,
    `tls-ca-cert-file ${at}/ca.crt`,
    "tcp-keepalive 60",
    "",
  ];
}

/** redis.conf. */
export function redisConf({ replicas, memoryLimit }: GroupSettings): string {
  const { evictionPolicy, minReplicasToWrite } = thresholds.redis;
  const maxmemory = maxmemoryOf(bytesOf(memoryLimit));
  return [
    ...tls(ports.redis),
    "# Users and passwords, from a Secret (AUD-CACHE-06)",
    `aclfile ${directories.auth}/${authFiles.redisAcl}`,
    `include ${directories.auth}/${authFiles.replication}`,
    "",
    "# Append-only file and snapshots (AUD-CACHE-03)",
    `dir ${directories.data}`,
    "appendonly yes",
    "appendfsync everysec",
    "save 900 1",
    "save 300 100",
    "save 60 10000",
    "# The append-only file is complete when the server stops; a snapshot as well would only make that longer.",
    "shutdown-on-sigterm nosave",
    "shutdown-timeout 10",
    "",
    `# The container's limit of ${memoryLimit} is a quarter above it (AUD-CACHE-05, AUD-CSTR-02)`,
    `maxmemory ${redisSize(maxmemory)}`,
    `maxmemory-policy ${evictionPolicy}`,
    "lazyfree-lazy-eviction yes",
    "lazyfree-lazy-expire yes",
    "",
    "# A master that has lost its replicas takes no writes, which nobody else would have (CV-CACHE-02)",
    `min-replicas-to-write ${minReplicasToWrite}`,
    "min-replicas-max-lag 5",
    `repl-backlog-size ${redisSize(backlogOf(maxmemory))}`,
    "repl-diskless-sync yes",
    "repl-diskless-sync-delay 1",
    `repl-diskless-sync-max-replicas ${replicas - 1}`,
    "# The same for all, so that the replica with the most data is promoted; 0 until it has caught up (redis-start.sh)",
    "replica-priority 0",
    "",
  ].join("\n");
}

/** sentinel.conf. The start script puts the master's address in the place of `redis-0`. */
export function sentinelConf({ group, quorum }: GroupSettings): string {
  const { downAfter, failoverTimeout, rebootDownAfter } = sentinelTimes;
  return [
    ...tls(ports.sentinel),
    "# Users and passwords, from a Secret (AUD-CACHE-06)",
    `aclfile ${directories.auth}/${authFiles.sentinelAcl}`,
    `include ${directories.auth}/${authFiles.sentinel}`,
    "",
    `dir ${directories.data}`,
    "# Addresses, never names: a Sentinel that waits for DNS does nothing else",
    "sentinel resolve-hostnames no",
    "sentinel announce-hostnames no",
    "sentinel deny-scripts-reconfig yes",
    "",
    "# Promotes a replica when the master is lost (AUD-CACHE-04, CV-CACHE-02)",
    `sentinel monitor ${group} redis-0 ${ports.redis} ${quorum}`,
    `sentinel down-after-milliseconds ${group} ${downAfter}`,
    `sentinel failover-timeout ${group} ${failoverTimeout}`,
    `sentinel master-reboot-down-after-period ${group} ${rebootDownAfter}`,
    `sentinel parallel-syncs ${group} 1`,
    "",
  ].join("\n");
}
