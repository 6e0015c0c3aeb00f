// A PostgreSQL cluster that obeys every rule, with its poolers, backups and drills.
import { digest, metadata, namespace, resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

const component = "app.kubernetes.io/component";

function pooler(type: string): FixtureResource {
  return resource("postgresql.cnpg.io/v1:Pooler", `pooler-${type}`, {
    metadata: metadata(`postgres-pooler-${type}`),
    spec: {
      cluster: { name: "postgres" },
      instances: 2,
      type,
      pgbouncer: {
        poolMode: "transaction",
        pg_hba: [
          "hostssl all all 0.0.0.0/0 scram-sha-256",
          "hostnossl all all 0.0.0.0/0 reject",
          "hostssl all all ::/0 scram-sha-256",
          "hostnossl all all ::/0 reject",
        ],
        parameters: { min_pool_size: "20", default_pool_size: "50", max_db_connections: "50", max_client_conn: "1000" },
      },
      template: {
        spec: {
          containers: [
            {
              name: "pgbouncer",
              image: `registry.test/pgbouncer:1.24.1@${digest}`,
              resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
            },
          ],
        },
      },
    },
  });
}

const store = {
  destinationPath: "s3://apg-backup-test/postgres",
  s3Credentials: { inheritFromIAMRole: true },
  data: { encryption: "aws:kms" },
  wal: { encryption: "aws:kms" },
};

/** A job that obeys the rules on pods. */
export function cronJob(name: string, of: string, schedule: string): FixtureResource {
  const named = { [component]: of };
  return resource("batch/v1:CronJob", name, {
    metadata: { ...metadata(of), labels: { ...(metadata(of).labels as Json), ...named } },
    spec: {
      schedule,
      jobTemplate: {
        spec: {
          template: {
            metadata: { labels: named },
            spec: {
              serviceAccountName: of,
              automountServiceAccountToken: false,
              restartPolicy: "Never",
              securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
              containers: [
                {
                  name: of,
                  image: `registry.test/data-tools:1.0.0@${digest}`,
                  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "250m", memory: "256Mi" } },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                  },
                },
              ],
            },
          },
        },
      },
    },
  });
}

/** The rest of an alert. */
export function leadingTo(file: string): Json {
  return { expr: "vector(1)", annotations: { runbook_url: `runbooks/${file}` } };
}

const tenantRole = (name: string) => ({ name, ensure: "present", login: false, superuser: false });
const alerts = [
  "PgReplicationLag",
  "PgConnectionsHigh",
  "PgLongTransaction",
  "PgDeadTuples",
  "PgArchiveFailing",
  "PgDiskFillingUp",
];

/** A procedure that lacks nothing. */
export const runbook = ["Trigger", "Steps", "Check", "Undo", "Owner"]
  .map((heading) => `## ${heading}\n\n${heading === "Steps" ? "```sh\nkubectl get pods\n```" : "Something."}\n`)
  .join("\n");

export const dashboard = {
  uid: "database",
  title: "Database",
  panels: ["Transactions", "Cache hit ratio", "Locks", "Replication lag", "Slow queries"].map((title) => ({
    title,
    type: "timeseries",
    targets: [{ expr: "vector(1)" }],
  })),
};

