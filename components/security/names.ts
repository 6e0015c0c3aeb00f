import { roleArn } from "../cloud/policy-document.ts";

/** What everything of an environment on AWS is called: `apg-<environment>-<what>`. */
export function platformName(environment: string, what: string): string {
  return `apg-${environment}-${what}`;
}

/** Tags of everything of an environment. */
export function platformTags(environment: string): { [tag: string]: string } {
  return { "apg:environment": environment };
}

/** The topic by which security is paged; its ARN follows from its name. */
export function alarmTopicArn(accountId: string, region: string, environment: string): string {
  return `arn:aws:sns:${region}:${accountId}:${platformName(environment, "security")}`;
}

/** The break-glass role; its ARN follows from its name, so that keys and rules may name it before it exists. */
export function breakGlassRoleArn(accountId: string, environment: string): string {
  return roleArn(accountId, breakGlassRole(environment));
}

/** Name of the break-glass role (CV-SECRET-08). */
export function breakGlassRole(environment: string): string {
  return platformName(environment, "break-glass");
}
