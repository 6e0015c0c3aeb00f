import assert from "node:assert/strict";
import fc from "fast-check";
import { normalisedTenant, tenantIdentifier, tenantProblems } from "../../../../components/data/tenants.ts";

const name = fc.oneof(fc.string({ unit: "binary", maxLength: 70 }), fc.stringMatching(/^[a-cA-C _-]{0,6}$/));

describe("a tenant's name", () => {
  it("is lower case, letters and digits, words joined by hyphens in buckets and by underscores in databases", () => {
    const given = ["Acme", "Beta Corp.", " Ärzte & Söhne ", "a__b", "ＡＣＭＥ", "北京", ""];
    const expected = ["acme", "beta-corp", "arzte-sohne", "a-b", "acme", "", ""];
    assert.deepEqual(given.map(normalisedTenant), expected);
    assert.deepEqual(["Acme", "Beta Corp.", "a--b"].map(tenantIdentifier), [
      "tenant_acme",
      "tenant_beta_corp",
      "tenant_a_b",
    ]);
  });

  it("is a part of a bucket's name or nothing, and stays what it is", () => {
    fc.assert(
      fc.property(name, (tenant) => {
        const normalised = normalisedTenant(tenant);
        assert.match(normalised, /^([a-z0-9]+(-[a-z0-9]+)*)?$/);
        assert.equal(normalisedTenant(normalised), normalised);
      }),
    );
  });

  it("where it is accepted is an identifier, and no other tenant's in any form", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), (tenants) => {
        if (tenantProblems("tenants", tenants, "CV-DB-08").length > 0) return;
        accepted++;
        for (const form of [normalisedTenant, tenantIdentifier])
          assert.equal(new Set(tenants.map(form)).size, tenants.length);
        for (const tenant of tenants) assert.match(tenantIdentifier(tenant), /^tenant_[a-z0-9_]{1,56}$/);
      }),
      { numRuns: 1000 },
    );
    assert.ok(accepted > 100, `only ${accepted} were accepted`);
  });

  it("is refused when nothing is left of it, when it is the capability's own, too long, or another's", () => {
    const tenants = ["Acme", "!!", "Shared", "shared logs", "ACME.", "beta", "b".repeat(57)];
    const lines = (form?: (tenant: string) => string) =>
      tenantProblems("tenants", tenants, "CV-OBJ-02", form).map(({ path, reason }) => `${path}: ${reason}`);
    assert.deepEqual(lines(), [
      "tenants[1]: !! given; letters or digits are needed (CV-OBJ-02).",
      "tenants[2]: Shared given; shared is the capability's own; another name is needed (CV-OBJ-02).",
      "tenants[3]: shared logs given; shared is the capability's own; another name is needed (CV-OBJ-02).",
      "tenants[4]: ACME. given; it becomes acme, as tenants[0] (Acme) does; each tenant needs a name of its own (CV-OBJ-02).",
      `tenants[6]: ${"b".repeat(57)} given; at most 56 letters, digits and hyphens are allowed (CV-OBJ-02).`,
    ]);
    assert.ok(lines(tenantIdentifier)[3]?.includes("it becomes tenant_acme, as tenants[0] (Acme) does"));
  });
});
