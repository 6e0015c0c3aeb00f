// Holds what components ask of AWS to what the SDK's typings and AWS itself accept, as the stand-in for the provider does.
// What AWS finds wrong only when it makes the resource is not found here.
import { checkInputs } from "../../../sandbox/providers/aws/check.ts";
import { Typings } from "../../../sandbox/providers/typings/store.ts";
import type { Values } from "../../../sandbox/providers/values.ts";
import type { Inputs, Recorded } from "../recorder.ts";

const typings = new Typings("@pulumi/aws");

/** Everything that would be refused of the resources of AWS among these, one line each: type, ::, name, and why. */
export async function refusedByAws(resources: readonly Recorded[]): Promise<string[]> {
  const refused: string[] = [];
  for (const { type, name, inputs } of resources.filter(({ type }) => type.startsWith("aws:"))) {
    const typing = await typings.resource(type);
    if (typing === undefined) {
      refused.push(`${type}::${name}: the SDK has no such type`);
      continue;
    }
    const subject = { urn: `urn:pulumi:test::apg-platform::${type}::${name}`, type, name };
    const asked = { subject, old: {}, inputs: inputs as Values, seed: new Uint8Array() };
    const { refusals } = await checkInputs(typings, typing, { defaultTags: {} }, asked);
    for (const { property, reason } of refusals) refused.push(`${type}::${name}: ${property}: ${reason}`);
  }
  return refused;
}

const account = "123456789012";
const region = "eu-central-1";

/** What AWS answers that other resources are made of, for `record`: identifiers alone, so that no input is covered. */
export function awsState(type: string): Inputs | undefined {
  const [sdk, module = "", kind = ""] = type.split(":");
  if (sdk !== "aws") return undefined;
  const arn = `arn:aws:${module.split("/")[0]}:${region}:${account}:${kind.toLowerCase()}/made`;
  return { arn, ...answers[type] };
}

const answers: Readonly<Record<string, Inputs>> = {
  "aws:kms/key:Key": { keyId: "0f0e0d0c" },
  "aws:kms/replicaKey:ReplicaKey": { keyId: "0f0e0d0c" },
  "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 1 },
  "aws:ec2/vpc:Vpc": { defaultSecurityGroupId: "sg-default", defaultRouteTableId: "rtb-default" },
  "aws:ec2/eip:Eip": { allocationId: "eipalloc-made", publicIp: "203.0.113.10" },
  "aws:lb/loadBalancer:LoadBalancer": { dnsName: "made.eu-central-1.elb.amazonaws.com", zoneId: "Z0MADE" },
  "aws:route53/zone:Zone": { zoneId: "Z0MADE", nameServers: ["ns-1.example.org"] },
  "aws:sqs/queue:Queue": { url: `https://sqs.${region}.amazonaws.com/${account}/made` },
  "aws:ecr/repository:Repository": { repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/made` },
};
