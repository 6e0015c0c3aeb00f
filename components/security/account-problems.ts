import type { AccountArgs } from "../cloud/account.ts";
import { dnsLabel, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** Longest name of an environment, so that the names of buckets and roles have room for it. */
const longestEnvironment = 20;

/** Problems of where a component's resources are. */
export function placeProblems(environment: string, { accountId, region, administrators }: AccountArgs): Problem[] {
  return [
    ...dnsLabel("environment", environment, longestEnvironment),
    ...unless(/^\d{12}$/.test(accountId), "account.accountId", accountId, "twelve digits are accepted (CV-DATA-03)"),
    ...unless(region !== "", "account.region", region, "a region such as eu-central-1 is needed (CV-PRIV-08)"),
    ...unless(
      administrators.length > 0,
      "account.administrators",
      "no role",
      "at least one is needed, or nobody could manage the keys (CV-DATA-03)",
    ),
  ];
}

/** Problems of ARNs of roles. */
export function roleProblems(path: string, arns: readonly string[], items: string): Problem[] {
  return arns.flatMap((arn, at) =>
    unless(
      /^arn:aws:iam::\d{12}:role\/.+$/.test(arn),
      `${path}[${at}]`,
      arn,
      `the ARN of a role such as arn:aws:iam::123456789012:role/deployer is accepted (${items})`,
    ),
  );
}
