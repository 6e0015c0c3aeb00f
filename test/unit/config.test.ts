// A value by itself: keys, types, bounds. Each message names key, value given, what is accepted and the checklist item.
import assert from "node:assert/strict";
import { validateConfig } from "../../config.ts";
import { capability, digest, problemsOf, today, withFirst, written } from "./config-fixtures.ts";

const first = "apg:capabilities[0]";

/** Asserts that these keys of the first capability are refused in these words, and in no others. */
function refuses(keys: Record<string, unknown>, ...sentences: string[]) {
  assert.deepEqual(problemsOf(withFirst(keys)), sentences);
}

describe("the configuration of a stack", () => {
  it("is resolved for the components, and leaves their defaults to them", () => {
    const vision = { namespace: "apg-computer-vision-prod" };
    assert.deepEqual(validateConfig(written(), { today }), {
      environment: "prod",
      foundation: { cluster: { context: "apg-prod" } },
      configured: {},
      capabilities: [
        {
          capability: "audio-processing",
          environment: "prod",
          image: `apg/audio-processing:1.2.3${digest}`,
          allowUndigestedImage: false,
          connectsTo: [{ name: "billing", peer: { cidr: "10.20.0.0/16" }, ports: [443] }],
          acceptsFrom: [
            {
              name: "gateway",
              peer: { namespace: "apg-gateway", podLabels: { "app.kubernetes.io/name": "gateway" } },
            },
            {
              name: "computer-vision",
              peer: {
                ...vision,
                podLabels: { "app.kubernetes.io/name": "computer-vision", "app.kubernetes.io/component": "api" },
              },
            },
          ],
        },
        {
          capability: "computer-vision",
          environment: "prod",
          image: `apg/computer-vision:1.2.3${digest}`,
          allowUndigestedImage: false,
          connectsTo: [
            {
              name: "audio-processing",
              peer: {
                namespace: "apg-audio-processing-prod",
                podLabels: { "app.kubernetes.io/name": "audio-processing", "app.kubernetes.io/component": "api" },
              },
              ports: [8080],
            },
          ],
          acceptsFrom: [],
        },
      ],
    });
  });

  it("resolves an edge to the port and the component that the other end has", () => {
    const config = validateConfig(withFirst({ port: 9000, component: "worker" }), { today });
    assert.deepEqual(config.capabilities[1]!.connectsTo, [
      {
        name: "audio-processing",
        peer: {
          namespace: "apg-audio-processing-prod",
          podLabels: { "app.kubernetes.io/name": "audio-processing", "app.kubernetes.io/component": "worker" },
        },
        ports: [9000],
      },
    ]);
  });

  it("may have no capability, in a stack that owns a foundation alone", () => {
    const config = { environment: "prod", foundation: { cluster: { context: "apg-prod" } }, capabilities: [] };
    assert.deepEqual(validateConfig(config, { today }), { ...config, configured: {} });
  });

  it("may refer to a foundation that another stack owns", () => {
    const config = { ...written(), foundation: { stack: "organization/apg-platform/prod" } };
    assert.deepEqual(validateConfig(config, { today }).foundation, { stack: "organization/apg-platform/prod" });
  });

  it("takes the numbers and booleans that `pulumi config set --path` makes of settings and quantities", () => {
    const keys = { settings: { BATCH_SIZE: 8, ACCESS_LOG: true }, resources: { limits: { cpu: 2, memory: "2Gi" } } };
    const [resolved] = validateConfig(withFirst(keys), { today }).capabilities;
    assert.deepEqual(resolved!.settings, { BATCH_SIZE: "8", ACCESS_LOG: "true" });
    assert.deepEqual(resolved!.resources, { limits: { cpu: "2", memory: "2Gi" } });
  });

  it("names every missing required key", () => {
    assert.deepEqual(problemsOf({}), [
      "apg:capabilities: missing; a list of capabilities, which may be empty, is accepted (AUD-PROD-01).",
      "apg:environment: missing; a name of lower-case letters, digits and hyphens, starting with a letter, at most 20 characters, is accepted (AUD-PROD-01).",
      "apg:foundation: missing; an object with cluster, stack, aws is accepted (CV-KUBE-01).",
    ]);
  });

  it("names the missing keys of a capability", () => {
    assert.deepEqual(problemsOf({ ...written(), capabilities: [{}] }), [
      `${first}.image: missing; an image is needed (AUD-INFRA-01, CV-IMG-05).`,
      `${first}.name: missing; a name of lower-case letters, digits and hyphens, starting with a letter, at most 50 characters, is accepted (AUD-PROD-01).`,
    ]);
  });

  it("suggests the nearest known key for an unknown one, at every depth", () => {
    const config = { ...withFirst({ replicass: 3, replicas: { minimum: 3 } }), enviroment: "prod" };
    assert.deepEqual(problemsOf(config), [
      `${first}.replicas.minimum: unknown key; min, max are known here (AUD-EXEC-03).`,
      `${first}.replicass: unknown key; the nearest known key is "replicas" (AUD-EXEC-03).`,
      'apg:enviroment: unknown key; the nearest known key is "apg:environment" (AUD-EXEC-03).',
    ]);
  });

  it("lists the known keys where none is near an unknown one", () => {
    const config = { ...written(), zone: "a" };
    config.services["billing"]!["protocol"] = "tcp";
    assert.deepEqual(problemsOf(config), [
      "apg:services.billing.protocol: unknown key; namespace, podLabels, cidr, ports are known here (AUD-EXEC-03).",
      "apg:zone: unknown key; apg:environment, apg:foundation, apg:account, apg:maintenanceWindow, apg:forecastPeak, apg:nodePools, apg:operators, apg:security, apg:secrets, apg:edge, apg:services, apg:capabilities, apg:tenants, apg:data, apg:backup, apg:standIns are known here (AUD-EXEC-03).",
    ]);
  });

  it("refuses values of a wrong type", () => {
    const config = {
      ...withFirst({ port: "80", replicas: 3, connectsTo: "billing", settings: ["A"] }),
      environment: 7,
      services: [],
    };
    config.capabilities[1]!["featureFlags"] = [{ name: "a", default: "yes", owner: "team", removeBy: "2027-06-30" }];
    assert.deepEqual(problemsOf(config).slice(0, 5), [
      `${first}.acceptsFrom[0]: "gateway" given; a capability of this stack or an entry of apg:services is accepted: audio-processing, computer-vision (AUD-APG-02, AUD-SEC-01).`,
      `${first}.connectsTo: "billing" given; a list of names of capabilities and of entries of apg:services is accepted (AUD-APG-02, AUD-SEC-01).`,
      `${first}.port: "80" given; a whole number from 1 to 65535 is accepted (CV-NET-01).`,
      `${first}.replicas: 3 given; an object with min, max is accepted (AUD-PROD-02).`,
      `${first}.settings: a list given; an object of settings and their values is accepted (CV-MAN-03).`,
    ]);
    assert.deepEqual(problemsOf(config).slice(5), [
      'apg:capabilities[1].featureFlags[0].default: "yes" given; true or false is accepted (CV-ENV-05).',
      "apg:environment: 7 given; a name of lower-case letters, digits and hyphens, starting with a letter, at most 20 characters, is accepted (AUD-PROD-01).",
      "apg:services: a list given; an object of named services is accepted (AUD-SEC-01).",
    ]);
  });

  it("refuses anything but an object", () => {
    assert.deepEqual(problemsOf("prod"), [
      'apg: "prod" given; an object with environment, foundation, account, maintenanceWindow, forecastPeak, nodePools, operators, security, secrets, edge, services, capabilities, tenants, data, backup, standIns is accepted (AUD-EXEC-03).',
    ]);
  });

  it("refuses 15 replicas where 10 is the maximum", () => {
    const config = written();
    config.capabilities[1]!["replicas"] = { max: 15 };
    assert.deepEqual(problemsOf(config), [
      "apg:capabilities[1].replicas.max: 15 given; at most 10 are allowed (AUD-PROD-02).",
    ]);
  });

  it("refuses fewer than 3 replicas, and parts of one", () => {
    refuses({ replicas: { min: 2 } }, `${first}.replicas.min: 2 given; at least 3 is needed (AUD-PROD-02).`);
    refuses(
      { replicas: { min: 3.5 } },
      `${first}.replicas.min: 3.5 given; a whole number from 3 to 10 is accepted (AUD-PROD-02).`,
    );
  });

  it("refuses requests under and limits over the checklist's", () => {
    const resources = { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2001m", memory: "5Gi" } };
    refuses(
      { resources },
      `${first}.resources.limits.cpu: "2001m" given; at most "2000m" is allowed (AUD-PROD-03).`,
      `${first}.resources.limits.memory: "5Gi" given; at most "4Gi" is allowed (AUD-PROD-03).`,
      `${first}.resources.requests.cpu: "250m" given; at least "500m" is needed (AUD-PROD-03).`,
      `${first}.resources.requests.memory: "512Mi" given; at least "1Gi" is needed (AUD-PROD-03).`,
    );
  });

  it("refuses what is no quantity", () => {
    refuses(
      { resources: { requests: { cpu: "half", memory: true }, limits: { cpu: "2", memory: "-4Gi" } } },
      `${first}.resources.limits.memory: "-4Gi" given; a Kubernetes quantity such as "4Gi" is accepted (AUD-PROD-03).`,
      `${first}.resources.requests.cpu: "half" given; a Kubernetes quantity such as "500m" is accepted (AUD-PROD-03).`,
      `${first}.resources.requests.memory: true given; a Kubernetes quantity such as "1Gi" is accepted (AUD-PROD-03).`,
    );
  });

  it("refuses scaling later than at the checklist's thresholds, and otherwise than quickly up and slowly down", () => {
    const scaling = {
      cpuPercent: 85,
      memoryPercent: 0,
      scaleUp: { stabilizationSeconds: 120 },
      scaleDown: { stabilizationSeconds: 60, percent: 50 },
      queueLength: { metric: "", averageValue: "0" },
    };
    refuses(
      { scaling },
      `${first}.scaling.cpuPercent: 85 given; at most 70 are allowed (AUD-PROD-04).`,
      `${first}.scaling.memoryPercent: 0 given; at least 1 is needed (AUD-PROD-04).`,
      `${first}.scaling.queueLength.averageValue: "0" given; a quantity above 0 such as "30" or "1500m" is accepted (AUD-SCALE-04).`,
      `${first}.scaling.queueLength.metric: "" given; the name of a metric is accepted (AUD-SCALE-04).`,
      `${first}.scaling.scaleDown.percent: 50 given; at most 25 are allowed (AUD-SCALE-05).`,
      `${first}.scaling.scaleDown.stabilizationSeconds: 60 given; at least 300 is needed (AUD-SCALE-05).`,
      `${first}.scaling.scaleUp.stabilizationSeconds: 120 given; at most 60 are allowed (AUD-SCALE-05).`,
    );
  });

  it("refuses probes that are too rare, too hasty or have no path", () => {
    refuses(
      { probes: { liveness: { path: "health" }, readiness: { periodSeconds: 30, failureThreshold: 1 } } },
      `${first}.probes.liveness.path: "health" given; a path that starts with / is accepted (AUD-PROD-05).`,
      `${first}.probes.readiness.failureThreshold: 1 given; at least 3 is needed (AUD-PROD-05).`,
      `${first}.probes.readiness.periodSeconds: 30 given; at most 10 are allowed (AUD-PROD-05).`,
    );
  });

  it("refuses node labels without values, with impossible keys or values, and values that YAML took for something else", () => {
    const name = "at most 63 letters, digits, hyphens, underscores and dots, a letter or digit at both ends";
    const key = `a label's key is accepted: ${name}, and in front of it perhaps a domain and a slash (CV-SCALE-04).`;
    const value = `a label's value, as text, is accepted: nothing, or ${name} (CV-SCALE-04).`;
    const nodeAffinity = {
      required: { "apg.io/pool": [], gpu: [true, "a b"], zone: "a", "pool of us": ["x"] },
      preferred: ["ssd"],
      requird: {},
    };
    refuses(
      { nodeAffinity },
      `${first}.nodeAffinity.preferred: a list given; an object of labels, each with a list of values, is accepted (CV-SCALE-04).`,
      `${first}.nodeAffinity.requird: unknown key; the nearest known key is "required" (AUD-EXEC-03).`,
      `${first}.nodeAffinity.required["apg.io/pool"]: a list given; a list of at least one value is accepted (CV-SCALE-04).`,
      `${first}.nodeAffinity.required.gpu[0]: true given; ${value}`,
      `${first}.nodeAffinity.required.gpu[1]: "a b" given; ${value}`,
      `${first}.nodeAffinity.required["pool of us"]: key given; ${key}`,
      `${first}.nodeAffinity.required.zone: "a" given; a list of at least one value is accepted (CV-SCALE-04).`,
    );
  });

  it("refuses tolerations of taints that no node can have", () => {
    const name = "at most 63 letters, digits, hyphens, underscores and dots, a letter or digit at both ends";
    const key = `a taint's key is accepted: ${name}, and in front of it perhaps a domain and a slash (CV-SCALE-04).`;
    const value = `a taint's value, as text, is accepted: nothing, or ${name} (CV-SCALE-04).`;
    refuses(
      { tolerations: [{ key: "a b", value: true }, { value: "x y", effect: "Never", operator: "Exists" }, "gpu"] },
      `${first}.tolerations[0].key: "a b" given; ${key}`,
      `${first}.tolerations[0].value: true given; ${value}`,
      `${first}.tolerations[1].effect: "Never" given; one of NoSchedule, PreferNoSchedule, NoExecute is accepted (CV-SCALE-04).`,
      `${first}.tolerations[1].key: missing; ${key}`,
      `${first}.tolerations[1].operator: unknown key; key, value, effect are known here (AUD-EXEC-03).`,
      `${first}.tolerations[1].value: "x y" given; ${value}`,
      `${first}.tolerations[2]: "gpu" given; an object with key, value, effect is accepted (CV-SCALE-04).`,
    );
    refuses(
      { tolerations: { key: "gpu" } },
      `${first}.tolerations: an object given; a list of tolerations is accepted (CV-SCALE-04).`,
    );
  });

  it("refuses a feature flag without owner, and a removal date that does not exist", () => {
    refuses(
      { featureFlags: [{ name: "stereo", default: true, owner: "", removeBy: "2027-02-31" }] },
      `${first}.featureFlags[0].owner: "" given; the name of whoever decides about the flag is accepted (CV-ENV-05).`,
      `${first}.featureFlags[0].removeBy: "2027-02-31" given; a day in quotes, such as "2027-06-30", is accepted (CV-ENV-05).`,
    );
  });

  it("refuses Kubernetes' own groups, unknown runtimes and malformed durations", () => {
    refuses(
      { operatorGroups: ["system:masters"], runtime: "ruby", deploymentTimeout: "soon" },
      `${first}.deploymentTimeout: "soon" given; a duration such as "15m" is accepted (AUD-EXEC-04).`,
      `${first}.operatorGroups[0]: "system:masters" given; a group of people is accepted, none of Kubernetes' own (AUD-APG-04).`,
      `${first}.runtime: "ruby" given; one of python, jvm, other is accepted (CV-PERF-08).`,
    );
  });

  it("sorts problems by path, list indexes as numbers", () => {
    const capabilities = Array.from({ length: 11 }, (_, index) => capability(`vision-${index}`, { port: 0 }));
    assert.deepEqual(
      problemsOf({ ...written(), capabilities }).map((problem) => problem.split(":")[1]),
      Array.from({ length: 11 }, (_, index) => `capabilities[${index}].port`),
    );
  });
});
