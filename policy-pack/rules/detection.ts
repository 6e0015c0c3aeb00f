// What watches the account: intruders, failed controls and vulnerabilities are found, and somebody is paged.
import { thresholds } from "../../checklist/thresholds.ts";
import { stackRule } from "../lib/define.ts";
import { acceptsAll, acceptsFrom, alarmsOf, pages } from "../lib/alarms.ts";
import type { Alarm } from "../lib/alarms.ts";
import { accountClustersOf } from "../lib/eks.ts";
import { besideOf, Named } from "../lib/links.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";

const { pagingSeverity } = thresholds.audit;
const detectorType = "aws:guardduty/detector:Detector";
const features = ["EKS_AUDIT_LOGS", "RUNTIME_MONITORING"];

/** Whether some rule of EventBridge that is so pages somebody. */
function paged(stack: PlannedStack, isSo: (alarm: Alarm) => boolean): boolean {
  return alarmsOf(stack).some((alarm) => isSo(alarm) && pages(stack, alarm));
}

export const intrudersAreFound = stackRule<Named>({
  name: "intruders-are-found-and-page",
  decides: ["AUD-SOP-06", "CV-AUDIT-04", "CV-IMM-08", "CV-NET-08"],
  severity: "critical",
  description: "A stack with an EKS cluster has GuardDuty, and its findings of high severity page somebody.",
  fix: "Declare a Detector, and an EventRule on aws.guardduty with the paging topic as EventTarget.",
  subjects: accountClustersOf,
  check: (cluster, stack, complain) => {
    if (stack.ofType(detectorType).length === 0)
      complain(`${cluster.title} is watched by nobody: declare a Detector of guardduty.`);
    const isSo = ({ pattern }: Alarm) =>
      pattern.get("source").isGiven &&
      acceptsAll(pattern, "source", ["aws.guardduty"]) &&
      acceptsFrom(pattern, "detail.severity", pagingSeverity);
    if (!paged(stack, isSo))
      complain(
        `${cluster.title} is attacked unnoticed: declare an EventRule on aws.guardduty with severity from ` +
          `${pagingSeverity} on, and a topic as EventTarget.`,
      );
  },
});

export const detectorsWatchTheCluster = stackRule<Named>({
  name: "detectors-watch-the-cluster",
  decides: ["CV-IMM-08", "CV-NET-08"],
  severity: "high",
  description: `Every detector of GuardDuty is on, and watches ${features.join(" and ")}.`,
  fix: "Set enable to true, and declare a DetectorFeature with status ENABLED for each.",
  subjects: (stack) => stack.ofType(detectorType).map((cloud) => new Named(cloud)),
  check: (detector, stack, complain) => {
    if (detector.cloud.props.get("enable").boolean() === false)
      complain(`${detector.title} is off: set enable to true.`);
    const all = stack.ofType(detectorType).map((cloud) => new Named(cloud));
    const on = besideOf(stack, detector, all, "detectorId", "aws:guardduty/detectorFeature:DetectorFeature")
      .filter(({ props }) => props.get("status").string() === "ENABLED")
      .map(({ props }) => props.get("name").string());
    const off = features.filter((feature) => !on.includes(feature));
    if (off.length > 0)
      complain(`${detector.title} does not watch ${off.join(", ")}: declare a DetectorFeature for each.`);
  },
});

const standards = [
  ["CIS", /cis-aws-foundations-benchmark/],
  ["AWS Foundational Security Best Practices", /aws-foundational-security-best-practices/],
] as const;

