import assert from "node:assert/strict";
import fc from "fast-check";
import { Backup } from "../../../../components/index.ts";
import type { BackupArgs, BackupPolicyArgs } from "../../../../components/index.ts";
import { archiveTimeoutOf, policyProblems } from "../../../../components/data/backup/policy.ts";
import { migrationConnectionOf } from "../../../../components/data/postgres/connection.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { onServer } from "./fixtures.ts";

const store = {
  bucket: "apg-audio-shared-backup-prod",
  region: "eu-central-1",
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/k",
  peer: { cidr: "10.20.0.0/24" },
  port: 443,
};
const minimal: BackupArgs = {
  namespace: "apg-audio-prod",
  capability: "audio",
  environment: "prod",
  store,
  database: {
    clusterName: "postgres",
    image: onServer.images.postgres,
    path: "postgres/audio",
    serverName: "postgres",
    method: "plugin",
    requests: { cpu: "1", memory: "4Gi" },
    limits: { cpu: "2", memory: "4Gi" },
    storage: "50Gi",
    walStorage: "10Gi",
  },
  connection: migrationConnectionOf("postgres"),
  cacheFolder: "redis/audio",
  toolsImage: onServer.images.tools,
  apiServer: onServer.apiServer,
  operator: { namespace: "cnpg-system", podLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
};
const full: Partial<BackupArgs> = { monitoring: onServer.monitoring, policy: { clusterState: {} } };
const declare = (args: Partial<BackupArgs> = {}) => record(() => new Backup("audio", { ...minimal, ...args }));

const cronJob = "kubernetes:batch/v1:CronJob";
const configMap = "kubernetes:core/v1:ConfigMap";
const role = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const snapshotLocation = "kubernetes:velero.io/v1:VolumeSnapshotLocation";
const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const specOf = (inputs: Inputs) => inputs.spec as Inputs;
const clusterOf = (recording: Recording<unknown>) => {
  const { data } = recording.inputs(configMap) as { data: Record<string, string> };
  return JSON.parse(data["cluster.json"]!) as { metadata: Inputs; spec: Inputs };
};
const drill = "apg-audio-drill-prod";

describe("Backup", () => {
  it("is a drill in a namespace of its own, what it may do there, whom it calls, and alerts", async () => {
    const { paths, value } = await declare(full);
    const parent = "apg:data:Backup";
    const rbac = `${parent}$kubernetes:rbac.authorization.k8s.io/v1`;
    assert.deepEqual(
      paths.filter((path) => !/CapabilityNamespace\$|NetworkPolicies\$/.test(path)),
      [
        `${parent}::audio`,
        `${parent}$apg:capability:CapabilityNamespace::audio-drill`,
        `${parent}$apg:capability:NetworkPolicies::audio-drill`,
        `${parent}$kubernetes:barmancloud.cnpg.io/v1:ObjectStore::audio-drill`,
        `${parent}$${cronJob}::audio-restore-drill`,
        `${parent}$${configMap}::audio-restore-drill`,
        `${parent}$kubernetes:core/v1:ServiceAccount::audio-restore-drill`,
        `${parent}$kubernetes:monitoring.coreos.com/v1:PrometheusRule::audio-backup-alerts`,
        `${parent}$${policy}::audio-restore-drill-allow-to-api-server`,
        `${parent}$${policy}::audio-restore-drill-allow-to-archive`,
        `${parent}$${policy}::audio-restore-drill-allow-to-pod-identity`,
        `${parent}$${policy}::audio-restore-drill-allow-to-postgres`,
        `${parent}$${policy}::audio-restore-drill-allow-to-restored`,
        `${rbac}:Role::audio-restore`,
        `${rbac}:Role::audio-result`,
        `${rbac}:RoleBinding::audio-restore`,
        `${rbac}:RoleBinding::audio-result`,
        `${parent}$kubernetes:velero.io/v1:BackupStorageLocation::audio-velero`,
        `${parent}$kubernetes:velero.io/v1:Schedule::audio-velero`,
        `${parent}$kubernetes:velero.io/v1:VolumeSnapshotLocation::audio-velero`,
      ].sort(),
    );
    assert.equal(await valueOf(value.scratchNamespace), drill);
  });

  it("closes the scratch namespace but for the restored cluster, its operator, the archive and whoever compares", async () => {
    const recording = await declare();
    const names = recording.resources
      .filter(({ type, name }) => type === policy && name.startsWith("audio-drill-"))
      .map(({ name }) => name.slice("audio-drill-".length));
    assert.deepEqual(names.sort(), [
      "allow-dns",
      "allow-from-drill",
      "allow-from-operator",
      "allow-from-restore-drill",
      "allow-to-api-server",
      "allow-to-archive",
      "allow-to-drill",
      "allow-to-pod-identity",
      "default-deny",
    ]);
    const { hard } = specOf(recording.inputs("kubernetes:core/v1:ResourceQuota")) as { hard: Inputs };
    assert.equal(hard.persistentvolumeclaims, "2");
  });

  it("tries the backups every week, within the time that is promised and a quarter of an hour", async () => {
    const spec = specOf((await declare()).inputs(cronJob));
    const { jobTemplate, ...schedule } = spec as Inputs & { jobTemplate: { spec: Inputs } };
    assert.deepEqual(schedule, {
      schedule: "0 4 * * 0",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
    });
    assert.equal(jobTemplate.spec.backoffLimit, 0);
    assert.equal(jobTemplate.spec.activeDeadlineSeconds, (15 + 5 + 15) * 60);
    const { spec: pod } = jobTemplate.spec.template as { spec: { containers: [{ env: Inputs[] }] } };
    const env = new Map(pod.containers[0].env.map(({ name, value }) => [name, value]));
    assert.deepEqual(
      ["PGOPTIONS", "SCRATCH", "RTO_SECONDS", "RPO_SECONDS", "BUCKET", "CACHE_FOLDER"].map((name) => env.get(name)),
      ["-c default_transaction_read_only=on", drill, "900", "300", store.bucket, "redis/audio"],
    );
    assert.ok(!env.has("AWS_ACCESS_KEY_ID"), "pods have an identity on AWS");
  });

  it("restores the same version out of the same archive, into one small instance", async () => {
    const { metadata, spec } = clusterOf(await declare());
    assert.deepEqual(metadata, { name: "drill", namespace: drill });
    assert.deepEqual([spec.imageName, spec.instances], [minimal.database.image, 1]);
    assert.deepEqual(spec.externalClusters, [
      {
        name: "origin",
        plugin: {
          name: "barman-cloud.cloudnative-pg.io",
          parameters: { barmanObjectName: "drill", serverName: "postgres" },
        },
      },
    ]);
    const inTree = clusterOf(await declare({ database: { ...minimal.database, method: "in-tree" } }));
    const [{ barmanObjectStore }] = inTree.spec.externalClusters as [{ barmanObjectStore: Inputs }];
    assert.equal(barmanObjectStore.destinationPath, "s3://apg-audio-shared-backup-prod/postgres/audio");
  });

  it("has a server's keys in the scratch namespace only while it runs", async () => {
    const credentials = { secretName: "backup-storage", accessKeyIdKey: "id", secretAccessKeyKey: "key" };
    const given = { ...store, kmsKeyArn: undefined, endpoint: "https://objects.store.svc:7070", credentials };
    const recording = await declare({ store: given, database: { ...minimal.database, method: "in-tree" } });
    const [{ barmanObjectStore }] = clusterOf(recording).spec.externalClusters as [{ barmanObjectStore: Inputs }];
    assert.deepEqual(barmanObjectStore.s3Credentials, {
      accessKeyId: { name: "drill-store", key: "access-key-id" },
      secretAccessKey: { name: "drill-store", key: "secret-access-key" },
    });
    assert.ok(!recording.resources.some(({ type }) => type === "kubernetes:core/v1:Secret"));
  });

  it("may touch its own cluster and Secrets by name, and nothing else there", async () => {
    const { rules, metadata } = (await declare()).inputs(role, "audio-restore") as {
      metadata: Inputs;
      rules: { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
    };
    assert.equal(metadata.namespace, drill);
    for (const { verbs, resourceNames } of rules) assert.ok(verbs.join() === "create" || resourceNames !== undefined);
    const all = rules.flatMap(({ resources, verbs }) => [...resources, ...verbs]);
    assert.ok(!all.includes("*") && !all.includes("list") && !all.includes("watch"));
  });

  it("lets Velero copy the namespace into the same bucket, for as long as everything is kept", async () => {
    const recording = await declare({ policy: { clusterState: { namespace: "backups" }, retentionDays: 60 } });
    const schedule = recording.inputs("kubernetes:velero.io/v1:Schedule");
    assert.equal((schedule.metadata as Inputs).namespace, "backups");
    assert.deepEqual(schedule.spec, {
      schedule: "0 3 * * *",
      useOwnerReferencesInBackup: false,
      template: {
        includedNamespaces: ["apg-audio-prod"],
        storageLocation: "audio-prod",
        snapshotVolumes: true,
        volumeSnapshotLocations: ["audio-prod"],
        ttl: "1440h0m0s",
      },
    });
    // Without a place for copies Velero passes volumes over.
    const volumes = recording.inputs(snapshotLocation);
    assert.deepEqual(
      [(volumes.metadata as Inputs).name, (volumes.metadata as Inputs).namespace],
      ["audio-prod", "backups"],
    );
    assert.deepEqual(volumes.spec, { provider: "aws", config: { region: "eu-central-1" } });
    const location = specOf(recording.inputs("kubernetes:velero.io/v1:BackupStorageLocation"));
    assert.deepEqual(location.objectStorage, { bucket: store.bucket, prefix: "velero" });
    assert.deepEqual(location.config, {
      region: "eu-central-1",
      kmsKeyId: store.kmsKeyArn,
      serverSideEncryption: "aws:kms",
    });
  });

  it("has a release's volumes copied where the daily ones are, and none where there is no AWS", async () => {
    const spec = ({ resources }: Recording<unknown>) =>
      specOf(resources.find(({ type }) => type === "kubernetes:velero.io/v1:Backup")!.inputs);
    const onAws = await declare({ ...full, release: "1.4.2" });
    assert.deepEqual(spec(onAws).volumeSnapshotLocations, ["audio-prod"]);
    const served = await declare({ ...full, release: "1.4.2", store: { ...store, endpoint: "https://objects.test" } });
    assert.equal(spec(served).volumeSnapshotLocations, undefined);
    assert.ok(!served.resources.some(({ type }) => type === snapshotLocation));
  });

  it("calls people when a promise is about to be broken", async () => {
    const recording = await declare({ ...full, policy: { rpoMinutes: 2 } });
    const rule = specOf(recording.inputs("kubernetes:monitoring.coreos.com/v1:PrometheusRule"));
    const [{ rules }] = rule.groups as [{ rules: { alert: string; expr: string }[] }];
    assert.deepEqual(
      rules.map(({ alert }) => alert),
      ["RpoAtRisk", "BackupTooOld", "RestoreDrillMissing"],
    );
    assert.ok(rules[0]!.expr.endsWith(" > 120"));
  });
});

describe("Backup refuses", () => {
  const refused = (given: BackupPolicyArgs) => refusal(() => new Backup("audio", { ...minimal, policy: given }));

  it("an RTO that a restore out of the schedule's backups cannot meet, and promises that are too weak", async () => {
    assert.deepEqual(await refused({ rtoMinutes: 4 }), [
      "audio.policy.rtoMinutes: 4 given; at least 5 are needed: so long a restore out of a daily base backup and its log may take (CV-BCP-08).",
    ]);
    assert.deepEqual(await refused({ rtoMinutes: 16, rpoMinutes: 6, retentionDays: 29 }), [
      "audio.policy.retentionDays: 29 given; at least 30 are needed (AUD-DB-03, CV-DB-03).",
      "audio.policy.rpoMinutes: 6 given; at most 5 are allowed (CV-BCP-08).",
      "audio.policy.rtoMinutes: 16 given; at most 15 are allowed (CV-BCP-08).",
    ]);
  });

  it("schedules that fire too rarely, or never", async () => {
    assert.deepEqual(
      await refused({ databaseSchedule: "0 0 2 * * 1-5", cacheSchedule: "0 2 */2 * *", drillSchedule: "0 4 1 * *" }),
      [
        "audio.policy.databaseSchedule: 0 0 2 * * 1-5 given; up to 3 days pass between two, at most 24 hours are allowed (AUD-DB-03, CV-DB-03).",
        "audio.policy.cacheSchedule: 0 2 */2 * * given; up to 48 hours pass between two, at most 24 hours are allowed (AUD-CSTR-06, CV-CACHE-08).",
        "audio.policy.drillSchedule: 0 4 1 * * given; up to 31 days pass between two, at most 7 days are allowed (CV-BCP-02).",
      ],
    );
    assert.deepEqual(
      await refused({
        databaseSchedule: "0 2 * * *",
        drillSchedule: "0 4 30 2 *",
        clusterState: { schedule: "0 3 * * 0" },
      }),
      [
        "audio.policy.databaseSchedule: 0 2 * * * given; six fields are needed, seconds first, such as 0 0 2 * * * (AUD-DB-03, CV-DB-03).",
        "audio.policy.drillSchedule: 0 4 30 2 * given; five fields are needed, such as 0 2 * * * (CV-BCP-02).",
        "audio.policy.clusterState.schedule: 0 3 * * 0 given; up to 7 days pass between two, at most 24 hours are allowed (CV-BCP-02).",
      ],
    );
  });
});

describe("a backup policy", () => {
  it("is accepted as it is by default", () => {
    assert.deepEqual(policyProblems("policy", {}), []);
  });

  it("archives twice at least within the minutes that a disaster may cost", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), (rpoMinutes) => {
        const seconds = archiveTimeoutOf(rpoMinutes);
        assert.ok(seconds > 0 && 2 * seconds <= rpoMinutes * 60 && seconds <= 300);
      }),
    );
  });
});
