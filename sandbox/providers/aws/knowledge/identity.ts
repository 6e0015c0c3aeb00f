// IAM and EKS.
import { textOf } from "../../values.ts";
import type { Types } from "./model.ts";
import { dottedWords, iamName, rule, words } from "./names.ts";

/**
 * The authority of every cluster: what reads a kubeconfig refuses one whose certificate is none. Nobody has its key, so
 * nothing that answers is ever trusted by it.
 */
const authority = `-----BEGIN CERTIFICATE-----
MIIBkTCCATegAwIBAgIUfwu/m7VSzlF1otBs9+yLzl3Tc3YwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjQxNzA3MjVaGA8yMTI2MTAz
MTE3MDcyNVowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABFFtN7Jol/XeXcOchqHnIlJppFA3tAZwJDkVK25ba8lsD3RipWT/
lVQNMhDvZclXb0yV/pj2IRA3BdrrA20IbqOjYzBhMB0GA1UdDgQWBBTSvhXJd5E4
aTOy2juuvmjHjaDSPzAfBgNVHSMEGDAWgBTSvhXJd5E4aTOy2juuvmjHjaDSPzAP
BgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAKBggqhkjOPQQDAgNIADBF
AiBwIWoopByghgDy+jcOcjmPzijE+H7WmuEcuS5yMeWqyQIhAJjZ/zMbmLcUgwl3
hFJIc6FY6mEMS/BYmp5GigeWIZ22
-----END CERTIFICATE-----
`;

