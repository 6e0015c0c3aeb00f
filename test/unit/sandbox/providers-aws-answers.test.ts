import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { isUnknown, textOf as text, unknown, type Value, type Values } from "../../../sandbox/providers/values.ts";
import { Aws, bucket, subject, subnet } from "./providers-fixtures.ts";

describe("what the stand-in for the aws provider answers", function () {
  this.timeout(30_000);
  let aws: Aws;
  beforeEach(() => (aws = new Aws()));
  afterEach(() => aws.remove());

  describe("before anything is made", () => {
    it("makes a name of the resource's own, keeps it, and makes another for another seed", async () => {
      const { inputs } = await aws.check(bucket, {});
      assert.match(text(inputs["bucket"]), /^media-[0-9a-f]{7}$/);
      const again = await aws.provider.check(subject(bucket), inputs, {}, Buffer.from("another"));
      assert.equal(again.inputs["bucket"], inputs["bucket"]);
      const another = await aws.provider.check(subject(bucket), {}, {}, Buffer.from("another"));
      assert.notEqual(another.inputs["bucket"], inputs["bucket"]);
      assert.equal((await aws.check(bucket, { bucketPrefix: "apg-" })).inputs["bucket"], undefined);
    });

    it("gives every resource that takes tags the provider's default tags", async () => {
      assert.deepEqual((await aws.check(bucket, { tags: { a: "b" } })).inputs["tags"], { environment: "test", a: "b" });
      assert.equal(
        (await aws.check("aws:s3/bucketPolicy:BucketPolicy", { bucket: "b", policy: "{}" })).inputs["tags"],
        undefined,
      );
    });

    it("writes a document that is an object as text, unless something in it is unknown", async () => {
      const document = (value: Value) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Resource: value }] });
      const of = async (value: Value) =>
        (await aws.check("aws:s3/bucketPolicy:BucketPolicy", { bucket: "b", policy: document(value) })).inputs[
          "policy"
        ];
      assert.equal(await of("*"), '{"Statement":[{"Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}');
      assert.ok(isUnknown(await of([unknown])));
    });

    it("knows of a preview what the vendor's provider would: what was given, defaults, region and tags", async () => {
      const { inputs } = await aws.check("aws:kms/key:Key", { enableKeyRotation: true });
      const { id, outputs } = await aws.provider.create(subject("aws:kms/key:Key"), inputs, true);
      assert.equal(id, "");
      for (const name of ["arn", "keyId", "policy", "rotationPeriodInDays"]) assert.ok(isUnknown(outputs[name]), name);
      assert.equal(outputs["enableKeyRotation"], true);
      assert.equal(outputs["isEnabled"], true);
      assert.equal(outputs["region"], "eu-central-1");
      assert.deepEqual(outputs["tagsAll"], { environment: "test" });
    });

    it("knows which names a certificate will be validated by, and later by what records", async () => {
      const { inputs } = await aws.check("aws:acm/certificate:Certificate", {
        domainName: "a.example",
        validationMethod: "DNS",
      });
      const { outputs } = await aws.provider.create(subject("aws:acm/certificate:Certificate"), inputs, true);
      const [option] = outputs["domainValidationOptions"] as Values[];
      assert.equal(option!["domainName"], "a.example");
      for (const name of ["Name", "Type", "Value"]) assert.ok(isUnknown(option![`resourceRecord${name}`]), name);
      const made = await aws.provider.create(subject("aws:acm/certificate:Certificate"), inputs, false);
      const [record] = made.outputs["domainValidationOptions"] as Values[];
      assert.match(text(record!["resourceRecordName"]), /^_[0-9a-f]{32}\.a\.example\.$/);
      assert.equal(record!["resourceRecordType"], "CNAME");
    });
  });

  describe("when it is made", () => {
    it("has a bucket's names and addresses", async () => {
      const { id, outputs } = await aws.up(bucket, { bucket: "apg-media" });
      assert.equal(id, "apg-media");
      assert.equal(outputs["arn"], "arn:aws:s3:::apg-media");
      assert.equal(outputs["bucketRegionalDomainName"], "apg-media.s3.eu-central-1.amazonaws.com");
    });

    it("has a cluster's endpoint, certificate, issuer and network", async () => {
      const { outputs } = await aws.up("aws:eks/cluster:Cluster", {
        name: "apg",
        roleArn: "arn:aws:iam::123456789012:role/eks",
        vpcConfig: { subnetIds: ["subnet-0123456789abcdef0"], endpointPublicAccess: false },
      });
      assert.equal(outputs["arn"], "arn:aws:eks:eu-central-1:123456789012:cluster/apg");
      assert.match(text(outputs["endpoint"]), /^https:\/\/[A-Z0-9]{32}\.gr7\.eu-central-1\.eks\.amazonaws\.com$/);
      const { vpcConfig, identities, certificateAuthority } = outputs as Record<string, Values>;
      assert.match(text(vpcConfig!["clusterSecurityGroupId"]), /^sg-[0-9a-f]{17}$/);
      assert.equal(vpcConfig!["endpointPublicAccess"], false);
      assert.match(JSON.stringify(identities), /https:\/\/oidc\.eks\.eu-central-1\.amazonaws\.com\/id\/[A-Z0-9]{32}"/);
      // Whatever reads a kubeconfig reads it, and takes nothing else.
      const authority = new X509Certificate(Buffer.from(text(certificateAuthority!["data"]), "base64"));
      assert.ok(authority.ca && authority.verify(authority.publicKey), "an authority's, signed by itself");
      assert.ok(authority.validToDate > new Date("2100-01-01"));
    });

    it("has the same authority for every cluster and every run, so that a plan does not differ by it", async () => {
      const authorityOf = async (name: string) => {
        const vpcConfig = { subnetIds: ["subnet-0123456789abcdef0"] };
        const roleArn = "arn:aws:iam::123456789012:role/eks";
        const { outputs } = await aws.up("aws:eks/cluster:Cluster", { name, roleArn, vpcConfig });
        return (outputs as Record<string, Values>)["certificateAuthority"];
      };
      const first = await authorityOf("apg-staging");
      aws.start();
      assert.deepEqual(await authorityOf("apg-prod"), first);
    });

    it("names the region that a resource asks for, and the account that the provider is held to", async () => {
      aws.provider.configure!({ region: "eu-central-1", allowedAccountIds: '["111122223333"]' });
      const { outputs } = await aws.up("aws:sqs/queue:Queue", { name: "jobs", region: "eu-west-1" });
      assert.equal(outputs["arn"], "arn:aws:sqs:eu-west-1:111122223333:jobs");
    });

    it("has something of the right kind for types that only the typings are known of", async () => {
      const { id, outputs } = await aws.up("aws:appsync/api:Api", {
        name: "media",
        eventConfig: {
          authProviders: [{ authType: "API_KEY" }],
          connectionAuthModes: [{ authType: "API_KEY" }],
          defaultPublishAuthModes: [{ authType: "API_KEY" }],
          defaultSubscribeAuthModes: [{ authType: "API_KEY" }],
        },
      });
      assert.equal(id, "media");
      assert.match(JSON.stringify(outputs), /"apiArn":"arn:aws:appsync:eu-central-1:123456789012:api\//);
      assert.deepEqual(outputs["dns"], {});
    });
  });

  describe("when it changes", () => {
    const changes = async (type: string, old: Values, inputs: Values) =>
      aws.provider.diff(subject(type), { id: "i", inputs: old, outputs: old }, inputs);

    it("is changed in place, or made anew where AWS cannot change it", async () => {
      const tags = await changes(bucket, { bucket: "a", tags: { x: "1" } }, { bucket: "a", tags: { x: "2" } });
      assert.deepEqual(tags.changes, [{ path: "tags.x", kind: "update", replaces: false }]);
      const renamed = await changes(bucket, { bucket: "a" }, { bucket: "b" });
      assert.deepEqual(renamed.changes, [{ path: "bucket", kind: "update", replaces: true }]);
      const moved = await changes(subnet, { vpcId: "a", region: "eu-west-1" }, { vpcId: "a", region: "eu-west-2" });
      assert.equal(moved.changes[0]!.replaces, true);
      const elsewhere = { id: "i", inputs: { vpcId: "a" }, outputs: { region: "us-east-1" } };
      const followed = await aws.provider.diff(subject(subnet), elsewhere, { vpcId: "a" });
      assert.deepEqual(
        followed.changes,
        [{ path: "region", kind: "update", replaces: true }],
        "the provider has moved",
      );
      const told = await changes(
        "aws:eks/cluster:Cluster",
        { bootstrapSelfManagedAddons: true },
        { bootstrapSelfManagedAddons: false },
      );
      assert.equal(told.changes[0]!.replaces, true, "the SDK's comment says so");
    });

    it("goes before the new one comes where both would have the same name", async () => {
      const fixed = { cidrBlock: "10.0.0.0/16", name: "same" };
      const group = "aws:ec2/securityGroup:SecurityGroup";
      assert.equal((await changes(group, { ...fixed, vpcId: "a" }, { ...fixed, vpcId: "b" })).deleteFirst, true);
      const generated = { name: "same-1234567", __defaults: ["name"] };
      assert.equal(
        (await changes(group, { ...generated, vpcId: "a" }, { ...generated, vpcId: "b" })).deleteFirst,
        false,
      );
    });

    it("keeps what AWS chose, and counts versions", async () => {
      const type = "aws:ec2/launchTemplate:LaunchTemplate";
      const { id, outputs } = await aws.up(type, { name: "nodes" });
      const inputs = { name: "nodes", description: "second" };
      const foreseen = await aws.provider.update(subject(type), id, outputs, inputs, true);
      assert.ok(isUnknown(foreseen["latestVersion"]));
      assert.equal(foreseen["arn"], outputs["arn"]);
      const updated = await aws.provider.update(subject(type), id, outputs, inputs, false);
      assert.equal(updated["latestVersion"], 2);
      assert.equal(updated["arn"], outputs["arn"]);
      assert.equal(updated["description"], "second");
    });
  });

  describe("references", () => {
    const inside = (vpcId: string) => ({ vpcId, cidrBlock: "10.0.0.0/24" });

    it("are refused once what they name is gone, whichever process is asked", async () => {
      const { id, outputs } = await aws.up("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
      await aws.up(subnet, inside(id));
      aws.start();
      const child = await aws.up(subnet, inside(id));
      await aws.provider.delete!(subject(subnet), child.id, child.outputs);
      await aws.up(subnet, inside(id));
      await aws.provider.delete!(subject("aws:ec2/vpc:Vpc"), id, outputs);
      aws.start();
      await assert.rejects(aws.up(subnet, inside(id)), new RegExp(`vpcId: ${id} does not exist`));
    });

    it("to keys and the like are refused by their ARNs, and stay when an alias goes", async () => {
      const key = await aws.up("aws:kms/key:Key", {});
      const alias = await aws.up("aws:kms/alias:Alias", { name: "alias/a", targetKeyId: key.id });
      await aws.provider.delete!(subject("aws:kms/alias:Alias"), alias.id, alias.outputs);
      const secret = { name: "s", kmsKeyId: key.outputs["arn"]! };
      await aws.up("aws:secretsmanager/secret:Secret", secret);
      await aws.provider.delete!(subject("aws:kms/key:Key"), key.id, key.outputs);
      await assert.rejects(
        aws.up("aws:secretsmanager/secret:Secret", secret),
        /kmsKeyId: arn:aws:kms.* does not exist/,
      );
    });
  });
});
