import assert from "node:assert/strict";
import { PostgresCluster } from "../../../../components/data/postgres/postgres-cluster.ts";
import type { PostgresClusterArgs } from "../../../../components/data/postgres/args.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";

const digest = `@sha256:${"0".repeat(64)}`;
const store = { bucket: "apg-audio-backup-prod", region: "eu-central-1", peer: { cidr: "10.0.0.0/16" }, port: 443 };
const prometheus = { namespace: "monitoring", podLabels: { app: "prometheus" } };
const minimal: PostgresClusterArgs = {
  namespace: "apg-audio-prod",
  capability: "audio",
  environment: "prod",
  image: `ghcr.io/cloudnative-pg/postgresql:15.17-system${digest}`,
  issuer: { name: "data" },
  apiServer: { peer: { cidr: "10.0.0.0/16" }, port: 443 },
  poolerImage: `ghcr.io/cloudnative-pg/pgbouncer:1.24.1${digest}`,
};
const declare = (args: Partial<PostgresClusterArgs> = {}) => new PostgresCluster("audio", { ...minimal, ...args });
const full: Partial<PostgresClusterArgs> = {
  tenants: ["acme", "globex-eu"],
  clients: [{ name: "audio", peer: { podLabels: { app: "audio" } } }],
  migrations: [{ name: "audio-migrate", peer: { podLabels: { app: "migrate" } } }],
  backup: { store: { ...store, kmsKeyArn: "arn:aws:kms:eu-central-1:1:key/k" } },
  monitoring: { peer: prometheus },
};
const cnpg = (kind: string) => `kubernetes:postgresql.cnpg.io/v1:${kind}`;
const spec = (inputs: Inputs) => inputs.spec as Inputs;

