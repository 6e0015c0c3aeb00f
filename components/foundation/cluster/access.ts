import type * as pulumi from "@pulumi/pulumi";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { AccessEntry } from "@pulumi/aws/eks/accessEntry.js";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";

/** Who may call the cluster's API. */
export interface ApiClients {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** Region of the cluster. */
  region: string;
  /** Name of the group. */
  group: string;
  /** Security groups. */
  securityGroupIds: pulumi.Input<string>[];
  /** Networks. */
  cidrs: string[];
  /** Tags of all of it. */
  tags: { [tag: string]: string };
}

/** Declares the security group of the API's addresses, which nodes need no rule of: they share a group of EKS' own (CV-NET-01). */
export function declareApiClients(
  name: string,
  clients: ApiClients,
  opts: pulumi.CustomResourceOptions,
): SecurityGroup {
  const { vpcId, region, group, securityGroupIds, cidrs, tags } = clients;
  const declared = new SecurityGroup(
    `${name}-api`,
    {
      vpcId,
      region,
      name: group,
      description: "API of the cluster: HTTPS from those named.",
      tags: { ...tags, Name: group },
    },
    opts,
  );
  const allow = (suffix: string, source: { cidrIpv4?: string; referencedSecurityGroupId?: pulumi.Input<string> }) =>
    new SecurityGroupIngressRule(
      `${name}-api-${suffix}`,
      {
        securityGroupId: declared.id,
        region,
        description: "API of the cluster.",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        ...source,
        tags,
      },
      opts,
    );
  securityGroupIds.forEach((id, index) => allow(`group-${index}`, { referencedSecurityGroupId: id }));
  for (const cidr of cidrs) allow(cidr, { cidrIpv4: cidr });
  return declared;
}

/** Declares who administers the cluster, by their roles alone (AUD-GO-05); complete when all of it is there. */
export function declareAdministrators(
  name: string,
  clusterName: pulumi.Input<string>,
  region: string,
  administrators: string[],
  tags: { [tag: string]: string },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return administrators.flatMap((principalArn) => {
    const suffix = principalArn.slice(principalArn.indexOf("/") + 1).replaceAll("/", ".");
    const entry = new AccessEntry(
      `${name}-${suffix}`,
      { clusterName, region, principalArn, type: "STANDARD", tags },
      opts,
    );
    const policy = new AccessPolicyAssociation(
      `${name}-${suffix}`,
      {
        clusterName,
        region,
        principalArn,
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
      { ...opts, dependsOn: [entry] },
    );
    return [entry, policy];
  });
}
