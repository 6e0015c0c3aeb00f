import assert from "node:assert/strict";
import { CapabilityData } from "../../../../components/index.ts";
import type { CapabilityDataArgs, DataPlatformArgs } from "../../../../components/index.ts";
import { record, refusal } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { onAws, onServer, state } from "./fixtures.ts";

const podLabels = { "app.kubernetes.io/name": "audio", "app.kubernetes.io/component": "api" };
const minimal: CapabilityDataArgs = {
  namespace: "apg-audio-prod",
  capability: "audio",
  environment: "prod",
  platform: onServer,
  application: { podLabels },
  serviceAccountName: "audio-api",
  migration: { podLabels: { ...podLabels, "app.kubernetes.io/component": "migrate" } },
};
const declare = (args: Partial<CapabilityDataArgs> = {}) => new CapabilityData("audio", { ...minimal, ...args });
const recorded = (args: Partial<CapabilityDataArgs> = {}) => record(() => declare(args), state);
const refused = (args: Partial<CapabilityDataArgs>) => refusal(() => declare(args));

const cluster = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const scheduled = "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup";
const statefulSet = "kubernetes:apps/v1:StatefulSet";
const association = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const specOf = (recording: Recording<unknown>, type: string, name?: string) =>
  recording.inputs(type, name).spec as Inputs;

/** Names in the order of the alphabet of everything of a type. */
const named = (recording: Recording<unknown>, type: string) =>
  recording.resources.flatMap((each) => (each.type === type ? [each.name] : [])).sort();

