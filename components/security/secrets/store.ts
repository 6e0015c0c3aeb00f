// Where secrets are on AWS, and what everything there is called. Names and ARNs follow from arguments, so that they are
// known before anything exists.
import type * as pulumi from "@pulumi/pulumi";
import type { Provider } from "@pulumi/aws/provider.js";
import { deepFrozen, thresholds } from "../../../checklist/thresholds.ts";
import { roleArn } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";

/** The function that rotates secrets (CV-SECRET-02). */
export interface SecretRotationArgs {
  /** ARN of the function. */
  functionArn: pulumi.Input<string>;
  /** Name of the function's role. */
  roleName: string;
  /** Days between two rotations. @default 10: a password is valid for three turns, and so for 30 days at most (CV-SECRET-02) */
  credentialDays?: number;
}

/** The environment's secrets on AWS, usually `Secrets.store`. */
export interface SecretStoreArgs {
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the secrets. */
  region: string;
  /** Region of the copies (CV-SECRET-06). */
  replicaRegion: string;
  /** Key that encrypts the secrets (CV-SECRET-04). */
  kmsKeyArn: pulumi.Input<string>;
  /** Key that encrypts the copies (CV-SECRET-06). */
  replicaKmsKeyArn: pulumi.Input<string>;
  /** ARNs of the roles besides a capability's own that read its secrets: break-glass (CV-SECRET-03). */
  readers: string[];
  /** Provider of AWS by which the engine puts values in: as a role that does nothing else. @default the stack's own (CV-DATA-03) */
  writer?: Provider;
  /** What rotates secrets. @default nothing rotates (CV-SECRET-02) */
  rotation?: SecretRotationArgs;
  /** How often the cluster asks for new values, in minutes; at most 60. @default 15 (CV-SECRET-02) */
  refreshMinutes?: number;
}

export const secretStoreDefaults = deepFrozen({
  refreshMinutes: 15,
  /** Known a turn before it is used, and valid a turn after: three turns are as long as a credential may live. */
  credentialDays: Math.floor(thresholds.secrets.maxCredentialDays / 3),
  recoveryDays: thresholds.secrets.recoveryDays,
});

/** Version of the custom resources of External Secrets. */
export const externalSecretsApi = "external-secrets.io/v1";

/** Name of a secret: whose it is, and its own (CV-SECRET-03). */
export function secretPath(environment: string, namespace: string, secret: string): string {
  return `apg-${environment}/${namespace}/${secret}`;
}

/** What a policy names one secret by. AWS ends its ARN with a hyphen and six characters of its own. */
export function secretArn({ accountId, region }: Pick<SecretStoreArgs, "accountId" | "region">, path: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${path}-??????`;
}

/** Name of the definition of the store that a capability's namespace alone can use (CV-SECRET-07). */
export function storeName(capability: string): string {
  return `apg-secrets-${capability}`;
}

/** Name of the role that reads the secrets of one capability (CV-SECRET-03). */
export function readerRole(environment: string, capability: string): string {
  return `apg-${environment}-secrets-${capability}`;
}

/** Name of the function that rotates, and of its role. */
export function rotationName(environment: string): string {
  return `apg-${environment}-secret-rotation`;
}

/** Name of the role by which the engine puts values in, and reads back what it put in (CV-DATA-03). */
export function writerRole(environment: string): string {
  return `apg-${environment}-secrets-writer`;
}

/** Lets the engine put values into the environment's secrets. That it reads them each secret says itself. */
export function writingStatements(
  { accountId, region }: Pick<SecretStoreArgs, "accountId" | "region">,
  environment: string,
): Statement[] {
  return [
    {
      Sid: "Write",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: `arn:aws:secretsmanager:${region}:${accountId}:secret:apg-${environment}/*`,
    },
  ];
}

/** Denies the value to everybody but these roles, whatever their own policies say (CV-SECRET-03), and lets the engine read it. */
export function guardOfSecret(roles: readonly string[], writer: string): Statement[] {
  return [
    {
      Sid: "ReadBack",
      Effect: "Allow",
      Principal: { AWS: writer },
      Action: "secretsmanager:GetSecretValue",
      Resource: "*",
    },
    {
      Sid: "DenyOtherReaders",
      Effect: "Deny",
      Principal: "*",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
      Resource: "*",
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": [...roles, writer] },
        // AWS' own services, which copy secrets to the other region, have no role.
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      },
    },
  ];
}

/** Lets a role read the value of one secret. */
export function readingStatements(arn: string): Statement[] {
  return [
    {
      Sid: "Read",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: arn,
    },
  ];
}

/** Lets the function that rotates read and replace the value of one secret. */
export function rotatingStatements(arn: string): Statement[] {
  return [
    {
      Sid: "Rotate",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: arn,
    },
  ];
}

/** ARN of a capability's reader. */
export function readerArn(accountId: string, environment: string, capability: string): string {
  return roleArn(accountId, readerRole(environment, capability));
}
