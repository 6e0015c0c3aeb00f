import type * as pulumi from "@pulumi/pulumi";
import { Distribution } from "@pulumi/aws/cloudfront/distribution.js";
import { OriginAccessControl } from "@pulumi/aws/cloudfront/originAccessControl.js";
import { ResponseHeadersPolicy } from "@pulumi/aws/cloudfront/responseHeadersPolicy.js";
import { Record } from "@pulumi/aws/route53/record.js";
import { globalRegion } from "../../cloud/account.ts";
import { provedCertificate } from "../../cloud/certificate.ts";
import { liesIn } from "../../names.ts";
import { ownTenant } from "../tenants.ts";
import type { CdnArgs } from "./args.ts";
import type { PlannedBucket } from "./plan.ts";

/** CloudFront's own policy "CachingOptimized"; the id is the same in every account. */
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const yearSeconds = 31_536_000;

/** Kinds of the names' records, and what their resources' names end in: distributions have addresses of both kinds. */
const recordTypes = { A: "", AAAA: "-ipv6" } as const;

/**
 * Declares the delivery of public buckets (CV-OBJ-08): the capability's own first purpose at `/`, every other one under
 * `/<tenant>/<purpose>/`, where the keys of its objects start so too. CloudFront signs what it asks of a bucket, which
 * answers nobody else. Names of the zone's domain lead to it, and where no certificate is given one for them is made.
 */
export function delivery(
  name: string,
  objectName: string,
  buckets: readonly PlannedBucket[],
  region: string,
  cdn: CdnArgs,
  tags: { [tag: string]: string },
  opts: pulumi.CustomResourceOptions,
): Distribution {
  const control = new OriginAccessControl(
    name,
    {
      name: objectName,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    },
    opts,
  );
  const headers = new ResponseHeadersPolicy(
    name,
    {
      name: objectName,
      securityHeadersConfig: {
        strictTransportSecurity: {
          accessControlMaxAgeSec: yearSeconds,
          includeSubdomains: true,
          preload: true,
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY", override: true },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'self'; object-src 'none'", override: true },
      },
    },
    opts,
  );
  const behavior = (bucket: PlannedBucket) => ({
    targetOriginId: bucket.name,
    allowedMethods: ["GET", "HEAD", "OPTIONS"],
    cachedMethods: ["GET", "HEAD"],
    viewerProtocolPolicy: "redirect-to-https",
    cachePolicyId: cachingOptimized,
    responseHeadersPolicyId: headers.id,
    compress: true,
  });
  const [first] = buckets.filter(({ tenant }) => tenant === ownTenant);
  const distribution = new Distribution(
    name,
    {
      enabled: true,
      comment: objectName,
      aliases: cdn.aliases,
      httpVersion: "http2and3",
      isIpv6Enabled: true,
      webAclId: cdn.webAclId,
      origins: buckets.map((bucket) => ({
        originId: bucket.name,
        domainName: `${bucket.name}.s3.${region}.amazonaws.com`,
        originAccessControlId: control.id,
      })),
      defaultCacheBehavior: behavior(first!),
      orderedCacheBehaviors: buckets
        .filter((bucket) => bucket !== first)
        .map((bucket) => ({ ...behavior(bucket), pathPattern: `/${bucket.tenant}/${bucket.purpose}/*` })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: {
        acmCertificateArn: cdn.acmCertificateArn ?? certificate(name, cdn, tags, opts),
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.3_2025", // CV-DATA-02
      },
      tags,
    },
    opts,
  );
  records(name, cdn, distribution, opts);
  return distribution;
}

/** A certificate that CloudFront takes, for all of the names. */
function certificate(
  name: string,
  { aliases, zone }: CdnArgs,
  tags: { [tag: string]: string },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  return provedCertificate(name, { region: globalRegion, names: aliases, zoneId: zone!.zoneId, tags }, opts);
}

function records(
  name: string,
  { aliases, zone }: CdnArgs,
  { domainName, hostedZoneId }: Distribution,
  opts: pulumi.CustomResourceOptions,
): void {
  if (zone === undefined) return;
  const leading = { aliases: [{ name: domainName, zoneId: hostedZoneId, evaluateTargetHealth: false }] };
  for (const alias of aliases.filter((each) => liesIn(each, zone.domain)))
    for (const [type, suffix] of Object.entries(recordTypes))
      new Record(`${name}-${alias}${suffix}`, { zoneId: zone.zoneId, name: alias, type, ...leading }, opts);
}
