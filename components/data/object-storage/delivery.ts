import type * as pulumi from "@pulumi/pulumi";
import { Distribution } from "@pulumi/aws/cloudfront/distribution.js";
import { OriginAccessControl } from "@pulumi/aws/cloudfront/originAccessControl.js";
import { ResponseHeadersPolicy } from "@pulumi/aws/cloudfront/responseHeadersPolicy.js";
import { ownTenant } from "../tenants.ts";
import type { CdnArgs } from "./args.ts";
import type { PlannedBucket } from "./plan.ts";

/** CloudFront's own policy "CachingOptimized"; the id is the same in every account. */
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const yearSeconds = 31_536_000;

/**
 * Declares the delivery of public buckets (CV-OBJ-08): the capability's own first purpose at `/`, every other one under
 * `/<tenant>/<purpose>/`, where the keys of its objects start so too. CloudFront signs what it asks of a bucket, which
 * answers nobody else.
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
  return new Distribution(
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
        acmCertificateArn: cdn.acmCertificateArn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.3_2025", // CV-DATA-02
      },
      tags,
    },
    opts,
  );
}
