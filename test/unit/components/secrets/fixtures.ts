// An environment's secrets as a stack asks for them, and what the providers make up.
import type { SecretsArgs } from "../../../../components/security/secrets/args.ts";
import type { SecretStoreArgs } from "../../../../components/security/secrets/store.ts";
import { awsState } from "../aws-check.ts";
import type { Inputs } from "../../recorder.ts";

export const account = {
  accountId: "123456789012",
  region: "eu-central-1",
  replicaRegion: "eu-west-1",
  administrators: ["arn:aws:iam::123456789012:role/keys"],
};

export const people = "arn:aws:iam::123456789012:role/secret-keepers";
export const writer = "arn:aws:iam::123456789012:role/apg-prod-secrets-writer";
export const breakGlass = "arn:aws:iam::123456789012:role/apg-prod-break-glass";

export const given: SecretsArgs = {
  environment: "prod",
  account,
  clusterName: "apg-prod",
  capabilities: ["audio-processing", "computer-vision"],
  writers: [people],
  emergencyRoles: [breakGlass],
  alarmTopicArn: "arn:aws:sns:eu-central-1:123456789012:apg-prod-security",
};

export const store: SecretStoreArgs = {
  accountId: account.accountId,
  region: account.region,
  replicaRegion: account.replicaRegion,
  kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0f0e",
  replicaKmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/0f0e",
  readers: [breakGlass],
  rotation: {
    functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:apg-prod-secret-rotation",
    roleName: "apg-prod-secret-rotation",
  },
};

export const home = {
  namespace: "apg-audio-processing-prod",
  capability: "audio-processing",
  environment: "prod",
};

export const state = (type: string): Inputs | undefined =>
  type === "random:index/randomPassword:RandomPassword" ? { result: "generated" } : awsState(type);

export const types = {
  secret: "kubernetes:core/v1:Secret",
  external: "kubernetes:external-secrets.io/v1:ExternalSecret",
  store: "kubernetes:external-secrets.io/v1:ClusterSecretStore",
  kept: "aws:secretsmanager/secret:Secret",
  version: "aws:secretsmanager/secretVersion:SecretVersion",
  rotation: "aws:secretsmanager/secretRotation:SecretRotation",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
} as const;

/** Statements of a policy that is given as text. */
export function statements(text: unknown): Inputs[] {
  return (JSON.parse(text as string) as { Statement: Inputs[] }).Statement;
}

/** The plain value of what the engine is told is secret. */
export function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value
    ? (value as unknown as { value: unknown }).value
    : value;
}
