import type * as pulumi from "@pulumi/pulumi";
import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { ReplicaKey } from "@pulumi/aws/kms/replicaKey.js";
import { policyDocument } from "./policy-document.ts";
import type { Statement } from "./policy-document.ts";

/** Years pass between two rotations, and a month before a deleted key is gone (CV-DATA-03). */
const rotationDays = 365;
const deletionDays = 30;

/** What a key manager does: everything but use the key (CV-DATA-03). */
const administration = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListAliases",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:RevokeGrant",
  "kms:RotateKeyOnDemand",
  "kms:ScheduleKeyDeletion",
  "kms:SynchronizeMultiRegionKey",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
];

/** A key as it will be. */
export interface PlannedKey {
  /** Name after `alias/`. */
  alias: string;
  /** Region of the key. */
  region: string;
  /** What it is for, in words. */
  description: string;
  /** ARNs of the roles that manage it. */
  administrators: string[];
  /** Service by which these roles use it, as in its address: `s3`, `secretsmanager`. @default s3 */
  via?: string;
  /** ARNs of the roles that encrypt and decrypt by it, through that service alone. */
  users: string[];
  /** ARNs of the roles that only decrypt. */
  readers?: string[];
  /** Statements for AWS' own services. */
  services?: Statement[];
  /** Tags of the key. */
  tags: { [tag: string]: string };
}

/** Policy of a key; in it `*` is the key itself. Whoever is not named cannot use it, whatever their own policy says. */
export function keyPolicy({
  region,
  administrators,
  via = "s3",
  users,
  readers = [],
  services = [],
}: PlannedKey): string {
  const through = (Sid: string, principals: string[], Action: string[]): Statement[] =>
    principals.length === 0
      ? []
      : [
          {
            Sid,
            Effect: "Allow",
            Principal: { AWS: principals },
            Action,
            Resource: "*",
            Condition: { StringEquals: { "kms:ViaService": `${via}.${region}.amazonaws.com` } },
          },
        ];
  return policyDocument([
    { Sid: "Manage", Effect: "Allow", Principal: { AWS: administrators }, Action: administration, Resource: "*" },
    ...through("Use", users, ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]),
    ...through("Read", readers, ["kms:Decrypt"]),
    ...services,
  ]);
}

/** Declares a key and its alias. The roles that its policy names must be there first: give them in dependsOn. */
export function customerKey(
  name: string,
  planned: PlannedKey,
  opts: pulumi.CustomResourceOptions,
  multiRegion = false,
): Key {
  const { region, alias, description, tags } = planned;
  const key = new Key(
    name,
    {
      region,
      description,
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      keyUsage: "ENCRYPT_DECRYPT",
      enableKeyRotation: true,
      rotationPeriodInDays: rotationDays,
      deletionWindowInDays: deletionDays,
      multiRegion,
      policy: keyPolicy(planned),
      tags,
    },
    opts,
  );
  new Alias(name, { region, name: `alias/${alias}`, targetKeyId: key.keyId }, { parent: opts.parent });
  return key;
}

/** Declares the copy of a key in another region, and its alias there. */
export function copiedKey(
  name: string,
  primary: Key,
  planned: PlannedKey,
  opts: pulumi.CustomResourceOptions,
): ReplicaKey {
  const { region, alias, description, tags } = planned;
  const key = new ReplicaKey(
    name,
    {
      region,
      description,
      primaryKeyArn: primary.arn,
      deletionWindowInDays: deletionDays,
      policy: keyPolicy(planned),
      tags,
    },
    opts,
  );
  new Alias(name, { region, name: `alias/${alias}`, targetKeyId: key.keyId }, { parent: opts.parent });
  return key;
}
