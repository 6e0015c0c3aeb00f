import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { billionths } from "../../checklist/quantity.ts";
import { allowedDifferences } from "../../promotion/allowed.ts";
import { compareStacks, leavesOf } from "../../promotion/compare.ts";
import type { Config } from "../../promotion/compare.ts";
import { renderDifferences } from "../../promotion/render.ts";
import { readStack } from "../../promotion/stacks.ts";
import { UserError } from "../../sandbox/errors.ts";

const root = join(import.meta.dirname, "../..");
const problems = (from: Config, to: Config) =>
  compareStacks(from, to).flatMap(({ key, problem }) => (problem === undefined ? [] : [`${key} ${problem}`]));

/** One environment with what stack files may say of sizes, besides what those say that are here. */
const sized = (environment: string): Config => ({
  "apg:environment": environment,
  "aws:allowedAccountIds": [environment === "prod" ? "000000000001" : "000000000002"],
  "apg:foundation": {
    aws: {
      zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      natGatewayPerZone: true,
      systemNodes: { minSize: 3, maxSize: 6, diskGib: 100, instanceTypes: ["m7i.2xlarge", "m6i.2xlarge"] },
    },
  },
  "apg:edge": {
    gateway: { minReplicas: 3, limits: { cpu: "2", memory: "4Gi" } },
    firewall: { requestsPerFiveMinutes: 2000 },
    logRetentionDays: 365,
  },
  "apg:backup": { rtoMinutes: 15, rpoMinutes: 5, retentionDays: 30 },
  "apg:data": { deletionProtection: true, images: { redis: "redis:7.2.11" } },
  "apg:capabilities": [
    {
      name: "audio-processing",
      image: `apg/audio-processing:1.0.0@sha256:${"0".repeat(64)}`,
      replicas: { min: 3, max: 10 },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2", memory: "4Gi" } },
      data: { postgres: { instances: 3, storage: "50Gi" }, redis: { replicas: 3, memoryLimit: "5Gi" } },
      probes: { readiness: { periodSeconds: 10 } },
    },
  ],
});

/** The same configuration with another value at one key. */
function changed(config: Config, key: string, value: unknown): Config {
  const copy = structuredClone(config) as Record<string, unknown>;
  let at: unknown = copy;
  const parts = key.split(".");
  for (const part of parts.slice(0, -1)) at = step(at, part);
  const last = parts.at(-1)!;
  if (value === undefined) delete (at as Record<string, unknown>)[last];
  else (at as Record<string, unknown>)[last] = value;
  return copy;
}
const step = (at: unknown, part: string): unknown =>
  Array.isArray(at)
    ? (at as { name?: string; key?: string }[]).find((each, index) =>
        [each.name, each.key, String(index)].includes(part),
      )
    : (at as Record<string, unknown>)[part];

