// A stack's secrets that obeys every rule.
import { runbook } from "./good-postgres.ts";
import { externalSecret, metadata, namespace, resource } from "./resource.ts";
import type { FixtureResource } from "./resource.ts";

const region = "eu-central-1";
const path = (secret: string) => `apg-test/${namespace}/${secret}`;
const arn = (secret: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:${path(secret)}-??????`;
const key = (of: string) => `arn:aws:kms:${of}:123456789012:alias/apg-test-secrets`;

function kept(name: string, secret: string, days: number): FixtureResource[] {
  const declared = resource("aws:secretsmanager/secret:Secret", name, {
    name: path(secret),
    region,
    kmsKeyId: key(region),
    recoveryWindowInDays: 30,
    replicas: [{ region: "eu-west-1", kmsKeyId: key("eu-west-1") }],
    tags: { "data-class": "restricted", "apg:critical": "true", "apg:rotation": "automatic" },
  });
  return [
    declared,
    {
      ...resource("aws:secretsmanager/secretRotation:SecretRotation", `${name}-rotation`, {
        // Not known before the secret is there.
        secretId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        region,
        rotationLambdaArn: `arn:aws:lambda:${region}:123456789012:function:apg-test-secret-rotation`,
        rotationRules: { automaticallyAfterDays: days },
      }),
      propertyDependencies: { secretId: [declared.urn] },
    },
  ];
}

export const goodSecrets: readonly FixtureResource[] = [
  resource("pulumi:pulumi:Stack", "config", { configured: { secrets: { thirdParty: [{ name: "speech" }] } } }),
  resource("external-secrets.io/v1:ClusterSecretStore", "store", {
    metadata: { name: "apg-secrets-audio-processing" },
    spec: {
      conditions: [{ namespaces: [namespace] }],
      provider: {
        aws: {
          service: "SecretsManager",
          region,
          role: "arn:aws:iam::123456789012:role/apg-test-secrets-audio-processing",
        },
      },
    },
  }),
  ...kept("password", "postgres-role-migrate", 30),
  ...kept("speech", "third-party/speech", 90),
  externalSecret("password-external", "postgres-role-migrate"),
  externalSecret("speech-external", "third-party/speech"),
  resource("aws:iam/role:Role", "break-glass", {
    name: "apg-test-break-glass",
    maxSessionDuration: 3600,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "BreakGlass",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::123456789012:user/jane" },
          Action: "sts:AssumeRole",
          Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        },
      ],
    }),
  }),
  resource("core/v1:ConfigMap", "runbooks", {
    metadata: metadata("apg-runbooks"),
    data: { "break-glass.md": runbook },
  }),
  resource("aws:iam/rolePolicy:RolePolicy", "reading", {
    role: "apg-test-secrets-audio-processing",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Read",
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
          Resource: arn("postgres-role-migrate"),
        },
      ],
    }),
  }),
];
