import { unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { ownTenant } from "../tenants.ts";
import type { AwsAccountArgs, ObjectStorageArgs } from "./args.ts";
import { tenantsOf } from "./plan.ts";
import type { Names } from "./tags.ts";

/** Name of a role; IAM's names are an account's own. */
export function roleName(capability: string, environment: string, of: string): string {
  return `apg-${capability}-${environment}-${of}`;
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
