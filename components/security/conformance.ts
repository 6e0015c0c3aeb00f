import { deepFrozen } from "../../checklist/thresholds.ts";

/**
 * Rules of AWS Config by which the account is checked all the time, by name and identifier: the technical safeguards that
 * the HIPAA Security Rule asks for, access, audit, integrity and transmission (CV-PRIV-02, CV-AUDIT-02).
 */
export const conformanceRules: Readonly<Record<string, string>> = deepFrozen({
  "access-keys-rotated": "ACCESS_KEYS_ROTATED",
  "root-has-no-access-key": "IAM_ROOT_ACCESS_KEY_CHECK",
  "root-has-mfa": "ROOT_ACCOUNT_MFA_ENABLED",
  "users-have-mfa": "IAM_USER_MFA_ENABLED",
  "no-policy-of-an-administrator": "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
  "trail-is-on": "CLOUD_TRAIL_ENABLED",
  "trail-is-encrypted": "CLOUD_TRAIL_ENCRYPTION_ENABLED",
  "trail-is-validated": "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
  "trail-reaches-logs": "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
  "trail-has-all-regions": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
  "log-groups-are-encrypted": "CLOUDWATCH_LOG_GROUP_ENCRYPTED",
  "keys-rotate": "CMK_BACKING_KEY_ROTATION_ENABLED",
  "no-key-is-about-to-go": "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
  "buckets-are-encrypted": "S3_DEFAULT_ENCRYPTION_KMS",
  "buckets-block-the-public": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
  "buckets-ask-for-tls": "S3_BUCKET_SSL_REQUESTS_ONLY",
  "buckets-keep-versions": "S3_BUCKET_VERSIONING_ENABLED",
  "volumes-are-encrypted": "ENCRYPTED_VOLUMES",
  "new-volumes-are-encrypted": "EC2_EBS_ENCRYPTION_BY_DEFAULT",
  "instances-use-imdsv2": "EC2_IMDSV2_CHECK",
  "default-group-is-closed": "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
  "networks-log-their-flows": "VPC_FLOW_LOGS_ENABLED",
  "no-ssh-from-everywhere": "INCOMING_SSH_DISABLED",
  "cluster-is-not-public": "EKS_ENDPOINT_NO_PUBLIC_ACCESS",
  "cluster-secrets-are-encrypted": "EKS_SECRETS_ENCRYPTED",
  "listeners-redirect-to-https": "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
  "secrets-rotate": "SECRETSMANAGER_ROTATION_ENABLED_CHECK",
  "secrets-have-a-key": "SECRETSMANAGER_USING_CMK",
  "detector-is-on": "GUARDDUTY_ENABLED_CENTRALIZED",
  "hub-is-on": "SECURITYHUB_ENABLED",
});

/** Text of a conformance pack with these rules, as CloudFormation; JSON is YAML. */
export function conformanceTemplate(rules: Readonly<Record<string, string>>): string {
  const resources = Object.entries(rules).map(([name, identifier]): [string, object] => [
    logicalId(name),
    {
      Type: "AWS::Config::ConfigRule",
      Properties: { ConfigRuleName: name, Source: { Owner: "AWS", SourceIdentifier: identifier } },
    },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(resources) }, undefined, 2);
}

/** CloudFormation takes letters and digits alone. */
function logicalId(name: string): string {
  return name
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");
}
