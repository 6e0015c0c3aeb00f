// What the policies say, as JSON. It does not prove that AWS understands them as they are meant.
import assert from "node:assert/strict";
import type { ObjectStorage } from "../../../components/data/object-storage/object-storage.ts";
import { record } from "../recorder.ts";
import type { Recording } from "../recorder.ts";
import { administrator, auditor, aws, cdn, declare, media, parsed, statement } from "./object-storage-fixtures.ts";

const role = (name: string) => `arn:aws:iam::123456789012:role/apg-audio-processing-prod-${name}`;
const bucket = (key: string) => `arn:aws:s3:::apg-audio-processing-${key}-prod-apg1`;

describe("policies of object storage", () => {
  let recording: Recording<ObjectStorage>;
  const policy = (type: string, name: string, key = "policy") => recording.inputs(type, `storage-${name}`)[key];
  const ofBucket = (name: string) => policy("aws:s3/bucketPolicy:BucketPolicy", name);
  before(async () => {
    recording = await record(() =>
      declare({
        purposes: [{ name: "data", dataClass: "confidential", expireDays: 365 }, media],
        aws: { ...aws, cdn },
      }),
    );
  });

  it("refuse of every bucket what is not encrypted on its way", () => {
    const policies = recording.resources.filter(({ type }) => type === "aws:s3/bucketPolicy:BucketPolicy");
    assert.equal(policies.length, 14);
    for (const { inputs } of policies) {
      const of = `arn:aws:s3:::${inputs.bucket as string}`;
      const all = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [of, `${of}/*`] };
      assert.deepEqual(statement(inputs.policy, "DenyPlainHttp"), {
        Sid: "DenyPlainHttp",
        ...all,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
      assert.deepEqual(statement(inputs.policy, "DenyOldTls"), {
        Sid: "DenyOldTls",
        ...all,
        Condition: { NumericLessThan: { "s3:TlsVersion": "1.3" } },
      });
    }
  });

  it("refuse uploads under another encryption or key, and take those that say nothing", () => {
    const conditions = ["DenyOtherEncryption", "DenyCustomerKeys", "DenyOtherKeys"].map(
      (sid) => statement(ofBucket("acme.data"), sid).Condition,
    );
    assert.deepEqual(conditions, [
      {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      },
      { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
      { Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" } },
    ]);
  });

  it("let nobody write but the tenant, the application, the copier and administrators, and auditors read", () => {
    const writers = [role("account-audio-processing-api"), role("tenant-acme"), role("replication"), administrator];
    const { Condition } = statement(ofBucket("acme.data"), "DenyOtherWriters");
    assert.deepEqual(Condition, {
      ArnNotEquals: { "aws:PrincipalArn": writers },
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    });
    const readers = statement(ofBucket("acme.data"), "DenyOtherReaders").Condition!.ArnNotEquals!;
    assert.deepEqual(readers["aws:PrincipalArn"], [...writers, auditor]);
    const copies = statement(ofBucket("acme.data.replica"), "DenyOtherWriters").Condition!.ArnNotEquals!;
    assert.deepEqual(copies["aws:PrincipalArn"], [role("replication"), administrator]);
  });

  it("allow nothing to everybody, and AWS' services only what they are for", () => {
    const allowed = recording.resources
      .filter(({ type }) => type === "aws:s3/bucketPolicy:BucketPolicy")
      .flatMap(({ name, inputs }) => parsed(inputs.policy).Statement.map((each) => ({ name, each })))
      .filter(({ each }) => each.Effect === "Allow");
    assert.deepEqual(allowed.map(({ name, each }) => [name, each.Principal, each.Action]).sort(), [
      ...["access-logs", "access-logs.replica"].map((key) => [
        `storage-${key}`,
        { Service: "logging.s3.amazonaws.com" },
        "s3:PutObject",
      ]),
      ...["acme", "beta-corp", "shared"].map((tenant) => [
        `storage-${tenant}.media`,
        { Service: "cloudfront.amazonaws.com" },
        "s3:GetObject",
      ]),
    ]);
    assert.deepEqual(statement(ofBucket("acme.media"), "AllowDistribution").Condition, {
      ArnLike: { "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" },
    });
    assert.deepEqual(statement(ofBucket("access-logs"), "AllowAccessLogs").Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::apg-audio-processing-*" },
    });
  });

  it("give a tenant's pods the tenant's buckets and the capability's all, each by name and action", () => {
    const tenant = parsed(policy("aws:iam/policy:Policy", "acme.tenant"));
    const own = [bucket("acme"), bucket("acme-media")];
    assert.deepEqual(tenant.Statement, [
      {
        Sid: "Buckets",
        Effect: "Allow",
        Action: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
        Resource: own,
      },
      {
        Sid: "Objects",
        Effect: "Allow",
        Action: [
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:AbortMultipartUpload",
          "s3:ListMultipartUploadParts",
        ],
        Resource: own.map((arn) => `${arn}/*`),
      },
      {
        Sid: "Keys",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "arn:aws:kms:eu-central-1:123456789012:key/*",
        Condition: {
          "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": ["confidential", "public"].map((of) => `alias/apg-audio-processing-prod-${of}`),
          },
          StringEquals: {
            "kms:ViaService": "s3.eu-central-1.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": own,
          },
        },
      },
    ]);
    const application = statement(policy("aws:iam/policy:Policy", "audio-processing-api.account"), "Buckets");
    assert.deepEqual(application.Resource, [
      bucket("shared"),
      bucket("shared-media"),
      ...own,
      bucket("beta-corp"),
      bucket("beta-corp-media"),
    ]);
    for (const { type, inputs } of recording.resources)
      if (type === "aws:iam/policy:Policy")
        for (const { Effect, Action } of parsed(inputs.policy).Statement)
          assert.ok(Effect === "Allow" && [Action].flat().every((action) => !action.includes("*")));
  });

  it("let only pods of the one service account take a role, and only S3 the copier's", () => {
    const trust = (name: string) => parsed(policy("aws:iam/role:Role", name, "assumeRolePolicy")).Statement;
    assert.deepEqual(trust("acme.tenant"), [
      {
        Sid: "Pods",
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/kubernetes-namespace": "apg-audio-processing-prod",
            "aws:RequestTag/kubernetes-service-account": "tenant-acme",
          },
        },
      },
    ]);
    assert.deepEqual(trust("replication"), [
      {
        Sid: "Replication",
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ]);
  });

  it("separate who manages a key from who uses it, and name each", () => {
    const key = policy("aws:kms/key:Key", "confidential");
    assert.deepEqual(
      parsed(key).Statement.map(({ Sid, Principal }) => [Sid, Principal]),
      [
        ["Manage", { AWS: [administrator] }],
        [
          "Use",
          {
            AWS: [
              role("account-audio-processing-api"),
              role("tenant-acme"),
              role("tenant-beta-corp"),
              role("replication"),
            ],
          },
        ],
        ["Read", { AWS: [auditor] }],
      ],
    );
    const managed = statement(key, "Manage").Action as string[];
    assert.deepEqual(
      managed.filter((action) => /crypt|DataKey|\*/.test(action)),
      [],
    );
    assert.deepEqual(statement(key, "Use").Condition, {
      StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
    });
    const publicKey = policy("aws:kms/key:Key", "public");
    assert.deepEqual(statement(publicKey, "Deliver").Principal, { Service: "cloudfront.amazonaws.com" });
  });

  it("let the copier read one bucket's versions and write its copy, and nothing else", () => {
    const document = parsed(policy("aws:iam/policy:Policy", "replication"));
    const actions = document.Statement.flatMap(({ Action }) => Action);
    assert.deepEqual(actions, [
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionTagging",
      "s3:ReplicateObject",
      "s3:ReplicateDelete",
      "s3:ReplicateTags",
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
    ]);
    const copies = statement(JSON.stringify(document), "WriteCopies").Resource as string[];
    assert.ok(copies.every((arn) => arn.endsWith("-dr/*")));
  });
});
