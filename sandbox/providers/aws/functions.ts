// Functions of the SDK that ask AWS something. Of what is not made by the program itself little can be known: functions that
// look up existing things are answered where the answer is the same in every account, and refused elsewhere.
import { createHash } from "node:crypto";
import { textOf, type Values } from "../values.ts";
import type { Place } from "./outputs.ts";
import { policyDocument } from "./policy-document.ts";

type Answer = (args: Values, place: Place & { defaultTags: Values }) => Values;

/** The first zones of the region: every region has at least three, under these names. */
const zones = ["a", "b", "c"];
const zoneIds = (region: string) => zones.map((_, index) => `${shortRegion(region)}-az${index + 1}`);

/** `eu-central-1` is `euc1` in the ids of its zones. */
function shortRegion(region: string): string {
  const [area = "", side = "", number = ""] = region.split("-");
  const compass = /^(north|south)(east|west)$/.exec(side);
  return `${area}${compass ? `${compass[1]![0]}${compass[2]![0]}` : (side[0] ?? "")}${number}`;
}

/** Digits that are the same for the same question. */
const digest = (question: unknown, count: number) =>
  createHash("sha256").update(JSON.stringify(question)).digest("hex").slice(0, count);

/** AWS's own CloudFront policies have the same ids everywhere. */
const managedPolicies: Record<string, string> = {
  "Managed-CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
  "Managed-CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  "Managed-AllViewer": "216adef6-5c7f-47e4-b989-5492eafa07d3",
  "Managed-AllViewerExceptHostHeader": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  "Managed-CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
  "Managed-SecurityHeadersPolicy": "67f7725c-6f97-4210-82d7-5512b31e9d03",
};

const managedPolicy: Answer = ({ id, name }) => {
  const [found] = Object.entries(managedPolicies).filter(([known, knownId]) => known === name || knownId === id);
  if (!found) {
    throw new Error(
      `no such managed policy is known here: ${textOf(name ?? id)}; known are: ${Object.keys(managedPolicies).join(", ")}`,
    );
  }
  return { id: found[1], name: found[0] };
};

/** By token. */
export const functions: Readonly<Record<string, Answer>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (_, { account, partition }) => ({
    id: account,
    accountId: account,
    arn: `arn:${partition}:iam::${account}:user/stand-in`,
    userId: "AIDASTANDIN0000000000",
  }),
  "aws:index/getRegion:getRegion": (args, place) => {
    const region = textOf(args["region"] ?? args["name"] ?? place.region);
    return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  },
  "aws:index/getPartition:getPartition": (_, { partition }) => ({
    id: partition,
    partition,
    dnsSuffix: partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
    reverseDnsPrefix: partition === "aws-cn" ? "cn.com.amazonaws" : "com.amazonaws",
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (args, place) => {
    const region = textOf(args["region"] ?? place.region);
    const excluded = [args["excludeNames"] ?? [], args["excludeZoneIds"] ?? []].flat();
    const ids = zoneIds(region);
    const open = zones.map((zone, index) => ({ name: `${region}${zone}`, id: ids[index]! }));
    const left = open.filter(({ name, id }) => !excluded.includes(name) && !excluded.includes(id));
    return {
      ...args,
      id: region,
      region,
      groupNames: [region],
      names: left.map(({ name }) => name),
      zoneIds: left.map(({ id }) => id),
    };
  },
  "aws:index/getDefaultTags:getDefaultTags": (_, { defaultTags }) => ({ id: "default", tags: defaultTags }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (args) => {
    const { json, minifiedJson } = policyDocument(args);
    return { ...args, id: digest(json, 10), json, minifiedJson };
  },
  // Which image is the newest changes by the week; here the same question has the same answer.
  "aws:ec2/getAmi:getAmi": (args, { region, partition }) => {
    const id = `ami-${digest([args, region], 17)}`;
    const ownerId = "137112412989";
    const description = {
      architecture: "x86_64",
      state: "available",
      virtualizationType: "hvm",
      rootDeviceType: "ebs",
    };
    return {
      ...args,
      ...description,
      id,
      imageId: id,
      region,
      ownerId,
      arn: `arn:${partition}:ec2:${region}::image/${id}`,
    };
  },
  "aws:ssm/getParameter:getParameter": (args, { region, partition }) => {
    const name = textOf(args["name"]);
    if (!/^\/aws\/service\/.*(image_id|ami|image-id|\/recommended)/.test(name)) {
      throw new Error(`no such parameter is known here: ${name}; known are AWS's own that name machine images`);
    }
    const value = `ami-${digest([name, region], 17)}`;
    const arn = `arn:${partition}:ssm:${region}::parameter${name}`;
    return { ...args, id: name, name, region, arn, type: "String", value, insecureValue: value, version: 1 };
  },
  "aws:cloudfront/getCachePolicy:getCachePolicy": managedPolicy,
  "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy": managedPolicy,
  "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy": managedPolicy,
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": (args, { region, partition }) => {
    const name = textOf(args["name"]);
    if (!name.startsWith("com.amazonaws.")) throw new Error(`no such prefix list is known here: ${name}`);
    const id = `pl-${digest([name, region], 8)}`;
    return {
      ...args,
      id,
      name,
      region,
      arn: `arn:${partition}:ec2:${region}:aws:prefix-list/${id}`,
      ownerId: "AWS",
      entries: [],
    };
  },
};
