// Which part of a platform on AWS waits for which, and what one tells another.
import assert from "node:assert/strict";
import { charts } from "../../../components/operators/charts.ts";
import type { PlatformConfig } from "../../../components/platform/config.ts";
import { types, role, full, declare, everything, without, writeCharts, removeCharts } from "./platform-fixtures.ts";

describe("the order of a platform", function () {
  this.timeout(30_000);
  before(writeCharts);
  after(removeCharts);

  it("waits for the cluster with whatever AWS ties to it", async () => {
    const recording = await everything();
    const cluster = `${types.cluster}::foundation`;
    const tied = recording.resources.filter(({ type }) => [types.entry, types.identity].includes(type as never));
    assert.deepEqual(
      tied.map(({ name }) => name).sort(),
      [
        ...["secrets-operator", "security-break-glass"],
        ...["cert-manager", "policy-controller", "velero"].map((name) => `identities-${name}`),
        ...["autoscaler", "balancers", "cni", "volumes", "apg-deployer"].map((name) => `foundation-${name}`),
      ].sort(),
    );
    for (const { type, name, inputs } of tied) {
      assert.equal(inputs["clusterName"], "apg-prod", name);
      assert.ok(recording.dependencies(type, name).includes(cluster), name);
    }
  });

  it("makes the keys of secrets after the roles that their policies name", async () => {
    const named = [`${types.role}::security-break-glass`, `${types.role}::secrets-writer`];
    const waits = (await everything()).dependencies(types.key, "secrets-key");
    assert.deepEqual(
      named.filter((each) => !waits.includes(each)),
      [],
    );
    const alone = await declare(without("security"));
    assert.deepEqual(
      alone.dependencies(types.key, "secrets-key").filter((each) => each.includes("security-")),
      [],
    );
    assert.doesNotMatch(JSON.stringify(alone.inputs(types.key, "secrets-key")), /break-glass/);
  });

  it("starts operators when their nodes and identities are there, and the rest when they are ready", async () => {
    const recording = await everything();
    const identities = [
      "foundation-autoscaler",
      "foundation-balancers",
      "foundation-volumes",
      "secrets-operator",
    ].concat(["cert-manager", "policy-controller", "velero"].map((name) => `identities-${name}`));
    const needed = [`${types.nodes}::foundation-system`, ...identities.map((name) => `${types.identity}::${name}`)];
    for (const { name } of charts) {
      const waits = recording.dependencies(types.chart, `operators-${name}`);
      assert.deepEqual(
        needed.filter((each) => !waits.includes(each)),
        [],
        name,
      );
    }
    const ready = recording.dependencies(types.provider, "platform");
    for (const { name } of charts) assert.ok(ready.includes(`${types.chart}::operators-${name}`), name);
  });

  it("reaches what runs on the operators through the provider that waits for them", async () => {
    const through = async (config: PlatformConfig) => {
      const { resources } = await declare(config);
      const found = resources.filter(
        ({ type, name }) => type.startsWith("kubernetes:") && !/^(foundation|operators)-/.test(name),
      );
      assert.ok(found.length > 20);
      return [...new Set(found.map(({ provider }) => provider!.split("::").at(-2)))];
    };
    assert.deepEqual(await through(full), ["platform"]);
    assert.deepEqual(await through(without("operators")), ["foundation"]);
    assert.deepEqual(await through({ ...full, operators: { managed: true } }), ["foundation"]);
  });

  it("pages by the same topic for security, secrets and the edge", async () => {
    const recording = await everything();
    const topic = `${types.topic}::security-alarms`;
    for (const [type, name] of [
      ["aws:cloudwatch/eventTarget:EventTarget", "secrets-rotation-failed"],
      ["aws:cloudwatch/metricAlarm:MetricAlarm", "edge-targets"],
    ] as const)
      assert.ok(recording.dependencies(type, name).includes(topic), name);
    const silent = await declare(without("security"));
    assert.deepEqual(silent.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "edge-targets")["alarmActions"], []);
  });

  it("takes the readers of secrets for usual, and those whom it is told of", async () => {
    const detecting = async (config: PlatformConfig) => {
      const { resources } = await declare(config);
      return JSON.stringify(resources.filter(({ name }) => name.startsWith("security-detection")));
    };
    const others = role("apg-staging-external-secrets");
    const usual = "role/apg-prod-secret-rotation";
    assert.ok((await detecting(full)).includes(usual));
    assert.ok(!(await detecting(without("secrets"))).includes(usual));
    const told = { ...full, security: { ...full.security!, secretReaders: [others] } };
    for (const each of [usual, others]) assert.ok((await detecting(told)).includes(each), each);
  });
});
