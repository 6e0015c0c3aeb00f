// Object storage on AWS: which resources there are, and what is in them.
import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectStorageArgs } from "../../../components/data/object-storage/args.ts";
import { ObjectStorage } from "../../../components/data/object-storage/object-storage.ts";
import { evaluate } from "../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../../policy-pack/rules/index.ts";
import { record, valueOf } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import { declare, onAws } from "./object-storage-fixtures.ts";

const state = (type: string): Inputs | undefined =>
  type === "aws:kms/key:Key"
    ? { arn: "arn:aws:kms:eu-central-1:123456789012:key/0f0e", keyId: "0f0e" }
    : type === "aws:cloudfront/distribution:Distribution"
      ? { arn: "arn:aws:cloudfront::123456789012:distribution/E1" }
      : undefined;
const ofType = (recording: Recording<ObjectStorage>, type: string) =>
  recording.resources.filter((each) => each.type === type);
const sides = [
  "Bucket",
  "BucketLifecycleConfiguration",
  "BucketOwnershipControls",
  "BucketPolicy",
  "BucketPublicAccessBlock",
  "BucketServerSideEncryptionConfiguration",
  "BucketVersioning",
].map((kind) => `aws:s3/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`);

describe("ObjectStorage on AWS", () => {
  let recording: Recording<ObjectStorage>;
  before(async () => {
    recording = await record(declare, state);
  });

  it("has a bucket for each tenant and the capability itself, its copy, two for access logs, and what surrounds each", () => {
    const data = ["acme.data", "beta-corp.data", "shared.data"];
    const copies = data.map((key) => `${key}.replica`);
    const logs = ["access-logs", "access-logs.replica"];
    const names = (keys: string[]) => keys.map((key) => `storage-${key}`).sort();
    const found = (type: string) =>
      ofType(recording, type)
        .map(({ name }) => name)
        .sort();
    for (const type of sides) assert.deepEqual(found(type), names([...data, ...copies, ...logs]), type);
    assert.deepEqual(found("aws:s3/bucketLogging:BucketLogging"), names([...data, ...copies]));
    assert.deepEqual(found("aws:s3/bucketReplicationConfig:BucketReplicationConfig"), names(data));
    const keys = names(["access-logs", "access-logs.replica", "confidential", "confidential.replica"]);
    assert.deepEqual(found("aws:kms/key:Key"), keys);
    assert.deepEqual(found("aws:kms/alias:Alias"), keys);
    const accounts = ["acme.tenant", "audio-processing-api.account", "beta-corp.tenant"];
    for (const kind of ["role:Role", "policy:Policy", "rolePolicyAttachment:RolePolicyAttachment"])
      assert.deepEqual(found(`aws:iam/${kind}`), names([...accounts, "replication"]));
    assert.deepEqual(found("aws:eks/podIdentityAssociation:PodIdentityAssociation"), names(accounts));
    assert.deepEqual(found("kubernetes:core/v1:ServiceAccount"), names(["acme.tenant", "beta-corp.tenant"]));
    const side = 7 * 8 + 6 + 3;
    assert.equal(recording.resources.length, 1 + side + 2 * 4 + 3 * 4 + 3 + 2);
    assert.ok(recording.paths.every((path) => path.startsWith("apg:data:ObjectStorage")));
  });

  it("tags every bucket with whose it is and what is in it", () => {
    const bucket = (name: string) => recording.inputs("aws:s3/bucket:Bucket", name);
    assert.deepEqual(bucket("storage-acme.data"), {
      bucket: "apg-audio-processing-acme-prod-apg1",
      region: "eu-central-1",
      forceDestroy: false,
      tags: {
        "apg:capability": "audio-processing",
        "apg:environment": "prod",
        "apg:tenant": "acme",
        "apg:purpose": "data",
        "data-class": "confidential",
      },
    });
    const copy = bucket("storage-acme.data.replica");
    assert.equal(copy.bucket, "apg-audio-processing-acme-prod-apg1-dr");
    assert.equal(copy.region, "eu-west-1");
    assert.equal((copy.tags as Inputs)["apg:replica-of"], "apg-audio-processing-acme-prod-apg1");
    assert.equal(bucket("storage-access-logs").bucket, "apg-audio-processing-shared-access-logs-prod-apg1");
  });

  it("keeps every bucket private, encrypted by the region's own key, versioned and cleaned up", () => {
    const of = { bucket: "apg-audio-processing-acme-prod-apg1", region: "eu-central-1" };
    const inputs = (kind: string) => recording.inputs(kind, "storage-acme.data");
    assert.deepEqual(inputs("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"), {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(inputs("aws:s3/bucketOwnershipControls:BucketOwnershipControls"), {
      ...of,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    assert.deepEqual(inputs("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"), {
      ...of,
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: "arn:aws:kms:eu-central-1:123456789012:key/0f0e",
          },
          bucketKeyEnabled: true,
        },
      ],
    });
    assert.deepEqual(inputs("aws:s3/bucketVersioning:BucketVersioning"), {
      ...of,
      versioningConfiguration: { status: "Enabled" },
    });
    assert.deepEqual(inputs("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"), {
      ...of,
      rules: [
        {
          id: "retention",
          status: "Enabled",
          filter: { prefix: "" },
          transitions: [{ days: 30, storageClass: "GLACIER_IR" }],
          expiration: { days: 365 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    });
    assert.deepEqual(inputs("aws:s3/bucketLogging:BucketLogging"), {
      ...of,
      targetBucket: "apg-audio-processing-shared-access-logs-prod-apg1",
      targetPrefix: "apg-audio-processing-acme-prod-apg1/",
    });
    const copies = recording.inputs("aws:s3/bucketLogging:BucketLogging", "storage-acme.data.replica");
    assert.equal(copies.targetBucket, "apg-audio-processing-shared-access-logs-prod-apg1-dr");
    const logs = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    assert.deepEqual((recording.inputs(logs, "storage-access-logs").rules as Inputs[])[0]!.expiration, { days: 90 });
  });

  it("copies everything into the other region within 15 minutes, markers of deletion too", () => {
    const config = recording.inputs("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "storage-acme.data");
    assert.equal(config.role, "arn:aws:iam::123456789012:role/apg-audio-processing-prod-replication");
    assert.deepEqual(config.rules, [
      {
        id: "other-region",
        priority: 0,
        status: "Enabled",
        filter: { prefix: "" },
        deleteMarkerReplication: { status: "Enabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: {
          bucket: "arn:aws:s3:::apg-audio-processing-acme-prod-apg1-dr",
          encryptionConfiguration: { replicaKmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/0f0e" },
          replicationTime: { status: "Enabled", time: { minutes: 15 } },
          metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
        },
      },
    ]);
  });

  it("has a rotated key for each class of data and region, that is not deleted quickly", () => {
    const { policy, ...key } = recording.inputs("aws:kms/key:Key", "storage-confidential.replica");
    assert.equal(typeof policy, "string");
    assert.deepEqual(key, {
      region: "eu-west-1",
      description: "confidential data of audio-processing in prod.",
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      keyUsage: "ENCRYPT_DECRYPT",
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 30,
      multiRegion: false,
      tags: { "apg:capability": "audio-processing", "apg:environment": "prod", "data-class": "confidential" },
    });
    assert.equal(
      recording.inputs("aws:kms/alias:Alias", "storage-confidential").name,
      "alias/apg-audio-processing-prod-confidential",
    );
  });

  it("gives pods an identity and no keys", async () => {
    const association = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
    assert.deepEqual(recording.inputs(association, "storage-acme.tenant"), {
      clusterName: "apg-prod",
      region: "eu-central-1",
      namespace: "apg-audio-processing-prod",
      serviceAccount: "tenant-acme",
      roleArn: "arn:aws:iam::123456789012:role/apg-audio-processing-prod-tenant-acme",
      tags: { "apg:capability": "audio-processing", "apg:environment": "prod" },
    });
    const { connection, tenantAccess, accessLogs, buckets } = recording.value;
    assert.deepEqual(connection, {
      name: "object-storage",
      settings: {
        S3_BUCKET: "apg-audio-processing-shared-prod-apg1",
        S3_BUCKET_TEMPLATE: "apg-audio-processing-{tenant}-prod-apg1",
        S3_REGION: "eu-central-1",
      },
      secrets: [],
      certificates: [],
      edges: [
        { name: "object-storage", peer: { cidr: "10.20.0.0/24" }, ports: [443] },
        { name: "pod-identity", peer: { cidr: "169.254.170.23/32" }, ports: [80] },
      ],
    });
    assert.deepEqual(tenantAccess, [
      { tenant: "acme", serviceAccountName: "tenant-acme" },
      { tenant: "beta-corp", serviceAccountName: "tenant-beta-corp" },
    ]);
    assert.equal(accessLogs?.bucket, "apg-audio-processing-shared-access-logs-prod-apg1");
    assert.deepEqual((await valueOf(buckets))[1], {
      name: "apg-audio-processing-acme-prod-apg1",
      tenant: "acme",
      purpose: "data",
      dataClass: "confidential",
    });
  });

  it("protects what holds data, and the keys without which it is lost, unless told otherwise", async () => {
    const protectedTypes = async (args: Partial<ObjectStorageArgs>) => {
      const seen = new Set<string>();
      const watch = ({ type, opts }: pulumi.ResourceTransformationArgs) => {
        if (opts.protect === true) seen.add(type);
        return undefined;
      };
      await record(() => new ObjectStorage("storage", { ...onAws, ...args }, { transformations: [watch] }), state);
      return [...seen].sort();
    };
    const types = ["aws:kms/key:Key", "aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning"];
    assert.deepEqual(await protectedTypes({}), types);
    assert.deepEqual(await protectedTypes({ deletionProtection: false }), []);
  });

  it("is accepted by every rule", () => {
    const stack = new PlannedStack(
      recording.resources.map(({ type, name, inputs }) => ({
        urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
        type,
        name,
        props: inputs,
        dependencies: [],
      })),
    );
    const complaints = evaluate(allRules, stack).flatMap(({ violations, unknown }) => [...violations, ...unknown]);
    assert.deepEqual(complaints, []);
  });
});
