// Who did what, where nobody can change it. Whether AWS delivers, only an account can tell.
import assert from "node:assert/strict";
import { Audit } from "../../../../components/security/audit.ts";
import type { AuditArgs } from "../../../../components/security/audit.ts";
import { conformanceRules, conformanceTemplate } from "../../../../components/security/conformance.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, auditor, complaints, countsOf, keyArn, prod, region, state, statement } from "./fixtures.ts";

const declare = (args: Partial<AuditArgs> = {}) => new Audit("audit", { ...prod, ...args });
const bucket = `apg-prod-audit-${accountId}`;
const trail = `arn:aws:cloudtrail:${region}:${accountId}:trail/apg-prod-audit`;
const group = `arn:aws:logs:${region}:${accountId}:log-group:/apg/prod/cloudtrail`;

describe("Audit", () => {
  let recording: Recording<Audit>;
  before(async () => {
    recording = await record(declare, state);
  });
  const lock = (of: Recording<Audit>) =>
    of.inputs("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").rule;

  it("has a trail, a recorder, their buckets and what surrounds them", () =>
    assert.deepEqual(countsOf(recording), {
      "apg:security:Audit": 1,
      "aws:kms/key:Key": 1,
      "aws:kms/alias:Alias": 1,
      "aws:s3/bucket:Bucket": 2,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 2,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 2,
      "aws:s3/bucketVersioning:BucketVersioning": 2,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 2,
      "aws:s3/bucketPolicy:BucketPolicy": 2,
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": 1,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:iam/role:Role": 1,
      "aws:iam/policy:Policy": 1,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
      "aws:iam/serviceLinkedRole:ServiceLinkedRole": 1,
      "aws:cloudtrail/trail:Trail": 1,
      "aws:cfg/recorder:Recorder": 1,
      "aws:cfg/deliveryChannel:DeliveryChannel": 1,
      "aws:cfg/recorderStatus:RecorderStatus": 1,
      "aws:cfg/conformancePack:ConformancePack": 1,
    }));

  it("records every call in every region, and every read and write of an object of data", () => {
    const { advancedEventSelectors, ...rest } = recording.inputs("aws:cloudtrail/trail:Trail");
    assert.deepEqual(rest, {
      name: "apg-prod-audit",
      region,
      s3BucketName: bucket,
      kmsKeyId: keyArn,
      enableLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      cloudWatchLogsGroupArn: `${group}:*`,
      cloudWatchLogsRoleArn: `arn:aws:iam::${accountId}:role/apg-prod-audit-writer`,
      tags: { "apg:environment": "prod" },
    });
    assert.deepEqual(advancedEventSelectors, [
      { name: "Management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
      {
        name: "Objects",
        fieldSelectors: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: ["AWS::S3::Object"] },
          {
            field: "resources.ARN",
            startsWiths: ["arn:aws:s3:::apg-"],
            notStartsWiths: [`arn:aws:s3:::${bucket}/`],
          },
        ],
      },
    ]);
  });

  it("locks records for six years, for root too, and deletes them after that", async () => {
    assert.deepEqual(lock(recording), { defaultRetention: { mode: "COMPLIANCE", years: 6 } });
    const { rules } = recording.inputs("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "audit");
    const [rule] = rules as { expiration: { days: number } }[];
    assert.ok(rule!.expiration.days > 6 * 365.25);
    assert.deepEqual(lock(await record(() => declare({ retentionYears: 1 }), state)), {
      defaultRetention: { mode: "COMPLIANCE", years: 1 },
    });
  });

  it("lets the trail alone write into the bucket, auditors read, and nobody delete", () => {
    const { policy } = recording.inputs("aws:s3/bucketPolicy:BucketPolicy", "audit");
    const written = statement(policy, "Delivery");
    assert.deepEqual(written.Principal, { Service: "cloudtrail.amazonaws.com" });
    assert.equal(written.Resource, `arn:aws:s3:::${bucket}/AWSLogs/${accountId}/*`);
    assert.deepEqual(written.Condition, {
      StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail },
    });
    const deletion = statement(policy, "DenyDeletion");
    assert.deepEqual(
      [deletion.Effect, deletion.Principal, deletion.Action, deletion.Condition],
      ["Deny", "*", ["s3:DeleteObject", "s3:DeleteObjectVersion"], undefined],
    );
    const readers = statement(policy, "DenyOtherReaders").Condition!["ArnNotEquals"]!["aws:PrincipalArn"];
    assert.deepEqual(readers, [`arn:aws:iam::${accountId}:role/deployer`, auditor]);
    // The trail names the key that it encrypts by.
    assert.ok(!String(policy).includes("DenyOtherKeys"));
  });

  it("has a key of its own, which the trail, the recorder and the log group may use", () => {
    const { policy } = recording.inputs("aws:kms/key:Key");
    assert.deepEqual(statement(policy, "Trail").Condition, { StringEquals: { "aws:SourceArn": trail } });
    assert.deepEqual(statement(policy, "Recorder").Condition, { StringEquals: { "aws:SourceAccount": accountId } });
    assert.deepEqual(statement(policy, "Logs").Condition, {
      ArnEquals: { "kms:EncryptionContext:aws:logs:arn": [group] },
    });
    assert.deepEqual(statement(policy, "Read").Principal, { AWS: [auditor] });
    const { name, kmsKeyId, retentionInDays } = recording.inputs("aws:cloudwatch/logGroup:LogGroup");
    assert.deepEqual([name, kmsKeyId, retentionInDays], ["/apg/prod/cloudtrail", keyArn, 90]);
  });

  it("records the state of everything by the service-linked role, into a bucket without a lock", async () => {
    const { roleArn, recordingGroup } = recording.inputs("aws:cfg/recorder:Recorder");
    assert.equal(
      roleArn,
      `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
    );
    assert.deepEqual(recordingGroup, { allSupported: true, includeGlobalResourceTypes: true });
    const channel = recording.inputs("aws:cfg/deliveryChannel:DeliveryChannel");
    assert.deepEqual([channel.s3BucketName, channel.s3KmsKeyArn], [`apg-prod-config-${accountId}`, keyArn]);
    const { policy } = recording.inputs("aws:s3/bucketPolicy:BucketPolicy", "audit-config");
    assert.deepEqual(statement(policy, "Delivery").Principal, { Service: "config.amazonaws.com" });
    const given = await record(() => declare({ configRoleExists: true }), state);
    assert.equal(countsOf(given)["aws:iam/serviceLinkedRole:ServiceLinkedRole"], undefined);
  });

  it("begins to record when there is where to, and to check when it records", () => {
    const awaits = (type: string, name: string) => recording.dependencies(type, name);
    assert.ok(awaits("aws:cloudtrail/trail:Trail", "audit").includes("aws:s3/bucketPolicy:BucketPolicy::audit"));
    assert.ok(awaits("aws:cfg/deliveryChannel:DeliveryChannel", "audit").includes("aws:cfg/recorder:Recorder::audit"));
    assert.ok(
      awaits("aws:cfg/recorderStatus:RecorderStatus", "audit").includes(
        "aws:cfg/deliveryChannel:DeliveryChannel::audit",
      ),
    );
    assert.deepEqual(awaits("aws:cfg/conformancePack:ConformancePack", "audit"), [
      "aws:cfg/recorderStatus:RecorderStatus::audit",
    ]);
  });

  it("checks the safeguards of HIPAA, each rule once, in a text that AWS takes", () => {
    const { name, templateBody } = recording.inputs("aws:cfg/conformancePack:ConformancePack");
    assert.equal(name, "hipaa-security");
    assert.equal(templateBody, conformanceTemplate(conformanceRules));
    const { Resources } = JSON.parse(templateBody) as { Resources: Record<string, object> };
    assert.equal(Object.keys(Resources).length, Object.keys(conformanceRules).length);
    assert.ok(Object.keys(Resources).every((id) => /^[A-Za-z0-9]+$/.test(id)));
    assert.ok(templateBody.length < 51_200);
    const identifiers = Object.values(conformanceRules);
    assert.equal(new Set(identifiers).size, identifiers.length);
  });

  it("protects what holds records", () =>
    assert.deepEqual(recording.protectedPaths, [
      "aws:cloudtrail/trail:Trail::audit",
      "aws:cloudwatch/logGroup:LogGroup::audit",
      "aws:kms/key:Key::audit",
      "aws:s3/bucket:Bucket::audit",
      "aws:s3/bucket:Bucket::audit-config",
      "aws:s3/bucketVersioning:BucketVersioning::audit",
      "aws:s3/bucketVersioning:BucketVersioning::audit-config",
    ]));

  it("says what it records into", async () => {
    assert.equal(await valueOf(recording.value.bucketName), bucket);
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });

  it("is accepted by every rule", () => assert.deepEqual(complaints(recording), []));

  it("refuses a time that is none, and an account that is none", async () => {
    assert.deepEqual(await refusal(() => declare({ retentionYears: 0 })), [
      "audit.retentionYears: 0 given; at least 1 is needed (AUD-SEC-08, CV-LOG-07).",
    ]);
    const account = { ...prod.account, accountId: "12", administrators: [] };
    assert.deepEqual(await refusal(() => declare({ environment: "Prod", account })), [
      "audit.environment: Prod given; lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 20 characters.",
      "audit.account.accountId: 12 given; twelve digits are accepted (CV-DATA-03).",
      "audit.account.administrators: no role given; at least one is needed, or nobody could manage the keys (CV-DATA-03).",
    ]);
  });
});
