import assert from "node:assert/strict";
import { BackupBucket } from "../../../components/data/object-storage/backup-bucket.ts";
import type { AwsStorageArgs, ObjectStorageArgs, PurposeArgs } from "../../../components/data/object-storage/args.ts";
import { ObjectStorage } from "../../../components/data/object-storage/object-storage.ts";
import { refusal } from "../recorder.ts";
import { aws, cdn, media, onAws, onServer, server } from "./object-storage-fixtures.ts";

const refused = (args: Partial<ObjectStorageArgs>, of = onAws) =>
  refusal(() => new ObjectStorage("storage", { ...of, ...args }));
const purpose = (more: Partial<PurposeArgs>): PurposeArgs => ({
  name: "data",
  dataClass: "internal",
  expireDays: 365,
  ...more,
});

describe("ObjectStorage refuses", () => {
  it("both of AWS and a server, and neither", async () => {
    assert.deepEqual(await refused({ server }), [
      "storage.aws: both aws and server given; exactly one is needed (CV-OBJ-01).",
    ]);
    assert.deepEqual(await refused({ aws: undefined }), [
      "storage.aws: neither of aws and server given; exactly one is needed (CV-OBJ-01).",
    ]);
  });

  it("tenants that would share a bucket, by their names or with a purpose", async () => {
    assert.deepEqual(await refused({ tenants: ["acme", "ACME"] }), [
      "storage.tenants[1]: ACME given; it becomes acme, as tenants[0] (acme) does; each tenant needs a name of its own (CV-OBJ-02).",
    ]);
    const purposes = [purpose({}), purpose({ name: "media" })];
    assert.deepEqual(await refused({ tenants: ["acme", "acme media"], purposes }), [
      "storage.tenants[1]: apg-audio-processing-acme-media-prod-apg1 given; with the purpose data it is also the bucket of acme for media; another name is needed (CV-OBJ-02).",
    ]);
  });

  it("names that are too long, and says what to shorten", async () => {
    const tenant = "a-tenant-with-quite-a-long-nam";
    const name = `apg-audio-processing-${tenant}-prod-apg1-dr`;
    assert.deepEqual(await refused({ tenants: [tenant] }), [
      `storage.tenants[0]: ${name} given; at most 63 characters are allowed, and it has 64: shorten the capability audio-processing, the tenant ${tenant}, the environment prod or the suffix apg1 (CV-OBJ-02).`,
    ]);
    assert.deepEqual(await refused({ tenants: ["acme"], aws: { ...aws, nameSuffix: "s3alias" } }), [
      ...["capability", "tenants[0]"].map(
        (path, at) =>
          `storage.${path}: apg-audio-processing-${["shared", "acme"][at]}-prod-s3alias given; lower-case letters, digits and hyphens are allowed, and none of the ends that S3 keeps for itself, such as -s3alias (CV-OBJ-02).`,
      ),
      "storage.capability: apg-audio-processing-shared-access-logs-prod-s3alias given; lower-case letters, digits and hyphens are allowed, and none of the ends that S3 keeps for itself, such as -s3alias (CV-OBJ-02).",
    ]);
  });

  it("purposes that are classed, kept or named wrongly", async () => {
    const purposes = [
      purpose({ dataClass: "secret" }),
      purpose({ name: "access-logs", expireDays: 20 }),
      purpose({ name: "media", public: true, archiveAfterDays: 31 }),
      purpose({ name: "media", dataClass: "public", expireDays: 0.5 }),
    ];
    assert.deepEqual(await refused({ purposes, aws: { ...aws, cdn }, tenants: [] }), [
      "storage.purposes[0].dataClass: secret given; public, internal, confidential or restricted is accepted (CV-DATA-04).",
      "storage.purposes[1].name: access-logs given; another name than the components' own is needed.",
      "storage.purposes[1].archiveAfterDays: 30 given; fewer than expireDays (20) are needed, or nothing is ever cold (CV-OBJ-06).",
      "storage.purposes[2].archiveAfterDays: 31 given; at most 30 are allowed (CV-OBJ-06).",
      "storage.purposes[2].expireDays: 365 given; 20 is needed, as for access-logs: what is internal expires after one time (CV-OBJ-06, CV-DATA-08).",
      "storage.purposes[2].dataClass: internal given; only public data may be delivered to the public (CV-DATA-04, CV-OBJ-08).",
      "storage.purposes[3].expireDays: 0.5 given; a whole number is needed.",
      "storage.purposes[3].archiveAfterDays: 30 given; fewer than expireDays (0.5) are needed, or nothing is ever cold (CV-OBJ-06).",
      "storage.purposes[3].name: media given; each name may be used once.",
      "storage.capability: apg-audio-processing-shared-media-prod-apg1 given; with the purpose media it is also the bucket of shared for media; another name is needed (CV-OBJ-02).",
    ]);
    assert.deepEqual(await refused({ purposes: [purpose({})], dataClass: "internal" }), [
      "storage.dataClass: internal given; each of the purposes has a class of its own, and dataClass is for none given (CV-DATA-04).",
    ]);
    assert.equal(
      (await refused({ purposes: [] }))[0],
      "storage.purposes: none given; at least one is needed (CV-OBJ-02).",
    );
  });

  it("an account that would leave buckets open or keys without a manager", async () => {
    const bad: AwsStorageArgs = {
      ...aws,
      accountId: "1234",
      region: "frankfurt",
      replicaRegion: "frankfurt",
      administrators: [],
      readers: ["arn:aws:iam::123456789012:role/*"],
      serviceAccounts: ["default", "tenant-acme"],
      endpointCidr: "0.0.0.0/0",
      logRetentionDays: 30,
    };
    assert.deepEqual(await refused({ aws: bad }), [
      "storage.aws.accountId: 1234 given; twelve digits are accepted.",
      "storage.aws.region: frankfurt given; a region such as eu-central-1 is accepted.",
      "storage.aws.replicaRegion: frankfurt given; a region such as eu-central-1 is accepted.",
      "storage.aws.replicaRegion: frankfurt given; another region than the buckets' own is needed (CV-OBJ-07).",
      "storage.aws.administrators: none given; at least the role that deploys is needed, or nobody could change the keys (CV-DATA-03).",
      "storage.aws.readers[0]: arn:aws:iam::123456789012:role/* given; the ARN of one role is accepted, without wildcards (CV-OBJ-03, CV-DATA-03).",
      "storage.aws.serviceAccounts[0]: default given; accounts of the pods' own are accepted, each once (AUD-SEC-05, CV-OBJ-03).",
      "storage.aws.endpointCidr: 0.0.0.0/0 given; the addresses of the VPC's endpoint are accepted, such as 10.20.0.0/24, and never the whole world (CV-KUBE-04).",
      "storage.aws.serviceAccounts[1]: tenant-acme given; it is a tenant's own, which may not reach the others' buckets (CV-OBJ-03).",
      "storage.aws.logRetentionDays: 30 given; at least 90 are needed (CV-DATA-08).",
    ]);
  });

  it("a public purpose without a delivery network, one without anything to deliver, and a half one", async () => {
    assert.deepEqual(await refused({ purposes: [media] }), [
      "storage.aws.cdn: nothing given; a certificate and a web access control list are needed for the public purposes (CV-OBJ-08).",
    ]);
    assert.deepEqual(await refused({ aws: { ...aws, cdn } }), [
      "storage.aws.cdn: a distribution given; it has nothing to deliver without a public purpose (CV-OBJ-08).",
    ]);
    const half = {
      aliases: [],
      acmCertificateArn: cdn.acmCertificateArn.replace("us-east-1", "eu-west-1"),
      webAclId: "",
    };
    assert.deepEqual(await refused({ purposes: [media], aws: { ...aws, cdn: half } }), [
      "storage.aws.cdn.aliases: none given; at least one is needed (CV-OBJ-08).",
      `storage.aws.cdn.acmCertificateArn: ${half.acmCertificateArn} given; a certificate in us-east-1 is accepted (CV-OBJ-08).`,
      "storage.aws.cdn.webAclId: nothing given; the ARN of a list of scope CLOUDFRONT is accepted (CV-OBJ-08).",
    ]);
  });

  it("more buckets than the policies of one role can name", async () => {
    const tenants = Array.from({ length: 100 }, (_, at) => `t${at}`);
    assert.deepEqual(await refused({ tenants }), [
      "storage.tenants: 101 buckets given; at most 100 fit into the policies of one role; another capability, or fewer purposes, are needed (CV-OBJ-03).",
    ]);
  });

  it("a server without TLS, a peer, a port or a fixed image", async () => {
    const bad = { ...server, endpoint: "http://store:7070", port: 0, peer: {}, toolsImage: "apg/storage-tools:1.0.0" };
    const lines = await refused({ server: bad }, onServer);
    assert.deepEqual(lines.slice(0, 3), [
      "storage.server.endpoint: http://store:7070 given; a URL such as https://object-store.storage.svc:7070 is accepted (CV-DATA-02).",
      "storage.server.peer.podLabels: no label given; at least one label, or a cidr, is needed (AUD-SEC-01).",
      "storage.server.port: 0 given; at least 1 is needed (CV-NET-01).",
    ]);
    assert.ok(lines[3]!.startsWith("storage.server.toolsImage: ") && lines[3]!.includes("AUD-INFRA-01"));
    assert.equal(lines.length, 4);
  });
});

describe("BackupBucket refuses", () => {
  it("a retention that is too short, and an end before it", async () => {
    const lines = await refusal(() => new BackupBucket("backup", { ...onAws, retentionDays: 7, expireDays: 7 }));
    assert.deepEqual(lines, [
      "backup.retentionDays: 7 given; at least 30 are needed (AUD-DB-03).",
      "backup.expireDays: 7 given; more than retentionDays (7) are needed, or what a restore needs is deleted (CV-DB-03).",
    ]);
  });
});
