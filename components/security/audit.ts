import * as pulumi from "@pulumi/pulumi";
import { Trail } from "@pulumi/aws/cloudtrail/trail.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { customerKey } from "../cloud/keys.ts";
import { encryptedLogGroup, logGroupArn } from "../cloud/log-groups.ts";
import { bucketArn, roleArn } from "../cloud/policy-document.ts";
import { protectedBucket } from "../cloud/protected-bucket.ts";
import { leastRole } from "../cloud/roles.ts";
import { withDefaults } from "../defaults.ts";
import { refuse, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { placeProblems } from "./account-problems.ts";
import { auditBucketPolicy, auditKeyStatements, logWriterPolicies } from "./audit-policies.ts";
import { recorder } from "./config-recorder.ts";
import { platformName, platformTags } from "./names.ts";

/** Arguments of `Audit`. */
export interface AuditArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS, and who runs it; its readers are the auditors. */
  account: AccountArgs;
  /** Years that nobody, root included, can delete a record. @default 6 (CV-LOG-07, CV-AUDIT-01, AUD-SEC-08) */
  retentionYears?: number;
  /** What the names of buckets start with whose objects' reads and writes are recorded. @default `apg-` (CV-DATA-05) */
  dataBucketPrefix?: string;
  /** Whether AWS Config has its service-linked role already, as it has where it was ever on. @default false (CV-AUDIT-02) */
  configRoleExists?: boolean;
  /** Whether what holds records is protected from deletion by Pulumi. @default true (AUD-SEC-08) */
  deletionProtection?: boolean;
}

export const auditDefaults = deepFrozen({
  retentionYears: 6,
  dataBucketPrefix: "apg-",
  configRoleExists: false,
  deletionProtection: true,
});

/** Days until a record is cold, and in a year, so that it ends after its lock. */
const archiveAfterDays = 90;
const daysOfYear = 366;

/** Who did what in the account, recorded where nobody can change it, and what is not as it should be (AUD-SEC-08, CV-AUDIT-01, CV-AUDIT-02). */
export class Audit extends pulumi.ComponentResource {
  /** Name of the bucket of the records. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN of the trail. */
  readonly trailArn: pulumi.Output<string>;

  constructor(name: string, args: AuditArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Audit", name, args, opts);
    refuse(name, problemsOf(args));
    const { environment, account, retentionYears, dataBucketPrefix, configRoleExists, deletionProtection } =
      withDefaults(args, auditDefaults);
    const { accountId, region, administrators, readers = [] } = account;
    const child = { parent: this };
    const tags = platformTags(environment);
    const trailName = platformName(environment, "audit");
    const bucketName = auditBucket(environment, accountId);
    const logGroup = `/apg/${environment}/cloudtrail`;
    const expireDays = retentionYears * daysOfYear;
    const planned = {
      account,
      bucket: bucketName,
      trailArn: `arn:aws:cloudtrail:${region}:${accountId}:trail/${trailName}`,
      logGroup,
    };

    const key = customerKey(
      name,
      {
        alias: trailName,
        region,
        description: `Audit records of ${environment}.`,
        administrators,
        users: [],
        readers,
        services: auditKeyStatements(planned),
        tags: { ...tags, "data-class": "confidential" },
      },
      { ...child, protect: deletionProtection },
    );
    const records = protectedBucket(
      name,
      {
        bucket: bucketName,
        region,
        kmsKeyArn: key.arn,
        policy: auditBucketPolicy(planned),
        expireDays,
        archiveAfterDays,
        lockYears: retentionYears,
        tags: { ...tags, "apg:purpose": "logs", "data-class": "confidential" },
      },
      deletionProtection,
      child,
    );

    const group = encryptedLogGroup(
      name,
      { group: logGroup, region, kmsKeyArn: key.arn, tags },
      { ...child, protect: deletionProtection },
    );
    const writer = platformName(environment, "audit-writer");
    const written = leastRole(
      `${name}-writer`,
      {
        role: writer,
        ...logWriterPolicies(planned),
        description: `Writes the trail of ${environment} into its log group.`,
        tags,
      },
      child,
    );
    const trail = new Trail(
      name,
      {
        name: trailName,
        region,
        s3BucketName: bucketName,
        kmsKeyId: key.arn,
        enableLogging: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        cloudWatchLogsGroupArn: `${logGroupArn(region, accountId, logGroup)}:*`,
        cloudWatchLogsRoleArn: roleArn(accountId, writer),
        advancedEventSelectors: selectors(dataBucketPrefix, bucketName),
        tags,
      },
      { ...child, protect: deletionProtection, dependsOn: [records.policy, group, ...written] },
    );
    recorder(
      name,
      { environment, account, kmsKeyArn: key.arn, roleExists: configRoleExists, expireDays, archiveAfterDays },
      deletionProtection,
      child,
    );

    this.bucketName = records.bucket.bucket;
    this.trailArn = trail.arn;
    this.registerOutputs({ bucketName: this.bucketName, trailArn: this.trailArn });
  }
}

/** Name of the bucket of an environment's audit records; an account's number makes it the only one in the world. */
export function auditBucket(environment: string, accountId: string): string {
  return `${platformName(environment, "audit")}-${accountId}`;
}

/** Every management event, read and write (CV-SECRET-05), and every read and write of an object of data (CV-DATA-05). */
function selectors(dataBucketPrefix: string, own: string) {
  return [
    { name: "Management", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
    {
      name: "Objects",
      fieldSelectors: [
        { field: "eventCategory", equals: ["Data"] },
        { field: "resources.type", equals: ["AWS::S3::Object"] },
        // The trail's own writes would be recorded without end.
        {
          field: "resources.ARN",
          startsWiths: [bucketArn(dataBucketPrefix)],
          notStartsWiths: [`${bucketArn(own)}/`],
        },
      ],
    },
  ];
}

function problemsOf(args: AuditArgs): Problem[] {
  return [
    ...placeProblems(args.environment, args.account),
    ...(args.retentionYears === undefined
      ? []
      : wholeNumber("retentionYears", args.retentionYears, { min: 1, max: 100, items: "AUD-SEC-08, CV-LOG-07" })),
  ];
}
