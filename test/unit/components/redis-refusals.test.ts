import assert from "node:assert/strict";
import { RedisSentinel } from "../../../components/data/redis/redis-sentinel.ts";
import { olderImage } from "../../../components/data/redis/problems.ts";
import { refusal } from "../recorder.ts";
import { backup, minimal, monitoring } from "./redis-fixtures.ts";
import { store } from "./secrets/fixtures.ts";
import type { RedisSentinelArgs } from "../../../components/data/redis/args.ts";

const refused = (args: Partial<RedisSentinelArgs>) =>
  refusal(() => new RedisSentinel("cache", { ...minimal, ...args }));

describe("RedisSentinel refuses", () => {
  it("two Sentinels with a quorum of two", async () => {
    assert.deepEqual(await refused({ sentinels: 2, quorum: 2 }), [
      "cache.sentinels: 2 given; at least 3 are needed (AUD-CACHE-04).",
      "cache.sentinels: 2 given; an odd number is needed: one more than an even number can be lost before nobody decides (AUD-CACHE-04).",
    ]);
  });

  it("a quorum that is no majority, or more than there are", async () => {
    const range = "3 to 5 of 5 Sentinels are accepted, more than half of them (AUD-CACHE-04)";
    assert.deepEqual(await refused({ sentinels: 5, quorum: 2 }), [`cache.quorum: 2 given; ${range}.`]);
    assert.deepEqual(await refused({ sentinels: 5, quorum: 6 }), [`cache.quorum: 6 given; ${range}.`]);
  });

  it("two data pods, an older Redis, and a tag that can move", async () => {
    assert.deepEqual(await refused({ replicas: 2, image: "redis:6.2.14", allowUndigestedImage: true }), [
      "cache.image: redis:6.2.14 given; Redis 7 or later, as the image's tag says, is accepted (AUD-CACHE-01).",
      "cache.replicas: 2 given; at least 3 are needed (AUD-CACHE-01, CV-CACHE-01).",
    ]);
    assert.deepEqual(await refused({ image: "redis:latest" }), [
      'cache.image: redis:latest given; the tag latest can move to other bytes, "repository:1.2.3@sha256:<64 hex digits>" is accepted (CV-IMG-05).',
    ]);
    assert.match(
      (await refused({ image: "redis:7.0.15" }))[0]!,
      /it has no digest, which only the sandbox may leave out/,
    );
  });

  it("an exporter that keeps the password that it started with, where passwords rotate", async () => {
    const older = { ...monitoring, exporterImage: monitoring.exporterImage.replace("v1.67.0", "v1.49.0") };
    assert.deepEqual(await refused({ monitoring: older, secretStore: store }), [
      `cache.monitoring.exporterImage: ${older.exporterImage} given; 1.50 or later is needed where passwords rotate: others keep the one they started with (CV-SECRET-02).`,
    ]);
  });

  it("sizes that are none, or that do not fit each other", async () => {
    assert.deepEqual(await refused({ memoryLimit: "lots", storage: "-1Gi" }), [
      "cache.requests.memory: lots given; a Kubernetes quantity such as 1Gi is accepted (AUD-PROD-03).",
      "cache.memoryLimit: lots given; a Kubernetes quantity such as 5Gi is accepted (AUD-CACHE-05).",
      "cache.storage: -1Gi given; a Kubernetes quantity such as 5Gi is accepted (AUD-CACHE-05).",
    ]);
    assert.deepEqual(await refused({ memoryLimit: "8Gi", requests: { cpu: "3", memory: "1Gi" } }), [
      "cache.requests.memory: 1Gi given; 25 to 100 % of memoryLimit (8Gi) is accepted (CV-SCALE-02).",
      "cache.requests.cpu: 3 given; at most cpuLimit (2) is allowed (CV-MAN-06).",
      "cache.storage: 10Gi given; at least twice memoryLimit (8Gi) is needed: the append-only file is written anew beside the old one and a snapshot (AUD-CACHE-03).",
    ]);
    assert.deepEqual(await refused({ memoryLimit: "32Mi" }), [
      "cache.memoryLimit: 32Mi given; at least 64Mi is needed for a Redis that holds anything (AUD-CACHE-05).",
    ]);
  });

  it("copies that are too few, gone too early, or made by anything", async () => {
    const given = { ...backup, toolsImage: "tools", schedule: "30 1 * * 0", retentionDays: 7 };
    assert.deepEqual(await refused({ backup: given }), [
      'cache.backup.toolsImage: tools given; it has no version tag, "repository:1.2.3@sha256:<64 hex digits>" is accepted (CV-IMG-05).',
      "cache.backup.schedule: 30 1 * * 0 given; up to 7 days pass between two, at most 24 hours are allowed (AUD-CSTR-06, CV-CACHE-08).",
      "cache.backup.retentionDays: 7 given; at least 30 are needed (AUD-DB-03, CV-CACHE-08).",
    ]);
  });

  it("names that are taken, labels that no node has, and classes that nobody knows", async () => {
    const peer = { podLabels: { app: "x" } };
    const lines = await refused({
      group: "Apg",
      clients: [
        { name: "sentinel", peer },
        { name: "api", peer },
        { name: "api", peer },
      ],
      tolerations: [{ key: "" }],
      nodeAffinity: { required: { "": [] } },
      monitoring: { ...monitoring, exporterImage: "exporter:latest" },
      dataClass: "secret",
    });
    assert.deepEqual(
      lines.map((line) => line.split(" given;")[0]),
      [
        "cache.group: Apg",
        "cache.clients[0].name: sentinel",
        "cache.clients[2].name: api",
        'cache.nodeAffinity.required[""]: nothing',
        'cache.nodeAffinity.required[""]: no value',
        "cache.tolerations[0].key: nothing",
        "cache.monitoring.exporterImage: exporter:latest",
        "cache.dataClass: secret",
      ],
    );
  });

  it("an older Redis over newer data, and no other change of the image", () => {
    const update = (from: string, to: string) => {
      const [was, becomes] = [from, to].map((image) => ({ spec: { template: { spec: { containers: [{ image }] } } } }));
      return olderImage({ was: was!, becomes: becomes! });
    };
    assert.deepEqual(update("redis:7.2.11", "redis:7.0.15"), [
      "image: redis:7.0.15 given; the data is of redis:7.2.11, and an older Redis may not read it (AUD-CACHE-01).",
    ]);
    assert.deepEqual(update("redis:7.2.11", "redis:7.2.4"), []);
    assert.deepEqual(update("redis:7.2.11", "valkey/valkey:8.1.0"), []);
  });
});