export const identity: Types = {
  "aws:iam/role:Role": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:iam::{account}:role{path}{name}",
      path: "/",
      uniqueId: "AROA{upper:17}",
      createDate: "{now}",
      managedPolicyArns: [],
    },
    fixed: ["namePrefix", "path"],
    names: { name: iamName(64) },
    ranges: { maxSessionDuration: [3600, 43200] },
  },
  "aws:iam/policy:Policy": {
    id: "{arn}",
    makes: {
      arn: "arn:{partition}:iam::{account}:policy{path}{name}",
      path: "/",
      policyId: "ANPA{upper:17}",
      attachmentCount: 0,
    },
    fixed: ["namePrefix", "path", "description"],
    names: { name: iamName(128) },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    id: "{role}:{name}",
    fixed: ["namePrefix", "role"],
    names: { name: iamName(128) },
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { id: "{role}/{policyArn}", fixed: ["role", "policyArn"] },
  "aws:iam/instanceProfile:InstanceProfile": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:iam::{account}:instance-profile{path}{name}",
      path: "/",
      uniqueId: "AIPA{upper:17}",
      createDate: "{now}",
    },
    fixed: ["namePrefix", "path"],
    names: { name: iamName(128) },
  },
  "aws:iam/samlProvider:SamlProvider": {
    id: "{arn}",
    makes: {
      arn: "arn:{partition}:iam::{account}:saml-provider/{name}",
      samlProviderUuid: "{uuid}",
      validUntil: "{years:100}",
    },
    fixed: ["name"],
    names: {
      name: dottedWords(1, 128),
      samlMetadataDocument: rule(1000, 10_000_000, /^[^]*$/, "characters"),
    },
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    id: "{arn}",
    makes: { arn: "arn:{partition}:iam::{account}:oidc-provider/{issuer}", thumbprintLists: ["{hex:40}"] },
    words: ({ url }) => ({ issuer: textOf(url).replace(/^https:\/\//, "") }),
    fixed: ["url"],
  },
  "aws:iam/user:User": {
    id: "{name}",
    makes: { arn: "arn:{partition}:iam::{account}:user{path}{name}", path: "/", uniqueId: "AIDA{upper:17}" },
    renamable: true,
    names: { name: iamName(64) },
  },
  "aws:iam/group:Group": {
    id: "{name}",
    makes: { arn: "arn:{partition}:iam::{account}:group{path}{name}", path: "/", uniqueId: "AGPA{upper:17}" },
    renamable: true,
    names: { name: iamName(128) },
  },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": {
    id: "{arn}",
    makes: {
      arn: "arn:{partition}:iam::{account}:role/aws-service-role/{awsServiceName}/{name}",
      name: "AWSServiceRoleFor{upper:8}",
      path: "/aws-service-role/{awsServiceName}/",
      uniqueId: "AROA{upper:17}",
      createDate: "{now}",
    },
    fixed: ["awsServiceName", "customSuffix"],
  },

  "aws:eks/cluster:Cluster": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:eks:{region}:{account}:cluster/{name}",
      certificateAuthority: { data: "{authority}" },
      // Answers nowhere: it is made up, as the certificate is.
      endpoint: "https://{upper:32}.gr7.{region}.eks.amazonaws.com",
      identities: [{ oidcs: [{ issuer: "https://oidc.eks.{region}.amazonaws.com/id/{oidc}" }] }],
      accessConfig: { authenticationMode: "CONFIG_MAP", bootstrapClusterCreatorAdminPermissions: true },
      kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: "172.20.0.0/16", serviceIpv6Cidr: "" },
      vpcConfig: {
        clusterSecurityGroupId: "sg-{hex:17}",
        vpcId: "vpc-{hex:17}",
        publicAccessCidrs: ["0.0.0.0/0"],
        controlPlaneEgressMode: "AWS_MANAGED",
      },
      upgradePolicy: { supportType: "EXTENDED" },
      clusterId: "",
      createdAt: "{now}",
      platformVersion: "eks.1",
      status: "ACTIVE",
      version: "1.34",
    },
    words: () => ({ oidc: "{upper:32}", authority: Buffer.from(authority).toString("base64") }),
    fixed: [
      "roleArn",
      "bootstrapSelfManagedAddons",
      "vpcConfig.controlPlaneEgressMode",
      "kubernetesNetworkConfig.ipFamily",
      "kubernetesNetworkConfig.serviceIpv4Cidr",
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
      "encryptionConfig.resources",
      "outpostConfig",
    ],
    names: {
      name: rule(
        1,
        100,
        /^[0-9A-Za-z][A-Za-z0-9_-]*$/,
        "letters, digits, hyphens and underscores, with a letter or a digit at the start",
      ),
    },
  },
  "aws:eks/nodeGroup:NodeGroup": {
    id: "{clusterName}:{nodeGroupName}",
    makes: {
      arn: "arn:{partition}:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}",
      resources: [{ autoscalingGroups: [{ name: "eks-{nodeGroupName}-{uuid}" }], remoteAccessSecurityGroupId: "" }],
      amiType: "AL2023_x86_64_STANDARD",
      capacityType: "ON_DEMAND",
      diskSize: 20,
      instanceTypes: ["t3.medium"],
      releaseVersion: "1.34.1-20260101",
      version: "1.34",
      status: "ACTIVE",
    },
    fixed: [
      "clusterName",
      "nodeGroupName",
      "nodeGroupNamePrefix",
      "nodeRoleArn",
      "subnetIds",
      "instanceTypes",
      "amiType",
      "capacityType",
      "diskSize",
      "remoteAccess",
      "launchTemplate.id",
      "launchTemplate.name",
    ],
    names: { nodeGroupName: words(1, 63) },
  },
  "aws:eks/addon:Addon": {
    id: "{clusterName}:{addonName}",
    makes: {
      arn: "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
      addonVersion: "v1.0.0-eksbuild.1",
      configurationValues: "",
      createdAt: "{now}",
      modifiedAt: "{now}",
    },
    fixed: ["clusterName", "addonName"],
  },
  "aws:eks/accessEntry:AccessEntry": {
    id: "{clusterName}:{principalArn}",
    makes: {
      accessEntryArn: "arn:{partition}:eks:{region}:{account}:access-entry/{clusterName}/role/{account}/{uuid}",
      createdAt: "{now}",
      modifiedAt: "{now}",
      kubernetesGroups: [],
      userName: "{principalArn}",
    },
    fixed: ["clusterName", "principalArn", "type"],
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    id: "{clusterName}#{principalArn}#{policyArn}",
    makes: { associatedAt: "{now}", modifiedAt: "{now}" },
    fixed: ["clusterName", "principalArn", "policyArn", "accessScope"],
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    id: "a-{lower:17}",
    makes: {
      associationId: "{id}",
      associationArn: "arn:{partition}:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}",
      externalId: "",
    },
    fixed: ["clusterName", "namespace", "serviceAccount"],
  },
  "aws:eks/fargateProfile:FargateProfile": {
    id: "{clusterName}:{fargateProfileName}",
    makes: {
      arn: "arn:{partition}:eks:{region}:{account}:fargateprofile/{clusterName}/{fargateProfileName}/{uuid}",
      status: "ACTIVE",
    },
    fixed: ["clusterName", "fargateProfileName", "podExecutionRoleArn", "subnetIds", "selectors"],
  },
};
