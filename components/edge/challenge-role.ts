import type * as pulumi from "@pulumi/pulumi";
import type { AccountArgs } from "../cloud/account.ts";
import { podTrust } from "../cloud/pod-trust.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import { leastRole, podIdentity } from "../cloud/roles.ts";
import { certManager, edgeNames } from "./names.ts";

/** The names that cert-manager proves. */
export interface ChallengeIdentityArgs {
  /** The names, at least one (CV-TLS-01). */
  hosts: string[];
  /** Hosted zone of the names, where it is there already. @default any zone, and in it the records of these names alone */
  zoneId?: string;
}

/** What is around the role. */
export interface ChallengeRoleParts extends ChallengeIdentityArgs {
  /** Name of the environment. */
  environment: string;
  /** The account on AWS. */
  account: AccountArgs;
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
}

/**
 * Lets cert-manager prove names by records of their zone, and change no other record (AUD-SEC-05, CV-ENV-03). Its policy says
 * which records by their names: it can be there before the zone is, and so before cert-manager starts.
 */
export function challengeRole(name: string, parts: ChallengeRoleParts, opts: pulumi.CustomResourceOptions): void {
  const { environment, account, clusterName, hosts, zoneId } = parts;
  const { accountId, region } = account;
  const role = edgeNames(environment).certManagerRole;
  const tags = { "apg:environment": environment };
  const complete = leastRole(
    `${name}-cert-manager`,
    {
      role,
      trust: podTrust(certManager.namespace, certManager.serviceAccount),
      policies: [challengePolicy(hosts, zoneId)],
      description: `Records by which cert-manager proves the names of ${environment}.`,
      tags,
    },
    opts,
  );
  podIdentity(
    `${name}-cert-manager`,
    { clusterName, region, ...certManager, accountId, role, tags },
    { ...opts, dependsOn: complete },
  );
}

/** Lets somebody write the records that prove these names; without the zone's identifier in any zone, and still no others. */
export function challengePolicy(hosts: readonly string[], zoneId = "*"): string {
  const zone = `arn:aws:route53:::hostedzone/${zoneId}`;
  return policyDocument([
    { Sid: "Wait", Effect: "Allow", Action: "route53:GetChange", Resource: "arn:aws:route53:::change/*" },
    { Sid: "Look", Effect: "Allow", Action: "route53:ListResourceRecordSets", Resource: zone },
    {
      Sid: "Prove",
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: zone,
      Condition: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": hosts.map((host) => `_acme-challenge.${host}`),
          "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
        },
      },
    },
  ]);
}
