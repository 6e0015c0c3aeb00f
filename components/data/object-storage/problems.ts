import { imageObjection } from "../../../checklist/image.ts";
import { thresholds } from "../../../checklist/thresholds.ts";
import { isNetwork, peerProblems } from "../../capability/network-policies.ts";
import { mostCertificateNames } from "../../cloud/certificate.ts";
import { liesIn } from "../../names.ts";
import { distinct, dnsLabel, unless, wholeNumber } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { dataClassProblems } from "../data-class.ts";
import { ownTenant, tenantProblems } from "../tenants.ts";
import { backupBucketDefaults, objectStorageDefaults, purposesOf } from "./args.ts";
import type {
  AwsAccountArgs,
  AwsStorageArgs,
  BackupBucketArgs,
  CdnArgs,
  ObjectStorageArgs,
  S3ServerArgs,
  StorageArgs,
} from "./args.ts";
import { identityProblems, roleName, roleNameProblems } from "./identities.ts";
import { mostBuckets } from "./identity-policies.ts";
import { bucketNameProblems, reservedPurposes } from "./naming.ts";
import { plannedBuckets, planProblems } from "./plan.ts";

/** Problems of `ObjectStorage`'s arguments. */
export function objectStorageProblems(args: ObjectStorageArgs): Problem[] {
  const problems = [...storageProblems(args, args.aws), ...tenantProblems("tenants", args.tenants, "CV-OBJ-02")];
  return [
    ...problems,
    ...purposeProblems(args),
    ...(args.dataClass === undefined ? [] : dataClassProblems("dataClass", args.dataClass)),
    ...unless(
      args.dataClass === undefined || args.purposes === undefined,
      "dataClass",
      args.dataClass ?? "",
      "each of the purposes has a class of its own, and dataClass is for none given (CV-DATA-04)",
    ),
    // What the names make is looked at when the names are well.
    ...(problems.length > 0 ? [] : planProblems(args)),
    ...(args.aws === undefined ? [] : awsStorageProblems(args, args.aws)),
  ];
}

/** Problems of `BackupBucket`'s arguments. */
export function backupBucketProblems(args: BackupBucketArgs): Problem[] {
  const { dataClass, retentionDays, expireDays } = { ...backupBucketDefaults, ...args };
  return [
    ...storageProblems(args, args.aws),
    ...dataClassProblems("dataClass", dataClass),
    ...wholeNumber("retentionDays", retentionDays, { min: thresholds.backup.minRetentionDays, items: "AUD-DB-03" }),
    ...wholeNumber("expireDays", expireDays, { min: 1, items: "CV-DATA-08" }),
    ...unless(
      expireDays > retentionDays,
      "expireDays",
      expireDays,
      `more than retentionDays (${retentionDays}) are needed, or what a restore needs is deleted (CV-DB-03)`,
    ),
    ...bucketNameProblems(
      "capability",
      {
        capability: args.capability,
        environment: args.environment,
        tenant: ownTenant,
        purpose: reservedPurposes.backup,
        suffix: args.aws?.nameSuffix,
      },
      args.aws !== undefined,
    ),
    ...(args.aws?.serviceAccounts ?? []).flatMap((account, index) =>
      roleNameProblems(
        `aws.serviceAccounts[${index}]`,
        roleName(args.capability, args.environment, `backup-${account}`),
      ),
    ),
  ];
}

function storageProblems(args: StorageArgs, aws: AwsAccountArgs | undefined): Problem[] {
  const given = aws === undefined ? "neither of" : "both";
  return [
    ...dnsLabel("capability", args.capability),
    ...dnsLabel("environment", args.environment),
    ...((aws === undefined) === (args.server === undefined)
      ? [{ path: "aws", reason: `${given} aws and server given; exactly one is needed (CV-OBJ-01).` }]
      : []),
    ...(args.server === undefined ? [] : serverProblems("server", args.server)),
    ...(aws === undefined ? [] : accountProblems("aws", aws)),
  ];
}

