// Logs, messages and queues of AWS are encrypted with keys of the account's own.
import { thresholds } from "../../checklist/thresholds.ts";
import { cloudRule } from "../lib/define.ts";

const { logRetentionDays } = thresholds;

export const logGroupsAreEncrypted = cloudRule({
  name: "log-groups-are-encrypted-and-kept",
  decides: ["AUD-SEC-07", "CV-DATA-01"],
  contributesTo: ["CV-LOG-04"],
  severity: "high",
  description: `Every log group of CloudWatch has a key of its own, and keeps logs for ${logRetentionDays} days or longer, and not for ever.`,
  fix: `Set kmsKeyId, and retentionInDays to ${logRetentionDays} or more.`,
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  check: ({ title, props }, complain) => {
    if (!props.get("kmsKeyId").isGiven) complain(`${title} is not encrypted with a key of its own: set kmsKeyId.`);
    const days = props.get("retentionInDays").number() ?? 0;
    if (days < logRetentionDays)
      complain(
        `${title} keeps logs ${days === 0 ? "for ever" : `for ${days} days`}: set retentionInDays to at least ${logRetentionDays}.`,
      );
  },
});

export const messagesAreEncrypted = cloudRule({
  name: "topics-and-queues-are-encrypted",
  decides: ["AUD-SEC-07", "CV-DATA-01"],
  severity: "high",
  description: "Every topic of SNS and every queue of SQS is encrypted with a customer managed key.",
  fix: "Set kmsMasterKeyId to a customer managed key.",
  types: ["aws:sns/topic:Topic", "aws:sqs/queue:Queue"],
  check: ({ title, props }, complain) => {
    const key = props.get("kmsMasterKeyId");
    if (!key.isGiven || (key.isText && /(^|:)alias\/aws\//.test(key.string() ?? "")))
      complain(`${title} is not encrypted with a key of its own: set kmsMasterKeyId to a customer managed key.`);
  },
});
