// Buckets on AWS that obey every rule: two tenants' data, their copies in another region, and access logs.
import { namespace, resource } from "./resource.ts";
import type { FixtureResource, Json } from "./resource.ts";

/** How the engine writes a value that is not known yet. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const region = "eu-central-1";
const otherRegion = "eu-west-1";

const key = `arn:aws:kms:${region}:123456789012:key/0123`;
const account = "arn:aws:iam::123456789012";

/** Who may use the key of the backups. */
export const keyPolicy = {
  Version: "2012-10-17",
  Statement: [
    { Sid: "Manage", Effect: "Allow", Principal: { AWS: `${account}:role/deployer` }, Action: ["kms:PutKeyPolicy"] },
    {
      Sid: "Use",
      Effect: "Allow",
      Principal: { AWS: [`${account}:role/apg-audio-test-backup-postgres`] },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
    },
  ],
};

const backupKey = resource("aws:kms/key:Key", "backup-key", {
  region,
  multiRegion: true,
  enableKeyRotation: true,
  deletionWindowInDays: 30,
  policy: JSON.stringify(keyPolicy),
});
const copiedKey = {
  ...resource("aws:kms/replicaKey:ReplicaKey", "backup-key-copy", {
    region: otherRegion,
    primaryKeyArn: unknownText,
    policy: JSON.stringify(keyPolicy),
  }),
  propertyDependencies: { primaryKeyArn: [backupKey.urn] },
};

export function bucketPolicy(bucket: string): Json {
  const everything = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: arns(bucket) };
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "DenyPlainHttp", ...everything, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Sid: "DenyOldTls", ...everything, Condition: { NumericLessThan: { "s3:TlsVersion": "1.3" } } },
      {
        Sid: "AllowDistribution",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: `arn:aws:s3:::${bucket}/*`,
        Condition: { StringEquals: { "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1" } },
      },
    ],
  };
}

function arns(bucket: string): string[] {
  return [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
}

const lifecycle = {
  id: "retention",
  status: "Enabled",
  filter: { prefix: "" },
  transitions: [{ days: 30, storageClass: "GLACIER_IR" }],
  expiration: { days: 365 },
  noncurrentVersionExpiration: { noncurrentDays: 30 },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

/** A bucket and what is beside it. Where `byReference`, the side resources know it as an output that is not known yet. */
export function bucket(
  name: string,
  tags: Json,
  { at = region, byReference = false, as = name }: { at?: string; byReference?: boolean; as?: string } = {},
): FixtureResource[] {
  const main = resource("aws:s3/bucket:Bucket", name, { bucket: as, region: at, tags });
  const side = (type: string, suffix: string, props: Json): FixtureResource => {
    const token = `aws:s3/bucket${type}:Bucket${type}`;
    const made = resource(token, `${name}-${suffix}`, { bucket: byReference ? unknownText : as, ...props });
    return byReference ? { ...made, propertyDependencies: { bucket: [main.urn] } } : made;
  };
  const all = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  const standard = { sseAlgorithm: "aws:kms", kmsMasterKeyId: key };
  return [
    main,
    side("PublicAccessBlock", "block", all),
    side("OwnershipControls", "owner", { rule: { objectOwnership: "BucketOwnerEnforced" } }),
    side("ServerSideEncryptionConfiguration", "encryption", {
      rules: [{ applyServerSideEncryptionByDefault: standard, bucketKeyEnabled: true }],
    }),
    side("Versioning", "versions", { versioningConfiguration: { status: "Enabled" } }),
    side("LifecycleConfiguration", "lifecycle", { rules: [lifecycle] }),
    side("Policy", "policy", { policy: JSON.stringify(bucketPolicy(as)) }),
  ];
}

function replication(name: string, destination: string): FixtureResource {
  const found = resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", `${name}-replication`, {
    bucket: name,
    role: "arn:aws:iam::123456789012:role/replication",
    rules: [
      {
        id: "other-region",
        status: "Enabled",
        filter: { prefix: "" },
        destination: {
          bucket: destination,
          encryptionConfiguration: { replicaKmsKeyId: unknownText },
          replicationTime: { status: "Enabled", time: { minutes: 15 } },
          metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
        },
      },
    ],
  });
  return found;
}

