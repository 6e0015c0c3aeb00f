import assert from "node:assert/strict";
import { Application } from "../../../components/index.ts";
import type { ApplicationArgs } from "../../../components/index.ts";
import { record, valueOf } from "../recorder.ts";
import type { Inputs } from "../recorder.ts";
import { capabilityLabels, image, podLabels } from "./fixtures.ts";

const minimal: ApplicationArgs = {
  namespace: "apg-audio-processing-prod",
  capability: "audio-processing",
  environment: "prod",
  image,
};
const declare = (args: Partial<ApplicationArgs> = {}) => new Application("audio", { ...minimal, ...args });
const recorded = (args: Partial<ApplicationArgs> = {}) => record(() => declare(args));

const deployment = "kubernetes:apps/v1:Deployment";
const configMap = "kubernetes:core/v1:ConfigMap";
const service = "kubernetes:core/v1:Service";
const labels = { ...capabilityLabels, ...podLabels };
const versionedLabels = { ...labels, "app.kubernetes.io/version": "1.4.2" };
const metadata = { name: "audio-processing-api", namespace: "apg-audio-processing-prod", labels };
const nameOf = (inputs: Inputs) => (inputs.metadata as { name: string }).name;
const podOf = (inputs: Inputs) =>
  (inputs.spec as { template: { spec: Inputs & { containers: Inputs[]; volumes: Inputs[] } } }).template.spec;