describe("PostgresCluster", () => {
  it("is a cluster, its database, poolers, secrets, certificate, backups, edges and metrics", async () => {
    const { paths } = await record(() => declare(full));
    const parent = "apg:data:PostgresCluster";
    const policy = `${parent}$kubernetes:networking.k8s.io/v1:NetworkPolicy::audio`;
    assert.deepEqual(
      paths,
      [
        `${parent}::audio`,
        `${parent}$kubernetes:barmancloud.cnpg.io/v1:ObjectStore::audio-archive-own`,
        `${parent}$kubernetes:cert-manager.io/v1:Certificate::audio-tls`,
        `${parent}$kubernetes:core/v1:ConfigMap::audio-dashboard`,
        `${parent}$kubernetes:core/v1:ConfigMap::audio-queries`,
        `${parent}$kubernetes:core/v1:Secret::audio-role-app`,
        `${parent}$kubernetes:core/v1:Secret::audio-role-app-a`,
        `${parent}$kubernetes:core/v1:Secret::audio-role-app-b`,
        `${parent}$kubernetes:core/v1:Secret::audio-role-app-c`,
        `${parent}$kubernetes:core/v1:Secret::audio-role-migrate`,
        `${parent}$kubernetes:monitoring.coreos.com/v1:PodMonitor::audio-metrics`,
        `${parent}$kubernetes:monitoring.coreos.com/v1:PrometheusRule::audio-alerts`,
        `${policy}-postgres-allow-to-api-server`,
        `${policy}-postgres-allow-to-archive`,
        `${policy}-postgres-allow-to-pod-identity`,
        `${policy}-postgres-allow-to-postgres`,
        `${policy}-postgres-instances-allow-from-audio-migrate`,
        `${policy}-postgres-instances-allow-from-monitoring`,
        `${policy}-postgres-instances-allow-from-operator`,
        `${policy}-postgres-instances-allow-from-postgres`,
        `${policy}-postgres-poolers-allow-from-audio`,
        `${policy}-postgres-poolers-allow-from-monitoring`,
        `${parent}$kubernetes:policy/v1:PodDisruptionBudget::audio-pooler-ro`,
        `${parent}$kubernetes:policy/v1:PodDisruptionBudget::audio-pooler-rw`,
        `${parent}$${cnpg("Cluster")}::audio`,
        `${parent}$${cnpg("Database")}::audio`,
        `${parent}$${cnpg("Pooler")}::audio-pooler-ro`,
        `${parent}$${cnpg("Pooler")}::audio-pooler-rw`,
        `${parent}$${cnpg("ScheduledBackup")}::audio-base-backup`,
        `${parent}$random:index/randomPassword:RandomPassword::audio-app-a`,
        `${parent}$random:index/randomPassword:RandomPassword::audio-app-b`,
        `${parent}$random:index/randomPassword:RandomPassword::audio-app-c`,
        `${parent}$random:index/randomPassword:RandomPassword::audio-migrate`,
      ].sort(),
    );
  });

  it("loses no acknowledged commit, spreads over hosts and zones, and lets a deleted primary go at once", async () => {
    const cluster = spec((await record(declare)).inputs(cnpg("Cluster")));
    const postgresql = cluster.postgresql as Inputs;
    assert.equal(cluster.instances, 3);
    assert.deepEqual(postgresql.synchronous, {
      method: "any",
      number: 1,
      dataDurability: "required",
      failoverQuorum: true,
    });
    assert.deepEqual(cluster.affinity, {
      enablePodAntiAffinity: true,
      podAntiAffinityType: "required",
      topologyKey: "kubernetes.io/hostname",
    });
    const [constraint] = cluster.topologySpreadConstraints as Inputs[];
    assert.deepEqual(
      [constraint!.topologyKey, constraint!.whenUnsatisfiable],
      ["topology.kubernetes.io/zone", "DoNotSchedule"],
    );
    assert.equal(cluster.smartShutdownTimeout, 2);
  });

  it("asks an older operator for quorum failover by its annotation, and for nothing that it does not know", async () => {
    const inputs = (await record(() => declare({ operatorVersion: "1.27" }))).inputs(cnpg("Cluster"));
    assert.deepEqual((inputs.metadata as Inputs).annotations, { "alpha.cnpg.io/failoverQuorum": "true" });
    assert.deepEqual((spec(inputs).postgresql as Inputs).synchronous, {
      method: "any",
      number: 1,
      dataDurability: "required",
    });
  });

  it("lets the application's logins and migrations in, over TLS with a password, and nobody else", async () => {
    const recording = await record(() => declare(full));
    const cluster = spec(recording.inputs(cnpg("Cluster")));
    assert.deepEqual((cluster.postgresql as Inputs).pg_hba, [
      "hostssl app app_a all scram-sha-256",
      "hostssl app app_b all scram-sha-256",
      "hostssl app app_c all scram-sha-256",
      "hostssl app migrate all scram-sha-256",
      "hostssl all all all reject",
      "hostnossl all all all reject",
    ]);
    assert.equal(cluster.enableSuperuserAccess, false);
    assert.deepEqual(cluster.certificates, { serverTLSSecret: "postgres-tls", serverCASecret: "postgres-tls" });
    const pooler = spec(recording.inputs(cnpg("Pooler"), "audio-pooler-rw")).pgbouncer as Inputs;
    assert.deepEqual(pooler.pg_hba, [
      "hostssl all all 0.0.0.0/0 scram-sha-256",
      "hostnossl all all 0.0.0.0/0 reject",
      "hostssl all all ::/0 scram-sha-256",
      "hostnossl all all ::/0 reject",
    ]);
    const { dnsNames } = spec(recording.inputs("kubernetes:cert-manager.io/v1:Certificate"));
    for (const name of ["postgres-rw", "postgres-pooler-ro.apg-audio-prod.svc"])
      assert.ok((dnsNames as string[]).includes(name), name);
  });

  it("gives each tenant a schema and a role that nobody signs in as, and PUBLIC nothing", async () => {
    const recording = await record(() => declare(full));
    const cluster = spec(recording.inputs(cnpg("Cluster")));
    const roles = (cluster.managed as { roles: Inputs[] }).roles;
    assert.deepEqual(
      roles.map(({ name, login, inherit, superuser, inRoles }) => ({ name, login, inherit, superuser, inRoles })),
      [
        { name: "app", login: false, inherit: false, superuser: false, inRoles: ["tenant_acme", "tenant_globex_eu"] },
        { name: "app_a", login: true, inherit: true, superuser: false, inRoles: ["app"] },
        { name: "app_b", login: true, inherit: true, superuser: false, inRoles: ["app"] },
        { name: "app_c", login: true, inherit: true, superuser: false, inRoles: ["app"] },
        {
          name: "migrate",
          login: true,
          inherit: false,
          superuser: false,
          inRoles: ["tenant_acme", "tenant_globex_eu"],
        },
        { name: "tenant_acme", login: false, inherit: false, superuser: false, inRoles: undefined },
        { name: "tenant_globex_eu", login: false, inherit: false, superuser: false, inRoles: undefined },
      ],
    );
    assert.deepEqual(spec(recording.inputs(cnpg("Database"))).schemas, [
      { name: "audio", owner: "migrate", ensure: "present" },
      { name: "tenant_acme", owner: "tenant_acme", ensure: "present" },
      { name: "tenant_globex_eu", owner: "tenant_globex_eu", ensure: "present" },
    ]);
    const { postInitApplicationSQL } = (cluster.bootstrap as { initdb: Inputs }).initdb;
    assert.ok((postInitApplicationSQL as string[]).includes("REVOKE ALL ON SCHEMA public FROM PUBLIC"));
  });

  it("lets each login get a password while another is used, and makes all of them the application", async () => {
    const recording = await record(
      () => declare(full),
      (type) => (type.startsWith("random:") ? { result: "sesame" } : undefined),
    );
    const cluster = spec(recording.inputs(cnpg("Cluster")));
    const secretOf = new Map(
      (cluster.managed as { roles: Inputs[] }).roles.map(({ name, passwordSecret }) => [name, passwordSecret]),
    );
    for (const turn of ["a", "b", "c"]) {
      assert.deepEqual(secretOf.get(`app_${turn}`), { name: `postgres-role-app-${turn}` });
      const { metadata, stringData } = recording.inputs("kubernetes:core/v1:Secret", `audio-role-app-${turn}`);
      const { name, labels } = metadata as { name: string; labels: Inputs };
      assert.equal(name, `postgres-role-app-${turn}`);
      assert.equal(labels["cnpg.io/reload"], "true");
      assert.deepEqual((stringData as { value: Inputs }).value, {
        username: `app_${turn}`,
        password: "sesame",
      });
    }
    assert.equal(secretOf.get("app"), undefined);
    const statements = (cluster.bootstrap as { initdb: { postInitApplicationSQL: string[] } }).initdb
      .postInitApplicationSQL;
    assert.ok(statements.includes("CREATE ROLE app NOLOGIN NOINHERIT"));
    for (const turn of ["a", "b", "c"]) {
      assert.ok(statements.includes(`CREATE ROLE app_${turn} LOGIN INHERIT IN ROLE app`));
      assert.ok(statements.includes(`ALTER ROLE app_${turn} SET role = 'app'`));
    }
  });

  it("describes its archive once, for the plugin or for the operator's own fields", async () => {
    const plugin = await record(() => declare(full));
    const objectStore = spec(plugin.inputs("kubernetes:barmancloud.cnpg.io/v1:ObjectStore"));
    assert.equal(objectStore.retentionPolicy, "30d");
    assert.deepEqual(spec(plugin.inputs(cnpg("Cluster"))).plugins, [
      {
        name: "barman-cloud.cloudnative-pg.io",
        isWALArchiver: true,
        parameters: { barmanObjectName: "postgres", serverName: "postgres" },
      },
    ]);
    assert.equal(spec(plugin.inputs(cnpg("ScheduledBackup"))).method, "plugin");

    const inTree = await record(() => declare({ ...full, backup: { ...full.backup!, method: "in-tree" } }));
    const { backup, plugins } = spec(inTree.inputs(cnpg("Cluster")));
    const { barmanObjectStore, retentionPolicy } = backup as Inputs;
    assert.equal(plugins, undefined);
    assert.equal(retentionPolicy, "30d");
    const { serverName, ...configuration } = barmanObjectStore as Inputs;
    assert.equal(serverName, "postgres");
    assert.deepEqual(configuration, objectStore.configuration);
    assert.equal((configuration.data as Inputs).encryption, "aws:kms");
    assert.equal(spec(inTree.inputs(cnpg("ScheduledBackup"))).method, "barmanObjectStore");
  });

  it("recovers to a point in time, and then archives under another name", async () => {
    const recording = await record(() =>
      declare({
        ...full,
        serverName: "postgres-2",
        recoverFrom: { serverName: "postgres", targetTime: "2026-05-01 12:00:00+00" },
      }),
    );
    const cluster = spec(recording.inputs(cnpg("Cluster")));
    assert.deepEqual(cluster.bootstrap, {
      recovery: {
        source: "origin",
        database: "app",
        owner: "migrate",
        secret: { name: "postgres-role-migrate" },
        recoveryTarget: { targetTime: "2026-05-01 12:00:00+00" },
      },
    });
    const parameters = (of: unknown) => (of as { parameters: Inputs }).parameters.serverName;
    assert.equal(parameters((cluster.externalClusters as { plugin: Inputs }[])[0]!.plugin), "postgres");
    assert.equal(parameters((cluster.plugins as Inputs[])[0]), "postgres-2");
  });

  it("tells an application all that it needs, and no password", async () => {
    const { value, resources } = await record(
      () => declare(full),
      (type) => (type.startsWith("random:") ? { result: "sesame" } : undefined),
    );
    assert.deepEqual(value.connection.secrets, [
      { env: "DATABASE_URL", secretName: "postgres-role-app", key: "url" },
      { env: "DATABASE_READ_URL", secretName: "postgres-role-app", key: "read-url" },
    ]);
    const holding = resources.filter((resource) => JSON.stringify(resource).includes("sesame"));
    assert.deepEqual([...new Set(holding.map(({ type }) => type))], ["kubernetes:core/v1:Secret"]);
    const secret = resources.find(({ name }) => name === "audio-role-app")!.inputs.stringData as { value: Inputs };
    assert.equal(
      secret.value.url,
      "postgres://app_a:sesame@postgres-pooler-rw:5432/app?sslmode=verify-full&sslrootcert=/etc/apg/certificates/postgres-ca.crt",
    );
    assert.equal(await valueOf(value.clusterName), "postgres");
  });

  it("refuses what would lose data or connections, all at once", async () => {
    const lines = await refusal(() =>
      declare({
        image: "ghcr.io/cloudnative-pg/postgresql:13.4",
        instances: 2,
        maxConnections: 110,
        tenants: ["acme", "a-b", "a--b"],
        storage: "10Mi",
        backup: { store, retentionDays: 7, schedule: "0 2 * * *" },
        recoverFrom: { serverName: "postgres", targetTime: "yesterday" },
        operatorVersion: "1.20",
      }),
    );
    for (const part of [
      "audio.image: ghcr.io/cloudnative-pg/postgresql:13.4 given; PostgreSQL 14 or later, as the image's tag says, is accepted, and 15 where both checklists hold (AUD-DB-01, CV-DB-01).",
      "audio.instances: 2 given; at least 3 are needed (AUD-DB-04, CV-DB-02).",
      "audio.synchronous: 1 given; at most 0 is allowed with 2 instances",
      "audio.maxConnections: 110 given; at least 120 is needed: 2 poolers with 50 each, and 20 beside them (AUD-DB-02).",
      "audio.tenants[2]: a--b given; it becomes tenant_a_b, as tenants[1] (a-b) does; each tenant needs a name of its own (CV-DB-08).",
      "audio.storage: 10Mi given; a quantity of at least 1024Mi is needed (AUD-DB-03).",
      "audio.backup.schedule: 0 2 * * * given; six fields are needed, seconds first",
      "audio.backup.retentionDays: 7 given; at least 30 are needed (AUD-DB-03, CV-DB-03).",
      "audio.serverName: postgres given; another name than recoverFrom.serverName is needed",
      "audio.recoverFrom.targetTime: yesterday given;",
      "audio.operatorVersion: 1.20 given;",
    ])
      assert.ok(
        lines.some((line) => line.startsWith(part)),
        `${part}\nis not in\n${lines.join("\n")}`,
      );
  });
});
