// What is public by intent: delivered by CloudFront, which alone reads the bucket behind it.
import { cloudRule, notConcerned } from "../lib/define.ts";
import { bucketPolicyTypes } from "../lib/buckets.ts";
import type { CloudResource } from "../lib/cloud.ts";
import type { Complain } from "../lib/define.ts";
import { conditionOf, principalsOf, statementsOf } from "../lib/policy-document.ts";

const cloudFront = "cloudfront.amazonaws.com";
const accounts = /^arn:aws:cloudfront::\d{12}:distribution\/\*$/;
const tls = /^TLSv1\.3_\d{4}$/;

export const distributionsReadTheirBuckets = cloudRule({
  name: "distributions-alone-read-their-buckets",
  decides: ["CV-OBJ-08", "CV-NET-03", "CV-TLS-03"],
  severity: "high",
  description:
    "What CloudFront delivers from a bucket it reads by its own signature, and gives out over TLS 1.3 behind a firewall.",
  fix:
    "Set originAccessControlId on every origin that is a bucket, viewerProtocolPolicy redirect-to-https, " +
    "viewerCertificate.minimumProtocolVersion TLSv1.3_2025 and webAclId, and let the bucket's policy name the distribution.",
  types: ["aws:cloudfront/distribution:Distribution", ...bucketPolicyTypes],
  check: (resource, complain) => {
    if (bucketPolicyTypes.includes(resource.type)) return judgePolicy(resource, complain);
    const { title, props } = resource;
    const ask = (what: string, todo: string) => complain(`${title} ${what}: ${todo}.`);
    const buckets = props
      .get("origins")
      .list()
      // An origin whose address is not known is a resource's own; without a setting of its own it is a bucket.
      .filter((origin) => !origin.get("customOriginConfig").isGiven);
    for (const origin of buckets) {
      if (!origin.get("originAccessControlId").isGiven)
        ask("reads a bucket as anybody could", "set originAccessControlId on the origin");
    }
    const behaviors = [props.get("defaultCacheBehavior"), ...props.get("orderedCacheBehaviors").list()];
    const policies = behaviors.map((each) => each.get("viewerProtocolPolicy").string() ?? "allow-all");
    if (policies.includes("allow-all")) ask("answers without TLS", "set viewerProtocolPolicy to redirect-to-https");
    if (!tls.test(props.at("viewerCertificate.minimumProtocolVersion").string() ?? ""))
      ask("speaks old TLS", "set viewerCertificate.minimumProtocolVersion to TLSv1.3_2025");
    if (!props.get("webAclId").isGiven) ask("has no firewall", "set webAclId");
    return undefined;
  },
});

/** A policy that lets the service in at all must say for which distribution. */
function judgePolicy({ title, props }: CloudResource, complain: Complain): typeof notConcerned {
  for (const statement of statementsOf(props.get("policy"))) {
    if (!statement.allows || !principalsOf(statement).includes(cloudFront)) continue;
    const source = (by: string) => conditionOf(statement, by, "AWS:SourceArn");
    const named = ["StringEquals", "ArnEquals"].some((by) => names(source(by)));
    // All of one account: a distribution's ARN is not known before it is there.
    const owned = ["StringLike", "ArnLike"].some((by) => accounts.test(source(by) ?? ""));
    if (!named && !owned)
      complain(`${title} lets every distribution of CloudFront in by ${statement.title}: name one by AWS:SourceArn.`);
  }
  return notConcerned;
}

function names(arn: string | undefined): boolean {
  return arn !== undefined && !/[*?]/.test(arn);
}
