import type { Statement } from "../cloud/policy-document.ts";

/** Who pulls and who pushes. */
export interface RegistryAccess {
  /** ARNs of the roles that pull. */
  pullers: string[];
  /** ARNs of the roles that push. @default nobody */
  publishers?: string[];
}

const pulls = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const pushes = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"];

/**
 * Who pulls from a repository and who pushes. Roles are named by conditions, so that the policy can be written before
 * they exist; whoever else pushes is refused, whatever their own policy says.
 */
export function repositoryStatements({ pullers, publishers = [] }: RegistryAccess, accountId: string): Statement[] {
  const allow = (Sid: string, Action: string[], roles: string[]): Statement[] =>
    roles.length === 0
      ? []
      : [
          {
            Sid,
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            Action,
            Condition: { ArnEquals: { "aws:PrincipalArn": roles } },
          },
        ];
  return [
    ...allow("Pull", pulls, [...pullers, ...publishers]),
    ...allow("Push", pushes, publishers),
    {
      Sid: "DenyOtherPublishers",
      Effect: "Deny",
      Principal: "*",
      Action: pushes,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": [...publishers, replicationRole(accountId)] } },
    },
  ];
}

/** The role by which ECR itself copies images to another region. */
function replicationRole(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/aws-service-role/replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication`;
}

/** Who makes a repository lets ECR use the key for it, and for nothing else (AUD-SEC-07). */
export function registryKeyStatements(administrators: string[], region: string): Statement[] {
  const through = { "kms:ViaService": `ecr.${region}.amazonaws.com` };
  const of = { Effect: "Allow" as const, Principal: { AWS: administrators }, Resource: "*" };
  return [
    {
      Sid: "Registry",
      ...of,
      Action: "kms:CreateGrant",
      Condition: { StringEquals: through, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
    { Sid: "RegistryEnd", ...of, Action: "kms:RetireGrant", Condition: { StringEquals: through } },
  ];
}
