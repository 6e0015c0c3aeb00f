import assert from "node:assert/strict";
import fc from "fast-check";
import { Application } from "../../../components/index.ts";
import type { ApplicationArgs } from "../../../components/index.ts";
import { sizedSettings } from "../../../components/capability/settings.ts";
import { refusal } from "../recorder.ts";
import { image } from "./fixtures.ts";

const minimal: ApplicationArgs = { namespace: "apg-audio-prod", capability: "audio", environment: "prod", image };
const refused = (args: Partial<ApplicationArgs>) => refusal(() => new Application("audio", { ...minimal, ...args }));

describe("Application refuses", () => {
  it("an image that may change under its name", async () => {
    for (const bad of ["apg/audio", "apg/audio:latest", "apg/audio:1.2", "apg/audio:1.2.3"]) {
      const lines = await refused({ image: bad });
      assert.equal(lines.length, 1);
      assert.ok(lines[0]!.startsWith(`audio.image: ${bad} given; `) && lines[0]!.includes("CV-IMG-05"), lines[0]);
    }
  });

  it("resources outside the checklists' range or in disorder", async () => {
    const requests = { cpu: "400m", memory: "5Gi" };
    const limits = { cpu: "2.5", memory: "4Gi" };
    assert.deepEqual(await refused({ resources: { requests, limits } }), [
      "audio.resources.requests.cpu: 400m given; at least 500m is needed (AUD-PROD-03).",
      "audio.resources.limits.cpu: 2.5 given; at most 2000m is allowed (AUD-PROD-03).",
      "audio.resources.requests.memory: 5Gi given; at most the limit, 4Gi, is allowed (CV-MAN-06).",
    ]);
  });

  it("resources that are no quantities", async () => {
    assert.deepEqual(
      await refused({ resources: { requests: { cpu: "-1", memory: "1Gi" }, limits: { cpu: "two", memory: "" } } }),
      [
        "audio.resources.requests.cpu: -1 given; a Kubernetes quantity such as 500m is accepted (AUD-PROD-03).",
        "audio.resources.limits.cpu: two given; a Kubernetes quantity such as 500m is accepted (AUD-PROD-03).",
        "audio.resources.limits.memory: nothing given; a Kubernetes quantity such as 1Gi is accepted (AUD-PROD-03).",
      ],
    );
  });

  it("probes that are too slow, too hasty or the same", async () => {
    const probes = {
      liveness: { path: "/health", periodSeconds: 11 },
      readiness: { path: "/health", failureThreshold: 2 },
      startup: { path: "health" },
    };
    assert.deepEqual(await refused({ probes }), [
      "audio.probes.liveness.periodSeconds: 11 given; at most 10 are allowed (AUD-PROD-05).",
      "audio.probes.readiness.failureThreshold: 2 given; at least 3 are needed (AUD-PROD-05).",
      "audio.probes.startup.path: health given; a path that starts with / is accepted (AUD-PROD-05).",
      "audio.probes.readiness.path: /health given; a path other than the liveness probe's is needed (AUD-PROD-05).",
    ]);
  });

  it("a stop that cuts requests off", async () => {
    assert.deepEqual(await refused({ preStopSeconds: 30, terminationGraceSeconds: 29 }), [
      "audio.terminationGraceSeconds: 29 given; at least 30 are needed (AUD-PROD-06).",
      "audio.preStopSeconds: 30 given; less than terminationGraceSeconds (29) is needed, or requests are cut off (AUD-PROD-06).",
    ]);
  });

  it("flags without a name, an owner or a day of removal, and a name used twice", async () => {
    const good = { name: "beta", default: false, owner: "team", removeBy: "2027-01-31" };
    const featureFlags = [good, { ...good, owner: "" }, { ...good, name: "", removeBy: "2027-02-31x" }];
    assert.deepEqual(await refused({ featureFlags }), [
      "audio.featureFlags[1].owner: nothing given; an owner is needed (CV-ENV-05).",
      "audio.featureFlags[2].name: nothing given; a name is needed (CV-ENV-05).",
      "audio.featureFlags[2].removeBy: 2027-02-31x given; a day as YYYY-MM-DD is accepted (CV-ENV-05).",
      "audio.featureFlags[1].name: beta given; each name may be used once.",
    ]);
  });

  it("node labels that no node can have, and those without a value", async () => {
    const name = "at most 63 letters, digits, hyphens, underscores and dots, a letter or digit at both ends";
    const key = `a label's key is accepted: ${name}, and in front of it perhaps a domain and a slash (CV-SCALE-04).`;
    const value = `a label's value, as text, is accepted: nothing, or ${name} (CV-SCALE-04).`;
    const nodeAffinity = {
      required: { "apg.io/pool": [], "Apg.io/pool": ["general"], "apg.io/a/b": ["x", "two words"] },
      preferred: { "": ["x"], disk: ["-ssd", "s".repeat(64)] },
    };
    assert.deepEqual(await refused({ nodeAffinity }), [
      'audio.nodeAffinity.required["apg.io/pool"]: no value given; at least one value is needed (CV-SCALE-04).',
      `audio.nodeAffinity.required["Apg.io/pool"]: Apg.io/pool given; ${key}`,
      `audio.nodeAffinity.required["apg.io/a/b"]: apg.io/a/b given; ${key}`,
      `audio.nodeAffinity.required["apg.io/a/b"][1]: two words given; ${value}`,
      `audio.nodeAffinity.preferred[""]: nothing given; ${key}`,
      `audio.nodeAffinity.preferred["disk"][0]: -ssd given; ${value}`,
      `audio.nodeAffinity.preferred["disk"][1]: ${"s".repeat(64)} given; ${value}`,
    ]);
  });

  it("tolerations of taints that no node can have", async () => {
    const name = "at most 63 letters, digits, hyphens, underscores and dots, a letter or digit at both ends";
    const key = `a taint's key is accepted: ${name}, and in front of it perhaps a domain and a slash (CV-SCALE-04).`;
    const value = `a taint's value, as text, is accepted: nothing, or ${name} (CV-SCALE-04).`;
    const tolerations = [
      { key: "apg.io/pool", value: "", effect: "NoExecute" },
      { key: "", value: "two words", effect: "Never" },
      { key: "apg.io/a/b", effect: "" },
    ];
    assert.deepEqual(await refused({ tolerations }), [
      `audio.tolerations[1].key: nothing given; ${key}`,
      `audio.tolerations[1].value: two words given; ${value}`,
      "audio.tolerations[1].effect: Never given; NoSchedule, PreferNoSchedule, NoExecute are known (CV-SCALE-04).",
      `audio.tolerations[2].key: apg.io/a/b given; ${key}`,
      "audio.tolerations[2].effect: nothing given; NoSchedule, PreferNoSchedule, NoExecute are known (CV-SCALE-04).",
    ]);
  });

  it("names, ports and times that Kubernetes would not take", async () => {
    const variable =
      "the name of an environment variable is accepted: capital letters, digits and underscores, starting with a letter.";
    const lines = await refused({
      component: "the-part-that-answers-requests-over-http-from-clients",
      port: 70000,
      settings: { "log.level": "info" },
      secrets: [{ env: "db-url", secretName: "database", key: "url" }],
      sessionAffinity: { timeoutSeconds: 86401 },
      runtime: "ruby",
      minAvailable: 1,
      deploymentTimeout: "soon",
    });
    assert.deepEqual(lines, [
      "audio.component: the-part-that-answers-requests-over-http-from-clients given; with the capability audio it makes a name of more than 52 characters, which leaves no room for the names of its pods.",
      "audio.port: 70000 given; at most 65535 are allowed.",
      `audio.settings.log.level: log.level given; ${variable}`,
      `audio.secrets[0].env: db-url given; ${variable}`,
      "audio.sessionAffinity.timeoutSeconds: 86401 given; at most 86400 are allowed.",
      "audio.runtime: ruby given; python, jvm, other are known (CV-PERF-08).",
      "audio.minAvailable: 1 given; at least 2 are needed (CV-MAN-08, CV-SCALE-03).",
      "audio.deploymentTimeout: soon given; a duration such as 15m or 1h30m is accepted.",
    ]);
  });
});

describe("settings that follow from the limits", () => {
  it("keep workers within two a CPU and one more, and all their caches within a quarter of the memory", () => {
    const limits = fc.record({
      cpu: fc.integer({ min: 500, max: 2000 }).map((millicores) => `${millicores}m`),
      memory: fc.integer({ min: 1024, max: 4096 }).map((mebibytes) => `${mebibytes}Mi`),
    });
    fc.assert(
      fc.property(limits, ({ cpu, memory }) => {
        const { WEB_WORKERS, CACHE_LOCAL_MAX_MB } = sizedSettings({ cpu, memory });
        const [workers, cache] = [Number(WEB_WORKERS), Number(CACHE_LOCAL_MAX_MB)];
        assert.ok(workers >= 1 && workers <= (2 * parseInt(cpu)) / 1000 + 1);
        assert.ok(cache >= 1 && workers * cache * 1e6 <= 0.25 * parseInt(memory) * 1024 ** 2);
      }),
    );
  });
});
