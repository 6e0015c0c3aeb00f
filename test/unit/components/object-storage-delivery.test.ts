// How public buckets are delivered: through CloudFront alone, by names that lead to it and a certificate that it takes.
import assert from "node:assert/strict";
import type { CdnArgs } from "../../../components/data/object-storage/args.ts";
import { PlannedStack } from "../../../policy-pack/lib/planned-stack.ts";
import { evaluate } from "../../../policy-pack/lib/evaluate.ts";
import { recordsLeadToThePlan } from "../../../policy-pack/rules/dns.ts";
import { firstPreview } from "../plan.ts";
import { record, refusal } from "../recorder.ts";
import type { Inputs } from "../recorder.ts";
import { awsState, refusedByAws } from "./aws-check.ts";
import { aws, cdn, declare, media } from "./object-storage-fixtures.ts";

const types = {
  certificate: "aws:acm/certificate:Certificate",
  validation: "aws:acm/certificateValidation:CertificateValidation",
  distribution: "aws:cloudfront/distribution:Distribution",
  record: "aws:route53/record:Record",
} as const;
const zone = { zoneId: "Z0ZONE", domain: "example.org" };
const { acmCertificateArn, ...uncertified } = cdn;
const results = { name: "data", dataClass: "confidential", expireDays: 365 };

const state = (type: string): Inputs | undefined => {
  if (type === types.distribution)
    return {
      arn: "arn:aws:cloudfront::123456789012:distribution/E1",
      domainName: "d1.cloudfront.net",
      hostedZoneId: "Z2FDTNDATAQYW2",
    };
  if (type === types.record) return { fqdn: "_proof.media.example.org" };
  return type === types.certificate
    ? {
        arn: "arn:aws:acm:us-east-1:123456789012:certificate/made",
        domainValidationOptions: ["media.example.org", "files.example.org"].map((domainName) => ({
          domainName,
          resourceRecordName: `_proof.${domainName}.`,
          resourceRecordType: "CNAME",
          resourceRecordValue: "_value.acm-validations.aws.",
        })),
      }
    : awsState(type);
};
const storage = (given: CdnArgs) => declare({ purposes: [results, media], aws: { ...aws, cdn: given } });
const delivered = (given: CdnArgs) => record(() => storage(given), state);

