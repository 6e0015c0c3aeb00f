import type * as pulumi from "@pulumi/pulumi";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { Policy } from "@pulumi/aws/iam/policy.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { roleArn } from "./policy-document.ts";

/** A role as it will be. */
export interface PlannedRole {
  /** Name of the role. */
  role: string;
  /** Who may take it: text of its trust policy. */
  trust: string;
  /** What it may: texts of policies. */
  policies: string[];
  /** What it is for, in words. */
  description: string;
  /** Tags of the role and its policies. */
  tags: { [tag: string]: string };
}

/** Declares a role and its policies; the role is complete when all of it is there. */
export function leastRole(name: string, planned: PlannedRole, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { role, trust, description, tags } = planned;
  const declared = new Role(name, { name: role, description, assumeRolePolicy: trust, tags }, opts);
  const attached = planned.policies.map((document, at) => {
    const suffix = at === 0 ? "" : `-${at + 1}`;
    const policy = new Policy(
      `${name}${suffix}`,
      { name: `${role}${suffix}`, description, policy: document, tags },
      opts,
    );
    return new RolePolicyAttachment(`${name}${suffix}`, { role: declared.name, policyArn: policy.arn }, opts);
  });
  return [declared, ...attached];
}

/** A service account and the role of its pods. */
export interface PodIdentity {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
  /** Region of the cluster. */
  region: string;
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;
  /** Service account of the pods. */
  serviceAccount: string;
  /** Number of the AWS account. */
  accountId: string;
  /** Name of the role. */
  role: string;
  /** Tags of the association. */
  tags: { [tag: string]: string };
}

/** Declares that pods of the service account have the role, with no key stored anywhere (CV-ENV-03). */
export function podIdentity(
  name: string,
  planned: PodIdentity,
  opts: pulumi.CustomResourceOptions,
): PodIdentityAssociation {
  const { clusterName, region, namespace, serviceAccount, accountId, role, tags } = planned;
  return new PodIdentityAssociation(
    name,
    { clusterName, region, namespace, serviceAccount, roleArn: roleArn(accountId, role), tags },
    opts,
  );
}