const data = (tenant: string) => ({
  "apg:tenant": tenant,
  "apg:purpose": "data",
  "data-class": "confidential",
});
const [acme, globex, logs] = ["apg-audio-acme-test", "apg-audio-globex-inc-test", "apg-audio-access-logs-test"];

const backup = "apg-audio-backup-test";

/** Settings of the application. */
export const mainBucket = { S3_BUCKET: acme, S3_REGION: region };

/** A bucket of backups, and the key that it alone has. */
function backupBucket(name: string, of: FixtureResource, at: string): FixtureResource[] {
  const made = bucket(name, { "apg:purpose": "backup", "data-class": "confidential" }, { at });
  return made.map((each) =>
    each.name === `${name}-encryption`
      ? {
          ...each,
          props: {
            ...each.props,
            rules: [
              {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: unknownText },
                bucketKeyEnabled: true,
              },
            ],
          },
          propertyDependencies: { rules: [of.urn] },
        }
      : each,
  );
}

const role = resource("aws:iam/role:Role", "api-role", {
  name: "apg-audio-test-api",
  assumeRolePolicy: JSON.stringify({
    Statement: [{ Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});

export const goodBuckets: readonly FixtureResource[] = [
  ...bucket(acme, data("acme"), { byReference: true }),
  ...bucket(globex, data("globex-inc")),
  ...[acme, globex].flatMap((name) => bucket(`${name}-dr`, data("shared"), { at: otherRegion })),
  ...bucket(logs, { "apg:purpose": "access-logs", "data-class": "internal" }),
  {
    ...replication(acme, unknownText),
    propertyDependencies: { rules: [`urn:pulumi:test::apg-platform::aws:s3/bucket:Bucket::${acme}-dr`] },
  },
  replication(globex, `arn:aws:s3:::${globex}-dr`),
  backupKey,
  copiedKey,
  ...backupBucket(backup, backupKey, region),
  ...backupBucket(`${backup}-dr`, copiedKey, otherRegion),
  replication(backup, `arn:aws:s3:::${backup}-dr`),
  resource("aws:s3/bucketLogging:BucketLogging", `${acme}-logging`, {
    bucket: acme,
    targetBucket: logs,
    targetPrefix: `${acme}/`,
  }),
  role,
  resource("aws:iam/policy:Policy", "api-policy", {
    name: "apg-audio-test-api",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Buckets", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [`arn:aws:s3:::${acme}`] },
        {
          Sid: "Objects",
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject"],
          Resource: `arn:aws:s3:::${acme}/*`,
        },
      ],
    }),
  }),
  resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "api-attachment", {
    role: "apg-audio-test-api",
    policyArn: unknownText,
  }),
  resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "api-identity", {
    clusterName: "apg",
    namespace,
    serviceAccount: "api",
    roleArn: "arn:aws:iam::123456789012:role/apg-audio-test-api",
  }),
  resource("aws:cloudfront/distribution:Distribution", "delivery", {
    enabled: true,
    origins: [
      { originId: globex, domainName: `${globex}.s3.${region}.amazonaws.com`, originAccessControlId: unknownText },
    ],
    defaultCacheBehavior: { targetOriginId: globex, viewerProtocolPolicy: "redirect-to-https" },
    viewerCertificate: { acmCertificateArn: unknownText, minimumProtocolVersion: "TLSv1.3_2025" },
    webAclId: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/apg/1",
  }),
  resource("aws:secretsmanager/secret:Secret", "provider-key", {
    name: "provider",
    kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:alias/apg-test-secrets",
    tags: { "data-class": "restricted" },
  }),
  resource("aws:secretsmanager/secretRotation:SecretRotation", "provider-key-rotation", {
    secretId: "provider",
    rotationLambdaArn: "arn:aws:lambda:eu-central-1:123456789012:function:apg-test-rotation",
    rotationRules: { automaticallyAfterDays: 90 },
  }),
];
