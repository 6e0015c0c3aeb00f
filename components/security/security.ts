import * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { withDefaults } from "../defaults.ts";
import { dnsLabel, refuse } from "../validation.ts";
import { Alarms } from "./alarms.ts";
import type { NotificationArgs } from "./alarms.ts";
import { Audit } from "./audit.ts";
import { Detection } from "./detection.ts";
import { EmergencyAccess } from "./emergency-access.ts";
import { breakGlassRoleArn } from "./names.ts";
import { Registry } from "./registry.ts";

/** The images of the platform: where they are, and who reaches them. */
export interface ImagesArgs {
  /** Names of the repositories, one for each image (AUD-INFRA-01). */
  repositories: string[];
  /** ARNs of the roles that pull, usually the nodes' (CV-IMG-04). */
  pullers: string[];
  /** ARNs of the roles that push, usually the pipeline's. @default nobody (CV-IMG-04) */
  publishers?: string[];
}

/** Arguments of `Security`. */
export interface SecurityArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** Name of the EKS cluster. @default none; the break-glass role reads secrets only */
  clusterName?: pulumi.Input<string>;
  /** Whom a page reaches (AUD-SOP-06, CV-NET-08). */
  notify: NotificationArgs;
  /** ARNs of the users who may take the break-glass role (CV-SECRET-08). */
  breakGlassPrincipals: string[];
  /** ARNs of the roles that read secrets for workloads or rotate them. @default none; every read pages (CV-SECRET-05) */
  secretReaders?: string[];
  /** The platform's images. @default none, they are another stack's (AUD-INFRA-01) */
  images?: ImagesArgs;
  /** Years that audit records cannot be deleted. @default 6 (CV-LOG-07) */
  auditRetentionYears?: number;
  /** Whether AWS Config has its service-linked role already. @default false (CV-AUDIT-02) */
  configRoleExists?: boolean;
  /**
   * Whether this stack has what an account has one of: the trail, AWS Config, GuardDuty, Security Hub and Inspector. Of two
   * stacks in one account one has it, and is told the other's secretReaders too. @default true (CV-AUDIT-02)
   */
  accountWide?: boolean;
  /** Whether what holds records and images is protected from deletion by Pulumi. @default true (AUD-SEC-08) */
  deletionProtection?: boolean;
}

export const securityDefaults = deepFrozen({ accountWide: true, deletionProtection: true });

/** What watches over an environment on AWS: audit, detection, pages, the emergency access and the registry of images. */
export class Security extends pulumi.ComponentResource {
  /** ARN of the topic that pages. */
  readonly topicArn: pulumi.Output<string>;
  /** ARN of the break-glass role, which keys of secrets let decrypt. */
  readonly breakGlassRoleArn: pulumi.Output<string>;
  /** The registry that images come from; undefined where another stack has it. */
  readonly registryHost?: pulumi.Output<string>;

  constructor(name: string, args: SecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Security", name, args, opts);
    refuse(name, dnsLabel("environment", args.environment, 20));
    const { environment, account, clusterName, accountWide, deletionProtection } = withDefaults(args, securityDefaults);
    const child = { parent: this };
    const of = { environment, account };

    const alarms = new Alarms(`${name}-alarms`, { ...of, notify: args.notify }, child);
    const access = new EmergencyAccess(
      `${name}-break-glass`,
      {
        ...of,
        principals: args.breakGlassPrincipals,
        ...(clusterName !== undefined && { clusterName }),
      },
      child,
    );
    const audit = accountWide
      ? new Audit(
          `${name}-audit`,
          {
            ...of,
            deletionProtection,
            ...(args.auditRetentionYears !== undefined && { retentionYears: args.auditRetentionYears }),
            ...(args.configRoleExists !== undefined && { configRoleExists: args.configRoleExists }),
          },
          child,
        )
      : undefined;
    new Detection(
      `${name}-detection`,
      {
        ...of,
        topicArn: alarms.topicArn,
        breakGlassRole: breakGlassRoleArn(account.accountId, environment),
        accountWide,
        ...(args.secretReaders !== undefined && { secretReaders: args.secretReaders }),
      },
      // Controls are checked on what AWS Config records.
      { ...child, dependsOn: audit === undefined ? [] : [audit] },
    );
    if (args.images !== undefined)
      this.registryHost = new Registry(`${name}-registry`, { ...of, ...args.images, deletionProtection }, child).host;

    this.topicArn = alarms.topicArn;
    this.breakGlassRoleArn = access.roleArn;
    this.registerOutputs({
      topicArn: this.topicArn,
      breakGlassRoleArn: this.breakGlassRoleArn,
      registryHost: this.registryHost,
    });
  }
}
