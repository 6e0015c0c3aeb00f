import type * as pulumi from "@pulumi/pulumi";
import { ConformancePack } from "@pulumi/aws/cfg/conformancePack.js";
import { DeliveryChannel } from "@pulumi/aws/cfg/deliveryChannel.js";
import { Recorder } from "@pulumi/aws/cfg/recorder.js";
import { RecorderStatus } from "@pulumi/aws/cfg/recorderStatus.js";
import { ServiceLinkedRole } from "@pulumi/aws/iam/serviceLinkedRole.js";
import type { AccountArgs } from "../cloud/account.ts";
import { protectedBucket } from "../cloud/protected-bucket.ts";
import { recorderBucketPolicy } from "./audit-policies.ts";
import { conformanceRules, conformanceTemplate } from "./conformance.ts";
import { platformName, platformTags } from "./names.ts";

/** The recorder as it will be. */
export interface PlannedRecorder {
  /** Name of the environment. */
  environment: string;
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** Key that encrypts what it records. */
  kmsKeyArn: pulumi.Input<string>;
  /** Whether the account has its service-linked role already. */
  roleExists: boolean;
  /** Days until a record is deleted. */
  expireDays: number;
  /** Days until a record is cold. */
  archiveAfterDays: number;
}

/** The pack's name is the catalogue's (CV-PRIV-02). */
const packName = "hipaa-security";

/**
 * Declares what records the state of every resource of the account and checks it (CV-AUDIT-02). It has a bucket of its own:
 * AWS Config delivers into none that locks every object.
 */
export function recorder(
  name: string,
  planned: PlannedRecorder,
  protect: boolean,
  child: { parent: pulumi.Resource },
): void {
  const { environment, account, kmsKeyArn, roleExists, expireDays, archiveAfterDays } = planned;
  const { accountId, region } = account;
  const tags = platformTags(environment);
  const bucket = `${platformName(environment, "config")}-${accountId}`;
  const records = protectedBucket(
    `${name}-config`,
    {
      bucket,
      region,
      kmsKeyArn,
      policy: recorderBucketPolicy(account, bucket),
      expireDays,
      archiveAfterDays,
      tags: { ...tags, "apg:purpose": "logs", "data-class": "confidential" },
    },
    protect,
    child,
  );
  // Security Hub counts any other role as a critical finding (Config.1).
  const role = roleExists
    ? []
    : [new ServiceLinkedRole(`${name}-config`, { awsServiceName: "config.amazonaws.com", tags }, child)];
  const recording = new Recorder(
    name,
    {
      name: platformName(environment, "audit"),
      region,
      roleArn: `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
    },
    { ...child, dependsOn: role },
  );
  const channel = new DeliveryChannel(
    name,
    {
      name: platformName(environment, "audit"),
      region,
      s3BucketName: bucket,
      s3KmsKeyArn: kmsKeyArn,
      snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
    },
    { ...child, dependsOn: [recording, records.policy] },
  );
  const status = new RecorderStatus(
    name,
    { name: recording.name, region, isEnabled: true },
    { ...child, dependsOn: [channel] },
  );
  new ConformancePack(
    name,
    { name: packName, region, templateBody: conformanceTemplate(conformanceRules) },
    { ...child, dependsOn: [status] },
  );
}
