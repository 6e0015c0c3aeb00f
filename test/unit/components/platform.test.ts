// What a stack on AWS has around its capabilities: which parts there are. What each part declares is in its own test.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { createFoundation } from "../../../components/foundation/index.ts";
import { charts } from "../../../components/operators/charts.ts";
import type { PlatformConfig } from "../../../components/platform/config.ts";
import { createPlatform } from "../../../components/platform/platform.ts";
import { record, valueOf } from "../recorder.ts";
import { refusedByAws } from "./aws-check.ts";
import { policyControllerRoleArn } from "../../../components/operators/names.ts";
import { accountId } from "./foundation-fixtures.ts";
import { statement } from "./object-storage-fixtures.ts";
import {
  types,
  bare,
  full,
  declare,
  everything,
  tops,
  without,
  state,
  chartFile,
  writeCharts,
  removeCharts,
  every,
} from "./platform-fixtures.ts";

/** Identities of operators of several parts, so of any of them. */
const identities = "apg:operators:OperatorIdentities::identities";
const ground = ["apg:foundation:Cluster::foundation", "apg:foundation:Network::network"];
const kinds = [types.policy, `${types.policy}Binding`];
const refusals = (...names: string[]) => kinds.flatMap((kind) => names.map((name) => `${kind}::platform-${name}`));

/** What each part is, at the top. */
const parts: Partial<Record<keyof PlatformConfig, string[]>> = {
  operators: ["apg:operators:Operators::operators", `${types.provider}::platform`],
  nodePools: ["apg:foundation:NodePools::nodes"],
  security: ["apg:security:Runbooks::runbooks", "apg:security:Security::security"],
  signing: ["apg:security:ImagePolicy::signatures"],
  admission: refusals(...every),
  secrets: ["apg:security:SecretStores::secrets", "apg:security:Secrets::secrets"],
  edge: ["apg:edge:Edge::edge"],
};

describe("createPlatform", function () {
  this.timeout(30_000);
  before(writeCharts);
  after(removeCharts);

  it("adds nothing to the foundation that nothing is said of", async () => {
    const recording = await declare();
    const { made } = recording;
    assert.deepEqual(tops(recording), ground);
    assert.deepEqual(made.platform, { provider: made.foundation.provider, namespaceLabels: {}, data: {} });
    assert.deepEqual(tops(await declare(bare)), ground);
  });

  it("declares every part once, and what AWS takes", async () => {
    const recording = await everything();
    assert.deepEqual(tops(recording), [...ground, identities, ...Object.values(parts).flat()].sort());
    assert.deepEqual(await refusedByAws(recording.resources), []);
    const { platform, foundation } = recording.made;
    assert.notEqual(platform.provider, foundation.provider);
    assert.equal(platform.gateway!.name, "apg");
    assert.equal(await valueOf(pulumi.output(platform.gateway!.namespace)), "apg-gateway-prod");
    assert.deepEqual(platform.namespaceLabels, {
      "istio.io/dataplane-mode": "ambient",
      "policy.sigstore.dev/include": "true",
    });
    assert.equal(platform.data.secretStore!.accountId, accountId);
    assert.ok(pulumi.Output.isInstance(platform.data.deliveryWebAclArn));
  });

  for (const [name, of] of Object.entries(parts)) {
    it(`leaves out ${name} alone where another stack has it`, async () => {
      const recording = await declare(without(name as keyof PlatformConfig));
      assert.deepEqual(
        tops(recording),
        [...ground, identities, ...Object.values(parts).flat()].filter((path) => !of.includes(path)).sort(),
      );
      assert.deepEqual(await refusedByAws(recording.resources), []);
    });
  }

  it("gives the operators' pods an identity of those parts that need one", async () => {
    const associations = async (config: PlatformConfig) =>
      (await declare(config)).resources.flatMap(({ type, name }) =>
        type === types.identity && name.startsWith("identities-") ? [name.slice("identities-".length)] : [],
      );
    assert.deepEqual(await associations({ ...bare, clusterState: {} }), ["velero"]);
    const { signing } = full;
    assert.deepEqual(await associations({ ...bare, signing: signing! }), ["policy-controller"]);
    // Elsewhere than in ECR nobody has to say who they are.
    assert.deepEqual(await associations({ ...bare, signing: { ...signing!, registries: ["ghcr.io/apg"] } }), []);
  });

  it("lets the check of signatures pull the stack's images, and nobody else besides those who are named", async () => {
    const nodes = `arn:aws:iam::${accountId}:role/apg-prod-node`;
    const images = { repositories: ["apg/audio-processing"], pullers: [nodes] };
    const config = { ...full, security: { ...full.security!, images } };
    const pullers = async (given: PlatformConfig) => {
      const recording = await declare(given);
      const { policy } = recording.inputs(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "security-registry-apg-audio-processing",
      );
      return statement(policy, "Pull").Condition!["ArnEquals"]!["aws:PrincipalArn"];
    };
    const controller = policyControllerRoleArn(accountId, "prod");
    assert.deepEqual(await pullers(config), [nodes, controller]);
    const recording = await declare(config);
    const rights = recording.inputs("aws:iam/policy:Policy", "identities-policy-controller")["policy"];
    assert.deepEqual(statement(rights, "Pull").Resource, [
      `arn:aws:ecr:eu-central-1:${accountId}:repository/apg/audio-processing`,
    ]);
    assert.deepEqual(await pullers({ ...without("signing"), security: config.security }), [nodes]);
  });

  it("labels namespaces for the mesh and for signatures only where they are asked for", async () => {
    assert.deepEqual((await declare(without("mesh"))).made.platform.namespaceLabels, {
      "policy.sigstore.dev/include": "true",
    });
    assert.deepEqual((await declare(without("mesh", "signing"))).made.platform.namespaceLabels, {});
  });

  it("installs no operators and has no edge on a cluster that is not the stack's own", async () => {
    const recording = await record(() => {
      const foundation = createFoundation({ cluster: { context: "apg" } });
      return createPlatform(full, foundation);
    }, state);
    const platform = await recording.value;
    assert.equal(platform.gateway, undefined);
    assert.deepEqual(
      recording.resources.filter(({ type }) => /^apg:(edge|operators):/.test(type)),
      [],
    );
    const entry = recording.inputs(types.entry, "security-break-glass");
    assert.equal(entry["clusterName"], "apg-prod");
  });

  it("refuses an update without a chart that cannot be had, and says how to go on", async () => {
    const keda = charts.find(({ name }) => name === "keda")!;
    const file = chartFile(keda);
    rmSync(file);
    try {
      await assert.rejects(declare(full), (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(
          error.message,
          /^operators\.install\.keda: chart keda .* cannot be installed, as .*\.tgz does not exist; apg:operators\.chartFolder/,
        );
        return true;
      });
    } finally {
      writeFileSync(file, "");
    }
  });
});
