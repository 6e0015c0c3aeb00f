// Databases and caches with a store, beside the same without: what pods find in their Secrets must be the same.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { aclFile } from "../../../../components/data/redis/acl.ts";
import { PostgresCluster } from "../../../../components/data/postgres/postgres-cluster.ts";
import { RedisSentinel } from "../../../../components/data/redis/redis-sentinel.ts";
import type { SecretStoreArgs } from "../../../../components/security/secrets/store.ts";
import { filled } from "../../../../components/security/secrets/template.ts";
import { slotted, takingTurns } from "../../../../components/security/secrets/turns.ts";
import { evaluate } from "../../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../../../policy-pack/rules/index.ts";
import { record } from "../../recorder.ts";
import type { Inputs, Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import * as redis from "../redis-fixtures.ts";
import { home, plain, state, store, types } from "./fixtures.ts";

const digest = `@sha256:${"0".repeat(64)}`;
const database = (secretStore?: SecretStoreArgs) =>
  record(
    () =>
      new PostgresCluster("audio", {
        ...home,
        image: `ghcr.io/cloudnative-pg/postgresql:15.17-system${digest}`,
        poolerImage: `ghcr.io/cloudnative-pg/pgbouncer:1.24.1${digest}`,
        issuer: { name: "data" },
        apiServer: { peer: { cidr: "10.0.0.0/16" }, port: 443 },
        ...(secretStore && { secretStore }),
      }),
    state,
  );
const cache = (secretStore?: SecretStoreArgs) =>
  record(
    () => new RedisSentinel("cache", { ...redis.minimal, backup: redis.backup, ...(secretStore && { secretStore }) }),
    (type) => ({ ...redis.state(type), ...state(type) }),
  );

type Named = Inputs & { name: string };
interface Template {
  metadata: Inputs;
  type?: string;
  data: Record<string, string>;
}

/** The Secrets of the cluster, by their names: metadata, type, and what is in them. */
function secretsOf(recording: Recording<unknown>): Record<string, unknown> {
  const kept = recording.resources.filter(({ type }) => type === types.version);
  const values = Object.fromEntries(
    kept.flatMap(({ inputs }) =>
      Object.entries(JSON.parse(plain(inputs.secretString) as string) as Record<string, string>),
    ),
  );
  const declared = recording.resources.filter(({ type }) => type === types.secret);
  const external = recording.resources.filter(({ type }) => type === types.external);
  const found: Record<string, unknown> = {};
  for (const { inputs } of declared) {
    const { metadata, type, stringData } = inputs as { metadata: Named; type?: string; stringData: unknown };
    found[metadata.name] = { labels: metadata.labels, type, data: plain(stringData) };
  }
  for (const { inputs } of external) {
    const { target } = inputs.spec as { target: { name: string; template: Template } };
    const { metadata, type, data } = target.template;
    const entries = Object.entries(data).map(([key, text]) => [key, filled(text, values)] as const);
    found[target.name] = { labels: metadata.labels, type, data: Object.fromEntries(entries) };
  }
  return found;
}

const rulesOfSecrets = [
  "secrets-are-not-the-programs",
  "external-secrets-are-fresh",
  "policies-read-secrets-by-name",
  "kept-secrets-have-a-key-of-the-platform",
  "critical-secrets-are-in-another-region",
  "buckets-and-secrets-say-their-data-class",
  "secrets-are-not-in-plain-text",
];

for (const [name, declare, passwords] of [
  ["PostgresCluster", database, 2],
  ["RedisSentinel", cache, 1],
] as const)
  describe(`${name} with a store of secrets`, () => {
    let without: Recording<unknown>;
    let with_: Recording<unknown>;
    before(async () => {
      without = await declare();
      with_ = await declare(store);
    });

    it("has the same in its Secrets, with the same labels", () => {
      assert.ok(Object.keys(secretsOf(without)).length > 1);
      assert.deepEqual(secretsOf(with_), secretsOf(without));
    });

    it("keeps its passwords together, and declares no Secret itself", () => {
      const count = (type: string) => with_.resources.filter((each) => each.type === type).length;
      assert.equal(count(types.kept), passwords);
      assert.equal(count(types.version), passwords);
      assert.equal(count(types.secret), 0);
      assert.equal(count(types.external), Object.keys(secretsOf(without)).length);
    });

    it("is otherwise the same", () => {
      const others = ({ resources }: Recording<unknown>) =>
        resources
          .filter(({ type }) => !/^(aws|apg):|external-secrets|core\/v1:Secret$/.test(type))
          .map(({ type, name: of, inputs }) => ({ type, of, inputs }))
          .sort((a, b) => `${a.type}${a.of}`.localeCompare(`${b.type}${b.of}`));
      assert.deepEqual(others(with_), others(without));
    });

    it("shows no password but to the store", () => {
      const holding = with_.resources.filter(({ inputs }) => JSON.stringify(inputs).includes("generated"));
      assert.deepEqual([...new Set(holding.map(({ type }) => type))], [types.version]);
    });

    it("is accepted by the rules of secrets, and refused by AWS in nothing", async () => {
      assert.deepEqual(await refusedByAws(with_.resources), []);
      const stack = new PlannedStack(
        with_.resources.map(({ type, name: of, inputs }) => ({
          urn: `urn:pulumi:test::apg-platform::${type}::${of}`,
          type,
          name: of,
          props: inputs,
          dependencies: [],
        })),
      );
      const results = evaluate(
        allRules.filter((rule) => rulesOfSecrets.includes(rule.name)),
        stack,
      );
      assert.equal(results.length, rulesOfSecrets.length);
      assert.deepEqual(
        results.flatMap(({ violations, unknown }) => [...violations, ...unknown]),
        [],
      );
    });
  });

describe("passwords of databases and caches", () => {
  for (const [name, declare, rotating] of [
    ["database", database, ["audio-role-app", "audio-role-migrate"]],
    ["cache", cache, ["cache-auth"]],
  ] as const)
    it(`of a ${name} rotate all, so often that none is valid for more than 30 days`, async () => {
      const { resources } = await declare(store);
      const of = (type: string) => resources.filter((each) => each.type === type);
      const rotations = of(types.rotation);
      assert.deepEqual(rotations.map((each) => each.name).sort(), rotating);
      assert.deepEqual(
        of(types.kept)
          .map((each) => each.name)
          .sort(),
        rotating,
      );
      for (const { inputs } of rotations) assert.deepEqual(inputs.rotationRules, { automaticallyAfterDays: 10 });
      for (const { inputs } of of(types.kept)) assert.equal((inputs.tags as Inputs)["apg:rotation"], "automatic");
    });

  it("are values that the function that rotates can renew", async () => {
    const recordings = [await database(store), await cache(store)];
    const values = recordings
      .flatMap(({ resources }) => resources.filter(({ type }) => type === types.version))
      .map(({ name, inputs }) => [name, JSON.parse(plain(inputs.secretString) as string) as Record<string, string>]);
    const program = `import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import rotate
values = json.load(sys.stdin)
new = {}
for name, value in values:
    rotate.fields({"SecretString": json.dumps(value)})
    new[name] = sorted(field for field, part in rotate.successor(value).items() if part is rotate.NEW)
print(json.dumps(new))`;
    const directory = join(import.meta.dirname, "../../../../components/security/secrets/rotation");
    const { stdout, stderr } = spawnSync("python3", ["-c", program, directory], {
      encoding: "utf8",
      input: JSON.stringify(values),
    });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), {
      "audio-role-migrate": ["password"],
      "audio-role-app": ["c"],
      "cache-auth": ["application", "backup", "exporter", "probe", "replication", "sentinel", "steward"].map(
        (user) => `${user}Next`,
      ),
    });
  });

  it("are known to the service a turn before they are used, and a turn after", () => {
    const line = aclFile({ probe: "+ping" }).split("\n")[1];
    const hashes = ["probe", "probeNext", "probeBefore"].map((slot) => `#{{ .${slot} | sha256sum }}`);
    assert.equal(line, `user probe on ${hashes.join(" ")} resetchannels -@all +ping`);
    assert.deepEqual(
      takingTurns(["a", "b", "c"], (name) => `of ${name}`),
      { turns: "a b c", login: "a", password: "of a", a: "of a", b: "of b", c: "of c" },
    );
    assert.deepEqual(
      slotted("probe", (name) => `of ${name}`),
      { probe: "of probe", probeNext: "of probeNext", probeBefore: "of probe" },
    );
  });
});