function purposeProblems(args: ObjectStorageArgs): Problem[] {
  if (args.purposes === undefined) return [];
  const purposes = purposesOf(args);
  const reserved = Object.values<string>(reservedPurposes);
  return [
    ...unless(purposes.length > 0, "purposes", "none", "at least one is needed (CV-OBJ-02)"),
    ...purposes.flatMap((purpose, index) => {
      const path = `purposes[${index}]`;
      const { name, dataClass, expireDays, archiveAfterDays } = purpose;
      const first = purposes.find((other) => other.dataClass === dataClass)!;
      return [
        ...dnsLabel(`${path}.name`, name),
        ...unless(!reserved.includes(name), `${path}.name`, name, "another name than the components' own is needed"),
        ...dataClassProblems(`${path}.dataClass`, dataClass),
        ...wholeNumber(`${path}.expireDays`, expireDays, { min: 1, items: "CV-OBJ-06" }),
        ...wholeNumber(`${path}.archiveAfterDays`, archiveAfterDays, {
          min: 0,
          max: thresholds.objects.coldAfterDays,
          items: "CV-OBJ-06",
        }),
        ...unless(
          archiveAfterDays < expireDays,
          `${path}.archiveAfterDays`,
          archiveAfterDays,
          `fewer than expireDays (${expireDays}) are needed, or nothing is ever cold (CV-OBJ-06)`,
        ),
        ...unless(
          first.expireDays === expireDays,
          `${path}.expireDays`,
          expireDays,
          `${first.expireDays} is needed, as for ${first.name}: what is ${dataClass} expires after one time (CV-OBJ-06, CV-DATA-08)`,
        ),
        ...unless(
          !purpose.public || dataClass === "public",
          `${path}.dataClass`,
          dataClass,
          "only public data may be delivered to the public (CV-DATA-04, CV-OBJ-08)",
        ),
      ];
    }),
    ...distinct(
      "purposes",
      purposes.map(({ name }) => name),
    ),
  ];
}

function accountProblems(path: string, aws: AwsAccountArgs): Problem[] {
  const region = (key: "region" | "replicaRegion") =>
    unless(
      /^[a-z]{2}(-[a-z]+)+-\d$/.test(aws[key]),
      `${path}.${key}`,
      aws[key],
      "a region such as eu-central-1 is accepted",
    );
  const roles = (key: "administrators" | "readers") =>
    (aws[key] ?? []).flatMap((role, index) =>
      unless(
        /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(role),
        `${path}.${key}[${index}]`,
        role,
        "the ARN of one role is accepted, without wildcards (CV-OBJ-03, CV-DATA-03)",
      ),
    );
  return [
    ...unless(/^\d{12}$/.test(aws.accountId), `${path}.accountId`, aws.accountId, "twelve digits are accepted"),
    ...region("region"),
    ...region("replicaRegion"),
    ...unless(
      aws.region !== aws.replicaRegion,
      `${path}.replicaRegion`,
      aws.replicaRegion,
      "another region than the buckets' own is needed (CV-OBJ-07)",
    ),
    ...unless(
      aws.administrators.length > 0,
      `${path}.administrators`,
      "none",
      "at least the role that deploys is needed, or nobody could change the keys (CV-DATA-03)",
    ),
    ...roles("administrators"),
    ...roles("readers"),
    ...unless(aws.serviceAccounts.length > 0, `${path}.serviceAccounts`, "none", "at least one is needed (CV-ENV-03)"),
    ...aws.serviceAccounts.flatMap((account, index) => [
      ...dnsLabel(`${path}.serviceAccounts[${index}]`, account, 40),
      ...unless(
        account !== "default" && aws.serviceAccounts.indexOf(account) === index,
        `${path}.serviceAccounts[${index}]`,
        account,
        "accounts of the pods' own are accepted, each once (AUD-SEC-05, CV-OBJ-03)",
      ),
    ]),
    ...unless(
      isNetwork(aws.endpointCidr),
      `${path}.endpointCidr`,
      aws.endpointCidr,
      "the addresses of the VPC's endpoint are accepted, such as 10.20.0.0/24, and never the whole world (CV-KUBE-04)",
    ),
    ...(aws.nameSuffix === undefined ? [] : dnsLabel(`${path}.nameSuffix`, aws.nameSuffix)),
  ];
}

