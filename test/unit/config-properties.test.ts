// What holds for every configuration, however it is written.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";
import { loadCatalogue } from "../../checklist/catalogue.ts";
import { Capability } from "../../components/index.ts";
import { validateConfig } from "../../config.ts";
import { imageObjection } from "../../checklist/image.ts";
import { ConfigError, editDistance, nearestOf } from "../../config/problems.ts";
import type { Path } from "../../config/problems.ts";
import { digest, today, withFirst, written, writtenData } from "./config-fixtures.ts";

const seed = 20261122;

/** The paths of all values in plain data. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== "object") return [path];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    path,
    ...steps.flatMap((step) => pathsOf((value as Record<string | number, unknown>)[step], [...path, step])),
  ];
}

function replaced(data: unknown, path: Path, by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  const copy = structuredClone(data) as Record<string | number, unknown>;
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}

const full = () => ({
  ...withFirst({
    replicas: { min: 4, max: 9 },
    resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "2", memory: "3Gi" } },
    scaling: { cpuPercent: 60, scaleUp: { pods: 3 }, queueLength: { metric: "jobs", averageValue: "30" } },
    settings: { BATCH_SIZE: "8" },
    featureFlags: [{ name: "stereo", default: true, owner: "audio-team", removeBy: "2027-06-30" }],
    secrets: [{ env: "DB_PASSWORD", secretName: "db", key: "password" }],
    probes: { startup: { failureThreshold: 90 } },
    sessionAffinity: { timeoutSeconds: 600 },
    nodeAffinity: { required: { pool: ["general"] }, preferred: { "apg.io/disk": ["ssd", "nvme"] } },
    tolerations: [{ key: "apg.io/pool", value: "general", effect: "NoExecute" }],
    operatorGroups: ["audio-operators"],
    migrationArgs: ["migrate"],
    data: {
      postgres: { instances: 5, limits: { cpu: "2", memory: "8Gi" }, pooler: { maxClients: 500 }, storage: "100Gi" },
      redis: { replicas: 5, memoryLimit: "6Gi", storage: "12Gi" },
      purposes: [{ name: "data", dataClass: "internal", expireDays: 365, archiveAfterDays: 20 }],
    },
  }),
  tenants: ["acme", "globex"],
  data: { ...writtenData(), storageClass: "fast", deletionProtection: true },
  backup: {
    databaseSchedule: "0 0 2 * * *",
    retentionDays: 30,
    rtoMinutes: 15,
    clusterState: { schedule: "0 3 * * *" },
  },
});

/** Keys and values of labels and of taints. */
const nodeKey = fc.stringMatching(/^([a-z][a-z0-9-]{0,9}[a-z0-9]\.io\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
const nodeValue = fc.stringMatching(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/);
const nodeLabels = fc.dictionary(nodeKey, fc.array(nodeValue, { minLength: 1, maxLength: 3 }), { maxKeys: 3 });

/** Sound keys of a capability, small and large, given and not. */
const soundKeys = fc.record(
  {
    component: fc.constantFrom("api", "worker"),
    port: fc.integer({ min: 1, max: 65535 }),
    replicas: fc
      .tuple(fc.integer({ min: 3, max: 10 }), fc.integer({ min: 3, max: 10 }))
      .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
    resources: fc
      .tuple(
        fc.integer({ min: 500, max: 2000 }),
        fc.integer({ min: 500, max: 2000 }),
        fc.integer({ min: 1024, max: 4096 }),
        fc.integer({ min: 1024, max: 4096 }),
      )
      .map(([a, b, c, d]) => ({
        requests: { cpu: `${Math.min(a, b)}m`, memory: `${Math.min(c, d)}Mi` },
        limits: { cpu: `${Math.max(a, b)}m`, memory: `${Math.max(c, d)}Mi` },
      })),
    scaling: fc.record(
      {
        cpuPercent: fc.integer({ min: 1, max: 70 }),
        memoryPercent: fc.integer({ min: 1, max: 80 }),
        scaleUp: fc.record({ stabilizationSeconds: fc.integer({ min: 0, max: 60 }), pods: fc.integer({ min: 1 }) }),
        scaleDown: fc.record({ percent: fc.integer({ min: 1, max: 25 }), periodSeconds: fc.constantFrom(60, 1800) }),
        processingTime: fc.constant({ metric: "seconds", averageValue: "1500m" }),
      },
      { requiredKeys: [] },
    ),
    settings: fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/), fc.oneof(fc.string(), fc.integer()), {
      maxKeys: 3,
    }),
    probes: fc.record({
      liveness: fc.record({ path: fc.constant("/live"), periodSeconds: fc.integer({ min: 1, max: 10 }) }),
      readiness: fc.record({ timeoutSeconds: fc.integer({ min: 1 }), failureThreshold: fc.integer({ min: 3 }) }),
    }),
    sessionAffinity: fc.record({ timeoutSeconds: fc.integer({ min: 1, max: 86400 }) }, { requiredKeys: [] }),
    runtime: fc.constantFrom("python", "jvm", "other"),
    nodeAffinity: fc.record({ required: nodeLabels, preferred: nodeLabels }, { requiredKeys: [] }),
    tolerations: fc.array(
      fc.record(
        { key: nodeKey, value: nodeValue, effect: fc.constantFrom("NoSchedule", "PreferNoSchedule", "NoExecute") },
        { requiredKeys: ["key"] },
      ),
      { maxLength: 3 },
    ),
    preStopSeconds: fc.integer({ min: 1, max: 29 }),
    terminationGraceSeconds: fc.integer({ min: 30, max: 3600 }),
    deploymentTimeout: fc.constantFrom("90s", "1h30m"),
    persistentVolumeClaims: fc.nat(100),
    viewerGroups: fc.array(fc.constantFrom("auditors", "developers"), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

describe("every configuration", () => {
  it("is accepted, or refused with a path and a checklist item for each problem", () => {
    const paths = pathsOf(full());
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        try {
          validateConfig(replaced(full(), path, value), { today });
        } catch (error) {
          assert.ok(error instanceof ConfigError, String(error));
          assert.ok(error.problems.length > 0);
          for (const problem of error.problems) assert.match(problem, /^.*: .+; .+ \((AUD|CV)-[A-Z0-9, -]+\)\.$/s);
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it("that has two mistakes is refused for both", () => {
    const paths = pathsOf(written()).filter((path) => path.length > 1);
    fc.assert(
      fc.property(fc.constantFrom(...paths), (path) => {
        const broken = replaced(replaced(written(), path, []), ["environment"], 7);
        const refusal = (raw: unknown) => {
          try {
            validateConfig(raw, { today });
            return [];
          } catch (error) {
            return (error as ConfigError).problems.map((problem) => problem.split(": ")[0]!);
          }
        };
        const both = refusal(broken);
        assert.ok(both.includes("apg:environment"));
        for (const single of refusal(replaced(written(), path, []))) assert.ok(both.includes(single), single);
      }),
      { seed },
    );
  });

  it("that is accepted is accepted by the components too", async function () {
    this.timeout(30_000);
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
      call: ({ inputs }) => inputs as Record<string, unknown>,
    });
    let accepted = 0;
    fc.assert(
      fc.property(soundKeys, (keys) => {
        let config;
        try {
          config = validateConfig(withFirst(keys), { today });
        } catch (error) {
          // A random setting may have a name or a value that a checklist objects to, and nothing else may be wrong.
          assert.ok(error instanceof ConfigError, String(error));
          for (const problem of error.problems) assert.match(problem, /^apg:capabilities\[0\]\.settings\./);
          return;
        }
        accepted++;
        const { capability, ...args } = config.capabilities[0]!;
        new Capability(capability, args);
      }),
      { seed, numRuns: 20 },
    );
    assert.ok(accepted > 5, `${accepted} of 20 accepted`);
    await pulumi.runtime.disconnect();
  });

  it("is judged by items that the checklists have", () => {
    const folder = new URL("../../config/", import.meta.url);
    const known = new Set(loadCatalogue().map(({ id }) => id));
    for (const file of readdirSync(folder)) {
      const cited = readFileSync(new URL(file, folder), "utf8").match(/\b(AUD|CV)-[A-Z]+-\d\d\b/g) ?? [];
      assert.deepEqual(
        cited.filter((id) => !known.has(id)),
        [],
        file,
      );
    }
  });
});

describe("every image", () => {
  const version = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => parts.join("."));
  const repository = fc.constantFrom("audio", "apg/audio", "registry:5000/apg/audio_1", "registry.example/a/b");

  it("with a semantic version and a digest is accepted everywhere, without digest only where none is required", () => {
    fc.assert(
      fc.property(repository, version, (name, tag) => {
        assert.equal(imageObjection(`${name}:${tag}${digest}`, { digestRequired: true }), undefined);
        assert.equal(imageObjection(`${name}:${tag}`, { digestRequired: false }), undefined);
        assert.match(imageObjection(`${name}:${tag}`, { digestRequired: true })!, /^it has no digest/);
        assert.match(imageObjection(`${name}${digest}`, { digestRequired: true })!, /^it has no version tag/);
      }),
      { seed },
    );
  });
});

describe("the distance between two words", () => {
  const word = fc.string({ maxLength: 12 });

  it("is 0 for the same word alone, the same both ways, and never shortened by a detour", () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        assert.equal(editDistance(a, b) === 0, a === b);
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.ok(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
      }),
      { seed },
    );
  });

  it("finds the key that a slip of one character meant", () => {
    const keys = ["environment", "foundation", "services", "capabilities"];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(9), (key, at) => {
        assert.equal(nearestOf(key.slice(0, at) + key.slice(at + 1), keys), key);
      }),
      { seed },
    );
  });
});