export const complianceIsChecked = stackRule<Named>({
  name: "compliance-is-checked-and-pages",
  decides: ["CV-AUDIT-02"],
  severity: "high",
  description:
    "A stack with an EKS cluster is checked against CIS and AWS' best practices all the time, and what fails pages.",
  fix: "Declare Recorder, RecorderStatus, ConformancePack, securityhub Account, both StandardsSubscriptions, and an EventRule.",
  subjects: accountClustersOf,
  check: (cluster, stack, complain) => {
    const ask = (what: string, todo: string) => complain(`${cluster.title} is in an account ${what}: ${todo}.`);
    const has = (type: string) => stack.ofType(type).length > 0;
    const recording = stack
      .ofType("aws:cfg/recorderStatus:RecorderStatus")
      .some(({ props }) => props.get("isEnabled").boolean() === true);
    if (!has("aws:cfg/recorder:Recorder") || !recording)
      ask("whose configuration nobody records", "declare a Recorder of cfg, and a RecorderStatus with isEnabled true");
    if (!has("aws:cfg/conformancePack:ConformancePack"))
      ask("that is held against no list of rules", "declare a ConformancePack of cfg");
    if (!has("aws:securityhub/account:Account")) ask("without Security Hub", "declare an Account of securityhub");
    const subscribed = stack
      .ofType("aws:securityhub/standardsSubscription:StandardsSubscription")
      .map(({ props }) => props.get("standardsArn").string() ?? "");
    for (const [name, arn] of standards) {
      if (!subscribed.some((each) => arn.test(each)))
        ask(`that is not checked against ${name}`, "declare a StandardsSubscription for it");
    }
    const isSo = ({ pattern }: Alarm) =>
      pattern.get("source").isGiven &&
      acceptsAll(pattern, "source", ["aws.securityhub"]) &&
      acceptsAll(pattern, "detail.findings.Compliance.Status", ["FAILED"]) &&
      acceptsAll(pattern, "detail.findings.Severity.Label", ["HIGH", "CRITICAL"]);
    if (!paged(stack, isSo))
      ask(
        "where failed controls are noticed by nobody",
        "declare an EventRule on aws.securityhub with FAILED, HIGH and CRITICAL, and a topic as EventTarget",
      );
  },
});

const scanned = ["ECR", "EC2"];

export const vulnerabilitiesAreFound = stackRule<Named>({
  name: "vulnerabilities-are-found",
  decides: ["CV-AUDIT-05"],
  severity: "high",
  description: `A stack with an EKS cluster has Inspector look at ${scanned.join(" and ")}.`,
  fix: `Declare an Enabler of inspector2 with resourceTypes ${scanned.join(", ")}.`,
  subjects: accountClustersOf,
  check: (cluster, stack, complain) => {
    const enablers = stack.ofType("aws:inspector2/enabler:Enabler");
    const types = enablers.flatMap(({ props }) => props.get("resourceTypes").strings());
    const missing = scanned.filter((type) => !types.includes(type));
    if (missing.length > 0)
      complain(
        `${cluster.title} is in an account where Inspector does not look at ${missing.join(", ")}: add it to an Enabler.`,
      );
  },
});

/** Reading is among the events that EventBridge leaves out unless asked. */
const withReads = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

export const readingASecretPages = stackRule<Named>({
  name: "reading-a-secret-pages",
  decides: ["CV-SECRET-05"],
  severity: "high",
  description: "In a stack with an EKS cluster, somebody is paged when who is no workload reads a secret.",
  fix: `Declare an EventRule on GetSecretValue with state ${withReads}, and a topic as EventTarget.`,
  subjects: accountClustersOf,
  check: (cluster, stack, complain) => {
    const reading = alarmsOf(stack).filter(
      ({ pattern }) =>
        pattern.at("detail.eventName").isGiven && acceptsAll(pattern, "detail.eventName", ["GetSecretValue"]),
    );
    if (!reading.some((alarm) => pages(stack, alarm)))
      complain(
        `${cluster.title} has secrets that are read unnoticed: declare an EventRule on GetSecretValue with a topic as EventTarget.`,
      );
    for (const { rule } of reading) {
      if (rule.cloud.props.get("state").string() !== withReads)
        complain(`${rule.title} never sees a read: set state to ${withReads}.`);
    }
  },
});
