// CloudFront, DNS, certificates, the web application firewall.
import type { Refusal } from "../../provider.ts";
import { isObject, isUnknown, type Value, type Values } from "../../values.ts";
import type { Template, Types } from "./model.ts";
import { rule, words } from "./names.ts";

/** One record proves each name of a certificate; only what the records say is AWS's to tell. */
function validationOptions({
  domainName,
  subjectAlternativeNames,
  validationMethod,
}: Values): Record<string, Template> {
  if (typeof domainName !== "string" || isUnknown(domainName) || validationMethod !== "DNS") return {};
  const others = Array.isArray(subjectAlternativeNames) ? subjectAlternativeNames : [];
  const names = [domainName, ...others].filter((name): name is string => typeof name === "string");
  const option = (name: string): Template => ({
    domainName: name,
    resourceRecordName: `_{hex:32}.${name.replace(/^\*\./, "")}.`,
    resourceRecordType: "{recordType}",
    resourceRecordValue: "_{hex:32}.{lower:10}.acm-validations.aws.",
  });
  return { domainValidationOptions: [...new Set(names)].map(option) };
}

/** A behaviour sends requests to an origin, or a group of them, that the same distribution names. */
function targetsWithoutOrigin({
  origins,
  originGroups,
  defaultCacheBehavior,
  orderedCacheBehaviors,
}: Values): Refusal[] {
  const named = [origins ?? [], originGroups ?? []].flat();
  const ids = named.map((origin) => (isObject(origin) ? origin["originId"] : origin));
  if (ids.some(isUnknown)) return [];
  const behaviours: [string, Value | undefined][] = [
    ["defaultCacheBehavior", defaultCacheBehavior],
    ...[orderedCacheBehaviors ?? []]
      .flat()
      .map((one, index) => [`orderedCacheBehaviors[${index}]`, one] as [string, Value]),
  ];
  return behaviours.flatMap(([path, behaviour]) => {
    const target = isObject(behaviour) ? behaviour["targetOriginId"] : undefined;
    if (typeof target !== "string" || isUnknown(target) || ids.includes(target)) return [];
    return [{ property: `${path}.targetOriginId`, reason: `"${target}" given; no origin has this originId` }];
  });
}

const firewallPlace = ({ scope }: Values) => ({ place: scope === "CLOUDFRONT" ? "global" : "regional" });

