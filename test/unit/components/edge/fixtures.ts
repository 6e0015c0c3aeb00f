import type { EdgeArgs } from "../../../../components/edge/args.ts";
import { Edge } from "../../../../components/edge/edge.ts";
import { PublicRoute } from "../../../../components/edge/public-route.ts";
import type { PublicRouteArgs, TokenArgs } from "../../../../components/edge/route-args.ts";
import { awsState } from "../aws-check.ts";
import type { Inputs } from "../../recorder.ts";

export const accountId = "123456789012";
export const region = "eu-central-1";
export const host = "audio.example.com";

export const edgeArgs: EdgeArgs = {
  environment: "prod",
  account: {
    accountId,
    region,
    replicaRegion: "eu-west-1",
    administrators: [`arn:aws:iam::${accountId}:role/deployer`],
  },
  domain: "example.com",
  hosts: [host, "vision.example.com"],
  network: {
    vpcId: "vpc-1",
    cidr: "10.20.0.0/16",
    publicSubnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    nodeSecurityGroupId: "sg-nodes",
  },
  clusterName: "apg-prod",
  issuers: {
    email: "platform@example.com",
    backup: {
      server: "https://acme.zerossl.com/v2/DV90",
      caaDomain: "sectigo.com",
      externalAccount: { keyId: "key-1", secretName: "zerossl" },
    },
  },
};

export const token: TokenArgs = {
  issuer: "https://login.example.com/",
  audiences: ["apg"],
  jwksUri: "https://login.example.com/keys",
};

export const routeArgs: PublicRouteArgs = {
  namespace: "apg-audio-processing-prod",
  capability: "audio-processing",
  environment: "prod",
  hosts: [host],
  gateway: { name: "apg", namespace: "apg-gateway-prod" },
  token,
};

export const edge = (more: Partial<EdgeArgs> = {}) => new Edge("edge", { ...edgeArgs, ...more });
export const route = (more: Partial<PublicRouteArgs> = {}) => new PublicRoute("audio", { ...routeArgs, ...more });

/** What AWS makes of what it is asked for, so that other resources can name it. */
export function state(type: string): Inputs | undefined {
  if (type === "aws:acm/certificate:Certificate")
    return {
      ...awsState(type),
      domainValidationOptions: edgeArgs.hosts.map((domainName) => ({
        domainName,
        resourceRecordName: `_proof.${domainName}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_value.acm-validations.aws.",
      })),
    };
  if (type === "aws:route53/record:Record") return { fqdn: "made.example.com" };
  if (type === "aws:lb/loadBalancer:LoadBalancer") return { ...awsState(type), arnSuffix: "app/apg-prod/0f0e" };
  if (type === "aws:lb/targetGroup:TargetGroup")
    return { ...awsState(type), arnSuffix: "targetgroup/apg-prod-gateway/0f0e" };
  return awsState(type);
}
