import assert from "node:assert/strict";
import { unknown, type Values } from "../../../sandbox/providers/values.ts";
import { Aws, bucket, subnet } from "./providers-fixtures.ts";

describe("the stand-in for the aws provider", function () {
  this.timeout(30_000);
  let aws: Aws;
  beforeEach(() => (aws = new Aws()));
  afterEach(() => aws.remove());

  describe("refuses", () => {
    const trust = "aws:iam/role:Role";
    const cases: [string, string, Values, string][] = [
      ["a misspelt input", bucket, { bukcet: "x" }, "bukcet: not known; did you mean bucket?"],
      [
        "a misspelt input within another",
        bucket,
        { lifecycleRules: [{ enabled: true, expiratoin: { days: 1 } }] },
        "lifecycleRules[0].expiratoin: not known; did you mean expiration?",
      ],
      [
        "an unlike one, by naming those that there are",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        { role: "a", policyArn: "b", condition: "c" },
        "condition: not known; known are: policyArn, role",
      ],
      ["a missing input", "aws:s3/bucketPolicy:BucketPolicy", { bucket: "b" }, "policy: missing, and required"],
      [
        "a missing input within another",
        "aws:s3/bucketVersioning:BucketVersioning",
        { bucket: "b", versioningConfiguration: {} },
        "versioningConfiguration.status: missing, and required",
      ],
      ["a wrong kind", bucket, { forceDestroy: "maybe" }, "forceDestroy: a string given; a boolean is accepted"],
      ["an object for a list", bucket, { lifecycleRules: {} }, "lifecycleRules: an object given; a list is accepted"],
      [
        "a value in the wrong case",
        "aws:s3/bucketVersioning:BucketVersioning",
        { bucket: "b", versioningConfiguration: { status: "enabled" } },
        'versioningConfiguration.status: "enabled" given; did you mean "Enabled"?',
      ],
      ["a bucket name in capitals", bucket, { bucket: "Media" }, 'bucket: "Media" given; lower-case letters'],
      ["a short bucket name", bucket, { bucket: "ab" }, 'bucket: "ab" has 2 characters; 3 to 63 are accepted'],
      ["an address as a bucket name", bucket, { bucket: "10.0.0.1" }, 'bucket: "10.0.0.1" given; the form of an IP'],
      ["a long role name", trust, { assumeRolePolicy: "{}", name: "r".repeat(65) }, "has 65 characters; 1 to 64"],
      ["a broken document", trust, { assumeRolePolicy: "{" }, "assumeRolePolicy: no valid JSON"],
      ["broken JSON in a policy", "aws:kms/key:Key", { policy: '{"Statement": [}' }, "policy: no valid JSON"],
      [
        "a misspelt word in a policy that is given as an object",
        trust,
        { assumeRolePolicy: { Version: "2012-10-17", Statement: [{ Effekt: "Allow" }] } },
        "assumeRolePolicy.Statement[0].Effekt: not known; did you mean Effect?",
      ],
      [
        "a number out of range",
        "aws:kms/key:Key",
        { deletionWindowInDays: 3 },
        "deletionWindowInDays: 3 given; 7 to 30",
      ],
    ];
    for (const [what, type, inputs, message] of cases) {
      it(what, async () => {
        const found = await aws.refusals(type, inputs);
        assert.ok(
          found.some((line) => line.includes(message)),
          `${found.join("\n")}\nhas: ${message}`,
        );
      });
    }

    it("a type that the SDK does not have", async () => {
      await assert.rejects(aws.refusals("aws:s3/buckett:Buckett", {}), /has no resource type aws:s3\/buckett:Buckett/);
    });

    it("a behaviour of a distribution without an origin", async () => {
      const found = await aws.refusals("aws:cloudfront/distribution:Distribution", {
        enabled: true,
        origins: [{ originId: "media", domainName: "example.com" }],
        defaultCacheBehavior: {
          targetOriginId: "medias",
          viewerProtocolPolicy: "https-only",
          allowedMethods: ["GET"],
          cachedMethods: ["GET"],
        },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: {},
      });
      assert.deepEqual(found, ['defaultCacheBehavior.targetOriginId: "medias" given; no origin has this originId']);
    });

    it("a provider without a region, or with a misspelt setting", async () => {
      const { refusals } = await aws.provider.checkConfig!({ maxRetrys: "3" });
      const lines = refusals.map(({ property, reason }) => `${property} ${reason}`).join("\n");
      assert.match(lines, /maxRetrys: not known; did you mean maxRetries\?/);
      assert.match(lines, /region missing/);
    });

    it("a function that it cannot answer, by naming those that it can", async () => {
      await assert.rejects(
        async () => aws.provider.invoke!("aws:ec2/getVpc:getVpc", {}),
        /cannot answer aws:ec2\/getVpc:getVpc\. It answers: .*getCallerIdentity/,
      );
    });
  });

  describe("accepts", () => {
    const accepted: [string, string, Values][] = [
      ["what is unknown yet, wherever it stands", bucket, { bucket: unknown, tags: unknown, lifecycleRules: unknown }],
      ["values newer than the SDK's comments", "aws:kms/key:Key", { keyUsage: "KEY_AGREEMENT" }],
      [
        "an identity from elsewhere",
        subnet,
        { vpcId: "vpc-0123456789abcdef0", cidrBlock: "10.0.0.0/24", availabilityZone: "eu-central-1b" },
      ],
    ];
    for (const [what, type, inputs] of accepted) {
      it(what, async () => assert.deepEqual(await aws.refusals(type, inputs), []));
    }

    it("a number for a text, and the reverse, as the vendor's provider does", async () => {
      const { inputs } = await aws.check("aws:kms/key:Key", { deletionWindowInDays: "10", description: 7 });
      assert.equal(inputs["deletionWindowInDays"], 10);
      assert.equal(inputs["description"], "7");
    });
  });
});
