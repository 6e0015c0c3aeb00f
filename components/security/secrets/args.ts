import type * as pulumi from "@pulumi/pulumi";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import type { AccountArgs } from "../../cloud/account.ts";
import { roleArn } from "../../cloud/policy-document.ts";
import { withDefaults } from "../../defaults.ts";
import { dnsLabel, unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { readerArn, rotationName, secretStoreDefaults, writerRole } from "./store.ts";

/** Arguments of `Secrets`. */
export interface SecretsArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account, and who manages its keys (CV-SECRET-04). */
  account: AccountArgs;
  /** Name of the EKS cluster, for the operator's identity (CV-SECRET-07). */
  clusterName: pulumi.Input<string>;
  /** Names of the capabilities, each with a store and a role that read its own secrets alone (CV-SECRET-03). */
  capabilities: string[];
  /** ARNs of the roles by which people put in the keys of other services, and read none; at least one (CV-ENV-04, CV-SECRET-03). */
  writers: string[];
  /** ARNs of the roles that people take in an emergency, and that alone of theirs read secrets. @default none (CV-SECRET-08) */
  emergencyRoles?: string[];
  /** Topic that pages people when a rotation fails. @default nobody is told (CV-SECRET-02) */
  alarmTopicArn?: pulumi.Input<string>;
  /** Whether what can be rotated is. @default true (CV-SECRET-02) */
  rotation?: boolean;
  /** Days between two rotations of a credential; at most 30. @default 10: each is valid for three turns, and so for 30 days (CV-SECRET-02) */
  credentialDays?: number;
  /** Days that the function's log is kept. @default 365 (AUD-SEC-08) */
  logRetentionDays?: number;
  /** How often the cluster asks for new values, in minutes; at most 60. @default 15 (CV-SECRET-02) */
  refreshMinutes?: number;
  /** Namespace of the External Secrets operator. @default "external-secrets" */
  operatorNamespace?: string;
  /** Service account of the External Secrets operator. @default "external-secrets" */
  operatorAccount?: string;
  /** Whether the engine refuses to delete the keys. @default true (CV-DATA-03) */
  deletionProtection?: boolean;
}

export const secretsDefaults = deepFrozen({
  emergencyRoles: [] as string[],
  rotation: true,
  credentialDays: secretStoreDefaults.credentialDays,
  logRetentionDays: 365,
  refreshMinutes: secretStoreDefaults.refreshMinutes,
  operatorNamespace: "external-secrets",
  operatorAccount: "external-secrets",
  deletionProtection: true,
});

/** Arguments with their defaults. */
export type GivenSecrets = SecretsArgs & Required<Pick<SecretsArgs, keyof typeof secretsDefaults>>;

/** ARNs of the roles that read secrets as a matter of course: whoever else does is unusual (CV-SECRET-05). */
export function usualSecretReaders(args: SecretsArgs): string[] {
  const { environment, account, capabilities, rotation } = withDefaults(args, secretsDefaults);
  const { accountId } = account;
  return [
    roleArn(accountId, writerRole(environment)),
    ...capabilities.map((capability) => readerArn(accountId, environment, capability)),
    ...(rotation ? [roleArn(accountId, rotationName(environment))] : []),
  ];
}

/** So long a capability's role still fits into IAM's 64 characters. */
const maxRoleLength = 64;

/** What is wrong with the arguments. */
export function secretsProblems(args: GivenSecrets): Problem[] {
  const { environment, account, capabilities, writers, emergencyRoles } = args;
  const { maxCredentialDays, maxRefreshMinutes } = thresholds.secrets;
  return [
    ...dnsLabel("environment", environment, 20),
    ...unless(
      account.replicaRegion !== account.region,
      "account.replicaRegion",
      account.replicaRegion,
      "another region than that of the secrets is needed (CV-SECRET-06)",
    ),
    ...unless(capabilities.length > 0, "capabilities", "", "at least one capability is needed (CV-SECRET-03)"),
    ...capabilities.flatMap((capability, at) =>
      dnsLabel(`capabilities[${at}]`, capability, maxRoleLength - `apg-${environment}-secrets-`.length),
    ),
    ...capabilities.flatMap((capability, at) =>
      unless(
        capabilities.indexOf(capability) === at,
        `capabilities[${at}]`,
        capability,
        "each capability may be named once (CV-SECRET-03)",
      ),
    ),
    ...unless(writers.length > 0, "writers", "", "at least one ARN of a role is needed (CV-SECRET-03)"),
    ...roleProblems("writers", writers),
    ...roleProblems("emergencyRoles", emergencyRoles),
    ...wholeNumber("credentialDays", args.credentialDays, { min: 1, max: maxCredentialDays, items: "CV-SECRET-02" }),
    ...wholeNumber("refreshMinutes", args.refreshMinutes, { min: 1, max: maxRefreshMinutes, items: "CV-SECRET-02" }),
    ...wholeNumber("logRetentionDays", args.logRetentionDays, { min: 365, items: "AUD-SEC-08" }),
  ];
}

function roleProblems(path: string, roles: readonly string[]): Problem[] {
  return roles.flatMap((role, at) =>
    unless(
      /^arn:aws:iam::\d{12}:role\/.+$/.test(role),
      `${path}[${at}]`,
      role,
      "the ARN of a role such as arn:aws:iam::123456789012:role/deploy is accepted (CV-SECRET-03)",
    ),
  );
}