describe("the delivery of public buckets", () => {
  it("goes through CloudFront alone", async () => {
    const recording = await delivered(cdn);
    const { origins, orderedCacheBehaviors, ...distribution } = recording.inputs(types.distribution);
    assert.deepEqual(
      (origins as Inputs[]).map(({ domainName, originAccessControlId }) => [domainName, originAccessControlId]),
      ["shared", "acme", "beta-corp"].map((tenant) => [
        `apg-audio-processing-${tenant}-media-prod-apg1.s3.eu-central-1.amazonaws.com`,
        "storage-delivery-id",
      ]),
    );
    assert.deepEqual(
      (orderedCacheBehaviors as Inputs[]).map(({ pathPattern }) => pathPattern),
      ["/acme/media/*", "/beta-corp/media/*"],
    );
    const { viewerProtocolPolicy, responseHeadersPolicyId } = distribution.defaultCacheBehavior as Inputs;
    assert.deepEqual([viewerProtocolPolicy, responseHeadersPolicyId], ["redirect-to-https", "storage-delivery-id"]);
    assert.deepEqual(distribution.viewerCertificate, {
      acmCertificateArn,
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.3_2025",
    });
    assert.equal(distribution.webAclId, cdn.webAclId);
    assert.deepEqual(recording.inputs("aws:cloudfront/originAccessControl:OriginAccessControl"), {
      name: "apg-audio-processing-prod",
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
  });

  it("makes a certificate where CloudFront takes it from, proves its names in the zone, and shows it when it is signed", async () => {
    const aliases = ["media.example.org", "files.example.org"];
    const recording = await delivered({ ...uncertified, aliases, zone });
    const { tags, ...certificate } = recording.inputs(types.certificate);
    assert.deepEqual(certificate, {
      region: "us-east-1",
      domainName: "media.example.org",
      subjectAlternativeNames: ["files.example.org"],
      validationMethod: "DNS",
      keyAlgorithm: "EC_prime256v1",
    });
    assert.equal((tags as Inputs)["apg:environment"], "prod");
    for (const alias of aliases)
      assert.deepEqual(recording.inputs(types.record, `storage-delivery-${alias}-proof`), {
        zoneId: "Z0ZONE",
        name: `_proof.${alias}.`,
        type: "CNAME",
        records: ["_value.acm-validations.aws."],
        ttl: 60,
        allowOverwrite: true,
      });
    assert.equal(recording.inputs(types.validation)["region"], "us-east-1");
    const { viewerCertificate } = recording.inputs(types.distribution);
    assert.equal(
      (viewerCertificate as Inputs)["acmCertificateArn"],
      "arn:aws:acm:us-east-1:123456789012:certificate/made",
    );
    assert.ok(
      recording.dependencies(types.distribution, "storage-delivery").includes(`${types.validation}::storage-delivery`),
    );
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });

  it("is what names of the zone's domain lead to, at addresses of both kinds", async () => {
    // Others' names are for others to lead here, with whatever certificate.
    const recording = await delivered({ ...cdn, aliases: ["media.example.org", "media.example.com"], zone });
    const leading = recording.resources.filter(({ type }) => type === types.record).map(({ inputs }) => inputs);
    const aliases = [{ name: "d1.cloudfront.net", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false }];
    assert.deepEqual(
      leading,
      ["A", "AAAA"].map((type) => ({ zoneId: "Z0ZONE", name: "media.example.org", type, aliases })),
    );
    assert.deepEqual(
      recording.resources.filter(({ type }) => type === types.certificate || type === types.validation),
      [],
    );
    const alone = await delivered(cdn);
    assert.deepEqual(
      alone.resources.filter(({ type }) => type === types.record),
      [],
    );
  });

  it("has records that rules know for the plan's own at the first preview", async () => {
    const plan = await firstPreview(() => storage({ ...uncertified, zone }));
    const [found] = evaluate([recordsLeadToThePlan], new PlannedStack(plan.resources));
    assert.deepEqual([found!.violations, found!.unknown], [[], []]);
    assert.equal(found!.satisfied.length, 2);
  });
});

describe("the delivery of public buckets refuses", () => {
  const refused = (given: CdnArgs) => refusal(() => storage(given));

  it("names that nobody proves", async () => {
    assert.deepEqual(await refused(uncertified), [
      "storage.aws.cdn.acmCertificateArn: nothing given; the ARN of a certificate in us-east-1 is needed without a zone that proves the names (CV-OBJ-08).",
    ]);
  });

  it("names outside of the zone, and one twice", async () => {
    const aliases = ["media.example.org", "media.example.com", "notexample.org", "media.example.org"];
    const accepted =
      "names in example.org, whose zone proves them, are accepted, each once, or acmCertificateArn (CV-TLS-01)";
    assert.deepEqual(await refused({ ...uncertified, aliases, zone }), [
      `storage.aws.cdn.aliases[1]: media.example.com given; ${accepted}.`,
      `storage.aws.cdn.aliases[2]: notexample.org given; ${accepted}.`,
      `storage.aws.cdn.aliases[3]: media.example.org given; ${accepted}.`,
    ]);
  });

  it("more names than a certificate takes", async () => {
    const aliases = Array.from({ length: 11 }, (_, at) => `media-${at}.example.org`);
    assert.deepEqual(await refused({ ...uncertified, aliases, zone }), [
      "storage.aws.cdn.aliases: 11 names given; a certificate takes 10 (CV-TLS-01).",
    ]);
  });
});
