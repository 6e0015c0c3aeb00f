// What Velero's pods may do: write backups where the capabilities' are, copy the cluster's volumes, and make volumes of the
// copies. It is what velero-plugin-for-aws asks AWS for, and no more.
import { bucketArn, policyDocument } from "../cloud/policy-document.ts";
import type { Statement } from "../cloud/policy-document.ts";
import { clusterNames } from "../foundation/cluster/names.ts";
import { backupKeyAlias, bucketName, reservedPurposes } from "../data/object-storage/naming.ts";
import { chunks, keyStatement } from "../data/object-storage/identity-policies.ts";
import { clusterStateDefaults } from "../data/backup/policy.ts";
import { ownTenant } from "../data/tenants.ts";

/** Whose backups Velero makes. */
export interface VeleroScope {
  /** Name of the environment. */
  environment: string;
  /** Number of the AWS account. */
  accountId: string;
  /** Region of buckets and volumes. */
  region: string;
  /** Names of the capabilities whose backups' buckets it writes to. */
  capabilities: readonly string[];
  /** End of the buckets' names. */
  nameSuffix?: string | undefined;
}

/** So many buckets fit into one policy of 6144 characters, whatever their names. */
const bucketsPerPolicy = 10;

/** Texts of the policies (CV-BCP-02, AUD-SEC-05). */
export function veleroPolicies(scope: VeleroScope): string[] {
  return [
    ...chunks(scope.capabilities, bucketsPerPolicy).map((some) => policyDocument(bucketStatements(some, scope))),
    policyDocument(volumeStatements(scope)),
  ];
}

function bucketStatements(
  capabilities: readonly string[],
  { environment, accountId, region, nameSuffix }: VeleroScope,
): Statement[] {
  const buckets = capabilities.map((capability) =>
    bucketName({ capability, environment, tenant: ownTenant, purpose: reservedPurposes.backup, suffix: nameSuffix }),
  );
  const { prefix } = clusterStateDefaults;
  return [
    {
      Sid: "List",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: buckets.map(bucketArn),
      // Whoever asks for one object that is not there says no prefix, and must be told that it is not there.
      Condition: { StringLikeIfExists: { "s3:prefix": `${prefix}/*` } },
    },
    {
      Sid: "Objects",
      Effect: "Allow",
      // The plugin sends tags with every object, none among them.
      Action: [
        "s3:GetObject",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
      ],
      Resource: buckets.map((bucket) => `${bucketArn(bucket)}/${prefix}/*`),
    },
    keyStatement(
      "Keys",
      ["kms:Decrypt", "kms:GenerateDataKey"],
      buckets,
      capabilities.map((capability) => `alias/${backupKeyAlias(capability, environment)}`),
      { accountId, region },
    ),
  ];
}

/** What the volume driver tags its volumes with, and Velero its copies and what it makes of them. */
const volumeTag = "ebs.csi.aws.com/cluster";
const backupTag = "velero.io/backup";

function volumeStatements({ environment, accountId, region }: VeleroScope): Statement[] {
  const volumes = `arn:aws:ec2:${region}:${accountId}:volume/*`;
  // Snapshots have no account in their ARN.
  const snapshots = `arn:aws:ec2:${region}::snapshot/*`;
  const allow = (Sid: string, Action: string | string[], Resource: string, Condition: Statement["Condition"]) => ({
    Sid,
    Effect: "Allow" as const,
    Action,
    Resource,
    Condition: Condition!,
  });
  const marked = (of: "Request" | "Resource") => ({ Null: { [`aws:${of}Tag/${backupTag}`]: "false" } });
  const key = (Sid: string, Action: string | string[], more: Statement["Condition"] = {}) =>
    allow(Sid, Action, `arn:aws:kms:${region}:${accountId}:key/*`, {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${clusterNames(environment).volumesAlias}` },
      StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` },
      ...more,
    });
  return [
    allow("Describe", ["ec2:DescribeVolumes", "ec2:DescribeSnapshots"], "*", {
      StringEquals: { "aws:RequestedRegion": region },
    }),
    allow("CopyVolumes", "ec2:CreateSnapshot", volumes, {
      StringEquals: { [`aws:ResourceTag/${volumeTag}`]: "true" },
    }),
    allow("MarkCopies", "ec2:CreateSnapshot", snapshots, marked("Request")),
    allow("RestoreVolumes", "ec2:CreateVolume", volumes, marked("Request")),
    allow("RestoreOwnCopies", "ec2:CreateVolume", snapshots, marked("Resource")),
    allow("TagVolumes", "ec2:CreateTags", volumes, { StringEquals: { "ec2:CreateAction": "CreateVolume" } }),
    allow("TagCopies", "ec2:CreateTags", snapshots, { StringEquals: { "ec2:CreateAction": "CreateSnapshot" } }),
    allow("DeleteOwnCopies", "ec2:DeleteSnapshot", snapshots, marked("Resource")),
    key("VolumeKey", [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ]),
    key("VolumeKeyGrants", "kms:CreateGrant", { Bool: { "kms:GrantIsForAWSResource": "true" } }),
  ];
}