describe("CapabilityData", function () {
  this.timeout(30_000);
  let server: Recording<CapabilityData>;
  let aws: Recording<CapabilityData>;
  before(async () => {
    server = await recorded();
    aws = await recorded({ platform: onAws });
  });

  it("is an authority, buckets, a bucket for backups, a database, a cache and the proof of its backups", () => {
    const components = (recording: Recording<unknown>) =>
      recording.paths.filter((path) => !/kubernetes:|random:|aws:/.test(path));
    const parent = "apg:data:CapabilityData";
    const expected = [
      `${parent}::audio`,
      "apg:data:Backup$apg:capability:CapabilityNamespace::audio-drill",
      "apg:data:Backup$apg:capability:NetworkPolicies::audio-drill",
      `${parent}$apg:data:Backup::audio`,
      `${parent}$apg:data:BackupBucket::audio-backup`,
      `${parent}$apg:data:CertificateAuthority::audio`,
      `${parent}$apg:data:ObjectStorage::audio`,
      `${parent}$apg:data:PostgresCluster::audio`,
      `${parent}$apg:data:RedisSentinel::audio`,
    ].sort();
    assert.deepEqual(components(server), expected);
    assert.deepEqual(components(aws), expected);
  });

  it("tells its application of a database, a cache and buckets, and its migrations of the primary", () => {
    for (const { value } of [server, aws]) {
      assert.deepEqual(
        value.connections.map(({ name }) => name),
        ["postgres", "redis", "object-storage"],
      );
      assert.deepEqual(value.migrationConnection.secrets, [
        { env: "DATABASE_URL", secretName: "postgres-role-migrate", key: "url" },
      ]);
    }
    const keys = (recording: Recording<CapabilityData>) => recording.value.connections[2]!.secrets.length;
    assert.deepEqual([keys(server), keys(aws)], [2, 0], "keys on a server, an identity on AWS");
  });

  it("signs every server's certificate with the one authority of its namespace", () => {
    const certificates = server.resources.filter(({ type }) => type === "kubernetes:cert-manager.io/v1:Certificate");
    const issuers = Object.fromEntries(
      certificates.map(({ name, inputs }) => [name, (inputs.spec as { issuerRef: Inputs }).issuerRef.name]),
    );
    assert.deepEqual(issuers, {
      "audio-data-ca": "data-self-signed",
      "audio-redis": "data",
      "audio-sentinel": "data",
      "audio-tls": "data",
    });
  });

  it("backs everything up into one bucket, by one policy", async () => {
    const backup = {
      databaseSchedule: "0 30 */6 * * *",
      cacheSchedule: "15 */6 * * *",
      retentionDays: 45,
      rpoMinutes: 2,
      method: "in-tree",
    };
    const recording = await recorded({ platform: { ...onServer, backup } });
    const database = specOf(recording, cluster);
    const { barmanObjectStore, retentionPolicy } = database.backup as {
      barmanObjectStore: Inputs;
      retentionPolicy: string;
    };
    assert.deepEqual(
      [barmanObjectStore.destinationPath, barmanObjectStore.endpointURL, retentionPolicy],
      ["s3://apg-audio-shared-backup-prod/postgres/audio", "https://objects.store.svc:7070", "45d"],
    );
    const { parameters } = database.postgresql as { parameters: Inputs };
    assert.equal(parameters.archive_timeout, "60s", "half of the two minutes that may be lost");
    assert.equal(specOf(recording, scheduled).schedule, backup.databaseSchedule);
    const cache = specOf(recording, "kubernetes:batch/v1:CronJob", "audio-backup");
    assert.equal(cache.schedule, backup.cacheSchedule);
    const text = JSON.stringify(cache);
    assert.ok(text.includes('"value":"apg-audio-shared-backup-prod"') && text.includes('"value":"45"'));
  });

  it("gives pods on AWS an identity of their own, and what runs on a server keys of its own", () => {
    assert.deepEqual(named(aws, association), [
      "audio-acme.tenant",
      "audio-audio-api.account",
      "audio-backup-drill.account",
      "audio-backup-postgres.account",
      "audio-backup-redis-backup.account",
      "audio-backup-restore-drill.account",
      "audio-globex.tenant",
    ]);
    const accounts = aws.resources
      .filter(({ type }) => type === association)
      .map(({ inputs }) => inputs.serviceAccount);
    for (const account of ["audio-api", "postgres", "redis-backup", "restore-drill"])
      assert.ok(accounts.includes(account), account);
    assert.deepEqual(named(server, association), []);
  });

  it("takes its sizes from the capability, and all else from the platform", async () => {
    const recording = await recorded({
      postgres: { instances: 5, storage: "100Gi", archiveTimeoutSeconds: 30 },
      redis: { memoryLimit: "6Gi", storage: "12Gi" },
      purposes: [{ name: "media", dataClass: "internal", expireDays: 90 }],
      priorityClassName: "high",
      platform: { ...onServer, storageClass: "fast", tolerations: [{ key: "apg.io/pool", value: "data" }] },
    });
    const database = specOf(recording, cluster);
    assert.deepEqual(
      [database.instances, database.storage, database.priorityClassName],
      [5, { size: "100Gi", storageClass: "fast" }, "high"],
    );
    assert.equal((database.postgresql as { parameters: Inputs }).parameters.archive_timeout, "30s");
    const cache = specOf(recording, statefulSet, "audio-redis");
    const { template, volumeClaimTemplates } = cache as {
      template: { spec: { tolerations: Inputs[]; priorityClassName: string } };
      volumeClaimTemplates: [{ spec: Inputs }];
    };
    assert.deepEqual(template.spec.tolerations[0]!.key, "apg.io/pool");
    assert.equal(template.spec.priorityClassName, "high");
    assert.deepEqual(
      [volumeClaimTemplates[0].spec.storageClassName, volumeClaimTemplates[0].spec.resources],
      ["fast", { requests: { storage: "12Gi" } }],
    );
    const { settings } = recording.value.connections[2]!;
    assert.equal(settings.S3_BUCKET, "apg-audio-shared-media-prod");
  });

  it("keeps the engine from deleting what holds data, unless it is told not to", async () => {
    const types = (paths: string[]) => [...new Set(paths.map((path) => path.split("::")[0]))];
    assert.deepEqual(types(server.protectedPaths), [
      statefulSet,
      "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
      cluster,
      "kubernetes:postgresql.cnpg.io/v1:Database",
      "random:index/randomPassword:RandomPassword",
    ]);
    const buckets = named(aws, "aws:s3/bucket:Bucket").map((name) => `aws:s3/bucket:Bucket::${name}`);
    assert.deepEqual(
      buckets.filter((path) => !aws.protectedPaths.includes(path)),
      [],
    );
    for (const platform of [onServer, onAws]) {
      const { protectedPaths } = await recorded({ platform: { ...platform, deletionProtection: false } });
      assert.deepEqual(protectedPaths, []);
    }
  });

  it("holds no generated value anywhere but in Secrets", () => {
    const secret = /kubernetes:core\/v1:Secret|random:index\/randomPassword:RandomPassword/;
    const telling = server.resources.filter(
      ({ type, inputs }) => !secret.test(type) && JSON.stringify(inputs).includes("generated"),
    );
    assert.deepEqual(telling, []);
    assert.ok(!JSON.stringify(server.value.connections).includes("generated"));
  });
});

describe("CapabilityData refuses", () => {
  const tenants = (...names: string[]): DataPlatformArgs => ({ ...onServer, tenants: names });

  it("tenants that are one in a database or in a bucket's name", async () => {
    assert.deepEqual(await refused({ platform: tenants("acme-media", "Acme Media") }), [
      "audio.platform.tenants[1]: Acme Media given; it becomes acme-media, as platform.tenants[0] (acme-media) does; each tenant needs a name of its own (CV-DB-08, CV-OBJ-02).",
    ]);
  });

  it("buckets nowhere and buckets twice, together with a policy that promises too little", async () => {
    const backup = { rtoMinutes: 60 };
    assert.deepEqual(await refused({ platform: { ...onServer, server: undefined, backup } }), [
      "audio.platform: neither aws nor server given; exactly one of them is needed (CV-OBJ-01).",
      "audio.platform.backup.rtoMinutes: 60 given; at most 15 are allowed (CV-BCP-08).",
    ]);
    assert.deepEqual(await refused({ platform: { ...onServer, aws: onAws.aws } }), [
      "audio.platform: both aws and server given; exactly one of them is needed (CV-OBJ-01).",
    ]);
  });

  it("more pooled connections than the database allows", async () => {
    const lines = await refused({ postgres: { maxConnections: 100 } });
    assert.deepEqual(lines, [
      "audio.maxConnections: 100 given; at least 120 is needed: 2 poolers with 50 each, and 20 beside them (AUD-DB-02).",
    ]);
  });
});
