// A second region: the same program with the stack file of another region and the zone of the first. The files are production's
// and one that is made of it as docs/aws.md says; both are looked at as at their first preview, before anything is made.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { evaluate } from "../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { removeCharts, writeCharts, chartFolder } from "./components/platform-fixtures.ts";
import { asEngineDoes, stackFile } from "./config-fixtures.ts";
import { firstPreview } from "./plan.ts";

type Config = Record<string, Record<string, unknown>> & Record<string, unknown>;

/** Production, and the same in another region of its account. */
function configs(): { first: Config; second: Config } {
  const first = structuredClone(stackFile("prod")) as Config;
  first["apg:operators"]!["chartFolder"] = chartFolder;
  const second = structuredClone(first);
  const region = "eu-west-1";
  second["apg:environment"] = "prod-west" as never;
  second["aws:region"] = region as never;
  Object.assign(second["apg:account"]!, { region, replicaRegion: "eu-central-1" });
  const aws = second["apg:foundation"]!["aws"] as Config;
  Object.assign(aws, { cidr: "10.60.0.0/16", zones: ["a", "b", "c"].map((letter) => region + letter) });
  Object.assign(aws["vpn"]!, { clientCidr: "10.61.0.0/20" });
  // Config's role is the account's, as are the images; the zone is the first's.
  const security = second["apg:security"]!;
  delete security["images"];
  security["compliance"] = { configRoleExists: true };
  second["apg:edge"]!["dns"] = { zoneId: "Z0SHARED" };
  // CloudFront gives a name to one distribution alone.
  const delivering = (second["apg:capabilities"] as unknown as Config[]).find(({ data }) => data?.["cdn"])!;
  (delivering["data"]!["cdn"] as Config)["aliases"] = ["media-west.apg.example"] as never;
  return { first, second };
}

describe("a second region", function () {
  this.timeout(60_000);
  let first: PlannedStack;
  let second: PlannedStack;
  const plan = (name: string, config: Config) =>
    firstPreview(() => {
      pulumi.runtime.setAllConfig(asEngineDoes(config));
      // Loaded anew, whatever other tests of this process have loaded.
      return import(`../../index.ts?region=${name}`);
    }, name);

  before(async () => {
    writeCharts();
    const given = configs();
    first = await plan("prod", given.first);
    second = await plan("prod-west", given.second);
  });
  after(() => {
    removeCharts();
    pulumi.runtime.setAllConfig({});
  });

  const proofs = (stack: PlannedStack, rule: string) =>
    evaluate(
      allRules.filter(({ name }) => name === rule),
      stack,
    )[0]!.satisfied.length;

  for (const rule of ["names-are-served-from-several-regions", "regions-have-a-cluster-each"]) {
    it(`proves ${rule} together with the first, and neither does alone`, () => {
      assert.equal(proofs(first, rule), 0);
      assert.equal(proofs(second, rule), 0);
      assert.ok(proofs(new PlannedStack([...first.resources, ...second.resources]), rule) > 0);
    });
  }

  it("is watched by itself", () => {
    const rules = ["the-account-has-an-audit-trail", "compliance-is-checked-and-pages", "intruders-are-found-and-page"];
    for (const rule of rules) assert.ok(proofs(second, rule) > 0, rule);
  });

  it("has a storage class of its own, which is not one too many of the first's", () => {
    const both = new PlannedStack([...first.resources, ...second.resources]);
    const [found] = evaluate(
      allRules.filter(({ name }) => name === "clusters-have-one-default-storage-class"),
      both,
    );
    assert.deepEqual(found!.violations, []);
    assert.equal(found!.satisfied.length, 2);
  });

  it("writes no record that the first has, but those of another region's, and proofs that are the same", () => {
    const own = (stack: PlannedStack) =>
      stack.resources
        .filter(({ type, props }) => type === "aws:route53/record:Record" && props["allowOverwrite"] !== true)
        .filter(({ props }) => props["setIdentifier"] === undefined)
        .map(({ props }) => `${String(props["type"])} ${String(props["name"])}`)
        .sort();
    assert.deepEqual(own(first), ["A media.apg.example", "AAAA media.apg.example", "CAA apg.example"]);
    assert.deepEqual(own(second), ["A media-west.apg.example", "AAAA media-west.apg.example"]);
  });

  it("calls nothing by a name that the first has in the account", () => {
    const named = (stack: PlannedStack) =>
      stack.resources
        .filter(({ type }) =>
          /^aws:(iam\/(role:Role|policy:Policy|samlProvider:SamlProvider)|s3\/bucket:Bucket)$/.test(type),
        )
        .map(({ props }) => String(props["name"] ?? props["bucket"]));
    const firsts = named(first);
    assert.ok(firsts.length > 10);
    assert.deepEqual(
      named(second).filter((name) => firsts.includes(name)),
      [],
    );
  });
});
