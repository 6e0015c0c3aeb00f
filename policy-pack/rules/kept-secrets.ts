// Secrets in AWS Secrets Manager: encrypted by a key of the platform, copied, recoverable, and rotated.
import { thresholds } from "../../checklist/thresholds.ts";
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { isOwnKey } from "../lib/own-key.ts";
import { besideOf, Named, textOf } from "../lib/links.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import type { Rule } from "../lib/rule.ts";
import type { Value } from "../lib/value.ts";

const secretType = "aws:secretsmanager/secret:Secret";
const rotationType = "aws:secretsmanager/secretRotation:SecretRotation";
const { maxCredentialDays, maxRotationDays, recoveryDays } = thresholds.secrets;

export const keptSecretsAreEncrypted: Rule = cloudRule({
  name: "kept-secrets-have-a-key-of-the-platform",
  decides: ["CV-SECRET-04", "AUD-SEC-07", "CV-DATA-01"],
  severity: "high",
  description: "Every secret of Secrets Manager is encrypted with a customer managed key.",
  fix: "Set kmsKeyId to the key of the environment's secrets.",
  types: [secretType],
  check: ({ title, props }, complain) => {
    const key = props.get("kmsKeyId");
    if (!isOwnKey(key)) complain(`${title} is encrypted with AWS' own key: set kmsKeyId to a customer managed key.`);
  },
});

export const criticalSecretsAreCopied: Rule = cloudRule({
  name: "critical-secrets-are-in-another-region",
  decides: ["CV-SECRET-06"],
  severity: "high",
  description:
    "Every secret with the tag apg:critical is copied to another region under a key of its own, and can be restored for " +
    `${recoveryDays} days.`,
  fix: `Set replicas with another region and its kmsKeyId, and recoveryWindowInDays to ${recoveryDays}.`,
  types: [secretType],
  check: (secret, complain) => {
    const { title, props } = secret;
    if (secret.tag("apg:critical") !== "true") return notConcerned;
    const replicas = props.get("replicas").list();
    const home = props.get("region").string() ?? secret.resource.region;
    const elsewhere = replicas.filter((replica) => replica.get("region").string() !== home);
    if (elsewhere.length === 0) complain(`${title} is in one region alone: add a replica in another one.`);
    for (const replica of elsewhere) {
      if (!isOwnKey(replica.get("kmsKeyId")))
        complain(
          `${title} has a copy in ${replica.get("region").string()} without a key of its own: set the replica's kmsKeyId.`,
        );
    }
    const days = props.get("recoveryWindowInDays").number() ?? 30;
    if (days !== recoveryDays)
      complain(
        `${title} can be restored for ${days} days after it is deleted: set recoveryWindowInDays to ${recoveryDays}.`,
      );
    return undefined;
  },
});

/** Names of secrets that sign in to a database or a cache. */
const credential = /postgres|redis|database|cache|(^|[/_-])db([/_-]|$)/i;

export const secretsRotate: Rule = stackRule<CloudResource>({
  name: "secrets-rotate",
  decides: ["CV-SECRET-02"],
  severity: "medium",
  description:
    `Every secret of Secrets Manager rotates by itself: at least every ${maxCredentialDays} days where it signs in to a ` +
    `database or cache, and every ${maxRotationDays} days otherwise.`,
  fix: "Declare a SecretRotation for it, with rotationRules.automaticallyAfterDays.",
  settings: {
    acceptKeysOfOthers: {
      type: "boolean",
      default: false,
      description:
        "Accept that a key of another service is changed by hand, where the tags apg:third-party and apg:rotation say so.",
    },
  },
  subjects: (stack) => stack.ofType(secretType),
  check: (secret, stack, complain, { acceptKeysOfOthers }) => {
    const rotations = rotationsOf(secret, stack);
    const reason = secret.tag("apg:rotation") ?? "";
    if (rotations.length === 0) {
      const isOthers = (secret.tag("apg:third-party") ?? "") !== "" && /^by hand\b/.test(reason);
      if (acceptKeysOfOthers === true && isOthers) return notConcerned;
      complain(
        `${secret.title} does not rotate${reason === "" ? "" : ` (${reason})`}: declare a SecretRotation for it.`,
      );
    }
    const most = credential.test(textOf(secret, "name") ?? secret.resource.name) ? maxCredentialDays : maxRotationDays;
    for (const { title, props } of rotations) {
      if (props.get("rotationEnabled").boolean() === false) complain(`${title} is off: remove rotationEnabled.`);
      const days = daysOf(props.get("rotationRules"));
      if (days === undefined || days > most)
        complain(
          `${title} rotates ${secret.title} ${days === undefined ? "nobody knows when" : `every ${days} days`}: set ` +
            `rotationRules.automaticallyAfterDays to at most ${most}.`,
        );
    }
    return undefined;
  },
});

function rotationsOf(secret: CloudResource, stack: PlannedStack): CloudResource[] {
  const all = stack.ofType(secretType).map((each) => new Named(each, [textOf(each, "name")]));
  const named = all.find(({ resource }) => resource === secret.resource);
  return named === undefined ? [] : besideOf(stack, named, all, "secretId", rotationType);
}

function daysOf(rules: Value): number | undefined {
  const days = rules.get("automaticallyAfterDays").number();
  if (days !== undefined) return days;
  const rate = /^rate\((\d+) (hour|day)s?\)$/.exec(rules.get("scheduleExpression").string() ?? "");
  return rate === null ? undefined : Math.ceil(Number(rate[1]) / (rate[2] === "hour" ? 24 : 1));
}
