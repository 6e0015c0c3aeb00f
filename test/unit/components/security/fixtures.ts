import type { AccountArgs } from "../../../../components/cloud/account.ts";
import { ImagePolicy } from "../../../../components/security/image-policy.ts";
import { evaluate } from "../../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../../policy-pack/lib/planned-stack.ts";
import { unknown } from "../../../../policy-pack/lib/sentinels.ts";
import { allRules } from "../../../../policy-pack/rules/index.ts";
import type { Inputs, Recorded, Recording } from "../../recorder.ts";

export const accountId = "123456789012";
export const region = "eu-central-1";
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
export const deployer = role("deployer");
export const auditor = role("auditor");
export const nodes = role("apg-prod-node");
export const pipeline = role("pipeline");
export const secretsReader = role("apg-prod-external-secrets");
export const jane = `arn:aws:iam::${accountId}:user/jane`;

export const account: AccountArgs = {
  accountId,
  region,
  replicaRegion: "eu-west-1",
  administrators: [deployer],
  readers: [auditor],
};
export const prod = { environment: "prod", account };
export const keyArn = `arn:aws:kms:${region}:${accountId}:key/0f0e`;
export const topicArn = `arn:aws:sns:${region}:${accountId}:apg-prod-security`;

/** What AWS would answer. */
export function state(type: string): Inputs | undefined {
  if (type === "aws:kms/key:Key") return { arn: keyArn, keyId: "0f0e" };
  if (type === "aws:sns/topic:Topic") return { arn: topicArn };
  if (type === "aws:iam/policy:Policy") return { arn: `arn:aws:iam::${accountId}:policy/apg-prod` };
  if (type === "aws:iam/role:Role") return { arn: role("apg-prod") };
  return undefined;
}

/** Whose signature the cluster asks for. */
export const signatures = () =>
  new ImagePolicy("signatures", {
    registries: [`${accountId}.dkr.ecr.${region}.amazonaws.com`],
    signers: [{ subject: "https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main" }],
  });

/** Names of the resources of a type. */
export function namesOf(recording: Recording<unknown>, type: string): string[] {
  return recording.resources
    .filter((each) => each.type === type)
    .map(({ name }) => name)
    .sort();
}

/** How many resources there are of each type. */
export function countsOf(recording: Recording<unknown>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of recording.resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** What a policy says, as JSON. */
export interface Document {
  Statement: {
    Sid: string;
    Effect: string;
    Principal?: unknown;
    Action: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, unknown>>;
  }[];
}

/** The one statement of that id. */
export function statement(document: unknown, sid: string): Document["Statement"][number] {
  const found = (JSON.parse(document as string) as Document).Statement.filter(({ Sid }) => Sid === sid);
  if (found.length !== 1) throw new Error(`${found.length} statements ${sid}`);
  return found[0]!;
}

/** What the rules of the pack find wrong with the recorded resources, as they are at preview: no id is known. */
export function complaints(recording: Recording<unknown>, beside: readonly Recorded[] = []): string[] {
  const resources = [...recording.resources, ...beside];
  const urnOf = ({ type, name }: Recorded) => `urn:pulumi:prod::apg-platform::${type}::${name}`;
  const stack = new PlannedStack(
    resources.map((resource) => {
      const { type, name, inputs } = resource;
      const sources = Object.entries(inputs).flatMap(([property, value]) => {
        // Several may have the name; a rule looks among those of the type it is about.
        const found = resources.filter((other) => other.type.startsWith("aws:") && value === `${other.name}-id`);
        return found.length === 0 ? [] : [[property, found.map(urnOf)] as const];
      });
      const props = { ...inputs, ...Object.fromEntries(sources.map(([property]) => [property, unknown])) };
      const urn = urnOf(resource);
      return { urn, type, name, props, dependencies: [], propertyDependencies: Object.fromEntries(sources) };
    }),
  );
  return evaluate(allRules, stack).flatMap(({ rule, violations, unknown }) => [
    ...violations.map(({ message }) => `${rule}: ${message}`),
    ...unknown.map(({ urn, path }) => `${rule}: ${urn} ${path} is unknown`),
  ]);
}