export const goodPostgres: readonly FixtureResource[] = [
  resource("postgresql.cnpg.io/v1:Cluster", "cluster", {
    metadata: { ...metadata("postgres"), labels: { ...(metadata("").labels as Json), "data-class": "confidential" } },
    spec: {
      imageName: `registry.test/postgresql:15.14-standard-bookworm@${digest}`,
      instances: 3,
      enableSuperuserAccess: false,
      smartShutdownTimeout: 3,
      bootstrap: { initdb: { postInitApplicationSQL: ["CREATE ROLE app LOGIN NOSUPERUSER"] } },
      certificates: { serverTLSSecret: "postgres-server", serverCASecret: "postgres-server" },
      postgresql: {
        parameters: {
          max_connections: "200",
          shared_buffers: "1024MB",
          effective_cache_size: "3072MB",
          archive_timeout: "120s",
          log_min_duration_statement: "500ms",
          password_encryption: "scram-sha-256",
          "pg_stat_statements.track": "top",
          ssl_min_protocol_version: "TLSv1.3",
        },
        pg_hba: ["hostssl app app all scram-sha-256", "hostssl all all all reject", "hostnossl all all all reject"],
        synchronous: { method: "any", number: 1, dataDurability: "required", failoverQuorum: true },
      },
      managed: { roles: [tenantRole("tenant_acme"), tenantRole("tenant_globex_inc")] },
      affinity: { podAntiAffinityType: "required", topologyKey: "kubernetes.io/hostname" },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "DoNotSchedule",
          labelSelector: { matchLabels: { "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance" } },
        },
      ],
      resources: { requests: { cpu: "1", memory: "4Gi" }, limits: { cpu: "2", memory: "4Gi" } },
      plugins: [
        {
          name: "barman-cloud.cloudnative-pg.io",
          isWALArchiver: true,
          parameters: { barmanObjectName: "postgres", serverName: "postgres" },
        },
      ],
    },
  }),
  resource("postgresql.cnpg.io/v1:Database", "database", {
    metadata: metadata("app"),
    spec: {
      cluster: { name: "postgres" },
      name: "app",
      owner: "migrate",
      schemas: [
        { name: "audio_processing", owner: "migrate" },
        { name: "tenant_acme", owner: "tenant_acme" },
        { name: "tenant_globex_inc", owner: "tenant_globex_inc" },
      ],
    },
  }),
  pooler("rw"),
  pooler("ro"),
  resource("postgresql.cnpg.io/v1:ScheduledBackup", "base-backup", {
    metadata: metadata("postgres-base"),
    spec: { cluster: { name: "postgres" }, schedule: "0 0 2 * * *", suspend: false, method: "plugin" },
  }),
  resource("barmancloud.cnpg.io/v1:ObjectStore", "archive", {
    metadata: metadata("postgres"),
    spec: { retentionPolicy: "30d", configuration: store },
  }),
  resource("networking.k8s.io/v1:NetworkPolicy", "instances", {
    metadata: metadata("postgres-instances"),
    spec: {
      podSelector: { matchLabels: { "cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { "cnpg.io/cluster": "postgres" } } }],
          ports: [{ port: 5432 }, { port: 8000 }],
        },
      ],
    },
  }),
  resource("monitoring.coreos.com/v1:PodMonitor", "postgres-metrics", {
    metadata: metadata("postgres"),
    spec: { selector: { matchLabels: { "cnpg.io/cluster": "postgres" } }, podMetricsEndpoints: [{ port: "metrics" }] },
  }),
  resource("monitoring.coreos.com/v1:PrometheusRule", "postgres-alerts", {
    metadata: metadata("postgres"),
    spec: {
      groups: [
        {
          name: "postgres",
          rules: [
            ...alerts.map((alert) => ({ alert, ...leadingTo("database-maintenance.md") })),
            { alert: "RpoAtRisk", ...leadingTo("backup-recovery.md") },
          ],
        },
      ],
    },
  }),
  resource("core/v1:ConfigMap", "runbooks", {
    metadata: metadata("apg-runbooks"),
    data: Object.fromEntries(
      ["backup-recovery.md", "cache-management.md", "database-maintenance.md"].map((file) => [file, runbook]),
    ),
  }),
  resource("core/v1:ConfigMap", "dashboard", {
    metadata: {
      ...metadata("database-dashboard"),
      labels: { ...(metadata("").labels as Json), grafana_dashboard: "1" },
    },
    data: { "database.json": JSON.stringify(dashboard) },
  }),
  resource("postgresql.cnpg.io/v1:Backup", "release-backup", {
    metadata: metadata("postgres-release-1-4-2"),
    spec: { cluster: { name: "postgres" }, method: "plugin" },
  }),
  resource("velero.io/v1:Backup", "release-state", {
    metadata: { name: `${namespace}-release-1-4-2`, namespace: "velero" },
    spec: { includedNamespaces: [namespace], storageLocation: "default", ttl: "720h0m0s" },
  }),
  resource("core/v1:ServiceAccount", "drill-account", {
    metadata: metadata("restore-drill"),
    automountServiceAccountToken: false,
  }),
  cronJob("drill", "restore-drill", "0 4 * * 0"),
  resource("velero.io/v1:BackupStorageLocation", "location", {
    metadata: { name: "default", namespace: "velero" },
    spec: { provider: "aws", config: { kmsKeyId: "alias/backup" } },
  }),
  resource("velero.io/v1:Schedule", "state-backup", {
    metadata: { name: "daily", namespace: "velero" },
    spec: { schedule: "0 1 * * *", template: { includedNamespaces: [namespace], ttl: "720h0m0s" } },
  }),
];
