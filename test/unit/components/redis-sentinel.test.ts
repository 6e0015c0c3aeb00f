import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { RedisSentinelArgs } from "../../../components/data/redis/args.ts";
import type { RedisSentinel } from "../../../components/data/redis/redis-sentinel.ts";
import { dataRunbooks, runbookTexts } from "../../../components/data/runbooks.ts";
import { evaluate } from "../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../../policy-pack/rules/index.ts";
import type { Inputs, Recording } from "../recorder.ts";
import {
  minimal,
  full,
  statefulSet,
  configMap,
  secret,
  service,
  certificate,
  policy,
  rules,
  declare,
  specOf,
  podOf,
  labelsOf,
  selectorOf,
} from "./redis-fixtures.ts";

describe("RedisSentinel", () => {
  let recording: Recording<RedisSentinel>;
  let whole: Recording<RedisSentinel>;
  before(async () => {
    recording = await declare();
    whole = await declare(full);
  });

  const parent = "apg:data:RedisSentinel";
  const children = (type: string, ...names: string[]) => names.map((name) => `${parent}$${type}::cache-${name}`);
  const always = [
    `${parent}::cache`,
    ...children("kubernetes:core/v1:ServiceAccount", "redis", "sentinel"),
    ...children("kubernetes:policy/v1:PodDisruptionBudget", "redis", "sentinel"),
    ...children(
      "random:index/randomPassword:RandomPassword",
      ...["application", "replication", "sentinel", "steward", "probe", "exporter", "backup"].flatMap((user) => [
        user,
        `${user}-next`,
      ]),
    ),
    ...children(certificate, "redis", "sentinel"),
    ...children(configMap, "config"),
    ...children(
      policy,
      ...["redis", "sentinel"].flatMap((of) => [
        `${of}-allow-from-redis`,
        `${of}-allow-from-sentinel`,
        `${of}-allow-to-redis`,
        `${of}-allow-to-sentinel`,
      ]),
    ),
    ...children(secret, "application", "auth"),
    ...children(
      service,
      ...["redis", "redis-0", "redis-1", "redis-2", "sentinel", "sentinel-0", "sentinel-1", "sentinel-2"],
    ),
    ...children(statefulSet, "redis", "sentinel"),
  ];

  it("has exactly these children, all its own", () => {
    assert.deepEqual(recording.paths, always.sort());
  });

  it("has metrics, alerts, clients and copies besides when they are asked for", () => {
    const more = [
      ...children("kubernetes:batch/v1:CronJob", "backup"),
      ...children("kubernetes:core/v1:ServiceAccount", "backup"),
      ...children("kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "metrics"),
      ...children(configMap, "backup"),
      ...children(
        policy,
        "redis-allow-from-api",
        "redis-allow-from-backup",
        "redis-allow-from-monitoring",
        "redis-backup-allow-to-redis",
        "redis-backup-allow-to-pod-identity",
        "redis-backup-allow-to-store",
        "sentinel-allow-from-api",
        "sentinel-allow-from-monitoring",
      ),
      ...children(rules, "alerts", "records"),
      ...children(secret, "backup"),
    ];
    assert.deepEqual(whole.paths, [...always, ...more].sort());
  });

  // Runbooks are the whole capability's.
  const withRunbooks = () => [
    ...whole.resources,
    {
      type: configMap,
      name: "runbooks",
      inputs: {
        metadata: { name: "apg-runbooks", namespace: minimal.namespace as string, labels: labelsOf("redis") },
        data: runbookTexts(dataRunbooks),
      },
    },
  ];

  it("is accepted by every rule", () => {
    const stack = new PlannedStack(
      withRunbooks().map(({ type, name, inputs }) => ({
        urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
        type,
        name,
        props: inputs,
        dependencies: [],
      })),
    );
    // The namespace is the capability's, and so are what isolates it and what limits it.
    const surrounding = /^namespaces-/;
    const complaints = evaluate(
      allRules.filter(({ name }) => !surrounding.test(name)),
      stack,
      // With a store of secrets it needs no leave; see secrets/data-services.test.ts.
      {
        "secrets-are-not-the-programs": { acceptDeclared: true },
        "pods-take-secrets-from-the-store": { acceptOthers: true },
      },
    ).flatMap(({ violations, unknown }) => [...violations, ...unknown]);
    assert.deepEqual(complaints, []);
  });

  it("proves what the checklists ask of a cache", () => {
    const stack = new PlannedStack(
      withRunbooks().map(({ type, name, inputs }) => ({ urn: name, type, name, props: inputs, dependencies: [] })),
    );
    const mine = allRules.filter(
      ({ name }) => /redis|sentinel|cache/.test(name) && !/^(applications|cache-(addresses|clients))/.test(name),
    );
    assert.ok(mine.length >= 12);
    for (const rule of mine) {
      assert.notDeepEqual(
        evaluate([rule], stack).flatMap(({ satisfied }) => satisfied),
        [],
        rule.name,
      );
    }
  });

  it("runs three data pods and three Sentinels that all start at once and keep their volumes", () => {
    for (const component of ["redis", "sentinel"]) {
      const inputs = recording.inputs(statefulSet, `cache-${component}`);
      const { template, volumeClaimTemplates, ...spec } = specOf(inputs);
      assert.deepEqual((template as { metadata: Inputs }).metadata.labels, {
        ...labelsOf(component),
        "data-class": "confidential",
      });
      const labels = { ...labelsOf(component), "data-class": "confidential" };
      assert.deepEqual(inputs.metadata, { name: component, namespace: "apg-audio-processing-prod", labels });
      assert.deepEqual(spec, {
        serviceName: component,
        replicas: 3,
        selector: { matchLabels: selectorOf(component) },
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        minReadySeconds: 10,
        revisionHistoryLimit: 5,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      });
      assert.deepEqual(volumeClaimTemplates, [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data", labels },
          spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: component === "redis" ? "10Gi" : "1Gi" } },
          },
        },
      ]);
      assert.deepEqual(recording.inputs("kubernetes:policy/v1:PodDisruptionBudget", `cache-${component}`).spec, {
        minAvailable: 2,
        selector: { matchLabels: selectorOf(component) },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      });
    }
  });

  it("spreads pods over zones and hosts without exception, and gives them the passwords that they need", () => {
    const { spec } = podOf(recording, "cache-redis");
    assert.deepEqual(
      (spec.topologySpreadConstraints as Inputs[]).map(({ topologyKey, whenUnsatisfiable }) => [
        topologyKey,
        whenUnsatisfiable,
      ]),
      [
        ["topology.kubernetes.io/zone", "DoNotSchedule"],
        ["kubernetes.io/hostname", "DoNotSchedule"],
      ],
    );
    assert.deepEqual(
      [spec.serviceAccountName, spec.enableServiceLinks, spec.automountServiceAccountToken],
      ["redis", true, false],
    );
    const filesOf = (name: string) => {
      const volumes = podOf(recording, name).spec.volumes as { name: string; secret: { items: { key: string }[] } }[];
      return volumes.find((volume) => volume.name === "auth")!.secret.items.map(({ key }) => key);
    };
    assert.deepEqual(filesOf("cache-redis"), ["users.acl", "replication.conf", "steward", "probe"]);
    assert.deepEqual(filesOf("cache-sentinel"), ["sentinel-users.acl", "sentinel-auth.conf", "steward", "probe"]);
  });

  it("starts, probes and stops its containers by scripts, with memory that is all theirs", () => {
    const [redis, ...others] = podOf(recording, "cache-redis").spec.containers;
    const script = (name: string) => ["sh", `/etc/redis/config/${name}.sh`];
    const probe = (name: string, periodSeconds: number, failureThreshold: number) => ({
      exec: { command: script(name) },
      periodSeconds,
      timeoutSeconds: 3,
      failureThreshold,
    });
    const { volumeMounts, securityContext, ...container } = redis!;
    assert.deepEqual(
      (volumeMounts as Inputs[]).map(({ name, readOnly }) => [name, readOnly]),
      [
        ["data", undefined],
        ["config", true],
        ["auth", true],
        ["tls", true],
      ],
    );
    assert.equal((securityContext as Inputs).readOnlyRootFilesystem, true);
    assert.deepEqual(others, []);
    assert.deepEqual(container, {
      name: "redis",
      image: minimal.image,
      imagePullPolicy: "IfNotPresent",
      command: script("redis-start"),
      ports: [{ name: "redis", containerPort: 6379 }],
      env: [
        { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "GROUP", value: "apg" },
        { name: "SENTINELS", value: "3" },
        { name: "QUORUM", value: "2" },
      ],
      resources: { requests: { cpu: "500m", memory: "5Gi" }, limits: { cpu: "2", memory: "5Gi" } },
      livenessProbe: probe("redis-live", 10, 6),
      readinessProbe: probe("redis-ready", 5, 3),
      startupProbe: probe("redis-live", 5, 120),
      lifecycle: { preStop: { exec: { command: script("redis-stop") } } },
    });
    const { data, immutable } = recording.inputs(configMap);
    assert.equal(immutable, true);
    for (const name of ["redis-start", "redis-stop", "redis-live", "redis-ready", "sentinel-start", "common"])
      assert.ok(`${name}.sh` in (data as Inputs), name);
  });

  it("has every line of the checklists in its files, and no password", () => {
    const { data } = recording.inputs(configMap) as { data: Record<string, string> };
    const redis = data["redis.conf"]!.split("\n");
    for (const line of [
      "port 0",
      "tls-port 6379",
      "tls-replication yes",
      'tls-protocols "TLSv1.3"',
      "appendonly yes",
      "appendfsync everysec",
      "save 900 1",
      "maxmemory 4gb",
      "maxmemory-policy allkeys-lru",
      "min-replicas-to-write 1",
      "replica-priority 0",
    ])
      assert.ok(redis.includes(line), line);
    const sentinel = data["sentinel.conf"]!.split("\n");
    for (const line of [
      "port 0",
      "tls-port 26379",
      "sentinel monitor apg redis-0 6379 2",
      "sentinel down-after-milliseconds apg 2000",
      "sentinel failover-timeout apg 10000",
      "sentinel parallel-syncs apg 1",
      "sentinel resolve-hostnames no",
    ])
      assert.ok(sentinel.includes(line), line);
    assert.ok(!JSON.stringify(data).includes("generated"));
  });

  it("renames its configuration with its content, so that pods roll", async () => {
    const nameOf = (of: Recording<unknown>) => (of.inputs(configMap).metadata as { name: string }).name;
    const other = await declare({ memoryLimit: "2560Mi" });
    assert.match(nameOf(recording), /^redis-config-[0-9a-f]{10}$/);
    assert.notEqual(nameOf(other), nameOf(recording));
    assert.ok((other.inputs(configMap).data as Record<string, string>)["redis.conf"]!.includes("\nmaxmemory 2gb\n"));
  });

  it("protects its pods' volumes and passwords, unless told otherwise", async () => {
    const protectedTypes = async (args: Partial<RedisSentinelArgs>) => {
      const seen = new Set<string>();
      const watch = ({ type, opts }: pulumi.ResourceTransformationArgs) => {
        if (opts.protect === true) seen.add(type);
        return undefined;
      };
      await declare(args, { transformations: [watch] });
      return [...seen].sort();
    };
    const types = [statefulSet, "random:index/randomPassword:RandomPassword"];
    assert.deepEqual(await protectedTypes({}), types);
    assert.deepEqual(await protectedTypes({ deletionProtection: false }), []);
  });

  it("can be larger", async () => {
    const larger = await declare({ replicas: 4, sentinels: 5, quorum: 3 });
    assert.equal(specOf(larger.inputs(statefulSet, "cache-sentinel")).replicas, 5);
    assert.equal(specOf(larger.inputs("kubernetes:policy/v1:PodDisruptionBudget", "cache-sentinel")).minAvailable, 4);
    const { data } = larger.inputs(configMap) as { data: Record<string, string> };
    assert.match(data["sentinel.conf"]!, /^sentinel monitor apg redis-0 6379 3$/m);
    assert.match(data["redis.conf"]!, /^repl-diskless-sync-max-replicas 3$/m);
  });
});
