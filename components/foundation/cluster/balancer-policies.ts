// What the AWS Load Balancer Controller's pods may do: make load balancers that carry the cluster's tag, change those, and
// open the nodes' security groups to them.
import { policyDocument } from "../../cloud/policy-document.ts";
import type { Statement } from "../../cloud/policy-document.ts";

/** The cluster that load balancers are made for. */
export interface BalancedCluster {
  /** Number of the AWS account. */
  accountId: string;
  /** Region of the cluster. */
  region: string;
  /** Name of the cluster. */
  clusterName: string;
}

const clusterTag = "elbv2.k8s.aws/cluster";

/** Texts of the policies; each stays below the 6144 characters that AWS takes. */
export function balancerPolicies({ accountId, region, clusterName }: BalancedCluster): string[] {
  const ec2 = (kind: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/*`;
  const elb = (kind: string) => `arn:aws:elasticloadbalancing:${region}:${accountId}:${kind}`;
  const balancers = ["loadbalancer/app/*/*", "loadbalancer/net/*/*", "targetgroup/*/*"].map(elb);
  const listeners = ["app", "net"].flatMap((kind) => [
    elb(`listener/${kind}/*/*/*`),
    elb(`listener-rule/${kind}/*/*/*`),
  ]);
  const requested = { StringEquals: { [`aws:RequestTag/${clusterTag}`]: clusterName } };
  const existing = { StringEquals: { [`aws:ResourceTag/${clusterTag}`]: clusterName } };
  const ingress = {
    Effect: "Allow" as const,
    Action: ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
    Resource: ec2("security-group"),
  };
  const here = { StringEquals: { "aws:RequestedRegion": region } };
  const reading: Statement[] = [
    {
      Sid: "Describe",
      Effect: "Allow",
      Action: [
        "ec2:DescribeAccountAttributes",
        "ec2:DescribeAddresses",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTags",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpcs",
        "ec2:GetSecurityGroupsForVpc",
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeListenerAttributes",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeSSLPolicies",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:DescribeTrustStores",
        "acm:DescribeCertificate",
        "acm:ListCertificates",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
        "shield:DescribeProtection",
        "shield:GetSubscriptionState",
      ],
      Resource: "*",
      Condition: here,
    },
    {
      Sid: "Firewall",
      Effect: "Allow",
      Action: ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"],
      Resource: [`arn:aws:wafv2:${region}:${accountId}:regional/webacl/*/*`, elb("loadbalancer/app/*/*")],
    },
  ];
  const changing: Statement[] = [
    {
      Sid: "CreateSecurityGroups",
      Effect: "Allow",
      Action: "ec2:CreateSecurityGroup",
      Resource: ec2("vpc"),
    },
    {
      Sid: "CreateTaggedSecurityGroups",
      Effect: "Allow",
      Action: "ec2:CreateSecurityGroup",
      Resource: ec2("security-group"),
      Condition: requested,
    },
    {
      Sid: "TagNewSecurityGroups",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: ec2("security-group"),
      Condition: { StringEquals: { ...requested.StringEquals, "ec2:CreateAction": "CreateSecurityGroup" } },
    },
    {
      Sid: "OwnSecurityGroups",
      Effect: "Allow",
      Action: ["ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteSecurityGroup"],
      Resource: ec2("security-group"),
      Condition: existing,
    },
    { Sid: "OwnIngress", ...ingress, Condition: existing },
    // The nodes' own group is EKS', which tags it with the cluster's name.
    {
      Sid: "NodeIngress",
      ...ingress,
      Condition: { StringEquals: { "aws:ResourceTag/aws:eks:cluster-name": clusterName } },
    },
    {
      Sid: "CreateBalancers",
      Effect: "Allow",
      Action: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
      Resource: balancers,
      Condition: requested,
    },
    {
      Sid: "TagBalancers",
      Effect: "Allow",
      Action: "elasticloadbalancing:AddTags",
      Resource: [...balancers, ...listeners],
      Condition: requested,
    },
    {
      Sid: "OwnBalancers",
      Effect: "Allow",
      Action: [
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:RemoveTags",
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:AddListenerCertificates",
        "elasticloadbalancing:ModifyCapacityReservation",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RegisterTargets",
        "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:RemoveListenerCertificates",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetRulePriorities",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
        "elasticloadbalancing:SetWebAcl",
      ],
      Resource: [...balancers, ...listeners],
      Condition: existing,
    },
  ];
  return [policyDocument(reading), policyDocument(changing)];
}
