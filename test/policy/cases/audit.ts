// The audit trail, what watches the account, and the registry.
import { all, drop, set, unset, unlinked } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";

export const auditCases: RuleCases[] = [
  {
    rule: "the-account-has-an-audit-trail",
    of: "foundation",
    good: [
      {
        when: "another stack of the account has it",
        change: all(drop("trail"), set("config", "configured.security", { compliance: { accountWide: false } })),
      },
    ],
    bad: [
      {
        when: "there is none",
        change: drop("trail"),
        on: "eks",
        says: ['Cluster "eks" is in an account whose calls nobody records: declare a Trail.'],
      },
    ],
  },
  {
    rule: "trails-record-everything",
    of: "security",
    good: [
      { when: "nothing is selected", change: unset("trail", "advancedEventSelectors") },
      {
        when: "events are selected by the older form",
        change: all(
          unset("trail", "advancedEventSelectors"),
          set("trail", "eventSelectors", [{ readWriteType: "All", includeManagementEvents: true }]),
        ),
      },
    ],
    bad: [
      {
        when: "it is off, and of one region",
        change: all(set("trail", "enableLogging", false), set("trail", "isMultiRegionTrail", false)),
        on: "trail",
        says: [
          'Trail "trail" is off: set enableLogging to true.',
          'Trail "trail" records one region: set isMultiRegionTrail to true.',
        ],
      },
      {
        when: "IAM is left out",
        change: set("trail", "includeGlobalServiceEvents", false),
        on: "trail",
        says: ['Trail "trail" leaves IAM out: set includeGlobalServiceEvents to true.'],
      },
      {
        when: "it is neither signed nor encrypted",
        change: all(unset("trail", "enableLogFileValidation"), unset("trail", "kmsKeyId")),
        on: "trail",
        says: [
          'Trail "trail" could be altered unseen: set enableLogFileValidation to true.',
          'Trail "trail" is not encrypted with a key of its own: set kmsKeyId.',
        ],
      },
      {
        when: "reads are left out",
        change: set("trail", "advancedEventSelectors.0.fieldSelectors.1", { field: "readOnly", equals: ["false"] }),
        on: "trail",
        says: ['Trail "trail" leaves calls out: select management events, reads and writes, by its event selectors.'],
      },
      {
        when: "reads are left out by the older form",
        change: all(
          unset("trail", "advancedEventSelectors"),
          set("trail", "eventSelectors", [{ readWriteType: "WriteOnly" }]),
        ),
        on: "trail",
        says: ['Trail "trail" leaves calls out: select management events, reads and writes, by its event selectors.'],
      },
    ],
  },
  {
    rule: "trails-record-who-reads-objects",
    of: "security",
    good: [
      {
        when: "objects are selected by the older form",
        change: all(
          unset("trail", "advancedEventSelectors"),
          set("trail", "eventSelectors", [{ dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }] }]),
        ),
      },
    ],
    bad: [
      {
        when: "objects are left out",
        change: unset("trail", "advancedEventSelectors.1"),
        on: "trail",
        says: ['Trail "trail" does not record who reads objects: add AWS::S3::Object to advancedEventSelectors.'],
      },
    ],
  },
  {
    rule: "trails-are-locked-away",
    of: "security",
    good: [
      {
        when: "they are locked for days",
        change: set("trail-lock", "rule.defaultRetention", { mode: "COMPLIANCE", days: 2190 }),
      },
    ],
    bad: [
      {
        when: "there is no lock",
        change: drop("trail-lock"),
        on: "trail",
        says: [
          'Trail "trail" writes to Bucket "apg-audio-trail-test", where objects are locked for 0 days: declare a BucketObjectLockConfiguration with mode COMPLIANCE for at least 2190.',
        ],
      },
      {
        when: "administrators have its key",
        change: set("trail-lock", "rule.defaultRetention.mode", "GOVERNANCE"),
        on: "trail",
        says: [
          'Trail "trail" writes to Bucket "apg-audio-trail-test", where objects are locked for 0 days: declare a BucketObjectLockConfiguration with mode COMPLIANCE for at least 2190.',
        ],
      },
      {
        when: "it ends after a year",
        change: set("trail-lock", "rule.defaultRetention.years", 1),
        on: "trail",
        says: [
          'Trail "trail" writes to Bucket "apg-audio-trail-test", where objects are locked for 365 days: declare a BucketObjectLockConfiguration with mode COMPLIANCE for at least 2190.',
        ],
      },
      {
        when: "the bucket is somebody else's",
        change: all(unlinked("trail", "s3BucketName"), set("trail", "s3BucketName", "elsewhere")),
        on: "trail",
        says: ['Trail "trail" writes to a bucket that this stack does not declare: declare the Bucket, and its lock.'],
      },
    ],
  },
];
