// What holds between the pack and environments without a cloud store, or with keys that only others can make anew.
import assert from "node:assert/strict";
import { add, all, dataStackWith, drop, find, partWith } from "./fixtures.ts";
import type { Change } from "./fixtures.ts";
import { Pack } from "./harness.ts";
import { metadata, resource } from "./resource.ts";

/** As where there is no cloud store: the program fills the Secrets itself. */
const withoutStore: Change = all(
  drop("database-secret"),
  drop("database-authority"),
  drop("redis-auth-secret"),
  add(
    resource("core/v1:Secret", "database-declared", {
      metadata: metadata("database"),
      stringData: { url: "postgres://app@db/app" },
    }),
  ),
);
const rules = [
  "database-addresses-name-the-pooler",
  "pods-take-secrets-from-the-store",
  "secrets-are-not-the-programs",
];

/** A secret that does not rotate, with these tags. */
const unrotated = (given: Record<string, string>): Change =>
  all(drop("password-rotation"), (stack) => {
    const tags = find(stack, "password").props.tags as Record<string, string>;
    delete tags["apg:rotation"];
    Object.assign(tags, given);
  });

describe("the policy pack, over secrets", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());
  afterEach(() => pack.configureStack({}));

  it("lets the sandbox alone keep its Secrets in the program", async () => {
    const broken = async (environment: string) => {
      await pack.configureStack({ "apg:environment": environment });
      const found = (await pack.analyze(dataStackWith(withoutStore))).map(({ policy }) => policy);
      return [...new Set(found.filter((policy) => rules.includes(policy)))].sort();
    };
    for (const environment of ["staging", "prod", "test"]) assert.deepEqual(await broken(environment), rules);
    assert.deepEqual(await broken("sandbox"), []);
  });

  it("lets environments on AWS have keys of other services that people change, and nothing else that does not rotate", async () => {
    const key = { "apg:third-party": "speech", "apg:rotation": "by hand because only the service can" };
    const broken = async (environment: string, change: Change) => {
      await pack.configureStack({ "apg:environment": environment });
      const found = await pack.analyze(partWith("secrets", change));
      return found.filter(({ policy }) => policy === "secrets-rotate").length;
    };
    for (const environment of ["staging", "prod"]) {
      assert.equal(await broken(environment, unrotated(key)), 0);
      const others: Record<string, string>[] = [
        { "apg:rotation": "by hand because only the service can" },
        { "apg:third-party": "speech" },
        { ...key, "apg:rotation": "none because pods hold it" },
        {},
      ];
      for (const other of others) assert.equal(await broken(environment, unrotated(other)), 1, JSON.stringify(other));
    }
    assert.equal(await broken("test", unrotated(key)), 1);
  });
});
