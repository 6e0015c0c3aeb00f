// What holds between the pack and stacks that keep data: settings, config, and the room that data needs.
import assert from "node:assert/strict";
import { namespace } from "./cases/case.ts";
import { all, dataStackWith, drop, find, set } from "./fixtures.ts";
import type { Change } from "./fixtures.ts";
import { digest } from "./good-stack.ts";
import { Pack } from "./harness.ts";

const waitForDatabase: Change = (stack) => {
  find(stack, "migration").dependencies = [find(stack, "release-backup").urn];
};

describe("the policy pack, over data", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  describe("settings", () => {
    afterEach(async () => {
      await pack.configureStack({});
      await pack.configure({});
    });

    it("accept keys, plain archives and images without a digest from the sandbox's own server alone", async () => {
      const likeTheSandbox = all(
        set("cluster", "spec.imageName", "postgres:15"),
        set("archive", "spec.configuration", {
          endpointURL: "https://s3.test",
          s3Credentials: { accessKeyId: { name: "s3", key: "id" } },
        }),
      );
      const rules = ["database-images-are-pinned", "pods-hold-no-cloud-keys", "postgres-encrypts-its-archive"];
      const broken = async (environment: string) => {
        await pack.configureStack({ "apg:environment": environment });
        const found = (await pack.analyze(dataStackWith(likeTheSandbox))).map(({ policy }) => policy);
        return rules.filter((rule) => found.includes(rule));
      };
      assert.deepEqual(await broken("staging"), rules);
      assert.deepEqual(await broken("sandbox"), []);
    });

    it("ask the sandbox alone for no Velero", async () => {
      const withoutVelero = all(drop("state-backup"), drop("location"), drop("release-state"), waitForDatabase);
      const rules = ["applications-wait-for-their-release-backup", "namespaces-with-data-are-backed-up-daily"];
      const broken = async (environment: string) => {
        await pack.configureStack({ "apg:environment": environment });
        const found = (await pack.analyze(dataStackWith(withoutVelero))).map(({ policy }) => policy);
        return rules.filter((rule) => found.includes(rule));
      };
      assert.deepEqual(await broken("staging"), rules);
      assert.deepEqual(await broken("sandbox"), []);
    });

    it("lower the floor of PostgreSQL to what the second list accepts, and no further", async () => {
      const runs = async (image: string) =>
        (await pack.analyze(dataStackWith(set("cluster", "spec.imageName", `${image}@${digest}`)))).map(
          ({ message }) => message,
        );
      await pack.configure({ "postgres-is-new-enough": { minMajor: 9 } });
      assert.deepEqual(await runs("postgres:14.19"), []);
      assert.deepEqual(await runs("postgres:13.22"), [
        `Cluster "${namespace}/postgres" runs PostgreSQL 13: use 14 or later.`,
      ]);
    });
  });

  describe("the stack's config", () => {
    afterEach(() => pack.configureStack({}));

    it("says which tenants there are, and wins over what a resource says", async () => {
      await pack.configureStack({
        "apg:tenants": JSON.stringify(["initech"]),
        "apg:backup": JSON.stringify({ rtoMinutes: 30, rpoMinutes: 5 }),
        "other:tenants": JSON.stringify(["nobody"]),
      });
      const found = await pack.analyze(dataStackWith());
      assert.deepEqual(
        found.map(({ policy, message }) => [policy, message]),
        [
          [
            "tenants-have-schemas-of-their-own",
            `Cluster "${namespace}/postgres" has no schema for the tenant initech: add one to the schemas of its Database.`,
          ],
          [
            "recovery-targets-are-stated-and-kept",
            `Cluster "${namespace}/postgres" has a target of recovery time of 30 minutes: set rtoMinutes in apg:backup to at most 15.`,
          ],
          [
            "buckets-belong-to-one-tenant",
            'The tenant initech has no bucket beside Bucket "apg-audio-acme-test": declare one with the tag apg:tenant.',
          ],
        ],
      );
    });
  });

  describe("a namespace that holds data", () => {
    const says = async (rule: string, change: Change) =>
      (await pack.analyze(dataStackWith(change))).filter(({ policy }) => policy === rule).map(({ message }) => message);
    const limits = `LimitRange "${namespace}/limits"`;

    it("has a limit for pods that lets the largest of them in, and not much more", async () => {
      const capped = (memory: string) =>
        says("limit-ranges-cap-every-pod", set("limits", "spec.limits.0.max.memory", memory));
      assert.deepEqual(await capped("5632Mi"), []);
      assert.deepEqual(await capped("4Gi"), [
        `${limits} keeps out pods that may use 5Gi memory, as their data needs: raise max.memory of type Pod to that.`,
      ]);
      assert.deepEqual(await capped("6Gi"), [
        `${limits} does not cap a pod's memory: set max.memory of type Pod to at most 5632Mi.`,
      ]);
    });

    it("has a quota for the pods that the operator makes as well", async () => {
      const more = all(
        set("cluster", "spec.resources.requests.cpu", "4"),
        set("pooler-rw", "spec.template.spec.containers.0.resources.requests.cpu", "1"),
      );
      assert.deepEqual(await says("quotas-fit-the-workloads-at-full-scale", more), [
        `ResourceQuota "${namespace}/quota" allows 12 of requests.cpu and the workloads need 20 at full scale: raise it.`,
      ]);
    });
  });
});
