// What pages the security on-call: patterns of events, each a rule (AUD-SOP-06, CV-NET-08, CV-AUDIT-02, CV-SECRET-05, CV-SECRET-08).
import { deepFrozen } from "../../checklist/thresholds.ts";

/** An event that pages. */
export interface SecurityEvent {
  /** Name of the rule, after the environment's. */
  name: string;
  /** What has happened, in words. */
  description: string;
  /** What an event that counts looks like. */
  pattern: object;
  /** Whether it is among what AWS counts as reading, which rules see only when they ask for it. */
  reading: boolean;
  /** Whether it may happen in the region of AWS' global services alone. */
  global: boolean;
  /** Whether each environment of an account has its own; the others are the account's. */
  ofEnvironment: boolean;
}

/** What the events are about. */
export interface Watched {
  /** ARN of the break-glass role. */
  breakGlassRole: string;
  /** ARNs of the roles that read secrets for workloads and rotate them. */
  secretReaders: string[];
  /** What the ids of the secrets start with that are watched; nothing for all of the account. */
  secretPrefixes: string[];
}

/** Least severity of a finding that pages: 7 to 8.9 is high, 9 and more is critical (AUD-SOP-06, CV-NET-08). */
const pagingSeverity = 7;

const byTrail = "AWS API Call via CloudTrail";
const assuming = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

/** Everything that pages. */
export function securityEvents({ breakGlassRole, secretReaders, secretPrefixes }: Watched): SecurityEvent[] {
  return [
    {
      name: "guardduty-findings",
      description: `A finding of GuardDuty of severity ${pagingSeverity} or more.`,
      pattern: {
        source: ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        detail: { severity: [{ numeric: [">=", pagingSeverity] }] },
      },
      reading: false,
      global: false,
      ofEnvironment: false,
    },
    {
      name: "failed-controls",
      description: "A control of Security Hub of severity HIGH or CRITICAL has failed.",
      pattern: {
        source: ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        detail: {
          findings: {
            Compliance: { Status: ["FAILED"] },
            Severity: { Label: ["HIGH", "CRITICAL"] },
            Workflow: { Status: ["NEW"] },
            RecordState: ["ACTIVE"],
          },
        },
      },
      reading: false,
      global: false,
      ofEnvironment: false,
    },
    {
      name: "secret-reads",
      description: "A secret was read by somebody who is no workload.",
      pattern: {
        source: ["aws.secretsmanager"],
        "detail-type": [byTrail],
        detail: {
          eventSource: ["secretsmanager.amazonaws.com"],
          eventName: ["GetSecretValue", "BatchGetSecretValue"],
          // Of several secrets at once each is reported by itself too.
          ...(secretPrefixes.length > 0 && {
            requestParameters: { secretId: secretPrefixes.map((prefix) => ({ prefix })) },
          }),
          // Users and root have no session of a role.
          userIdentity: {
            sessionContext: {
              sessionIssuer: {
                arn: [
                  ...(secretReaders.length > 0 ? [{ "anything-but": secretReaders }] : [{ exists: true }]),
                  { exists: false },
                ],
              },
            },
          },
        },
      },
      reading: true,
      global: false,
      ofEnvironment: true,
    },
    {
      name: "break-glass",
      description: "Somebody has taken, or tried to take, the break-glass role.",
      pattern: {
        source: ["aws.sts"],
        "detail-type": [byTrail],
        detail: {
          eventSource: ["sts.amazonaws.com"],
          eventName: assuming,
          requestParameters: { roleArn: [breakGlassRole] },
        },
      },
      reading: true,
      global: true,
      ofEnvironment: true,
    },
    {
      name: "root-logins",
      description: "The account's root has signed in, or tried to.",
      pattern: {
        source: ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail"],
        detail: { userIdentity: { type: ["Root"] }, eventName: ["ConsoleLogin"] },
      },
      reading: false,
      global: true,
      ofEnvironment: false,
    },
    {
      name: "trail-changes",
      description: "Somebody has tried to stop or change what records and detects.",
      pattern: {
        source: ["aws.cloudtrail", "aws.config", "aws.guardduty", "aws.securityhub"],
        "detail-type": [byTrail],
        detail: { eventName: [...silencing] },
      },
      reading: false,
      global: false,
      ofEnvironment: false,
    },
  ];
}

/** Calls by which somebody who is in an account would become invisible. */
const silencing: readonly string[] = deepFrozen([
  "StopLogging",
  "DeleteTrail",
  "UpdateTrail",
  "PutEventSelectors",
  "StopConfigurationRecorder",
  "DeleteConfigurationRecorder",
  "DeleteDeliveryChannel",
  "DeleteDetector",
  "UpdateDetector",
  "DisableSecurityHub",
  "BatchDisableStandards",
]);
