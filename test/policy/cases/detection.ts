// What watches the account.
import { all, drop, set, setWithin, unlinked } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";

export const detectionCases: RuleCases[] = [
  {
    rule: "intruders-are-found-and-page",
    of: "foundation",
    good: [
      {
        when: "the topic is another stack's",
        change: all(
          unlinked("intruders-page", "arn"),
          set("intruders-page", "arn", "arn:aws:sns:eu-central-1:123456789012:paging"),
        ),
      },
    ],
    bad: [
      {
        when: "nobody watches",
        change: all(drop("detector")),
        on: "eks",
        says: ['Cluster "eks" is watched by nobody: declare a Detector of guardduty.'],
      },
      {
        when: "nobody is paged",
        change: drop("intruders-page"),
        on: "eks",
        says: [
          'Cluster "eks" is attacked unnoticed: declare an EventRule on aws.guardduty with severity from 7 on, and a topic as EventTarget.',
        ],
      },
      {
        when: "the rule is off",
        change: set("intruders", "state", "DISABLED"),
        on: "eks",
        says: [
          'Cluster "eks" is attacked unnoticed: declare an EventRule on aws.guardduty with severity from 7 on, and a topic as EventTarget.',
        ],
      },
      {
        when: "critical findings alone page",
        change: setWithin("intruders", "eventPattern", "detail.severity", [{ numeric: [">=", 9] }]),
        on: "eks",
        says: [
          'Cluster "eks" is attacked unnoticed: declare an EventRule on aws.guardduty with severity from 7 on, and a topic as EventTarget.',
        ],
      },
    ],
  },
  {
    rule: "detectors-watch-the-cluster",
    of: "security",
    bad: [
      {
        when: "it is off",
        change: set("detector", "enable", false),
        on: "detector",
        says: ['Detector "detector" is off: set enable to true.'],
      },
      {
        when: "what runs is not watched",
        change: set("run-time", "status", "DISABLED"),
        on: "detector",
        says: ['Detector "detector" does not watch RUNTIME_MONITORING: declare a DetectorFeature for each.'],
      },
    ],
  },
  {
    rule: "compliance-is-checked-and-pages",
    of: "foundation",
    bad: [
      {
        when: "nothing is recorded",
        change: set("recording", "isEnabled", false),
        on: "eks",
        says: [
          'Cluster "eks" is in an account whose configuration nobody records: declare a Recorder of cfg, and a RecorderStatus with isEnabled true.',
        ],
      },
      {
        when: "no list and no standard is there",
        change: all(drop("conformance"), drop("cis"), drop("practices")),
        on: "eks",
        says: [
          'Cluster "eks" is in an account that is held against no list of rules: declare a ConformancePack of cfg.',
          'Cluster "eks" is in an account that is not checked against CIS: declare a StandardsSubscription for it.',
          'Cluster "eks" is in an account that is not checked against AWS Foundational Security Best Practices: declare a StandardsSubscription for it.',
        ],
      },
      {
        when: "Security Hub is missing",
        change: drop("hub"),
        on: "eks",
        says: ['Cluster "eks" is in an account without Security Hub: declare an Account of securityhub.'],
      },
      {
        when: "high findings page nobody",
        change: setWithin("controls", "eventPattern", "detail.findings.Severity.Label", ["CRITICAL"]),
        on: "eks",
        says: [
          'Cluster "eks" is in an account where failed controls are noticed by nobody: declare an EventRule on aws.securityhub with FAILED, HIGH and CRITICAL, and a topic as EventTarget.',
        ],
      },
    ],
  },
  {
    rule: "vulnerabilities-are-found",
    of: "foundation",
    bad: [
      {
        when: "nodes are not looked at",
        change: set("inspector", "resourceTypes", ["ECR"]),
        on: "eks",
        says: ['Cluster "eks" is in an account where Inspector does not look at EC2: add it to an Enabler.'],
      },
      {
        when: "nobody looks",
        change: drop("inspector"),
        on: "eks",
        says: ['Cluster "eks" is in an account where Inspector does not look at ECR, EC2: add it to an Enabler.'],
      },
    ],
  },
  {
    rule: "reading-a-secret-pages",
    of: "foundation",
    bad: [
      {
        when: "nobody is paged",
        change: drop("secret-reads-page"),
        on: "eks",
        says: [
          'Cluster "eks" has secrets that are read unnoticed: declare an EventRule on GetSecretValue with a topic as EventTarget.',
        ],
      },
      {
        when: "the rule sees no reads",
        change: set("secret-reads", "state", "ENABLED"),
        on: "eks",
        says: [
          'EventRule "secret-reads" never sees a read: set state to ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS.',
        ],
      },
    ],
  },
];
