// How the configuration gets from Pulumi's engine into the program, and how its problems get back.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../config.ts";
import { asEngineDoes, stackFile, stacks, written } from "./config-fixtures.ts";

function load(stack: string, config: Record<string, unknown>, secretKeys: string[] = []) {
  pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "apg-platform", stack);
  pulumi.runtime.setAllConfig(asEngineDoes(config), secretKeys);
  return loadConfig();
}

const prefixed = (config: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [`apg:${key}`, value]));

/** What is written of a network and a cluster, and what is resolved for them: environment, account, and who copies volumes. */
const own = (stack: (typeof stacks)[number]) => {
  const file = stackFile(stack);
  const { aws } = file["apg:foundation"] as { aws: Record<string, unknown> };
  const account = file["apg:account"] as { accountId: string };
  const volumeCopiers = [`arn:aws:iam::${account.accountId}:role/apg-${stack}-velero`];
  return { aws: { ...aws, environment: stack, account, volumeCopiers } };
};
const foundations: Record<(typeof stacks)[number], unknown> = {
  sandbox: { cluster: { context: "apg-sandbox" } },
  staging: own("staging"),
  prod: own("prod"),
};

describe("reading a stack's configuration", () => {
  after(() => pulumi.runtime.setAllConfig({}));

  for (const stack of stacks) {
    it(`accepts Pulumi.${stack}.yaml, with both capabilities`, () => {
      const { environment, foundation, capabilities } = load(stack, stackFile(stack));
      assert.deepEqual(
        { environment, foundation, names: capabilities.map(({ capability }) => capability) },
        {
          environment: stack,
          foundation: foundations[stack],
          names: ["audio-processing", "computer-vision"],
        },
      );
    });
  }

  it("ends the program with every problem at once and without a stack trace", () => {
    const broken = written();
    broken.capabilities[1]!["replicas"] = { max: 15 };
    const config = { ...prefixed(broken), "apg:enviroment": "prod", "apg-platform:services": "none" };
    assert.throws(
      () => load("prod", config),
      (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          [
            "Pulumi.prod.yaml has 3 problems; nothing was changed:",
            '  apg-platform:services: unknown key; the nearest known key is "apg:services" (AUD-EXEC-03).',
            "  apg:capabilities[1].replicas.max: 15 given; at most 10 are allowed (AUD-PROD-02).",
            '  apg:enviroment: unknown key; the nearest known key is "apg:environment" (AUD-EXEC-03).',
          ].join("\n"),
        );
        return true;
      },
    );
  });

  it("leaves the configuration of providers and of Pulumi itself alone", () => {
    const config = { ...prefixed(written()), "pulumi:disable-default-providers": ["kubernetes"], "aws:region": "x" };
    assert.equal(load("prod", config).environment, "prod");
  });

  it("says what is wrong with text in the place of a list, and with broken JSON", () => {
    const config = { ...prefixed(written()), "apg:capabilities": "audio-processing", "apg:services": '{"gateway":' };
    assert.throws(() => load("prod", config), {
      message: [
        "Pulumi.prod.yaml has 2 problems; nothing was changed:",
        '  apg:capabilities: "audio-processing" given; a list of capabilities, which may be empty, is accepted (AUD-PROD-01).',
        '  apg:services: "{\\"gateway\\":" given; an object of named services is accepted (AUD-SEC-01).',
      ].join("\n"),
    });
  });

  it("knows a kubeconfig that is a Pulumi secret, and never repeats one that is not well formed", () => {
    const kubeconfig = { ...written(), foundation: { cluster: { kubeconfig: "token: hunter2" } } };
    const { foundation } = load("prod", prefixed(kubeconfig), ["apg:foundation"]);
    assert.deepEqual(foundation, kubeconfig.foundation);

    const misplaced = { ...written(), foundation: "token: hunter2" };
    assert.throws(() => load("prod", prefixed(misplaced), ["apg:foundation"]), {
      message: [
        "Pulumi.prod.yaml has 1 problem; nothing was changed:",
        "  apg:foundation: a secret given; an object with cluster, stack, aws is accepted (CV-KUBE-01).",
      ].join("\n"),
    });
  });
});
