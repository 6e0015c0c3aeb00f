import type { ClusterArgs } from "../../../components/foundation/cluster/args.ts";
import type { NetworkArgs } from "../../../components/foundation/network/args.ts";
import type { NodePoolsArgs } from "../../../components/foundation/node-pools/args.ts";
import type { Inputs } from "../recorder.ts";
import { awsState } from "./aws-check.ts";

export const accountId = "123456789012";
export const region = "eu-central-1";
export const deployer = `arn:aws:iam::${accountId}:role/apg-deployer`;
export const account = { accountId, region, replicaRegion: "eu-west-1", administrators: [deployer] };
export const zones = ["a", "b", "c"].map((letter) => region + letter);

export const network: NetworkArgs = { environment: "prod", account, cidr: "10.20.0.0/16", zones };

export const vpn = {
  clientCidr: "10.200.0.0/22",
  samlProviderArn: `arn:aws:iam::${accountId}:saml-provider/company`,
  serverCertificateArn: `arn:aws:acm:${region}:${accountId}:certificate/0f0e`,
  accessGroupId: "platform-administrators",
};

/** What an identity provider says of itself, as far as anything here reads it. */
export const samlMetadata = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://login.example.com/saml">',
  '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
  `<md:KeyDescriptor use="signing">${"MIIB".repeat(250)}</md:KeyDescriptor>`,
  "</md:IDPSSODescriptor>",
  "</md:EntityDescriptor>",
  "",
].join("\n");

export const cluster: ClusterArgs = {
  environment: "prod",
  account,
  vpcId: "vpc-made",
  subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
  administrators: [deployer],
  today: "2026-11-24",
};

export const nodePools: NodePoolsArgs = {
  environment: "prod",
  account,
  clusterName: "apg-prod",
  zones,
  imageVersion: "v20261112",
  maintenanceWindow: { schedule: "0 2 * * 0", duration: "4h" },
};

/** What AWS answers, and what EKS does of a cluster. */
export function state(type: string): Inputs | undefined {
  if (type !== "aws:eks/cluster:Cluster") return awsState(type);
  return {
    endpoint: "https://0F0E.gr7.eu-central-1.eks.amazonaws.com",
    certificateAuthority: { data: "Y2VydGlmaWNhdGU=" },
    vpcConfig: { clusterSecurityGroupId: "sg-nodes" },
  };
}