export const edge: Types = {
  "aws:cloudfront/distribution:Distribution": {
    id: "E{upper:13}",
    makes: {
      arn: "arn:{partition}:cloudfront::{account}:distribution/{id}",
      callerReference: "terraform-{digits:20}",
      domainName: "d{lower:13}.cloudfront.net",
      etag: "E{upper:13}",
      // The same for every distribution.
      hostedZoneId: "Z2FDTNDATAQYW2",
      inProgressValidationBatches: 0,
      lastModifiedTime: "{now}",
      loggingV1Enabled: false,
      status: "Deployed",
      trustedKeyGroups: [],
      trustedSigners: [],
    },
    changing: ["etag"],
    fixed: ["staging"],
    objections: targetsWithoutOrigin,
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": {
    id: "E{upper:13}",
    makes: { arn: "arn:{partition}:cloudfront::{account}:origin-access-control/{id}", etag: "E{upper:13}" },
    changing: ["etag"],
    renamable: true,
    names: { name: rule(1, 64, /^[\x20-\x7e]+$/, "printable characters") },
  },
  "aws:cloudfront/originAccessIdentity:OriginAccessIdentity": {
    id: "E{upper:13}",
    makes: {
      arn: "arn:{partition}:cloudfront::{account}:origin-access-identity/{id}",
      callerReference: "terraform-{digits:20}",
      cloudfrontAccessIdentityPath: "origin-access-identity/cloudfront/{id}",
      etag: "E{upper:13}",
      iamArn: "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
      s3CanonicalUserId: "{hex:96}",
    },
  },
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:cloudfront::{account}:response-headers-policy/{id}", etag: "E{upper:13}" },
    changing: ["etag"],
    renamable: true,
    names: { name: words(1, 128) },
  },
  "aws:cloudfront/cachePolicy:CachePolicy": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:cloudfront::{account}:cache-policy/{id}", etag: "E{upper:13}" },
    changing: ["etag"],
    renamable: true,
    names: { name: words(1, 128) },
  },
  "aws:cloudfront/function:Function": {
    id: "{name}",
    makes: {
      arn: "arn:{partition}:cloudfront::{account}:function/{name}",
      etag: "E{upper:13}",
      liveStageEtag: "E{upper:13}",
      status: "DEPLOYED",
    },
    changing: ["etag"],
    names: { name: words(1, 64) },
  },

  "aws:route53/zone:Zone": {
    id: "Z{upper:20}",
    makes: {
      arn: "arn:{partition}:route53:::hostedzone/{id}",
      zoneId: "{id}",
      nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk", "ns-3.awsdns-03.com", "ns-4.awsdns-04.net"],
      primaryNameServer: "ns-1.awsdns-01.org",
    },
    fixed: ["delegationSetId"],
  },
  "aws:route53/record:Record": {
    id: "{zoneId}_{name}_{type}",
    makes: { fqdn: "{name}" },
    fixed: ["zoneId", "type"],
    ranges: { ttl: [0, 2147483647] },
  },
  "aws:route53/healthCheck:HealthCheck": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:route53:::healthcheck/{id}" },
    fixed: ["type", "requestInterval", "measureLatency", "referenceName"],
  },

  "aws:acm/certificate:Certificate": {
    id: "{arn}",
    makes: {
      arn: "arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
      keyAlgorithm: "RSA_2048",
      notAfter: "{years:1}",
      notBefore: "{now}",
      pendingRenewal: false,
      renewalEligibility: "INELIGIBLE",
      renewalSummaries: [],
      status: "PENDING_VALIDATION",
      type: "AMAZON_ISSUED",
      validationEmails: [],
    },
    fixed: [
      "domainName",
      "subjectAlternativeNames",
      "validationMethod",
      "keyAlgorithm",
      "validationOptions",
      "certificateAuthorityArn",
    ],
    words: () => ({ recordType: "CNAME" }),
    foreseen: validationOptions,
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    id: "{certificateArn}",
    fixed: ["certificateArn", "validationRecordFqdns"],
  },

  "aws:wafv2/webAcl:WebAcl": {
    id: "{uuid}",
    makes: {
      arn: "arn:{partition}:wafv2:{region}:{account}:{place}/webacl/{name}/{id}",
      applicationIntegrationUrl: "",
      capacity: 700,
      lockToken: "{uuid}",
    },
    changing: ["lockToken"],
    words: firewallPlace,
    fixed: ["namePrefix", "scope"],
    names: { name: words(1, 128) },
  },
  "aws:wafv2/ipSet:IpSet": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:wafv2:{region}:{account}:{place}/ipset/{name}/{id}", lockToken: "{uuid}" },
    changing: ["lockToken"],
    words: firewallPlace,
    fixed: ["namePrefix", "scope", "ipAddressVersion"],
    names: { name: words(1, 128) },
  },
  "aws:wafv2/ruleGroup:RuleGroup": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:wafv2:{region}:{account}:{place}/rulegroup/{name}/{id}", lockToken: "{uuid}" },
    changing: ["lockToken"],
    words: firewallPlace,
    fixed: ["namePrefix", "scope", "capacity"],
    names: { name: words(1, 128) },
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    id: "{webAclArn},{resourceArn}",
    fixed: ["resourceArn", "webAclArn"],
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
    id: "{resourceArn}",
    fixed: ["resourceArn", "logDestinationConfigs"],
  },
  "aws:shield/protection:Protection": {
    id: "{uuid}",
    makes: { arn: "arn:{partition}:shield::{account}:protection/{id}" },
    fixed: ["resourceArn"],
  },
};
