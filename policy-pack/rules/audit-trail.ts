// The audit trail of AWS: whole, signed, encrypted, and where nobody can delete it.
import { thresholds } from "../../checklist/thresholds.ts";
import { cloudRule, stackRule } from "../lib/define.ts";
import { bucketsOf } from "../lib/buckets.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { accountClustersOf } from "../lib/eks.ts";
import { linkOf } from "../lib/links.ts";
import type { Named } from "../lib/links.ts";
import type { Value } from "../lib/value.ts";

const trailType = "aws:cloudtrail/trail:Trail";

export const thereIsATrail = stackRule<Named>({
  name: "the-account-has-an-audit-trail",
  decides: ["CV-SECRET-05"],
  contributesTo: ["AUD-SEC-08", "CV-AUDIT-01"],
  severity: "critical",
  description: "A stack with an EKS cluster records what everybody does on AWS.",
  fix: "Declare a Trail of CloudTrail.",
  subjects: accountClustersOf,
  check: (cluster, stack, complain) => {
    if (stack.ofType(trailType).length === 0)
      complain(`${cluster.title} is in an account whose calls nobody records: declare a Trail.`);
  },
});

export const trailsAreWhole = cloudRule({
  name: "trails-record-everything",
  decides: ["CV-SECRET-05"],
  contributesTo: ["AUD-SEC-08", "CV-AUDIT-01"],
  severity: "critical",
  description:
    "Every trail is on, in all regions, signed, encrypted with a customer managed key, and records reads as well.",
  fix: "Set isMultiRegionTrail, enableLogFileValidation and kmsKeyId, and select all management events.",
  types: [trailType],
  check: ({ title, props }, complain) => {
    const is = (key: string) => props.get(key).boolean();
    if (is("enableLogging") === false) complain(`${title} is off: set enableLogging to true.`);
    if (is("isMultiRegionTrail") !== true) complain(`${title} records one region: set isMultiRegionTrail to true.`);
    if (is("includeGlobalServiceEvents") === false)
      complain(`${title} leaves IAM out: set includeGlobalServiceEvents to true.`);
    if (is("enableLogFileValidation") !== true)
      complain(`${title} could be altered unseen: set enableLogFileValidation to true.`);
    if (!props.get("kmsKeyId").isGiven) complain(`${title} is not encrypted with a key of its own: set kmsKeyId.`);
    if (!recordsManagement(props))
      complain(`${title} leaves calls out: select management events, reads and writes, by its event selectors.`);
  },
});

/** Whether all calls that manage are recorded: where nothing is selected, they are. */
function recordsManagement(props: Value): boolean {
  const [simple, advanced] = [props.get("eventSelectors").list(), props.get("advancedEventSelectors").list()];
  if (advanced.length > 0)
    return advanced.some((selector) => {
      const fields = selector.get("fieldSelectors").list();
      const of = (name: string) => fields.filter((field) => field.get("field").string() === name);
      return (
        of("eventCategory").some((field) => field.get("equals").strings().includes("Management")) &&
        of("readOnly").length === 0
      );
    });
  return (
    simple.length === 0 ||
    simple.some(
      (selector) =>
        selector.get("includeManagementEvents").boolean() !== false &&
        (selector.get("readWriteType").string() ?? "All") === "All",
    )
  );
}

export const trailsRecordObjects = cloudRule({
  name: "trails-record-who-reads-objects",
  decides: [],
  contributesTo: ["CV-DATA-05"],
  severity: "medium",
  description: "Every trail records who reads and writes objects.",
  fix: "Add an entry of advancedEventSelectors with eventCategory Data and resources.type AWS::S3::Object.",
  types: [trailType],
  check: ({ title, props }, complain) => {
    const recorded = props
      .get("advancedEventSelectors")
      .list()
      .map((selector) => selector.get("fieldSelectors").list())
      .some(
        (fields) =>
          fields.some((field) => field.get("equals").strings().includes("AWS::S3::Object")) &&
          fields.every((field) => field.get("field").string() !== "readOnly"),
      );
    const simple = props
      .get("eventSelectors")
      .list()
      .flatMap((selector) => selector.get("dataResources").list())
      .some((each) => each.get("type").string() === "AWS::S3::Object");
    if (!recorded && !simple)
      complain(`${title} does not record who reads objects: add AWS::S3::Object to advancedEventSelectors.`);
  },
});

const { lockYears } = thresholds.audit;
const daysOfYear = 365;

export const trailsAreLockedAway = stackRule<CloudResource>({
  name: "trails-are-locked-away",
  decides: [],
  contributesTo: ["AUD-SEC-08", "CV-AUDIT-01"],
  severity: "critical",
  description: `What trails record lies in a bucket where nobody, whatever their rights, can delete it for ${lockYears} years.`,
  fix: `Declare a BucketObjectLockConfiguration for the bucket, with mode COMPLIANCE and years ${lockYears}.`,
  settings: {
    minDays: {
      type: "integer",
      default: lockYears * daysOfYear,
      description: "Days for which nobody can delete the record.",
    },
  },
  subjects: (stack) => stack.ofType(trailType),
  check: (trail, stack, complain, { minDays }) => {
    const bucket = linkOf(trail, "s3BucketName", bucketsOf(stack));
    if (bucket === "none" || bucket === undefined) {
      complain(`${trail.title} writes to a bucket that this stack does not declare: declare the Bucket, and its lock.`);
      return;
    }
    const locks = bucket.sides("BucketObjectLockConfiguration");
    const days = Math.max(0, ...locks.map(lockedDays));
    if (days < Number(minDays))
      complain(
        `${trail.title} writes to ${bucket.title}, where objects are locked for ${days} days: declare a ` +
          `BucketObjectLockConfiguration with mode COMPLIANCE for at least ${Number(minDays)}.`,
      );
  },
});

function lockedDays({ props }: CloudResource): number {
  const standard = props.at("rule.defaultRetention");
  if (standard.get("mode").string() !== "COMPLIANCE") return 0;
  return standard.get("days").number() ?? (standard.get("years").number() ?? 0) * daysOfYear;
}