function awsStorageProblems(args: ObjectStorageArgs, aws: AwsStorageArgs): Problem[] {
  const { logRetentionDays, cdn } = aws;
  const isPublic = purposesOf(args).some((purpose) => purpose.public);
  const buckets = plannedBuckets(args).length;
  const pattern = (key: "acmCertificateArn" | "webAclId", expression: RegExp, rule: string) => {
    const given = cdn?.[key];
    // What comes from another resource is not known yet, and right.
    return typeof given === "string"
      ? unless(expression.test(given), `aws.cdn.${key}`, given, `${rule} (CV-OBJ-08)`)
      : [];
  };
  return [
    ...identityProblems(args, aws),
    ...wholeNumber("aws.logRetentionDays", logRetentionDays ?? objectStorageDefaults.logRetentionDays, {
      min: objectStorageDefaults.logRetentionDays,
      items: "CV-DATA-08",
    }),
    ...unless(
      buckets <= mostBuckets,
      "tenants",
      `${buckets} buckets`,
      `at most ${mostBuckets} fit into the policies of one role; another capability, or fewer purposes, are needed (CV-OBJ-03)`,
    ),
    ...unless(
      isPublic === (cdn !== undefined),
      "aws.cdn",
      cdn === undefined ? "" : "a distribution",
      isPublic
        ? "a certificate and a web access control list are needed for the public purposes (CV-OBJ-08)"
        : "it has nothing to deliver without a public purpose (CV-OBJ-08)",
    ),
    ...unless(
      cdn === undefined || cdn.aliases.length > 0,
      "aws.cdn.aliases",
      "none",
      "at least one is needed (CV-OBJ-08)",
    ),
    ...(cdn === undefined ? [] : deliveryNameProblems(cdn)),
    ...pattern(
      "acmCertificateArn",
      /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
      "a certificate in us-east-1 is accepted",
    ),
    ...pattern(
      "webAclId",
      /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/[\w/-]+$/,
      "the ARN of a list of scope CLOUDFRONT is accepted",
    ),
  ];
}

/** What keeps the zone from proving the names, where no certificate is given. */
function deliveryNameProblems({ acmCertificateArn, aliases, zone }: CdnArgs): Problem[] {
  if (acmCertificateArn !== undefined) return [];
  if (zone === undefined)
    return unless(
      false,
      "aws.cdn.acmCertificateArn",
      "",
      "the ARN of a certificate in us-east-1 is needed without a zone that proves the names (CV-OBJ-08)",
    );
  return [
    ...aliases.flatMap((alias, index) =>
      unless(
        liesIn(alias, zone.domain) && aliases.indexOf(alias) === index,
        `aws.cdn.aliases[${index}]`,
        alias,
        `names in ${zone.domain}, whose zone proves them, are accepted, each once, or acmCertificateArn (CV-TLS-01)`,
      ),
    ),
    ...unless(
      aliases.length <= mostCertificateNames,
      "aws.cdn.aliases",
      `${aliases.length} names`,
      `a certificate takes ${mostCertificateNames} (CV-TLS-01)`,
    ),
  ];
}

function serverProblems(path: string, server: S3ServerArgs): Problem[] {
  const digestRequired = !(server.allowUndigestedImage ?? false);
  const objection = imageObjection(server.toolsImage, { digestRequired });
  return [
    ...unless(
      /^https:\/\/[^/?#\s]+$/.test(server.endpoint),
      `${path}.endpoint`,
      server.endpoint,
      "a URL such as https://object-store.storage.svc:7070 is accepted (CV-DATA-02)",
    ),
    ...unless(/^[a-z0-9-]+$/.test(server.region), `${path}.region`, server.region, "the server's region is needed"),
    ...peerProblems(`${path}.peer`, server.peer),
    ...wholeNumber(`${path}.port`, server.port, { min: 1, max: 65535, items: "CV-NET-01" }),
    ...wholeNumber(`${path}.credentialsVersion`, server.credentialsVersion ?? 1, { min: 1 }),
    ...(objection === undefined ? [] : unless(false, `${path}.toolsImage`, server.toolsImage, objection)),
  ];
}
