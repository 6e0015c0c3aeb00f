import assert from "node:assert/strict";
import { join } from "node:path";
import { parseRequest, shortName, stackFileOf, verdictOf } from "../../preview/arguments.ts";
import { withoutSecretsProvider } from "../../preview/workspace.ts";
import { UserError } from "../../sandbox/errors.ts";

const root = join(import.meta.dirname, "../..");
const parse = (...args: string[]) => parseRequest(args, "/from");
const refused = (act: () => unknown, message: RegExp, hint: RegExp) =>
  assert.throws(act, (error) => error instanceof UserError && message.test(error.message) && hint.test(error.hint));

describe("npm run preview", () => {
  it("takes a stack and its own options, and gives the rest to pulumi", () => {
    assert.deepEqual(parse("prod"), { stack: "prod", fresh: false, readiness: false, pulumi: [] });
    assert.deepEqual(
      parse("--diff", "acme/apg-platform/prod", "--readiness", "--json", "p.json", "--target", "urn:x"),
      {
        stack: "acme/apg-platform/prod",
        fresh: false,
        readiness: true,
        json: "/from/p.json",
        pulumi: ["--diff", "--target", "urn:x"],
      },
    );
    assert.equal(parse("prod", "--json=/tmp/p.json")?.json, "/tmp/p.json");
    assert.equal(parse("prod", "--fresh")?.fresh, true);
    assert.equal(parse("prod", "--help"), undefined);
  });

  it("refuses what it cannot do, with the way out", () => {
    refused(() => parse(), /^Which stack\?$/, /npm run preview -- prod/);
    refused(() => parse("prod", "--json"), /^--json: no file given\.$/, /plan\.json/);
    refused(() => parse("prod", "--json", "--diff"), /^--json: no file given\.$/, /plan\.json/);
    for (const option of ["--policy-pack", "-s", "--config-file", "--color=never"])
      refused(() => parse("prod", option, "x"), /is this command's own to give\.$/, /--help/);
  });

  it("names the stacks that there are when it is asked for another", () => {
    assert.equal(stackFileOf("acme/apg-platform/prod", root), join(root, "Pulumi.prod.yaml"));
    refused(
      () => stackFileOf("production", root),
      /^There is no stack production: Pulumi\.production\.yaml/,
      /prod, .*staging/,
    );
    assert.equal(shortName("organization/apg-platform/prod"), "prod");
  });

  it("counts what Pulumi says of policies", () => {
    const printed = [
      "    ❌ apg-platform@v0.1.0 (local: policy-pack)",
      "        - [mandatory] [severity: high]  images-are-pinned  (kubernetes:apps/v1:Deployment: a)",
      "        - [advisory] [severity: low]  some-rule  (kubernetes:apps/v1:Deployment: b)",
      "          can't run policy \"x\" during preview: string value at .y can't be known during preview",
    ].join("\n");
    assert.deepEqual(verdictOf(printed), { violations: 1, undecided: 1 });
    assert.deepEqual(verdictOf("    ✅ apg-platform@v0.1.0 (local: policy-pack)"), { violations: 0, undecided: 0 });
  });

  it("plans without the keys of another state, and refuses what only those can read", () => {
    const file =
      "encryptionsalt: v1:abc=\nsecretsprovider: awskms://alias/x\nencryptedkey: abc\nconfig:\n  aws:region: eu-central-1\n";
    assert.equal(withoutSecretsProvider(file), "config:\n  aws:region: eu-central-1\n");
    refused(
      () => withoutSecretsProvider(`${file}  apg:foundation:\n    cluster:\n      kubeconfig:\n        secure: AAAB\n`),
      /^kubeconfig is encrypted/,
      /without --fresh/,
    );
  });
});
