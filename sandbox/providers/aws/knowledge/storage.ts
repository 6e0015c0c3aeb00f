// S3, KMS, secrets, databases, caches, backup.
import type { Knowledge, Types } from "./model.ts";
import { bucketName, dottedWords, identifier, keyAlias, objectKey, secretName } from "./names.ts";

/** A setting of a bucket, which has the bucket's name as its id. */
const ofBucket = (more: Knowledge = {}): Knowledge => ({
  id: "{bucket}",
  ...more,
  fixed: ["bucket", ...(more.fixed ?? [])],
});

const objectOf: Knowledge = {
  id: "{key}",
  makes: {
    arn: "arn:{partition}:s3:::{bucket}/{key}",
    contentType: "application/octet-stream",
    etag: "{hex:32}",
    storageClass: "STANDARD",
    versionId: "{lower:32}",
  },
  fixed: ["bucket", "key"],
  names: { key: objectKey },
};

export const storage: Types = {
  "aws:s3/bucket:Bucket": {
    id: "{bucket}",
    makes: {
      arn: "arn:{partition}:s3:::{bucket}",
      bucketDomainName: "{bucket}.s3.amazonaws.com",
      bucketRegion: "{region}",
      bucketRegionalDomainName: "{bucket}.s3.{region}.amazonaws.com",
      hostedZoneId: "Z{upper:13}",
      websiteDomain: "",
      websiteEndpoint: "",
      grants: [{ id: "{hex:64}", permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" }],
      requestPayer: "BucketOwner",
      serverSideEncryptionConfiguration: {
        rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId: "", sseAlgorithm: "AES256" } },
      },
      versioning: { enabled: false, mfaDelete: false },
      accelerationStatus: "",
      policy: "",
    },
    fixed: ["bucket", "bucketPrefix", "objectLockEnabled", "bucketNamespace"],
    names: { bucket: bucketName },
  },
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket({
    makes: { versioningConfiguration: { mfaDelete: "" } },
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket(),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket({
    makes: { transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
  }),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket(),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ofBucket(),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket(),
  "aws:s3/bucketLogging:BucketLogging": ofBucket(),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket(),
  "aws:s3/bucketNotification:BucketNotification": ofBucket(),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": ofBucket(),
  "aws:s3/bucketAcl:BucketAcl": ofBucket(),
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": ofBucket({
    id: "{bucket}:{name}",
  }),
  "aws:s3/bucketObject:BucketObject": objectOf,
  "aws:s3/bucketObjectv2:BucketObjectv2": objectOf,

  "aws:kms/key:Key": {
    id: "{uuid}",
    makes: {
      keyId: "{id}",
      arn: "arn:{partition}:kms:{region}:{account}:key/{id}",
      description: "",
      rotationPeriodInDays: 365,
      policy:
        '{"Statement":[{"Action":"kms:*","Effect":"Allow","Principal":{"AWS":"arn:{partition}:iam::{account}:root"},"Resource":"*","Sid":"Enable IAM User Permissions"}],"Version":"2012-10-17"}',
    },
    fixed: ["customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId", "xksKeyId"],
    ranges: { deletionWindowInDays: [7, 30], rotationPeriodInDays: [90, 2560] },
  },
  "aws:kms/replicaKey:ReplicaKey": {
    id: "mrk-{hex:32}",
    makes: { keyId: "{id}", arn: "arn:{partition}:kms:{region}:{account}:key/{id}" },
    fixed: ["primaryKeyArn"],
    ranges: { deletionWindowInDays: [7, 30] },
  },
  "aws:kms/alias:Alias": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:kms:{region}:{account}:{name}",
      targetKeyArn: "arn:{partition}:kms:{region}:{account}:key/{targetKeyId}",
    },
    fixed: ["namePrefix"],
    names: { name: keyAlias },
  },
  "aws:kms/keyPolicy:KeyPolicy": { id: "{keyId}", fixed: ["keyId"] },

  "aws:secretsmanager/secret:Secret": {
    id: "{arn}",
    makes: { arn: "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{lower:6}" },
    fixed: ["namePrefix"],
    names: { name: secretName },
    ranges: { recoveryWindowInDays: [0, 30] },
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    id: "{secretId}|{versionId}",
    makes: { arn: "{secretId}", secretArn: "{secretId}", versionId: "{uuid}", versionStages: ["AWSCURRENT"] },
    fixed: ["secretId", "secretString", "secretBinary"],
  },
  "aws:secretsmanager/secretRotation:SecretRotation": { id: "{secretId}", fixed: ["secretId"] },
  "aws:secretsmanager/secretPolicy:SecretPolicy": { id: "{secretArn}", fixed: ["secretArn"] },
  "aws:ssm/parameter:Parameter": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
      version: 1,
      dataType: "text",
      tier: "Standard",
    },
  },

  "aws:dynamodb/table:Table": {
    id: "{name}",
    makes: { arn: "arn:{partition}:dynamodb:{region}:{account}:table/{name}", streamArn: "", streamLabel: "" },
    fixed: ["hashKey", "rangeKey"],
    names: { name: dottedWords(3, 255) },
  },
  "aws:rds/cluster:Cluster": {
    id: "{clusterIdentifier}",
    makes: {
      arn: "arn:{partition}:rds:{region}:{account}:cluster:{clusterIdentifier}",
      endpoint: "{clusterIdentifier}.cluster-{lower:12}.{region}.rds.amazonaws.com",
      readerEndpoint: "{clusterIdentifier}.cluster-ro-{lower:12}.{region}.rds.amazonaws.com",
      clusterResourceId: "cluster-{upper:26}",
      hostedZoneId: "Z{upper:13}",
      port: 5432,
    },
    fixed: [
      "clusterIdentifier",
      "databaseName",
      "engine",
      "masterUsername",
      "storageEncrypted",
      "kmsKeyId",
      "dbSubnetGroupName",
      "availabilityZones",
    ],
    names: { clusterIdentifier: identifier(63) },
    ranges: { backupRetentionPeriod: [1, 35] },
  },
  "aws:rds/instance:Instance": {
    id: "db-{upper:26}",
    makes: {
      arn: "arn:{partition}:rds:{region}:{account}:db:{identifier}",
      address: "{identifier}.{lower:12}.{region}.rds.amazonaws.com",
      endpoint: "{address}:{port}",
      port: 5432,
      resourceId: "{id}",
      hostedZoneId: "Z{upper:13}",
      status: "available",
    },
    fixed: ["engine", "username", "dbName", "storageEncrypted", "kmsKeyId", "availabilityZone", "snapshotIdentifier"],
    names: { identifier: identifier(63) },
    renamable: true,
    ranges: { backupRetentionPeriod: [0, 35] },
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    id: "{name}",
    makes: { arn: "arn:{partition}:rds:{region}:{account}:subgrp:{name}", description: "Managed by Pulumi" },
  },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    id: "{name}",
    makes: { arn: "arn:{partition}:elasticache:{region}:{account}:subnetgroup:{name}" },
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    id: "{replicationGroupId}",
    makes: {
      arn: "arn:{partition}:elasticache:{region}:{account}:replicationgroup:{replicationGroupId}",
      primaryEndpointAddress: "master.{replicationGroupId}.{lower:6}.{region}.cache.amazonaws.com",
      readerEndpointAddress: "replica.{replicationGroupId}.{lower:6}.{region}.cache.amazonaws.com",
      configurationEndpointAddress: "",
      clusterEnabled: false,
    },
    fixed: [
      "replicationGroupId",
      "subnetGroupName",
      "atRestEncryptionEnabled",
      "kmsKeyId",
      "port",
      "securityGroupNames",
    ],
    names: { replicationGroupId: identifier(40) },
    ranges: { snapshotRetentionLimit: [0, 35] },
  },
  "aws:efs/fileSystem:FileSystem": {
    id: "fs-{hex:17}",
    makes: {
      arn: "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
      dnsName: "{id}.efs.{region}.amazonaws.com",
      creationToken: "{uuid}",
    },
    fixed: ["encrypted", "kmsKeyId", "performanceMode", "creationToken", "availabilityZoneName"],
  },

  "aws:backup/vault:Vault": {
    id: "{name}",
    makes: { arn: "arn:{partition}:backup:{region}:{account}:backup-vault:{name}", recoveryPoints: 0 },
    fixed: ["kmsKeyArn"],
    names: { name: dottedWords(2, 50) },
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": { id: "{backupVaultName}", fixed: ["backupVaultName"] },
  "aws:backup/plan:Plan": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:backup:{region}:{account}:backup-plan:{id}", version: "{base64:48}" },
    changing: ["version"],
    renamable: true,
  },
  "aws:backup/selection:Selection": {
    id: "{uuid}",
    fixed: ["planId", "iamRoleArn", "resources", "selectionTags", "conditions", "notResources"],
  },
};
