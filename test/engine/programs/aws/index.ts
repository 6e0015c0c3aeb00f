import { Config } from "@pulumi/pulumi";
import { Distribution } from "@pulumi/aws/cloudfront/distribution.js";
import { OriginAccessControl } from "@pulumi/aws/cloudfront/originAccessControl.js";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity.js";
import { getPolicyDocumentOutput } from "@pulumi/aws/iam/getPolicyDocument.js";
import { Policy } from "@pulumi/aws/iam/policy.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { Provider } from "@pulumi/aws/provider.js";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketReplicationConfig } from "@pulumi/aws/s3/bucketReplicationConfig.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";

const config = new Config();
/** What a test breaks or changes: inputs of the bucket, by name. */
const change = config.getObject<object>("bucket") ?? {};

const region = "eu-central-1";
const provider = new Provider("aws", { region, defaultTags: { tags: { environment: "test" } } });
const opts = { provider };

const key = new Key("media", { description: "Media at rest", enableKeyRotation: true, deletionWindowInDays: 30 }, opts);
new Alias("media", { name: "alias/apg-media", targetKeyId: key.keyId }, opts);

const bucket = new Bucket(
  "media",
  { bucket: "apg-media-test", tags: { "data-class": "confidential" }, ...change },
  opts,
);
const replica = new Bucket("replica", {}, opts);
const versioning = [bucket, replica].map(
  (of, index) =>
    new BucketVersioning(
      `versioning-${index}`,
      { bucket: of.bucket, versioningConfiguration: { status: "Enabled" } },
      opts,
    ),
);
new BucketPublicAccessBlock(
  "media",
  {
    bucket: bucket.bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  opts,
);
new BucketServerSideEncryptionConfiguration(
  "media",
  {
    bucket: bucket.bucket,
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
        bucketKeyEnabled: true,
      },
    ],
  },
  opts,
);
new BucketLifecycleConfiguration(
  "media",
  {
    bucket: bucket.bucket,
    rules: [{ id: "expire", status: "Enabled", filter: { prefix: "tmp/" }, expiration: { days: 7 } }],
  },
  opts,
);
/** One that is there already. */
const existing = Bucket.get("existing", "apg-somebody-elses", {}, opts);
const role = new Role(
  "replication",
  {
    assumeRolePolicy: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" }],
    },
  },
  opts,
);
const document = getPolicyDocumentOutput(
  { statements: [{ actions: ["s3:GetObject", "s3:ListBucket"], resources: [bucket.arn, existing.arn] }] },
  { provider },
);
const policy = new Policy("replication", { policy: document.json }, opts);
new RolePolicyAttachment("replication", { role: role.name, policyArn: policy.arn }, opts);
new BucketPolicy("media", { bucket: bucket.bucket, policy: document.json }, opts);
new BucketReplicationConfig(
  "media",
  {
    bucket: bucket.bucket,
    role: role.arn,
    rules: [{ id: "all", status: "Enabled", destination: { bucket: replica.arn, storageClass: "STANDARD_IA" } }],
  },
  { ...opts, dependsOn: versioning },
);
new PodIdentityAssociation(
  "media",
  { clusterName: "apg", namespace: "apg-media", serviceAccount: "media", roleArn: role.arn },
  opts,
);
const access = new OriginAccessControl(
  "media",
  { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
  opts,
);
const distribution = new Distribution(
  "media",
  {
    enabled: true,
    origins: [{ originId: "media", domainName: bucket.bucketRegionalDomainName, originAccessControlId: access.id }],
    defaultCacheBehavior: {
      targetOriginId: "media",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    },
    restrictions: { geoRestriction: { restrictionType: "none" } },
    viewerCertificate: { cloudfrontDefaultCertificate: true },
  },
  opts,
);

const password = new RandomPassword("database", { length: 32, special: false });
const secret = new Secret("database", { name: "apg/database", kmsKeyId: key.arn }, opts);
new SecretVersion("database", { secretId: secret.id, secretString: password.result }, opts);

export const account = getCallerIdentityOutput({}, { provider }).accountId;
export const tags = bucket.tagsAll;
export const keyArn = key.arn;
export const replicaName = replica.bucket;
export const domain = distribution.domainName;
export const passwordForTests = password.result;