describe("Application", () => {
  it("has exactly these children, all its own", async () => {
    const component = "apg:capability:Application";
    assert.deepEqual((await recorded()).paths, [
      `${component}$${deployment}::audio`,
      `${component}$${configMap}::audio-feature-flags`,
      `${component}$${configMap}::audio-settings`,
      `${component}$${service}::audio`,
      `${component}$kubernetes:core/v1:ServiceAccount::audio`,
      `${component}$kubernetes:policy/v1:PodDisruptionBudget::audio`,
      `${component}::audio`,
    ]);
  });

  it("is replaced without downtime, and leaves the number of pods to the autoscaler", async () => {
    const inputs = (await recorded()).inputs(deployment);
    assert.deepEqual(inputs.metadata, { ...metadata, labels: versionedLabels });
    const { template, ...spec } = inputs.spec as Inputs & { template: { metadata: Inputs } };
    assert.deepEqual(spec, {
      selector: { matchLabels: podLabels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 3, maxUnavailable: 0 } },
      minReadySeconds: 10,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 5,
    });
    assert.deepEqual(template.metadata, { labels: { ...versionedLabels, "apg.io/runtime": "python" } });
  });

  it("runs pods that are restricted, spread, and without a token", async () => {
    const { containers, volumes, ...pod } = podOf((await recorded()).inputs(deployment));
    const spread = {
      maxSkew: 1,
      labelSelector: { matchLabels: podLabels },
      matchLabelKeys: ["pod-template-hash"],
      nodeTaintsPolicy: "Honor",
    };
    assert.equal(containers.length, 1);
    assert.deepEqual(pod, {
      serviceAccountName: "audio-processing-api",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 60,
      topologySpreadConstraints: [
        { ...spread, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
        { ...spread, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
      ],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    assert.deepEqual(volumes[0], { name: "tmp", emptyDir: { sizeLimit: "512Mi" } });
  });

  it("runs one container with the checklists' resources, probes and security context", async () => {
    const recording = await recorded();
    const probe = (path: string, periodSeconds: number, failureThreshold: number) => ({
      httpGet: { path, port: "http" },
      periodSeconds,
      timeoutSeconds: 3,
      failureThreshold,
    });
    assert.deepEqual(podOf(recording.inputs(deployment)).containers[0], {
      name: "api",
      image,
      imagePullPolicy: "IfNotPresent",
      ports: [{ name: "http", containerPort: 8080 }],
      envFrom: [{ configMapRef: { name: nameOf(recording.inputs(configMap, "audio-settings")) } }],
      env: [{ name: "PYTHON_GC_THRESHOLD", value: "700,10,10" }],
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2000m", memory: "4Gi" } },
      livenessProbe: probe("/health/live", 10, 3),
      readinessProbe: probe("/health/ready", 5, 3),
      startupProbe: probe("/health/startup", 5, 60),
      lifecycle: { preStop: { sleep: { seconds: 10 } } },
      securityContext: {
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      volumeMounts: [
        { name: "tmp", mountPath: "/tmp" },
        { name: "feature-flags", mountPath: "/etc/apg/feature-flags", readOnly: true },
      ],
    });
  });

  it("has the checklists' settings, sized to its pod", async () => {
    const { data, immutable, metadata: settings } = (await recorded()).inputs(configMap, "audio-settings");
    assert.equal(immutable, true);
    assert.match((settings as { name: string }).name, /^audio-processing-api-settings-[0-9a-f]{10}$/);
    assert.deepEqual(data, {
      APG_CAPABILITY: "audio-processing",
      APG_ENVIRONMENT: "prod",
      PORT: "8080",
      LOG_FORMAT: "json",
      LOG_LEVEL: "info",
      ACCESS_LOG: "true",
      DEBUG_REQUEST_HEADER: "X-Debug-Request",
      AUDIT_LOG: "all",
      CACHE_LEVELS: "local,redis",
      CACHE_DEFAULT_TTL_SECONDS: "300",
      REDIS_KEY_HASH_TAGS: "true",
      SESSION_COOKIE_SECURE: "true",
      SESSION_COOKIE_HTTPONLY: "true",
      SESSION_COOKIE_SAMESITE: "Lax",
      SESSION_IDLE_MINUTES: "30",
      SESSION_MAX_HOURS: "12",
      WTF_CSRF_ENABLED: "true",
      MAX_UPLOAD_MB: "100",
      WEB_THREADS: "4",
      BATCH_SIZE: "16",
      REQUEST_TIMEOUT_SECONDS: "30",
      DB_POOL_SIZE: "5",
      WEB_WORKERS: "5",
      CACHE_LOCAL_MAX_MB: "214",
    });
  });

  it("is rolled out anew when a setting or a flag changes, and only then", async () => {
    const flag = { name: "diarization", default: false, owner: "audio team", removeBy: "2027-03-31" };
    const names = async (args: Partial<ApplicationArgs>) => {
      const recording = await recorded(args);
      return ["audio-settings", "audio-feature-flags"].map((name) => nameOf(recording.inputs(configMap, name)));
    };
    const [settings, flags] = await names({});
    assert.deepEqual(await names({}), [settings, flags]);
    const [otherSettings, sameFlags] = await names({ settings: { BATCH_SIZE: "8" } });
    assert.ok(otherSettings !== settings && sameFlags === flags);
    const [sameSettings, otherFlags] = await names({ featureFlags: [flag] });
    assert.ok(sameSettings === settings && otherFlags !== flags);
  });

  it("states of each flag its name, default, owner and day of removal", async () => {
    const featureFlags = [{ name: "diarization", default: true, owner: 'the "audio" team', removeBy: "2027-03-31" }];
    const { data } = (await recorded({ featureFlags })).inputs(configMap, "audio-feature-flags");
    const text = '- name: "diarization"\n  default: true\n  owner: "the \\"audio\\" team"\n  removeBy: "2027-03-31"\n';
    assert.deepEqual(data, { "flags.yaml": text });
    assert.deepEqual((await recorded()).inputs(configMap, "audio-feature-flags").data, { "flags.yaml": "[]\n" });
  });

  it("is reached inside the cluster only, from the same zone first", async () => {
    const recording = await recorded({ port: 9000 });
    assert.deepEqual(recording.inputs(service).metadata, metadata);
    assert.deepEqual(recording.inputs(service).spec, {
      type: "ClusterIP",
      selector: podLabels,
      ports: [{ name: "http", port: 9000, targetPort: "http", protocol: "TCP" }],
      trafficDistribution: "PreferSameZone",
    });
    const { deploymentName, serviceName, endpoint } = recording.value;
    assert.equal(await valueOf(deploymentName), "audio-processing-api");
    assert.equal(await valueOf(serviceName), "audio-processing-api");
    assert.deepEqual(await valueOf(endpoint), {
      namespace: "apg-audio-processing-prod",
      podLabels,
      port: 9000,
      host: "audio-processing-api.apg-audio-processing-prod.svc",
    });
  });

  it("keeps a client on one pod as long as a session may be idle, where that is wanted", async () => {
    const affinity = async (sessionAffinity: ApplicationArgs["sessionAffinity"]) => {
      const { spec } = (await recorded({ sessionAffinity })).inputs(service);
      const { sessionAffinity: kind, sessionAffinityConfig } = spec as Inputs;
      return [kind, sessionAffinityConfig];
    };
    assert.deepEqual(await affinity(undefined), [undefined, undefined]);
    assert.deepEqual(await affinity({}), ["ClientIP", { clientIP: { timeoutSeconds: 1800 } }]);
    assert.deepEqual(await affinity({ timeoutSeconds: 60 }), ["ClientIP", { clientIP: { timeoutSeconds: 60 } }]);
  });

  it("keeps two pods during disruptions, and lets unhealthy ones go", async () => {
    const { spec } = (await recorded()).inputs("kubernetes:policy/v1:PodDisruptionBudget");
    const selector = { matchLabels: podLabels };
    assert.deepEqual(spec, { minAvailable: 2, selector, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });

  it("has a service account of its own without a token", async () => {
    const account = (await recorded()).inputs("kubernetes:core/v1:ServiceAccount");
    assert.deepEqual(account.metadata, metadata);
    assert.equal(account.automountServiceAccountToken, false);
  });

  it("takes every argument that is given", async () => {
    const recording = await recorded({
      component: "worker",
      image: "apg/audio:2.0.0",
      allowUndigestedImage: true,
      resources: { limits: { cpu: "1", memory: "2Gi" } },
      settings: { LOG_LEVEL: "warning" },
      secrets: [{ env: "DATABASE_URL", secretName: "database", key: "url" }],
      probes: { readiness: { path: "/ready", periodSeconds: 2 } },
      runtime: "jvm",
      minAvailable: 4,
      preStopSeconds: 20,
      terminationGraceSeconds: 90,
      priorityClassName: "apg-capability",
    });
    const pod = podOf(recording.inputs(deployment));
    const container = pod.containers[0] as Inputs & { readinessProbe: Inputs };
    const { data } = recording.inputs(configMap, "audio-settings") as { data: Record<string, string> };
    const budget = recording.inputs("kubernetes:policy/v1:PodDisruptionBudget").spec as Inputs;
    assert.equal(nameOf(recording.inputs(deployment)), "audio-processing-worker");
    assert.deepEqual([pod.priorityClassName, pod.terminationGracePeriodSeconds], ["apg-capability", 90]);
    assert.deepEqual([container.name, container.image], ["worker", "apg/audio:2.0.0"]);
    assert.deepEqual(container.env, [
      { name: "JAVA_TOOL_OPTIONS", value: "-XX:MaxRAMPercentage=75 -XX:+UseG1GC" },
      { name: "DATABASE_URL", valueFrom: { secretKeyRef: { name: "database", key: "url" } } },
    ]);
    assert.deepEqual(container.lifecycle, { preStop: { sleep: { seconds: 20 } } });
    assert.deepEqual(container.resources, {
      requests: { cpu: "500m", memory: "1Gi" },
      limits: { cpu: "1", memory: "2Gi" },
    });
    assert.deepEqual(container.readinessProbe, {
      httpGet: { path: "/ready", port: "http" },
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
    assert.deepEqual([data.LOG_LEVEL, data.WEB_WORKERS, data.CACHE_LOCAL_MAX_MB], ["warning", "3", "178"]);
    assert.equal(budget.minAvailable, 4);
  });
});
