// What Karpenter's pods may do: start and stop instances that carry the cluster's and a node pool's tags, and nothing else.
import { policyDocument, roleArn } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";
import type { ClusterNames } from "./names.ts";

/** The cluster that nodes are made for. */
export interface AutoscaledCluster {
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the cluster. */
  region: string;
  /** Name of the cluster. */
  clusterName: string;
  /** Names of its parts. */
  names: ClusterNames;
}

const poolTag = "karpenter.sh/nodepool";

/** Texts of the policies; each stays below the 6144 characters that AWS takes. */
export function autoscalerPolicies({ accountId, region, clusterName, names }: AutoscaledCluster): string[] {
  const owned = `kubernetes.io/cluster/${clusterName}`;
  const own = (kind: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/*`;
  const aws = (kind: string) => `arn:aws:ec2:${region}::${kind}/*`;
  const made = ["fleet", "instance", "volume", "network-interface", "launch-template"].map(own);
  const requested = {
    StringEquals: { [`aws:RequestTag/${owned}`]: "owned" },
    StringLike: { [`aws:RequestTag/${poolTag}`]: "*" },
  };
  const existing = {
    StringEquals: { [`aws:ResourceTag/${owned}`]: "owned" },
    StringLike: { [`aws:ResourceTag/${poolTag}`]: "*" },
  };
  const instances: Statement[] = [
    {
      Sid: "Launch",
      Effect: "Allow",
      Action: ["ec2:RunInstances", "ec2:CreateFleet"],
      Resource: [aws("image"), aws("snapshot"), own("security-group"), own("subnet")],
    },
    {
      Sid: "LaunchFromOwnTemplate",
      Effect: "Allow",
      Action: ["ec2:RunInstances", "ec2:CreateFleet"],
      Resource: own("launch-template"),
      Condition: existing,
    },
    {
      Sid: "Create",
      Effect: "Allow",
      Action: ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"],
      Resource: made,
      Condition: requested,
    },
    {
      Sid: "TagWhatIsCreated",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: made,
      Condition: {
        StringEquals: {
          ...requested.StringEquals,
          "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
        },
        StringLike: requested.StringLike,
      },
    },
    {
      Sid: "TagNodes",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: own("instance"),
      Condition: {
        ...existing,
        "ForAllValues:StringEquals": { "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] },
      },
    },
    {
      Sid: "Delete",
      Effect: "Allow",
      Action: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
      Resource: [own("instance"), own("launch-template")],
      Condition: existing,
    },
  ];
  const others: Statement[] = [
    {
      Sid: "Describe",
      Effect: "Allow",
      Action: [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeCapacityReservations",
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribePlacementGroups",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSpotPriceHistory",
        "ec2:DescribeSubnets",
      ],
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": region } },
    },
    {
      Sid: "FindImages",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: `arn:aws:ssm:${region}::parameter/aws/service/*`,
    },
    // Prices belong to no region and no resource.
    { Sid: "Prices", Effect: "Allow", Action: "pricing:GetProducts", Resource: "*" },
    {
      Sid: "Interruptions",
      Effect: "Allow",
      Action: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
      Resource: `arn:aws:sqs:${region}:${accountId}:${names.queue}`,
    },
    {
      Sid: "HandOverNodeRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: roleArn(accountId, names.nodeRole),
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
      Sid: "InstanceProfile",
      Effect: "Allow",
      Action: "iam:GetInstanceProfile",
      Resource: `arn:aws:iam::${accountId}:instance-profile/${names.instanceProfile}`,
    },
    { Sid: "ListInstanceProfiles", Effect: "Allow", Action: "iam:ListInstanceProfiles", Resource: "*" },
    {
      Sid: "FindCluster",
      Effect: "Allow",
      Action: "eks:DescribeCluster",
      Resource: `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`,
    },
  ];
  return [policyDocument(instances), policyDocument(others)];
}
