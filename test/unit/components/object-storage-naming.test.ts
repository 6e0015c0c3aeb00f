import assert from "node:assert/strict";
import fc from "fast-check";
import type { ObjectStorageArgs } from "../../../components/data/object-storage/args.ts";
import {
  mostBuckets,
  replicationPolicies,
  workloadPolicies,
} from "../../../components/data/object-storage/identity-policies.ts";
import { bucketName, isBucketName, replicaName } from "../../../components/data/object-storage/naming.ts";
import { bucketTemplate, ownBucket, plannedBuckets, tenantsOf } from "../../../components/data/object-storage/plan.ts";
import { objectStorageProblems } from "../../../components/data/object-storage/problems.ts";
import { normalisedTenant } from "../../../components/data/tenants.ts";
import { aws, onAws } from "./object-storage-fixtures.ts";

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/);
const someArgs: fc.Arbitrary<ObjectStorageArgs> = fc
  .record({
    capability: label,
    environment: label,
    tenants: fc.array(
      fc.oneof(label, fc.string({ maxLength: 24 }), fc.constantFrom("acme", "Acme", "acme-media", "a b")),
    ),
    purposes: fc.uniqueArray(fc.oneof(label, fc.constantFrom("data", "media", "b")), { minLength: 1, maxLength: 3 }),
    suffix: fc.option(fc.oneof(label, fc.constant("s3alias")), { nil: undefined }),
  })
  .map(({ capability, environment, tenants, purposes, suffix }) => ({
    ...onAws,
    capability,
    environment,
    tenants,
    purposes: purposes.map((name) => ({ name, dataClass: "internal", expireDays: 365 })),
    aws: { ...aws, nameSuffix: suffix },
  }));

describe("buckets' names", () => {
  it("say whose they are, what for and where", () => {
    assert.deepEqual(
      plannedBuckets({
        ...onAws,
        purposes: [
          { name: "data", dataClass: "internal", expireDays: 90 },
          { name: "media", dataClass: "internal", expireDays: 90 },
        ],
      }).map(({ name }) => name),
      [
        "apg-audio-processing-shared-prod-apg1",
        "apg-audio-processing-shared-media-prod-apg1",
        "apg-audio-processing-acme-prod-apg1",
        "apg-audio-processing-acme-media-prod-apg1",
        "apg-audio-processing-beta-corp-prod-apg1",
        "apg-audio-processing-beta-corp-media-prod-apg1",
      ],
    );
    assert.equal(bucketTemplate(onAws, "data"), "apg-audio-processing-{tenant}-prod-apg1");
  });

  it("are valid and no two the same, whatever is accepted", () => {
    let accepted = 0;
    fc.assert(
      fc.property(someArgs, (args) => {
        if (objectStorageProblems(args).length > 0) return;
        accepted++;
        const logs = ownBucket(args, "accessLogs", args.aws?.nameSuffix);
        const backup = ownBucket(args, "backup", args.aws?.nameSuffix);
        const data = plannedBuckets(args).map(({ name }) => name);
        const all = [...data, logs, backup].flatMap((name) => [name, replicaName(name)]);
        assert.deepEqual(
          all.filter((name) => !isBucketName(name)),
          [],
        );
        assert.equal(new Set(all).size, all.length);
        const template = bucketTemplate(args, args.purposes![0]!.name);
        for (const tenant of tenantsOf(args)) assert.ok(data.includes(template.replace("{tenant}", tenant)));
      }),
      { numRuns: 1000 },
    );
    assert.ok(accepted > 100, `only ${accepted} were accepted`);
  });

  it("differ between tenants of one purpose", () => {
    const tenant = fc.string().map(normalisedTenant);
    fc.assert(
      fc.property(tenant, tenant, label, label, label, (a, b, capability, environment, purpose) => {
        const name = (of: string) => bucketName({ capability, environment, tenant: of, purpose });
        assert.equal(name(a) === name(b), a === b);
      }),
    );
  });
});

describe("policies of roles", () => {
  it("fit into IAM's limit with the longest names, as many as a role can have", () => {
    const long = Array.from({ length: mostBuckets }, (_, at) => `${"b".repeat(57)}${String(at).padStart(3, "0")}`);
    const place = { accountId: "123456789012", region: "ap-southeast-4" };
    const aliases = ["public", "internal", "confidential", "restricted"].map(
      (of) => `alias/apg-computer-vision-production-${of}`,
    );
    const documents = [workloadPolicies(long, aliases, place), replicationPolicies(long, aliases, place, place, true)];
    for (const policies of documents) {
      assert.equal(policies.length, 10);
      for (const policy of policies) assert.ok(policy.length <= 6144, `${policy.length} characters`);
      const named = policies.join();
      assert.deepEqual(
        long.filter((bucket) => !named.includes(`arn:aws:s3:::${bucket}/*`)),
        [],
      );
    }
  });
});
