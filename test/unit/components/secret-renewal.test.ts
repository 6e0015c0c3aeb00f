// Pods have in their environment what Secrets held when they started: somebody replaces them when that has changed.
import assert from "node:assert/strict";
import { Capability, ThirdPartyKeys } from "../../../components/index.ts";
import type { SecretStoreArgs } from "../../../components/security/secrets/store.ts";
import { evaluate } from "../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../../policy-pack/rules/index.ts";
import { record } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import { onAws } from "./data/fixtures.ts";
import { image } from "./fixtures.ts";
import { state, store, types } from "./secrets/fixtures.ts";

const own = "audio-processing-secret-renewal";
const component = "secret-renewal";
const declare = (secretStore?: SecretStoreArgs) =>
  record(
    () => {
      const capability = new Capability("audio-processing", {
        environment: "prod",
        image,
        secrets: [{ env: "SPEECH_KEY", secretName: "third-party-speech", key: "key" }],
        dataPlatform: { ...onAws, ...(secretStore !== undefined && { secretStore }) },
      });
      const home = { namespace: capability.namespace, capability: "audio-processing", environment: "prod" };
      new ThirdPartyKeys("audio-keys", { ...home, store: secretStore ?? store, keys: [{ name: "speech" }] });
    },
    (type) => (type === "kubernetes:core/v1:Service" ? { spec: { clusterIP: "10.96.0.7" } } : state(type)),
  );

describe("the renewal of what pods took from Secrets", () => {
  let recording: Recording<unknown>;
  before(async () => {
    recording = await declare(store);
  });
  const named = (of: Recording<unknown>) => of.resources.filter(({ name }) => name.includes(component));

  it("is there where secrets rotate, and nowhere else", async () => {
    assert.deepEqual(
      named(recording)
        .map(({ type }) => type.replace(/^kubernetes:.*:/, ""))
        .sort(),
      ["ConfigMap", "CronJob", "NetworkPolicy", "PrometheusRule", "Role", "RoleBinding", "ServiceAccount"],
    );
    assert.deepEqual(named(await declare()), []);
    const { rotation, ...still } = store;
    assert.ok(rotation);
    assert.deepEqual(named(await declare(still)), []);
  });

  it("may change the one Deployment, and sees of each Secret a hash alone", () => {
    const { rules } = recording.inputs("kubernetes:rbac.authorization.k8s.io/v1:Role", own);
    assert.deepEqual(rules, [
      {
        apiGroups: ["apps"],
        resources: ["deployments"],
        resourceNames: ["audio-processing-api"],
        verbs: ["get", "patch"],
      },
    ]);
    const { spec } = recording.inputs("kubernetes:batch/v1:CronJob", own) as {
      spec: { schedule: string; jobTemplate: { spec: { template: { spec: { volumes: Inputs[] } } } } };
    };
    assert.equal(spec.schedule, "*/15 * * * *");
    const { volumes } = spec.jobTemplate.spec.template.spec;
    const secret = (name: string) => ({ secret: { name, items: [{ key: "version", path: name }], optional: true } });
    assert.deepEqual(volumes.find(({ name }) => name === "versions")!.projected, {
      sources: ["postgres-role-app", "redis-application", "third-party-speech"].map(secret),
    });
    assert.ok(!JSON.stringify(volumes).includes("password"));
  });

  it("knows by a key of each Secret that changes with the values", () => {
    const dataOf = (name: string) =>
      (
        recording.resources.find(
          ({ type, inputs }) => type === types.external && (inputs.metadata as { name: string }).name === name,
        )!.inputs.spec as { target: { template: { data: Inputs } } }
      ).target.template.data;
    assert.equal(dataOf("postgres-role-app").version, "{{ .password | sha256sum }}");
    assert.equal(dataOf("redis-application").version, "{{ .application | sha256sum }}");
  });

  it("calls people when nobody looks any more, days before a password ends", () => {
    const { spec } = recording.inputs("kubernetes:monitoring.coreos.com/v1:PrometheusRule", own) as {
      spec: { groups: { rules: Inputs[] }[] };
    };
    const [rule] = spec.groups[0]!.rules;
    assert.equal(rule!.alert, "SecretsNotTaken");
    assert.match(rule!.expr as string, /namespace="apg-audio-processing-prod", cronjob="secret-renewal"/);
    assert.match(rule!.expr as string, /> 3600 or absent\(/);
  });

  it("breaks no rule that the same capability keeps without it", () => {
    const broken = (of: Recording<unknown>) => {
      const stack = new PlannedStack(
        of.resources.map(({ type, name, inputs }) => ({
          urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
          type,
          name,
          props: inputs,
          dependencies: [],
        })),
      );
      return evaluate(allRules, stack).flatMap(({ rule, violations }) =>
        violations.map(({ message }) => `${rule}: ${message}`),
      );
    };
    assert.deepEqual(
      broken(recording).filter((message) => message.includes(component)),
      [],
    );
  });
});
