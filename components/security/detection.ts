import * as pulumi from "@pulumi/pulumi";
import { Analyzer } from "@pulumi/aws/accessanalyzer/analyzer.js";
import { Detector } from "@pulumi/aws/guardduty/detector.js";
import { DetectorFeature } from "@pulumi/aws/guardduty/detectorFeature.js";
import { Enabler } from "@pulumi/aws/inspector2/enabler.js";
import { Account } from "@pulumi/aws/securityhub/account.js";
import { StandardsSubscription } from "@pulumi/aws/securityhub/standardsSubscription.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { refuse, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { placeProblems, roleProblems } from "./account-problems.ts";
import { eventRules } from "./event-rules.ts";
import { platformName, platformTags } from "./names.ts";

/** Arguments of `Detection`. */
export interface DetectionArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** ARN of the topic that pages, usually `Alarms.topicArn` (AUD-SOP-06, CV-NET-08). */
  topicArn: pulumi.Input<string>;
  /** ARN of the break-glass role, whose use pages (CV-SECRET-08). */
  breakGlassRole: string;
  /** ARNs of the roles that read secrets for workloads or rotate them; whoever else reads one pages (CV-SECRET-05). @default none */
  secretReaders?: string[];
  /**
   * Whether this is where what an account has one of is: GuardDuty, Security Hub, Inspector, and pages for them. Otherwise it
   * only pages for the environment's own secrets and break-glass role. @default true (CV-NET-08)
   */
  accountWide?: boolean;
}

export const detectionDefaults = deepFrozen({
  accountWide: true,
  /** What GuardDuty watches besides flows, DNS and the trail, which it always does. */
  features: ["EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "S3_DATA_EVENTS", "EBS_MALWARE_PROTECTION"],
  /** Standards of Security Hub, by what their ARNs end in (CV-AUDIT-02). */
  standards: ["cis-aws-foundations-benchmark/v/3.0.0", "aws-foundational-security-best-practices/v/1.0.0"],
  /** What Inspector looks for known holes in (CV-AUDIT-05). */
  scanned: ["EC2", "ECR"],
});

/** Agents of GuardDuty on nodes, which it keeps up to date by itself. */
const agents = ["EKS_ADDON_MANAGEMENT", "EC2_AGENT_MANAGEMENT"];

/** Finds intruders, failed controls and known holes, and pages (CV-NET-08, CV-AUDIT-02, CV-AUDIT-05, CV-SECRET-05, CV-SECRET-08). */
export class Detection extends pulumi.ComponentResource {
  /** Id of GuardDuty's detector; undefined where another stack has it. */
  readonly detectorId?: pulumi.Output<string>;

  constructor(name: string, args: DetectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Detection", name, args, opts);
    refuse(name, problemsOf(args));
    const { environment, account, topicArn, breakGlassRole, secretReaders = [] } = args;
    const { accountId, region } = account;
    const accountWide = args.accountWide ?? detectionDefaults.accountWide;
    const child = { parent: this };
    if (accountWide) this.detectorId = this.#watchAccount(name, args, child);

    // Names and ARNs both count as a secret's id.
    const own = `apg-${environment}/`;
    const secretPrefixes = accountWide ? [] : [own, `arn:aws:secretsmanager:${region}:${accountId}:secret:${own}`];
    const watched = { breakGlassRole, secretReaders, secretPrefixes };
    eventRules(name, { environment, account, topicArn, watched, accountWide }, child);
    this.registerOutputs({ detectorId: this.detectorId });
  }

  #watchAccount(
    name: string,
    { environment, account }: DetectionArgs,
    child: { parent: pulumi.Resource },
  ): pulumi.Output<string> {
    const { accountId, region, replicaRegion } = account;
    const tags = platformTags(environment);

    const detector = new Detector(
      name,
      { region, enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES", tags },
      child,
    );
    for (const feature of detectionDefaults.features) {
      new DetectorFeature(
        `${name}-${slug(feature)}`,
        {
          detectorId: detector.id,
          region,
          name: feature,
          status: "ENABLED",
          ...(feature === "RUNTIME_MONITORING" && {
            additionalConfigurations: agents.map((agent) => ({ name: agent, status: "ENABLED" })),
          }),
        },
        child,
      );
    }

    const hub = new Account(
      name,
      {
        region,
        enableDefaultStandards: false,
        controlFindingGenerator: "SECURITY_CONTROL",
        autoEnableControls: true,
      },
      child,
    );
    for (const standard of detectionDefaults.standards) {
      new StandardsSubscription(
        `${name}-${standard.split("/")[0]}`,
        { region, standardsArn: `arn:aws:securityhub:${region}::standards/${standard}` },
        { ...child, dependsOn: [hub] },
      );
    }

    new Enabler(name, { region, accountIds: [accountId], resourceTypes: [...detectionDefaults.scanned] }, child);
    // Images are copied there.
    if (replicaRegion !== region)
      new Enabler(`${name}-replica`, { region: replicaRegion, accountIds: [accountId], resourceTypes: ["ECR"] }, child);
    new Analyzer(
      name,
      { analyzerName: platformName(environment, "external-access"), region, type: "ACCOUNT", tags },
      child,
    );
    return detector.id;
  }
}

function slug(feature: string): string {
  return feature.toLowerCase().replaceAll("_", "-");
}

function problemsOf({ environment, account, breakGlassRole, secretReaders = [] }: DetectionArgs): Problem[] {
  return [
    ...placeProblems(environment, account),
    ...unless(
      /^arn:aws:iam::\d{12}:role\/.+$/.test(breakGlassRole),
      "breakGlassRole",
      breakGlassRole,
      "the ARN of a role is accepted (CV-SECRET-08)",
    ),
    ...roleProblems("secretReaders", secretReaders, "CV-SECRET-05"),
  ];
}