describe("npm run promotion", () => {
  it("finds in the shipped stack files nothing but what may differ", () => {
    const differences = compareStacks(readStack("staging", root), readStack("prod", root));
    assert.deepEqual(
      differences.filter(({ problem }) => problem !== undefined),
      [],
    );
    const keys = differences.map(({ key }) => key);
    for (const key of ["apg:environment", "aws:allowedAccountIds", "apg:account.accountId"])
      assert.ok(keys.includes(key));
  });

  it("finds nothing at all between a stack and itself", () => {
    assert.deepEqual(compareStacks(readStack("prod", root), readStack("prod", root)), []);
  });

  it("lets names of environment and account differ wherever they are, and nothing else of the same value", () => {
    const [staging, prod] = [sized("staging"), sized("prod")];
    const role = (account: string, name = "x") => `arn:aws:iam::${account}:role/apg-${name}`;
    const withKey = (config: Config, value: string) => ({ ...config, "apg:some": { key: value } });
    assert.deepEqual(problems(withKey(staging, role("000000000002")), withKey(prod, role("000000000001"))), []);
    assert.deepEqual(problems(withKey(staging, "http://a-staging.svc"), withKey(prod, "http://a-prod.svc")), []);
    assert.equal(problems(withKey(staging, role("000000000002")), withKey(prod, role("000000000001", "y"))).length, 1);
    const image = (account: string, version = "1.0.0") => ({
      "apg:data": { images: { redis: `${account}.dkr.ecr.eu-central-1.amazonaws.com/redis:${version}` } },
    });
    const from = { ...staging, ...image("000000000002") };
    assert.deepEqual(problems(from, { ...prod, ...image("000000000001") }), []);
    assert.equal(
      problems(from, { ...prod, ...image("000000000001", "1.0.1") }).length,
      1,
      "a registry in each account",
    );
    assert.equal(problems(withKey(staging, "restaging"), withKey(prod, "reprod")).length, 1, "a word of its own only");
  });

  it("lets production be larger, keep longer, and be back sooner", () => {
    const staging = sized("staging");
    const larger = [
      ["apg:foundation.aws.systemNodes.minSize", 4],
      ["apg:foundation.aws.systemNodes.instanceTypes", ["m7i.4xlarge"]],
      ["apg:edge.logRetentionDays", 400],
      ["apg:edge.firewall.requestsPerFiveMinutes", 1000],
      ["apg:backup.retentionDays", 60],
      ["apg:backup.rtoMinutes", 10],
      ["apg:capabilities.audio-processing.replicas.min", 5],
      ["apg:capabilities.audio-processing.data.postgres.storage", "0.1Ti"],
      ["apg:capabilities.audio-processing.image", `apg/audio-processing:1.0.0@sha256:${"1".repeat(64)}`],
    ] as const;
    for (const [key, value] of larger) {
      const found = compareStacks(staging, changed(sized("prod"), key, value)).find((each) => each.key === key);
      assert.ok(found?.because !== undefined && found.problem === undefined, key);
    }
  });

  it("refuses whatever is weaker or only different, with key, values and reason", () => {
    const staging = sized("staging");
    const weaker: [string, unknown, RegExp][] = [
      ["apg:foundation.aws.natGatewayPerZone", false, /weaker: off/],
      ["apg:foundation.aws.zones", ["eu-central-1a", "eu-central-1b"], /weaker: fewer/],
      ["apg:foundation.aws.systemNodes.instanceTypes", ["m7i.4xlarge", "m7i.xlarge"], /weaker: smaller instances/],
      ["apg:foundation.aws.systemNodes.instanceTypes", ["x1.huge"], /not known here/],
      ["apg:edge.gateway.limits.cpu", "1900m", /weaker: less/],
      ["apg:backup.rpoMinutes", 6, /weaker: more/],
      ["apg:data.deletionProtection", false, /weaker: off/],
      ["apg:capabilities.audio-processing.resources.limits.memory", "4095Mi", /weaker: less/],
      ["apg:capabilities.audio-processing.resources.limits.cpu", "a lot", /no number or quantity/],
      ["apg:capabilities.audio-processing.image", "apg/audio-processing:1.0.0", /another image/],
      ["apg:capabilities.audio-processing.image", `apg/audio-processing:1.0.1@sha256:${"0".repeat(64)}`, /promote/],
      ["apg:capabilities.audio-processing.probes.readiness.periodSeconds", 30, /not among the differences/],
      ["apg:capabilities.audio-processing.replicas.min", undefined, /in the first only/],
    ];
    for (const [key, value, problem] of weaker) {
      const found = compareStacks(staging, changed(sized("prod"), key, value)).find((each) => each.key === key)!;
      assert.match(found.problem ?? "", problem, key);
      assert.equal(found.because, undefined);
    }
    assert.equal(problems(staging, { ...sized("prod"), "apg:extra": { a: 1 } }).length, 1);
  });

  it("takes what is not given for the platform's own number, where that is known", () => {
    const [nat, size] = ["apg:foundation.aws.natGatewayPerZone", "apg:foundation.aws.systemNodes.minSize"];
    const [one, none] = [changed(sized("staging"), nat, false), changed(sized("prod"), nat, undefined)];
    assert.deepEqual(problems(one, none), [], "one in staging, and the usual one for each zone in production");
    assert.deepEqual(problems(changed(sized("staging"), nat, undefined), changed(sized("prod"), nat, false)), [
      `${nat} is weaker: off in the second`,
    ]);
    assert.deepEqual(problems(changed(sized("staging"), size, 4), changed(sized("prod"), size, undefined)), [
      `${size} is weaker: less than in the first`,
    ]);
  });

  it("catches every number that is made weaker", () => {
    for (const [staging, prod] of [
      [sized("staging"), sized("prod")],
      [readStack("staging", root), readStack("prod", root)],
    ] as const) {
      const numbers = [...leavesOf(prod)].filter(
        ([key, value]) =>
          !/accountId|cidr|image/i.test(key) &&
          (typeof value === "number" || (typeof value === "string" && billionths(value) !== undefined)),
      );
      assert.ok(numbers.length > 2);
      fc.assert(
        fc.property(fc.constantFrom(...numbers), fc.integer({ min: 1, max: 1_000_000 }), ([key, larger], by) => {
          const sooner = /rtoMinutes|rpoMinutes|requestsPerFiveMinutes|credentialDays|refreshMinutes|maxNodeHours/.test(
            key,
          );
          // Less than what staging has, which may be less than production's already.
          const value = leavesOf(staging).get(key) ?? larger;
          const weaker =
            typeof value === "number" ? value + (sooner ? by : -by) : `${billionths(value as string)! - BigInt(by)}n`;
          const found = compareStacks(staging, changed(prod, key, weaker)).find((each) => each.key === key);
          assert.ok(found?.problem !== undefined, `${key}: ${String(value)} and ${weaker}`);
        }),
        { numRuns: 300 },
      );
    }
  });

  it("says of every kind of difference why it may be", () => {
    for (const { keys, because } of allowedDifferences) assert.ok(because.length > 0, keys);
    const keys = allowedDifferences.map((each) => each.keys);
    assert.equal(new Set(keys).size, keys.length);
  });

  it("is readable: what may be first, what may not last", () => {
    const text = renderDifferences(
      compareStacks(sized("staging"), changed(sized("prod"), "apg:backup.retentionDays", 7)),
      "staging",
      "prod",
    );
    assert.match(text, /^apg:environment may differ: the environment's name\n {2}staging: staging\n {2}prod: prod\n/);
    assert.match(
      text,
      /apg:backup\.retentionDays is weaker: less than in the first\n {2}staging: 30\n {2}prod: 7\n\n1 difference that may not be\.$/,
    );
  });

  it("refuses a stack file that the program would refuse", () => {
    const folder = mkdtempSync(join(tmpdir(), "promotion-"));
    try {
      const file = join(folder, "Pulumi.prod.yaml");
      writeFileSync(file, readFileSync(join(root, "Pulumi.prod.yaml"), "utf8").replace(/@sha256:0+/g, ""));
      assert.throws(
        () => readStack(file, root),
        (error) =>
          error instanceof UserError && /would be refused:\n {2}apg:capabilities\[0\]\.image/.test(error.message),
      );
      assert.throws(() => readStack("production", root), UserError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
