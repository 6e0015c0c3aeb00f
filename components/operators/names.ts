// What the identities of operators are called: all of it follows from the environment, so that keys, buckets and repositories
// can name a role before it is there.
import { roleArn } from "../cloud/policy-document.ts";

/** Velero's service account, by the name that its chart's values give it. */
export const veleroAccount = "velero";

/** Where Sigstore's policy controller runs, and its service account, which has the name that its chart would give it. */
export const policyController = { namespace: "cosign-system", serviceAccount: "policy-controller-webhook" } as const;

/** Name of Velero's role. */
export function veleroRole(environment: string): string {
  return `apg-${environment}-velero`;
}

/** Name of the role by which the policy controller reads signatures. */
export function policyControllerRole(environment: string): string {
  return `apg-${environment}-policy-controller`;
}

/** ARN of Velero's role, which follows from its name. */
export function veleroRoleArn(accountId: string, environment: string): string {
  return roleArn(accountId, veleroRole(environment));
}

/** ARN of the policy controller's role, which follows from its name. */
export function policyControllerRoleArn(accountId: string, environment: string): string {
  return roleArn(accountId, policyControllerRole(environment));
}
