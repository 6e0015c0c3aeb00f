import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { RedisSentinel } from "../../../components/data/redis/redis-sentinel.ts";
import { valueOf } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import {
  full,
  configMap,
  service,
  certificate,
  policy,
  rules,
  declare,
  specOf,
  podOf,
  secretData,
  labelsOf,
  selectorOf,
} from "./redis-fixtures.ts";
import type { Container } from "./redis-fixtures.ts";

describe("RedisSentinel, seen from around it,", () => {
  let recording: Recording<RedisSentinel>;
  let whole: Recording<RedisSentinel>;
  before(async () => {
    recording = await declare();
    whole = await declare(full);
  });

  it("lets users in by the hashes of generated passwords, each to what it needs", () => {
    const stringData = secretData(recording, "cache-auth");
    const hash = createHash("sha256").update("generated").digest("hex");
    const users = (file: string) => stringData[file]!.trimEnd().split("\n");
    assert.deepEqual(
      users("users.acl").map((line) => line.split(" ").slice(1, 4)),
      [
        ["default", "off", "resetpass"],
        ...["application", "replication", "sentinel", "steward", "probe", "exporter", "backup"].map((user) => [
          user,
          "on",
          `#${hash}`,
        ]),
      ],
    );
    const rulesOf = (file: string, user: string) => users(file).find((line) => line.startsWith(`user ${user} `))!;
    assert.ok(rulesOf("users.acl", "application").endsWith(" ~* &* +@all -@admin -@dangerous +info +role"));
    for (const user of ["probe", "exporter", "backup", "replication"])
      assert.doesNotMatch(rulesOf("users.acl", user), /~|\+@|\+config/);
    assert.match(rulesOf("sentinel-users.acl", "application"), /\+sentinel\|get-master-addr-by-name/);
    assert.doesNotMatch(rulesOf("sentinel-users.acl", "application"), /failover|\|set|\|remove|reset /);
    assert.equal(stringData["replication.conf"], "masteruser replication\nmasterauth generated\n");
    assert.match(stringData["sentinel-auth.conf"]!, /^sentinel auth-pass apg generated$/m);
  });

  it("gives each pod an address that stays, in no configuration but in its certificate", () => {
    const { metadata, spec } = recording.inputs(service, "cache-redis-1");
    assert.deepEqual(metadata, {
      name: "redis-1",
      namespace: "apg-audio-processing-prod",
      labels: labelsOf("redis"),
      annotations: { "pulumi.com/skipAwait": "true" },
    });
    assert.deepEqual(spec, {
      type: "ClusterIP",
      publishNotReadyAddresses: true,
      selector: { ...selectorOf("redis"), "statefulset.kubernetes.io/pod-name": "redis-1" },
      ports: [{ name: "redis", port: 6379, targetPort: "redis", protocol: "TCP" }],
      trafficDistribution: "PreferSameZone",
    });
    const issued = specOf(recording.inputs(certificate, "cache-sentinel")) as Inputs & { dnsNames: string[] };
    assert.deepEqual(issued.ipAddresses, ["127.0.0.1", "10.96.0.7", "10.96.0.7", "10.96.0.7"]);
    for (const name of ["localhost", "sentinel-2", "sentinel-0.apg-audio-processing-prod.svc"])
      assert.ok(issued.dnsNames.includes(name), name);
    assert.deepEqual(issued.issuerRef, { name: "data", kind: "Issuer", group: "cert-manager.io" });
    assert.deepEqual([issued.secretName, issued.duration, issued.renewBefore], ["sentinel-tls", "2160h", "720h"]);
    assert.ok(!JSON.stringify(recording.inputs(configMap)).includes("10.96.0.7"));
  });

  it("tells an application all that it needs, and the address only in a Secret", async () => {
    const { connection } = recording.value;
    assert.deepEqual(connection, {
      name: "redis",
      settings: { REDIS_CA_FILE: "/etc/apg/certificates/redis-ca.crt" },
      secrets: [{ env: "REDIS_URL", secretName: "redis-application", key: "url" }],
      certificates: [{ secretName: "redis-tls", key: "ca.crt", file: "redis-ca.crt" }],
      edges: [
        { name: "redis", peer: { podLabels: selectorOf("redis") }, ports: [6379] },
        { name: "sentinel", peer: { podLabels: selectorOf("sentinel") }, ports: [26379] },
      ],
    });
    const stringData = secretData(recording, "cache-application");
    const hosts = [0, 1, 2].map((n) => `sentinel-${n}.apg-audio-processing-prod.svc:26379`).join(",");
    assert.equal(
      stringData.url,
      `rediss+sentinel://application:generated@${hosts}/0?master=apg&sentinel_username=application&sentinel_password=generated`,
    );
    assert.equal(await valueOf(recording.value.group), "apg");
  });

  it("lets in and out nobody else than each other, clients, metrics and copies", () => {
    const edge = (name: string) => {
      const { podSelector, ingress, egress } = whole.inputs(policy, `cache-${name}`).spec as Inputs;
      const [{ from, to, ports }] = (ingress ?? egress) as [{ from?: Inputs[]; to?: Inputs[]; ports: Inputs[] }];
      const [peer] = (from ?? to)!;
      const labels = (peer!.podSelector as Inputs | undefined)?.matchLabels ?? peer!.ipBlock;
      return [(podSelector as Inputs).matchLabels, labels, ports.map(({ port }) => port)];
    };
    const [redis, sentinel, job] = ["redis", "sentinel", "redis-backup"].map(selectorOf);
    assert.deepEqual(edge("redis-allow-from-sentinel"), [redis, sentinel, [6379]]);
    assert.deepEqual(edge("sentinel-allow-from-redis"), [sentinel, redis, [26379]]);
    assert.deepEqual(edge("redis-allow-to-sentinel"), [redis, sentinel, [26379]]);
    assert.deepEqual(edge("sentinel-allow-to-redis"), [sentinel, redis, [6379]]);
    assert.deepEqual(edge("sentinel-allow-from-api"), [sentinel, { "app.kubernetes.io/component": "api" }, [26379]]);
    assert.deepEqual(edge("redis-allow-from-monitoring")[2], [9121]);
    assert.deepEqual(edge("redis-allow-from-backup"), [redis, job, [6379]]);
    assert.deepEqual(edge("redis-backup-allow-to-store"), [job, { cidr: "10.20.0.0/16" }, [443]]);
  });

  it("serves metrics with a user that sees no data, and calls people for what goes wrong", () => {
    for (const [component, port] of [
      ["redis", 6379],
      ["sentinel", 26379],
    ]) {
      const { containers } = podOf(whole, `cache-${component}`).spec;
      const exporter = containers.find(({ name }) => name === "exporter")!;
      assert.deepEqual(exporter.env.slice(0, 3), [
        { name: "REDIS_ADDR", value: `rediss://localhost:${port}` },
        { name: "REDIS_USER", value: "exporter" },
        { name: "REDIS_PASSWORD_FILE", value: "/etc/redis/exporter/exporter.json" },
      ]);
      // It reads the file anew whenever it is asked whether it is alive.
      assert.equal((exporter.livenessProbe as { httpGet: Inputs }).httpGet.path, "/-/reload");
    }
    const [group] = specOf(whole.inputs(rules, "cache-alerts")).groups as { rules: Inputs[] }[];
    const alerts = new Map(group!.rules.map((rule) => [rule.alert as string, rule]));
    assert.deepEqual(
      [...alerts.keys()],
      [
        "RedisDown",
        "RedisMemoryHigh",
        "RedisReplicationBroken",
        "RedisReplicaLag",
        "RedisNotPromotable",
        "RedisEvictions",
        "RedisSnapshotFailing",
        "RedisSentinelNoQuorum",
        "CacheHitRateLow",
      ],
    );
    const low = alerts.get("CacheHitRateLow")!;
    assert.deepEqual([low.expr, low.for], ['apg:redis_hit:ratio{namespace="apg-audio-processing-prod"} < 0.85', "15m"]);
    const [records] = specOf(whole.inputs(rules, "cache-records")).groups as { rules: Inputs[] }[];
    assert.deepEqual(
      records!.rules.map(({ record }) => record),
      ["apg:redis_hit:ratio"],
    );
    assert.deepEqual(specOf(whole.inputs("kubernetes:monitoring.coreos.com/v1:ServiceMonitor")).endpoints, [
      { port: "metrics", interval: "30s" },
    ]);
  });

  it("copies the data every day by a user that may only copy", () => {
    const inputs = whole.inputs("kubernetes:batch/v1:CronJob");
    const { schedule, timeZone, jobTemplate } = specOf(inputs);
    assert.deepEqual([schedule, timeZone], ["30 1 * * *", "Etc/UTC"]);
    assert.deepEqual((inputs.metadata as Inputs).labels, labelsOf("redis-backup"));
    const { spec } = specOf(jobTemplate as Inputs).template as { spec: Inputs & { containers: Container[] } };
    assert.equal(spec.serviceAccountName, "redis-backup");
    const values = Object.fromEntries(spec.containers[0]!.env.map(({ name, value }) => [name, value]));
    assert.deepEqual(values, {
      HOSTS: "redis-2 redis-1 redis-0",
      PORT: "6379",
      REDISCLI_AUTH: undefined,
      BUCKET: "apg-backup",
      FOLDER: "redis/audio-processing",
      RETENTION_DAYS: "30",
      HOME: "/tmp",
      AWS_REGION: "eu-central-1",
    });
  });

  it("copies to another server with its keys and its authority", async () => {
    const store = {
      bucket: "apg-backup",
      region: "us-east-1",
      endpoint: "https://s3.storage.svc:7070",
      authority: { secretName: "s3-ca", key: "ca.crt" },
      credentials: { secretName: "s3-keys", accessKeyIdKey: "id", secretAccessKeyKey: "key" },
      peer: { namespace: "storage", podLabels: { app: "s3" } },
      port: 7070,
    };
    const other = await declare({ backup: { ...full.backup!, store } });
    const { jobTemplate } = specOf(other.inputs("kubernetes:batch/v1:CronJob"));
    const { spec } = specOf(jobTemplate as Inputs).template as { spec: { containers: Container[]; volumes: Inputs[] } };
    const env = new Map(spec.containers[0]!.env.map((each) => [each.name, each]));
    assert.equal(env.get("AWS_ENDPOINT_URL")!.value, store.endpoint);
    assert.equal(env.get("AWS_CA_BUNDLE")!.value, "/etc/redis/store/ca.crt");
    assert.deepEqual(env.get("AWS_SECRET_ACCESS_KEY"), {
      name: "AWS_SECRET_ACCESS_KEY",
      valueFrom: { secretKeyRef: { name: "s3-keys", key: "key" } },
    });
    assert.deepEqual(spec.volumes.at(-1), {
      name: "store",
      secret: { secretName: "s3-ca", items: [{ key: "ca.crt", path: "ca.crt" }] },
    });
  });
});
