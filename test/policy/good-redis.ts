// A Redis group and its Sentinels that obey every rule.
import { cronJob, leadingTo } from "./good-postgres.ts";
import { digest, externalSecret, metadata, resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

const tls = (port: number) => `port 0
tls-port ${port}
tls-replication yes
tls-protocols "TLSv1.3"
`;

export const redisConf = `# TLS only
${tls(6379)}aclfile /etc/redis/auth/users.acl
include /etc/redis/auth/replication.conf
appendonly yes
appendfsync everysec
save 900 1
save 60 10000
maxmemory 4gb
maxmemory-policy allkeys-lru
min-replicas-to-write 1
`;

export const sentinelConf = `${tls(26379)}aclfile /etc/redis/auth/sentinel-users.acl
include /etc/redis/auth/sentinel-auth.conf
sentinel monitor main redis-0 6379 2
sentinel down-after-milliseconds main 2000
`;

function group(of: string, memory: string, replicas: number): FixtureResource {
  const selector = { "app.kubernetes.io/name": "audio-processing", "app.kubernetes.io/component": of };
  const probe = { exec: { command: ["sh", "/etc/redis/config/live.sh"] }, periodSeconds: 10, failureThreshold: 3 };
  const classed = { "data-class": "confidential" };
  return resource("apps/v1:StatefulSet", of, {
    metadata: { ...metadata(of), labels: { ...(metadata(of).labels as Json), ...selector, ...classed } },
    spec: {
      serviceName: of,
      replicas,
      selector: { matchLabels: selector },
      updateStrategy: { type: "RollingUpdate" },
      minReadySeconds: 10,
      revisionHistoryLimit: 5,
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: classed },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
        },
      ],
      template: {
        metadata: { labels: selector },
        spec: {
          serviceAccountName: of,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 60,
          nodeSelector: { "apg.io/pool": "data" },
          tolerations: [{ key: "apg.io/pool", operator: "Equal", value: "data", effect: "NoSchedule" }],
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
            topologyKey,
            maxSkew: 1,
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: { matchLabels: selector },
          })),
          containers: [
            {
              name: of,
              image: `registry.test/redis:7.4.6@${digest}`,
              command: ["sh", `/etc/redis/config/${of}-start.sh`],
              resources: { requests: { cpu: "100m", memory }, limits: { cpu: "1", memory } },
              livenessProbe: probe,
              readinessProbe: { ...probe, exec: { command: ["sh", "/etc/redis/config/ready.sh"] } },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "data", mountPath: "/data" },
                { name: "config", mountPath: "/etc/redis/config" },
                { name: "auth", mountPath: "/etc/redis/auth" },
              ],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: "redis-config-0123456789" } },
            { name: "auth", secret: { secretName: "redis-auth" } },
          ],
        },
      },
    },
  });
}

function around(of: string): FixtureResource[] {
  const selector = { "app.kubernetes.io/name": "audio-processing", "app.kubernetes.io/component": of };
  return [
    resource("core/v1:ServiceAccount", `${of}-account`, {
      metadata: metadata(of),
      automountServiceAccountToken: false,
    }),
    resource("policy/v1:PodDisruptionBudget", `${of}-budget`, {
      metadata: metadata(of),
      spec: { minAvailable: 2, selector: { matchLabels: selector }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    }),
    resource("core/v1:Service", `${of}-service`, {
      metadata: { ...metadata(of), labels: { ...(metadata(of).labels as Json), ...selector } },
      spec: { type: "ClusterIP", clusterIP: "None", selector, ports: [{ port: 6379 }] },
    }),
  ];
}

export const goodRedis: readonly FixtureResource[] = [
  resource("core/v1:ConfigMap", "redis-config", {
    metadata: metadata("redis-config-0123456789"),
    immutable: true,
    data: { "redis.conf": redisConf, "sentinel.conf": sentinelConf, "live.sh": "#!/bin/sh\n" },
  }),
  externalSecret("redis-auth-secret", "redis-auth"),
  group("redis", "5Gi", 3),
  group("sentinel", "128Mi", 3),
  ...["redis", "sentinel"].flatMap(around),
  resource("monitoring.coreos.com/v1:ServiceMonitor", "redis-metrics", {
    metadata: metadata("redis"),
    spec: { selector: { matchLabels: { "app.kubernetes.io/component": "redis" } }, endpoints: [{ port: "metrics" }] },
  }),
  resource("monitoring.coreos.com/v1:PrometheusRule", "redis-alerts", {
    metadata: metadata("redis"),
    spec: {
      groups: [
        {
          name: "redis",
          rules: ["RedisDown", "RedisMemoryHigh", "RedisReplicationBroken", "CacheHitRateLow"].map((alert) => ({
            alert,
            ...leadingTo("cache-management.md"),
          })),
        },
      ],
    },
  }),
  resource("core/v1:ServiceAccount", "redis-backup-account", {
    metadata: metadata("redis-backup"),
    automountServiceAccountToken: false,
  }),
  cronJob("redis-backup", "redis-backup", "30 3 * * *"),
];
