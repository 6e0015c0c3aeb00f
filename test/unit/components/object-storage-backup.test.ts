// The bucket of backups: on AWS, and on a server.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Role } from "@pulumi/aws/iam/role.js";
import { BackupBucket } from "../../../components/data/object-storage/backup-bucket.ts";
import type { BackupBucketArgs } from "../../../components/data/object-storage/args.ts";
import { record, valueOf } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import { administrator, aws, onAws, parsed, server, statement } from "./object-storage-fixtures.ts";

const names = { capability: onAws.capability, environment: onAws.environment, namespace: onAws.namespace };
const accessLogs = { bucket: "logs", replicaBucket: "logs-dr" };
const declare = (args: Partial<BackupBucketArgs>) => new BackupBucket("backup", { ...names, ...args });
const state = (type: string): Inputs | undefined =>
  type.startsWith("aws:kms/") ? { arn: `arn:${type}`, keyId: "0f0e" } : undefined;

describe("BackupBucket on AWS", () => {
  let recording: Recording<BackupBucket>;
  before(async () => {
    recording = await record(
      () => declare({ aws: { ...aws, serviceAccounts: ["postgres", "velero"] }, accessLogs }),
      state,
    );
  });

  it("is a locked bucket and its locked copy, each with a key of its own", () => {
    const count = (type: string) => recording.resources.filter((each) => each.type === type).length;
    const kinds = [
      ["aws:s3/bucket:Bucket", 2],
      ["aws:s3/bucketVersioning:BucketVersioning", 2],
      ["aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", 2],
      ["aws:s3/bucketLogging:BucketLogging", 2],
      ["aws:s3/bucketReplicationConfig:BucketReplicationConfig", 1],
      ["aws:kms/key:Key", 1],
      ["aws:kms/replicaKey:ReplicaKey", 1],
      ["aws:kms/alias:Alias", 2],
      ["aws:iam/role:Role", 3],
      ["aws:eks/podIdentityAssociation:PodIdentityAssociation", 2],
    ] as const;
    assert.deepEqual(
      kinds.map(([type]) => [type, count(type)]),
      kinds,
    );
    assert.equal(recording.resources.length, 1 + 2 * 7 + 2 * 2 + 1 + 4 + 3 * 3 + 2);
    const bucket = recording.inputs("aws:s3/bucket:Bucket", "backup");
    assert.equal(bucket.bucket, "apg-audio-processing-shared-backup-prod-apg1");
    assert.equal(bucket.objectLockEnabled, true);
    const lock = recording.inputs("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "backup");
    assert.deepEqual(lock.rule, { defaultRetention: { mode: "GOVERNANCE", days: 30 } });
    const [rule] = recording.inputs("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "backup")
      .rules as Inputs[];
    assert.deepEqual(rule!.expiration, { days: 90 });
  });

  it("has a key for two regions that the backup's roles alone may use", () => {
    const key = recording.inputs("aws:kms/key:Key");
    assert.equal(key.multiRegion, true);
    const role = (of: string) => `arn:aws:iam::123456789012:role/apg-audio-processing-prod-backup${of}`;
    const principals = parsed(key.policy).Statement.map(({ Sid, Principal }) => [Sid, Principal]);
    assert.deepEqual(principals, [
      ["Manage", { AWS: [administrator] }],
      ["Use", { AWS: [role("-postgres"), role("-velero"), role(".replication")] }],
    ]);
    const copy = recording.inputs("aws:kms/replicaKey:ReplicaKey");
    assert.deepEqual([copy.primaryKeyArn, copy.region], ["arn:aws:kms/key:Key", "eu-west-1"]);
  });

  it("has keys that wait for the roles of others that they name", async () => {
    const velero = "arn:aws:iam::123456789012:role/apg-prod-velero";
    const waiting = await record(() => {
      const role = new Role("velero", { name: "apg-prod-velero", assumeRolePolicy: "{}" });
      return declare({ aws: { ...aws, serviceAccounts: ["postgres"] }, writers: [velero], writersReady: [role] });
    }, state);
    assert.ok(
      (statement(waiting.inputs("aws:kms/key:Key").policy, "Use").Principal as { AWS: string[] }).AWS.includes(velero),
    );
    for (const [type, name] of [
      ["aws:kms/key:Key", "backup"],
      ["aws:kms/replicaKey:ReplicaKey", "backup-replica"],
    ] as const)
      assert.ok(waiting.dependencies(type, name).includes("aws:iam/role:Role::velero"), type);
  });

  it("lets backups name the key, and copies keep their locks", () => {
    const { policy } = recording.inputs("aws:s3/bucketPolicy:BucketPolicy", "backup");
    assert.ok(!parsed(policy).Statement.some(({ Sid }) => Sid === "DenyOtherKeys"));
    const copier = recording.inputs("aws:iam/policy:Policy", "backup-replication").policy;
    const actions = statement(copier, "ReadVersions").Action;
    assert.ok(actions.includes("s3:GetObjectRetention") && actions.includes("s3:GetObjectLegalHold"));
  });

  it("is a store that pods reach by their identity", async () => {
    const { kmsKeyArn, ...store } = recording.value.store;
    assert.deepEqual(store, {
      bucket: "apg-audio-processing-shared-backup-prod-apg1",
      region: "eu-central-1",
      peer: { cidr: "10.20.0.0/24" },
      port: 443,
    });
    assert.equal(await valueOf(pulumi.output(kmsKeyArn)), "arn:aws:kms/key:Key");
  });
});

describe("BackupBucket on a server", () => {
  it("is a bucket with locks and a user of its own", async () => {
    const recording = await record(() => declare({ server }));
    const data = recording.inputs("kubernetes:core/v1:ConfigMap").data as Record<string, string>;
    const { users, buckets } = JSON.parse(data["plan.json"]!) as { users: string[]; buckets: Inputs[] };
    assert.deepEqual(users, ["apg-audio-processing-prod-backup"]);
    assert.deepEqual(
      buckets.map(({ name, lockDays, expireDays }) => [name, lockDays, expireDays]),
      [["apg-audio-processing-shared-backup-prod", 30, 90]],
    );
    assert.deepEqual(recording.value.store, {
      bucket: "apg-audio-processing-shared-backup-prod",
      region: "eu-central-1",
      endpoint: server.endpoint,
      authority: server.authority,
      credentials: {
        secretName: "backup-storage",
        accessKeyIdKey: "access-key-id",
        secretAccessKeyKey: "secret-access-key",
      },
      peer: server.peer,
      port: 7070,
    });
  });
});
