import type * as pulumi from "@pulumi/pulumi";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { Policy } from "@pulumi/aws/iam/policy.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { ownTenant } from "../tenants.ts";
import type { AwsAccountArgs, ObjectStorageArgs } from "./args.ts";
import { tenantsOf } from "./plan.ts";
import { roleArn } from "./policy-document.ts";
import type { Names } from "./tags.ts";

/** A role as it will be. */
export interface PlannedRole {
  /** Name of the role. */
  role: string;
  /** Who may take it: text of its trust policy. */
  trust: string;
  /** What it may: texts of policies. */
  policies: string[];
  /** What it is for, in words. */
  description: string;
  /** Tags of the role and its policies. */
  tags: { [tag: string]: string };
}

/** Name of a role; IAM's names are an account's own. */
export function roleName(capability: string, environment: string, of: string): string {
  return `apg-${capability}-${environment}-${of}`;
}

/** Declares a role and its policies; the role is complete when all of it is there. */
export function leastRole(name: string, planned: PlannedRole, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { role, trust, description, tags } = planned;
  const declared = new Role(name, { name: role, description, assumeRolePolicy: trust, tags }, opts);
  const attached = planned.policies.map((document, at) => {
    const suffix = at === 0 ? "" : `-${at + 1}`;
    const policy = new Policy(
      `${name}${suffix}`,
      { name: `${role}${suffix}`, description, policy: document, tags },
      opts,
    );
    return new RolePolicyAttachment(`${name}${suffix}`, { role: declared.name, policyArn: policy.arn }, opts);
  });
  return [declared, ...attached];
}

/** A service account and the role of its pods. */
export interface PodIdentity {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: string;
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;
  /** Service account of the pods. */
  serviceAccount: string;
  /** Number of the AWS account. */
  accountId: string;
  /** Name of the role. */
  role: string;
  /** Tags of the association. */
  tags: { [tag: string]: string };
}

/** Declares that pods of the service account have the role, with no key stored anywhere (CV-ENV-03). */
export function podIdentity(name: string, planned: PodIdentity, opts: pulumi.CustomResourceOptions): void {
  const { clusterName, region, namespace, serviceAccount, accountId, role, tags } = planned;
  new PodIdentityAssociation(
    name,
    { clusterName, region, namespace, serviceAccount, roleArn: roleArn(accountId, role), tags },
    opts,
  );
}

/** Name of the service account of a tenant's own pods. */
export function tenantAccount(tenant: string): string {
  return `tenant-${tenant}`;
}

/** Name of the role of a service account that serves every tenant. */
export function accountRole({ capability, environment }: Names, serviceAccount: string): string {
  return roleName(capability, environment, `account-${serviceAccount}`);
}

/** Name of a tenant's role. */
export function tenantRole({ capability, environment }: Names, tenant: string): string {
  return roleName(capability, environment, `tenant-${tenant}`);
}

/** Problems of the names of roles and service accounts. */
export function identityProblems(args: ObjectStorageArgs, aws: AwsAccountArgs): Problem[] {
  const ownAccounts = tenantsOf(args).map(tenantAccount);
  return [
    ...tenantsOf(args).flatMap((tenant, index) =>
      tenant === ownTenant ? [] : roleNameProblems(`tenants[${index - 1}]`, tenantRole(args, tenant)),
    ),
    ...aws.serviceAccounts.flatMap((account, index) => [
      ...roleNameProblems(`aws.serviceAccounts[${index}]`, accountRole(args, account)),
      ...(ownAccounts.includes(account)
        ? [
            {
              path: `aws.serviceAccounts[${index}]`,
              reason: `${account} given; it is a tenant's own, which may not reach the others' buckets (CV-OBJ-03).`,
            },
          ]
        : []),
    ]),
  ];
}

/** Problems of a role's name, which a long capability, environment or tenant makes. */
export function roleNameProblems(path: string, role: string): Problem[] {
  return unless(
    role.length <= 64,
    path,
    role,
    `at most 64 characters are allowed in a role's name, and it has ${role.length}; a shorter name is needed (CV-OBJ-03)`,
  );
}
