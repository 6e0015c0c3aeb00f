import assert from "node:assert/strict";
import { evaluate } from "../../policy-pack/lib/evaluate.ts";
import { allRules } from "../../policy-pack/rules/index.ts";
import { accessCases } from "./cases/access.ts";
import { accountAndServiceCases } from "./cases/accounts-and-services.ts";
import { availabilityCases } from "./cases/availability.ts";
import { backupCases } from "./cases/backup.ts";
import type { RuleCases } from "./cases/case.ts";
import { clientCases } from "./cases/clients.ts";
import { edgeCases } from "./cases/edge.ts";
import { foundationCases } from "./cases/foundation.ts";
import { secretsCases } from "./cases/secrets.ts";
import { securityCases } from "./cases/security.ts";
import { configurationCases } from "./cases/configuration.ts";
import { hostIsolationCases } from "./cases/host-isolation.ts";
import { imagesOfDataCases } from "./cases/images-of-data.ts";
import { namespaceCases } from "./cases/namespaces.ts";
import { objectAccessCases } from "./cases/object-access.ts";
import { objectStorageCases } from "./cases/object-storage.ts";
import { podSecurityCases } from "./cases/pod-security.ts";
import { postgresAccessCases } from "./cases/postgres-access.ts";
import { postgresBackupCases } from "./cases/postgres-backup.ts";
import { postgresCases } from "./cases/postgres.ts";
import { recoveryCases } from "./cases/recovery.ts";
import { redisCases } from "./cases/redis.ts";
import { redisSecurityCases } from "./cases/redis-security.ts";
import { runbookCases } from "./cases/runbooks.ts";
import { scalingCases } from "./cases/scaling.ts";
import { settingsCases } from "./cases/settings.ts";
import { workloadCases } from "./cases/workloads.ts";
import { dataStackWith, partWith, planned, stackWith } from "./fixtures.ts";
import type { Change } from "./fixtures.ts";
import { platformParts } from "./good-stack.ts";
import { Pack } from "./harness.ts";

const cases: RuleCases[] = [
  ...podSecurityCases,
  ...hostIsolationCases,
  ...workloadCases,
  ...scalingCases,
  ...availabilityCases,
  ...namespaceCases,
  ...configurationCases,
  ...accessCases,
  ...accountAndServiceCases,
  ...settingsCases,
  ...postgresCases,
  ...postgresAccessCases,
  ...postgresBackupCases,
  ...imagesOfDataCases,
  ...backupCases,
  ...redisCases,
  ...redisSecurityCases,
  ...objectStorageCases,
  ...objectAccessCases,
  ...clientCases,
  ...recoveryCases,
  ...runbookCases,
  ...foundationCases,
  ...securityCases,
  ...edgeCases,
  ...secretsCases,
];

const nothing: Change = () => {};

function stackOf(of: RuleCases["of"] = "application", change: Change) {
  if (of === "application") return stackWith(change);
  return of === "data" ? dataStackWith(change) : partWith(of, change);
}

describe("the rules, asked as the engine asks them", () => {
  let pack: Pack;
  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  const complaintsOf = async ({ of }: RuleCases, change: Change) =>
    (await pack.analyze(stackOf(of, change))).map(({ policy: _, ...rest }) => rest);

  it("have nothing against the good stack", async () => {
    assert.deepEqual(await pack.analyze(stackWith()), []);
  });

  it("have nothing against the good stack with its data", async () => {
    assert.deepEqual(await pack.analyze(dataStackWith()), []);
  });

  for (const part of platformParts) {
    it(`have nothing against a platform's good ${part}`, async () => {
      assert.deepEqual(await pack.analyze(partWith(part)), []);
    });
  }

  it("have cases for every rule, and no others", () => {
    assert.deepEqual(cases.map(({ rule }) => rule).sort(), allRules.map(({ name }) => name).sort());
  });

  for (const each of cases) {
    const { rule, of, proves, good = [], bad } = each;
    describe(rule, () => {
      before(() => pack.askOnly(rule));
      after(() => pack.askOnly());
      const proof = proves === "nothing" ? "proves nothing" : "is proved by the good stack or a case of its own";
      it(proof, () => {
        const definition = allRules.filter(({ name }) => name === rule);
        const proofs = [nothing, ...good.map(({ change }) => change)].flatMap((change) =>
          evaluate(definition, planned(stackOf(of, change))).flatMap(({ satisfied }) => satisfied),
        );
        assert.equal(proofs.length === 0, proves === "nothing");
      });

      for (const { when, change } of good) {
        it(`accepts that ${when}`, async () => assert.deepEqual(await complaintsOf(each, change), []));
      }
      for (const { when, change, on, says } of bad) {
        it(`refuses that ${when}`, async () => {
          const expected = says.map((message) => ({ level: "mandatory", message, resource: on }));
          assert.deepEqual(await complaintsOf(each, change), expected);
        });
      }
    });
  }
});
