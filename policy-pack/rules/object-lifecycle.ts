// What happens to objects with time: they get cold, they end, old versions go, and copies are in another region.
import { notConcerned, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { bucketsOf } from "../lib/buckets.ts";
import type { Bucket } from "../lib/buckets.ts";
import type { StackConfig } from "../lib/config.ts";
import type { Value } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { maxAbortMultipartDays, noncurrentDays, replicationMinutes } = thresholds.objects;

export const bucketsForgetOldVersions = stackRule<Bucket>({
  name: "buckets-keep-old-versions-for-a-month",
  decides: ["CV-OBJ-05"],
  severity: "medium",
  description: `What was deleted or overwritten in a bucket stays for ${noncurrentDays} days and no longer.`,
  fix: `Declare a BucketLifecycleConfiguration with noncurrentVersionExpiration.noncurrentDays ${noncurrentDays}.`,
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    const days = enabledRules(bucket).flatMap((rule) => {
      const found = rule.at("noncurrentVersionExpiration.noncurrentDays").number();
      return found === undefined ? [] : [found];
    });
    if (days.length === 0 || days.some((each) => each !== noncurrentDays)) {
      complain(
        `${bucket.title} keeps old versions for ${days.length === 0 ? "ever" : `${days.join(" and ")} days`}: set ` +
          `noncurrentVersionExpiration.noncurrentDays to ${noncurrentDays} in a rule for the whole bucket.`,
      );
    }
  },
});

export const bucketsCleanUp = stackRule<Bucket>({
  name: "buckets-clean-up-by-rule",
  decides: ["CV-OBJ-06"],
  contributesTo: ["CV-DATA-08"],
  severity: "medium",
  description:
    `Every bucket removes unfinished uploads within ${maxAbortMultipartDays} days, moves objects to a colder class, and ` +
    "deletes them when their data class's time is over.",
  fix:
    "Declare a BucketLifecycleConfiguration with an enabled rule for the whole bucket that has transitions, " +
    `abortIncompleteMultipartUpload.daysAfterInitiation of at most ${maxAbortMultipartDays}, and expiration.days.`,
  subjects: bucketsOf,
  check: (bucket, stack, complain) => {
    const rules = enabledRules(bucket);
    const ask = (what: string, todo: string) => complain(`${bucket.title} ${what}: ${todo}.`);
    if (rules.length === 0) {
      ask("is never cleaned up", "declare a BucketLifecycleConfiguration with an enabled rule for the whole bucket");
      return;
    }
    const aborts = rules.map(
      (rule) => rule.at("abortIncompleteMultipartUpload.daysAfterInitiation").number() ?? Infinity,
    );
    if (Math.min(...aborts) > maxAbortMultipartDays) {
      ask(
        "keeps unfinished uploads",
        `set abortIncompleteMultipartUpload.daysAfterInitiation to at most ${maxAbortMultipartDays}`,
      );
    }
    if (!rules.some((rule) => rule.get("transitions").list().length > 0))
      ask("keeps cold objects where they are dear", "set transitions");
    judgeExpiration(bucket, rules, stack.config, complain);
  },
});

function judgeExpiration(bucket: Bucket, rules: readonly Value[], config: StackConfig, complain: Complain): void {
  const days = rules.flatMap((rule) => rule.at("expiration.days").number() ?? []);
  const dataClass = bucket.cloud.tag("data-class") ?? "";
  const wanted = config.retentionDays(dataClass);
  if (days.length === 0) complain(`${bucket.title} keeps objects for ever: set expiration.days.`);
  // Logs, copies and backups have a time of their own.
  else if (wanted !== undefined && bucket.holdsData && bucket.purpose !== "backup" && Math.min(...days) !== wanted) {
    complain(
      `${bucket.title} keeps ${dataClass} data for ${Math.min(...days)} days and the stack says ${wanted}: set ` +
        `expiration.days to ${wanted}.`,
    );
  }
}

/** The rules that are on, and for all of the bucket. */
function enabledRules(bucket: Bucket): Value[] {
  return bucket
    .sides("BucketLifecycleConfiguration")
    .flatMap(({ props }) => props.get("rules").list())
    .filter((rule) => {
      const filter = rule.get("filter");
      const prefix = (filter.get("prefix").string() ?? "") + (rule.get("prefix").string() ?? "");
      const narrow = ["and", "tag", "objectSizeGreaterThan", "objectSizeLessThan"].some(
        (key) => filter.get(key).exists,
      );
      return rule.get("status").string() === "Enabled" && prefix === "" && !narrow;
    });
}

export const bucketsAreReplicated = stackRule<Bucket>({
  name: "buckets-are-copied-to-another-region",
  decides: ["CV-OBJ-07"],
  severity: "high",
  description:
    "Every bucket of data is copied to a bucket in another region, encrypted, within a time that is measured.",
  fix:
    "Declare a BucketReplicationConfig for the whole bucket, with destination.replicationTime, destination.metrics and " +
    "destination.encryptionConfiguration, whose destination is a bucket in another region.",
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    if (!bucket.holdsData) return notConcerned;
    const destinations = bucket
      .sides("BucketReplicationConfig")
      .flatMap((side) => bucket.destinations(side).map((destination) => ({ side, ...destination })));
    if (destinations.length === 0)
      complain(`${bucket.title} is in one region only: declare a BucketReplicationConfig with an enabled rule.`);
    for (const { side, rule, bucket: copy, text } of destinations) {
      const ask = (what: string, todo: string) => complain(`${side.title} ${what}: ${todo}.`);
      if (copy === undefined)
        ask(
          `copies ${bucket.title} to ${text}, which this stack does not declare`,
          "declare the bucket with its region",
        );
      else if (copy.region === undefined || bucket.region === undefined)
        ask(`copies ${bucket.title} to ${copy.title}, and one of them does not say where it is`, "set region on both");
      else if (copy.region === bucket.region)
        ask(`copies ${bucket.title} within ${bucket.region}`, "choose a bucket in another region");
      const destination = rule.get("destination");
      if (!destination.at("encryptionConfiguration.replicaKmsKeyId").isGiven)
        ask(`copies ${bucket.title} without a key`, "set destination.encryptionConfiguration.replicaKmsKeyId");
      const measured = ["replicationTime", "metrics"].filter(
        (key) => destination.get(key).get("status").string() !== "Enabled",
      );
      if (measured.length > 0) {
        ask(
          `copies ${bucket.title} in no time that is measured`,
          `set ${measured.map((key) => `destination.${key}`).join(" and ")} with ${replicationMinutes} minutes`,
        );
      }
    }
    return undefined;
  },
});
