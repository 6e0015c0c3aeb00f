import * as pulumi from "@pulumi/pulumi";
import { AccessEntry } from "@pulumi/aws/eks/accessEntry.js";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation.js";
import { Policy } from "@pulumi/aws/iam/policy.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import type { Statement } from "../cloud/policy-document.ts";
import { nameOf } from "../names.ts";
import { refuse, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { placeProblems } from "./account-problems.ts";
import { breakGlassRole, breakGlassRoleArn, platformTags } from "./names.ts";

/** Arguments of `EmergencyAccess`. */
export interface EmergencyAccessArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS, and who runs it. */
  account: AccountArgs;
  /** ARNs of the users who may take the role; a session of a role carries no MFA, so that roles cannot (CV-SECRET-08). */
  principals: string[];
  /** What the names of the secrets start with that may be read. @default `apg-<environment>/` (CV-SECRET-03) */
  secretPrefixes?: string[];
  /** Name of the EKS cluster that the role administers. @default none, secrets only (AUD-SEC-05) */
  clusterName?: pulumi.Input<string>;
}

export const emergencyAccessDefaults = deepFrozen({
  /** An hour, which is the shortest that AWS offers too (CV-SECRET-08). */
  sessionSeconds: 3600,
});

const clusterAdministrator = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/** The way in when every other one is shut: with MFA, for an hour, and loud (CV-SECRET-08). */
export class EmergencyAccess extends pulumi.ComponentResource {
  /** ARN of the role. */
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: EmergencyAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:EmergencyAccess", name, args, opts);
    refuse(name, problemsOf(args));
    const { environment, account, clusterName } = args;
    const child = { parent: this };
    const tags = platformTags(environment);
    const roleName = breakGlassRole(environment);
    const description = `Emergency access to ${environment}; using it pages the security on-call.`;

    const role = new Role(
      name,
      {
        name: roleName,
        description,
        assumeRolePolicy: policyDocument([trustStatement(args.principals)]),
        maxSessionDuration: emergencyAccessDefaults.sessionSeconds,
        tags,
      },
      child,
    );
    const policy = new Policy(
      name,
      {
        name: roleName,
        description,
        policy: pulumi.output(clusterName).apply((known) => policyDocument(emergencyStatements(args, known))),
        tags,
      },
      child,
    );
    new RolePolicyAttachment(name, { role: role.name, policyArn: policy.arn }, child);
    if (clusterName !== undefined) {
      const { region, accountId } = account;
      const principalArn = breakGlassRoleArn(accountId, environment);
      const entry = new AccessEntry(
        name,
        { clusterName, region, principalArn, type: "STANDARD", tags },
        { ...child, dependsOn: [role] },
      );
      new AccessPolicyAssociation(
        name,
        {
          clusterName,
          region,
          principalArn,
          policyArn: clusterAdministrator,
          accessScope: { type: "cluster" },
        },
        { ...child, dependsOn: [entry] },
      );
    }
    this.roleArn = nameOf(role, breakGlassRoleArn(account.accountId, environment));
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/** Who may take the role: these users alone, who have just proven who they are by a second factor. */
export function trustStatement(principals: readonly string[]): Statement {
  return {
    Sid: "BreakGlass",
    Effect: "Allow",
    Principal: { AWS: [...principals] },
    Action: "sts:AssumeRole",
    Condition: {
      Bool: { "aws:MultiFactorAuthPresent": "true" },
      NumericLessThan: { "aws:MultiFactorAuthAge": String(emergencyAccessDefaults.sessionSeconds) },
    },
  };
}

/** What the role may: read the environment's secrets, and find its cluster. */
export function emergencyStatements(args: EmergencyAccessArgs, clusterName?: string): Statement[] {
  const { environment, account } = args;
  const { accountId, region } = account;
  const prefixes = args.secretPrefixes ?? [`apg-${environment}/`];
  const key: Statement = {
    Sid: "DecryptSecrets",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
    Condition: {
      StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` },
      "ForAnyValue:StringLike": { "kms:ResourceAliases": `alias/apg-${environment}-*` },
    },
  };
  return [
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      Resource: prefixes.map((prefix) => `arn:aws:secretsmanager:${region}:${accountId}:secret:${prefix}*`),
    },
    { Sid: "ListSecrets", Effect: "Allow", Action: "secretsmanager:ListSecrets", Resource: "*" },
    key,
    ...(clusterName === undefined
      ? []
      : [
          {
            Sid: "FindCluster",
            Effect: "Allow" as const,
            Action: "eks:DescribeCluster",
            Resource: `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`,
          },
        ]),
  ];
}

function problemsOf({ environment, account, principals, secretPrefixes = [] }: EmergencyAccessArgs): Problem[] {
  return [
    ...placeProblems(environment, account),
    ...unless(
      principals.length > 0,
      "principals",
      "nobody",
      "at least one user is needed, or there would be no way in (CV-SECRET-08)",
    ),
    ...principals.flatMap((arn, at) =>
      unless(
        /^arn:aws:iam::\d{12}:user\/[^*?]+$/.test(arn),
        `principals[${at}]`,
        arn,
        "the ARN of one user such as arn:aws:iam::123456789012:user/jane is accepted, as a role's session carries no MFA (CV-SECRET-08)",
      ),
    ),
    ...secretPrefixes.flatMap((prefix, at) =>
      unless(
        /^[\w/+=.@-]+$/.test(prefix),
        `secretPrefixes[${at}]`,
        prefix,
        "the beginning of secrets' names is accepted, without wildcards (CV-SECRET-03)",
      ),
    ),
  ];
}
