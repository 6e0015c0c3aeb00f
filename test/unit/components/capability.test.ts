import assert from "node:assert/strict";
import { Capability, endpointOf } from "../../../components/index.ts";
import type { CapabilityArgs } from "../../../components/index.ts";
import { record, refusal, valueOf } from "../recorder.ts";
import type { Inputs } from "../recorder.ts";
import { onServer, state } from "./data/fixtures.ts";
import { image, podLabels } from "./fixtures.ts";

const declare = (args: Partial<CapabilityArgs> = {}) =>
  new Capability("audio-processing", { environment: "prod", image, ...args });
const vision = endpointOf({ capability: "computer-vision", environment: "prod", component: "api" }, 9000);

describe("Capability", () => {
  it("is a namespace, an application, its autoscaling and its network policies", async () => {
    const { paths, value } = await record(declare);
    const components = paths.filter((path) => !path.includes("kubernetes:"));
    assert.deepEqual(components, [
      "apg:capability:Capability$apg:capability:Application::audio-processing",
      "apg:capability:Capability$apg:capability:Autoscaling::audio-processing",
      "apg:capability:Capability$apg:capability:CapabilityNamespace::audio-processing",
      "apg:capability:Capability$apg:capability:NetworkPolicies::audio-processing",
      "apg:capability:Capability::audio-processing",
    ]);
    assert.equal(paths.length, components.length + 17);
    assert.equal(await valueOf(value.namespace), "apg-audio-processing-prod");
  });

  it("has the endpoint that its name foretells", async () => {
    const { value } = await record(() => declare({ port: 9000, component: "web" }));
    const foretold = endpointOf({ capability: "audio-processing", environment: "prod", component: "web" }, 9000);
    assert.deepEqual(await valueOf(value.endpoint), foretold);
  });

  it("puts everything into its namespace and scales its own Deployment", async () => {
    const recording = await record(declare);
    const elsewhere = recording.resources.filter(({ type, inputs }) => {
      const { namespace } = (inputs.metadata ?? {}) as { namespace?: string };
      return type.startsWith("kubernetes:") && namespace !== "apg-audio-processing-prod";
    });
    assert.deepEqual(
      elsewhere.map(({ type }) => type),
      ["kubernetes:core/v1:Namespace"],
    );
    const { spec } = recording.inputs("kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
    const deployment = recording.inputs("kubernetes:apps/v1:Deployment").metadata as { name: string };
    assert.deepEqual((spec as Inputs).scaleTargetRef, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: deployment.name,
    });
  });

  it("hands its arguments down: scale to the autoscaler and the quota, edges to the policies on its own port", async () => {
    const recording = await record(() =>
      declare({
        port: 9000,
        replicas: { min: 4, max: 6 },
        resources: { limits: { cpu: "1", memory: "2Gi" } },
        scaling: { cpuPercent: 50 },
        minAvailable: 3,
        connectsTo: [{ name: "computer-vision", peer: vision, ports: [vision.port] }],
        acceptsFrom: [{ name: "computer-vision", peer: vision }],
        operatorGroups: ["sre"],
        persistentVolumeClaims: 1,
        nodeAffinity: { required: { "apg.io/pool": ["gpu"] } },
        tolerations: [{ key: "nvidia.com/gpu" }],
      }),
    );
    const spec = (type: string, name?: string) => recording.inputs(type, name).spec as Inputs;
    const autoscaler = spec("kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
    assert.deepEqual([autoscaler.minReplicas, autoscaler.maxReplicas], [4, 6]);
    assert.deepEqual((autoscaler.metrics as unknown[])[0], {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
    });
    assert.equal(spec("kubernetes:policy/v1:PodDisruptionBudget").minAvailable, 3);
    const { template } = spec("kubernetes:apps/v1:Deployment") as { template: { spec: Inputs } };
    const matchExpressions = [{ key: "apg.io/pool", operator: "In", values: ["gpu"] }];
    assert.deepEqual(template.spec.affinity, {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
      },
    });
    assert.deepEqual(template.spec.tolerations, [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
    const { hard } = spec("kubernetes:core/v1:ResourceQuota") as { hard: Inputs };
    assert.deepEqual([hard.pods, hard["limits.cpu"], hard["requests.cpu"]], ["20", "20", "10"]);
    assert.equal(hard.persistentvolumeclaims, "1");
    const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    const from = spec(policy, "audio-processing-allow-from-computer-vision");
    assert.deepEqual(from.podSelector, { matchLabels: podLabels });
    assert.deepEqual((from.ingress as Inputs[])[0]!.ports, [{ protocol: "TCP", port: 9000 }]);
    const binding = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
    assert.deepEqual(recording.inputs(binding, "audio-processing-operators").subjects, [
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "sre" },
    ]);
  });

  it("may be named otherwise than its component", async () => {
    const { value } = await record(() => declare({ capability: "audio" }));
    assert.equal(await valueOf(value.namespace), "apg-audio-prod");
  });

  it("refuses a budget that would block every drain of a node", async () => {
    assert.deepEqual(await refusal(() => declare({ minAvailable: 3 })), [
      "audio-processing.minAvailable: 3 given; less than replicas.min (3) is needed, or no node can be drained (CV-SCALE-03).",
    ]);
  });
});

describe("Capability with data", function () {
  this.timeout(30_000);
  const withData = (args: Partial<CapabilityArgs> = {}) =>
    record(() => declare({ dataPlatform: onServer, migrationArgs: ["migrate"], ...args }), state);
  let recording: Awaited<ReturnType<typeof withData>>;
  before(async () => {
    recording = await withData();
  });
  const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

  it("has a database, a cache, buckets, backups and an authority beside its own parts", () => {
    const components = recording.paths.filter((path) => !/kubernetes:|random:/.test(path));
    const data = "apg:data:CapabilityData";
    assert.deepEqual(components, [
      "apg:capability:Capability$apg:capability:Application::audio-processing",
      "apg:capability:Capability$apg:capability:Autoscaling::audio-processing",
      "apg:capability:Capability$apg:capability:CapabilityNamespace::audio-processing",
      "apg:capability:Capability$apg:capability:NetworkPolicies::audio-processing",
      `apg:capability:Capability$${data}::audio-processing`,
      "apg:capability:Capability::audio-processing",
      // Mocks name one parent alone.
      "apg:data:Backup$apg:capability:CapabilityNamespace::audio-processing-drill",
      "apg:data:Backup$apg:capability:NetworkPolicies::audio-processing-drill",
      `${data}$apg:data:Backup::audio-processing`,
      `${data}$apg:data:BackupBucket::audio-processing-backup`,
      `${data}$apg:data:CertificateAuthority::audio-processing`,
      `${data}$apg:data:ObjectStorage::audio-processing`,
      `${data}$apg:data:PostgresCluster::audio-processing`,
      `${data}$apg:data:RedisSentinel::audio-processing`,
    ]);
  });

  it("lets its pods call the poolers, the cache and the store, and its migrations the primary", () => {
    const egress = (name: string) => {
      const { podSelector, egress: rules } = recording.inputs(policy, `audio-processing-${name}`).spec as Inputs;
      const [{ to, ports }] = rules as [{ to: [Inputs]; ports: [{ port: number }] }];
      return [podSelector, to[0].podSelector, ports[0].port];
    };
    const labels = (matchLabels: object) => ({ matchLabels });
    const own = (component: string) => labels({ ...podLabels, "app.kubernetes.io/component": component });
    const postgres = (role: string) => labels({ "cnpg.io/cluster": "postgres", "cnpg.io/podRole": role });
    assert.deepEqual(egress("allow-to-postgres"), [own("api"), postgres("pooler"), 5432]);
    assert.deepEqual(egress("allow-to-redis"), [own("api"), own("redis"), 6379]);
    assert.deepEqual(egress("allow-to-sentinel"), [own("api"), own("sentinel"), 26379]);
    assert.deepEqual(egress("allow-to-object-storage"), [own("api"), labels(onServer.server.peer.podLabels), 7070]);
    assert.deepEqual(egress("migrate-allow-to-postgres"), [own("migrate"), postgres("instance"), 5432]);
  });

  it("lets the other ends of these edges be called by them", () => {
    const ingress = (name: string) => {
      const { spec } = recording.inputs(policy, `audio-processing-${name}`) as { spec: { ingress: Inputs[] } };
      return (spec.ingress[0]!.from as { podSelector: { matchLabels: Inputs } }[])[0]!.podSelector.matchLabels;
    };
    for (const name of ["postgres-poolers", "redis", "sentinel"])
      assert.deepEqual(ingress(`${name}-allow-from-audio-processing`), podLabels, name);
    const migrate = { ...podLabels, "app.kubernetes.io/component": "migrate" };
    assert.deepEqual(ingress("postgres-instances-allow-from-audio-processing-migrate"), migrate);
  });

  it("gives its application all that it needs to use them", () => {
    const { data } = recording.inputs("kubernetes:core/v1:ConfigMap", "audio-processing-settings") as { data: Inputs };
    assert.equal(data.REDIS_CA_FILE, "/etc/apg/certificates/redis-ca.crt");
    assert.equal(data.S3_BUCKET, "apg-audio-processing-shared-prod");
    const { spec } = recording.inputs("kubernetes:apps/v1:Deployment") as {
      spec: { template: { spec: { containers: [{ env: { name: string }[] }]; volumes: Inputs[] } } };
    };
    const { containers, volumes } = spec.template.spec;
    for (const name of ["DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL", "AWS_SECRET_ACCESS_KEY"])
      assert.ok(
        containers[0].env.some((each) => each.name === name),
        name,
      );
    const { sources } = volumes.at(-1)!.projected as { sources: { secret: { name: string } }[] };
    assert.deepEqual(
      sources.map(({ secret }) => secret.name),
      ["postgres-tls", "redis-tls", "object-store-authority"],
    );
  });

  it("has room in its quota and its limits for all of that", async () => {
    const hard = (of: typeof recording) =>
      (of.inputs("kubernetes:core/v1:ResourceQuota", "audio-processing-quota").spec as { hard: Inputs }).hard;
    const max = (of: typeof recording) =>
      (of.inputs("kubernetes:core/v1:LimitRange", "audio-processing-limits").spec as { limits: { max: Inputs }[] })
        .limits[0]!.max;
    // Each of 10 pods, 3 instances, 4 poolers, 3 and 3 of the cache and 4 jobs: twice and the surge of 3, and 30 % more.
    assert.equal(hard(recording).pods, String(30 + 12 + 15 + 12 + 12 + 15));
    assert.equal(hard(recording)["limits.memory"], `${30 * 4096 + 12 * 4096 + 15 * 256 + 12 * 5120 + 27 * 512}Mi`);
    assert.equal(hard(recording).persistentvolumeclaims, String(2 * (2 * 3 + 3 + 3)));
    // The largest is a pod of the cache with its exporter.
    assert.deepEqual(max(recording), { cpu: "2100m", memory: "5184Mi" });

    const larger = await withData({
      data: {
        postgres: { instances: 5, limits: { cpu: "4", memory: "16Gi" } },
        redis: { replicas: 5, sentinels: 5, quorum: 3 },
      },
      persistentVolumeClaims: 1,
    });
    assert.equal(hard(larger).pods, String(30 + 17 + 15 + 17 + 17 + 15));
    assert.equal(hard(larger).persistentvolumeclaims, String(1 + 2 * (2 * 5 + 5 + 5)));
    assert.deepEqual(max(larger), { cpu: "4", memory: "16Gi" });
  });

  it("migrates only where it is told how, and then before the first new pod", async () => {
    const job = "kubernetes:batch/v1:Job";
    const waits = recording.dependencies("kubernetes:apps/v1:Deployment", "audio-processing");
    assert.ok(waits.includes(`${job}::audio-processing-migrate`));
    assert.ok(waits.includes("kubernetes:postgresql.cnpg.io/v1:Cluster::audio-processing"));
    const { resources } = await withData({ migrationArgs: undefined });
    const names = resources.flatMap(({ type, name }) => (type === job || type === policy ? [name] : []));
    assert.deepEqual(
      names.filter((name) => name.startsWith("audio-processing-migrate")),
      [],
    );
  });

  it("refuses migrations and sizes without a database", async () => {
    assert.deepEqual(await refusal(() => declare({ migrationArgs: ["migrate", "up"], data: {} })), [
      "audio-processing.data: sizes given; there is no database and no cache without a dataPlatform (AUD-DB-01, AUD-CACHE-01).",
      "audio-processing.migrationArgs: migrate up given; there is no database to change without a dataPlatform (CV-DB-04).",
    ]);
  });
});
