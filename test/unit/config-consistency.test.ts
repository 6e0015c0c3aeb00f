// Values that are sound by themselves and not together: images, bounds, edges, secrets, days.
import assert from "node:assert/strict";
import { validateConfig } from "../../config.ts";
import {
  capability,
  digest,
  problemsOf,
  today,
  withFirst,
  written,
  writtenAccount,
  writtenFoundation,
} from "./config-fixtures.ts";

const first = "apg:capabilities[0]";

function refuses(keys: Record<string, unknown>, ...sentences: string[]) {
  assert.deepEqual(problemsOf(withFirst(keys)), sentences);
}

describe("images in the configuration", () => {
  const form = '"repository:1.2.3@sha256:<64 hex digits>" is accepted';
  const refused = [
    ["apg/audio:latest", `the tag latest can move to other bytes, ${form} (CV-IMG-05)`],
    [`apg/audio:latest${digest}`, `the tag latest can move to other bytes, ${form} (CV-IMG-05)`],
    ["apg/audio", `it has no version tag, ${form} (CV-IMG-05)`],
    [`registry:5000/audio${digest}`, `it has no version tag, ${form} (CV-IMG-05)`],
    ["apg/audio:stable", `the tag is no semantic version, ${form} (CV-IMG-05)`],
    ["apg/audio:1.2.3", `it has no digest, which only the sandbox may leave out, ${form} (AUD-INFRA-01, CV-IMG-05)`],
    ["apg/audio:1.2.3@sha256:abc", 'the digest is malformed, "sha256:" and 64 hex digits are accepted (AUD-INFRA-01)'],
    ["Apg Audio:1.2.3", `no valid image reference, ${form} (AUD-INFRA-01)`],
    ["", `no valid image reference, ${form} (AUD-INFRA-01)`],
  ] as const;
  for (const [image, accepted] of refused) {
    it(`are refused as ${JSON.stringify(image.replace(digest, "@<digest>"))} outside the sandbox`, () => {
      refuses({ image }, `${first}.image: ${JSON.stringify(image)} given; ${accepted}.`);
    });
  }

  it("may do without a digest in the sandbox, and in no environment without a version", () => {
    const config = { ...withFirst({ image: "apg/audio:1.2.3" }), environment: "sandbox" };
    assert.deepEqual(
      validateConfig(config, { today }).capabilities.map(({ image, allowUndigestedImage }) => ({
        image,
        allowUndigestedImage,
      })),
      [
        { image: "apg/audio:1.2.3", allowUndigestedImage: true },
        { image: `apg/computer-vision:1.2.3${digest}`, allowUndigestedImage: true },
      ],
    );
    assert.deepEqual(problemsOf({ ...withFirst({ image: "apg/audio:latest" }), environment: "sandbox" }), [
      `${first}.image: "apg/audio:latest" given; the tag latest can move to other bytes, "repository:1.2.3" is accepted (CV-IMG-05).`,
    ]);
  });
});

describe("bounds in the configuration", () => {
  it("refuse a minimum above the maximum", () => {
    refuses(
      { replicas: { min: 6, max: 5 } },
      `${first}.replicas.min: 6 given; at most replicas.max, 5, is allowed (AUD-PROD-02).`,
    );
  });

  it("refuse limits below requests, given or default", () => {
    refuses(
      { resources: { requests: { cpu: "1500m", memory: "2Gi" }, limits: { cpu: 1, memory: "2Gi" } } },
      `${first}.resources.limits.cpu: 1 given; at least what is requested, "1500m", is needed (AUD-PROD-03, CV-MAN-06).`,
    );
    refuses(
      { resources: { limits: { cpu: "500m", memory: "512Mi" } } },
      `${first}.resources.limits.memory: "512Mi" given; at least what is requested, "1Gi", is needed (AUD-PROD-03, CV-MAN-06).`,
    );
  });

  it("refuse a disruption budget that lets no pod be moved", () => {
    refuses(
      { minAvailable: 3 },
      `${first}.minAvailable: 3 given; less than replicas.min, 3, is needed, or no node can be drained (CV-SCALE-03).`,
    );
  });

  it("refuse a grace period that ends before the preStop hook does", () => {
    refuses(
      { preStopSeconds: 60 },
      `${first}.preStopSeconds: 60 given; preStopSeconds (60) must be less than terminationGraceSeconds (60), or requests are cut off (AUD-PROD-06).`,
    );
  });

  it("refuse the liveness probe's path for the readiness probe", () => {
    refuses(
      { probes: { readiness: { path: "/health/live" } } },
      `${first}.probes.readiness.path: "/health/live" given; liveness and readiness need different paths (AUD-PROD-05).`,
    );
  });

  it("refuse names that are too long together", () => {
    const name = "x".repeat(46);
    const config = {
      ...written(),
      environment: "production-in-europe",
      capabilities: [capability(name, { component: "worker" })],
    };
    assert.deepEqual(problemsOf(config), [
      `${first}.component: "worker" given; ${name}-worker has 53 characters, at most 52 leave room for the names of its pods (CV-MAN-01).`,
      `${first}.name: "${name}" given; its namespace apg-${name}-production-in-europe has 71 characters, at most 63 are allowed (AUD-PROD-01).`,
    ]);
  });
});

describe("edges in the configuration", () => {
  it("are refused to what does not exist, with the nearest that does", () => {
    refuses(
      { connectsTo: ["biling", "payments"] },
      `${first}.connectsTo[0]: "biling" given; a capability of this stack or an entry of apg:services is accepted: the nearest is "billing" (AUD-APG-02, AUD-SEC-01).`,
      `${first}.connectsTo[1]: "payments" given; a capability of this stack or an entry of apg:services is accepted: audio-processing, computer-vision, gateway, billing (AUD-APG-02, AUD-SEC-01).`,
    );
  });

  it("are refused when the end that is called does not accept them", () => {
    const config = withFirst({ acceptsFrom: ["gateway"] });
    assert.deepEqual(problemsOf(config), [
      'apg:capabilities[1].connectsTo[0]: "audio-processing" given; both ends declare an edge, so "computer-vision" is needed in apg:capabilities[0].acceptsFrom too (AUD-SEC-01).',
    ]);
  });

  it("are refused when the end that calls does not declare them", () => {
    const config = written();
    delete config.capabilities[1]!["connectsTo"];
    assert.deepEqual(problemsOf(config), [
      'apg:capabilities[0].acceptsFrom[1]: "computer-vision" given; both ends declare an edge, so "audio-processing" is needed in apg:capabilities[1].connectsTo too (AUD-SEC-01).',
    ]);
  });

  it("are refused twice", () => {
    refuses(
      { connectsTo: ["billing", "billing"] },
      `${first}.connectsTo[1]: "billing" given; each name is accepted once (AUD-SEC-01).`,
    );
  });

  it("need names that stand for one thing", () => {
    const config = written();
    config.capabilities.push(capability("computer-vision"));
    config.services["audio-processing"] = { cidr: "10.0.0.0/8", ports: [443] };
    config.services["Mail"] = { cidr: "10.0.0.0/8" };
    assert.deepEqual(problemsOf(config), [
      'apg:capabilities[2].name: "computer-vision" given; each name is accepted once, apg:capabilities[1] has it already (AUD-PROD-01).',
      "apg:services.Mail: name given; lower-case letters, digits and hyphens, starting with a letter, at most 50 characters, are accepted as its name (AUD-SEC-01).",
      "apg:services.audio-processing: name given; a capability has it already (AUD-SEC-01).",
    ]);
  });

  it("need services that say who they are, and on which ports they are called", () => {
    const config = written();
    config.services = {
      gateway: { namespace: "apg-gateway" },
      billing: { cidr: "0.0.0.0/0" },
      mail: { cidr: "10.1.0.0/16", namespace: "mail", ports: [25, 587, 25] },
    };
    assert.deepEqual(problemsOf(config), [
      'apg:services.billing.cidr: "0.0.0.0/0" given; a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04).',
      "apg:services.billing.ports: missing; at least one port is needed, as a capability connects to it (CV-NET-01).",
      "apg:services.gateway: an object given; either namespace and podLabels, or cidr, is accepted (AUD-SEC-01).",
      "apg:services.mail: an object given; either namespace and podLabels, or cidr, is accepted (AUD-SEC-01).",
      "apg:services.mail.ports[2]: 25 given; each port is accepted once (CV-NET-01).",
    ]);
  });
});

describe("secrets in the configuration", () => {
  const accepted = "put it into a Secret and name it in the capability's secrets (AUD-SEC-03, CV-SECRET-01)";
  const settings = {
    DB_PASSWORD: "hunter2",
    STRIPE_API_KEY: "sk_live_1",
    DATABASE_URL: "postgres://db/audio",
    CALLBACK: "https://user:hunter2@example.org",
    CERTIFICATE: "-----BEGIN EC PRIVATE KEY-----",
  };
  for (const [name, value] of Object.entries(settings)) {
    it(`are refused in plain text, and never repeated, in the setting ${name}`, () => {
      refuses({ settings: { [name]: value } }, `${first}.settings.${name}: a secret given in plain text; ${accepted}.`);
    });
  }

  it("are not seen where a setting only speaks of one", () => {
    const harmless = {
      TOKEN_TTL_SECONDS: "900",
      S3_KMS_KEY_ID: "alias/audio",
      DB_PASSWORD_FILE: "/run/secrets/db",
      AI_ORCHESTRATION_URL: "http://ai.apg-ai-prod.svc:8080/v1",
    };
    assert.deepEqual(validateConfig(withFirst({ settings: harmless }), { today }).capabilities[0]!.settings, harmless);
  });

  it("are refused as Pulumi secrets where everybody with access to the namespace could read them", () => {
    const config = withFirst({ port: "hunter2" });
    assert.deepEqual(problemsOf(config, ["capabilities"]), [
      `apg:capabilities: a Pulumi secret given; ${accepted}.`,
      `${first}.port: a secret given; a whole number from 1 to 65535 is accepted (CV-NET-01).`,
    ]);
  });

  it("are a kubeconfig's only form", () => {
    const config = { ...written(), foundation: { cluster: { kubeconfig: "token: hunter2" } } };
    assert.deepEqual(problemsOf(config), [
      "apg:foundation.cluster.kubeconfig: a secret given in plain text; set it with `pulumi config set --secret --path` (CV-SECRET-01).",
    ]);
    assert.deepEqual(validateConfig(config, { today, secretKeys: ["foundation"] }).foundation, config.foundation);
  });

  it("are one environment variable each, and none that is a setting", () => {
    const secret = { env: "DB_PASSWORD", secretName: "db", key: "password" };
    refuses(
      { secrets: [secret, secret, { ...secret, env: "LOG_LEVEL" }], settings: { LOG_LEVEL: "info" } },
      `${first}.secrets[1].env: "DB_PASSWORD" given; each variable is accepted once (AUD-SEC-03).`,
      `${first}.secrets[2].env: "LOG_LEVEL" given; settings has it already (AUD-SEC-03).`,
    );
  });
});

describe("settings in the configuration", () => {
  it("keep the checklists' word", () => {
    const settings = {
      LOG_LEVEL: "debug",
      DEBUG: "true",
      SESSION_IDLE_MINUTES: "60",
      WEB_WORKERS: "6",
      BATCH_SIZE: "all",
      batch: "1",
      PORT: 80,
    };
    refuses(
      { settings },
      `${first}.settings.BATCH_SIZE: "all" given; a whole number above 0 is accepted (CV-ENV-07).`,
      `${first}.settings.DEBUG: "true" given; "false" is accepted (CV-ENV-06).`,
      `${first}.settings.LOG_LEVEL: "debug" given; "info" or "warning" is accepted (AUD-LOG-06, CV-ENV-06).`,
      `${first}.settings.PORT: 80 given; it follows from name, environment and port and is not set here (CV-MAN-03).`,
      `${first}.settings.SESSION_IDLE_MINUTES: "60" given; a whole number from 1 to 30 is accepted (CV-APPSEC-03).`,
      `${first}.settings.WEB_WORKERS: "6" given; a whole number from 1 to 5 is accepted (CV-ENV-07).`,
      `${first}.settings.batch: name given; capital letters, digits and underscores, starting with a letter, are accepted as its name (CV-MAN-03).`,
    );
  });

  it("fit the limits that the pod has", () => {
    refuses(
      {
        resources: { limits: { cpu: 1, memory: "1Gi" } },
        settings: { WEB_WORKERS: 4, CACHE_LOCAL_MAX_MB: 300 },
      },
      `${first}.settings.CACHE_LOCAL_MAX_MB: 300 given; a whole number from 1 to 268 is accepted (AUD-CSTR-01).`,
      `${first}.settings.WEB_WORKERS: 4 given; a whole number from 1 to 3 is accepted (CV-ENV-07).`,
    );
  });
});

describe("feature flags in the configuration", () => {
  it("are refused twice, and after the day of their removal", () => {
    const flag = { name: "stereo", default: true, owner: "audio-team", removeBy: today };
    refuses(
      { featureFlags: [flag, { ...flag, removeBy: "2026-11-21" }] },
      `${first}.featureFlags[1].name: "stereo" given; each name is accepted once (CV-ENV-05).`,
      `${first}.featureFlags[1].removeBy: "2026-11-21" given; a day from 2026-11-22 on is accepted: remove the flag, or have its owner give a new day (CV-ENV-05).`,
    );
  });
});

describe("the foundation in the configuration", () => {
  const foundation = (given: Record<string, unknown>) => problemsOf({ ...written(), foundation: given });
  const accepted =
    "exactly one is accepted: cluster (one that is there), stack (one that exports foundation) or aws (one of this " +
    "stack's own) (CV-KUBE-01)";

  it("is one of a cluster, a stack and one's own on AWS, not several", () => {
    const [cluster, stack, aws] = [{ context: "apg" }, "organization/apg-platform/prod", writtenFoundation()];
    const given: [Record<string, unknown>, string][] = [
      [{ cluster, stack }, "cluster and stack"],
      [{ stack, aws }, "stack and aws"],
      [{ cluster, stack, aws }, "cluster and stack and aws"],
    ];
    for (const [several, named] of given)
      assert.deepEqual(problemsOf({ ...written(), account: writtenAccount(), foundation: several }), [
        `apg:foundation: ${named} given; ${accepted}.`,
      ]);
  });

  it("is one of them, not none", () => {
    assert.deepEqual(foundation({}), [`apg:foundation: neither cluster nor stack nor aws given; ${accepted}.`]);
  });

  it("is never whatever cluster kubectl happens to point at", () => {
    assert.deepEqual(foundation({ cluster: {} }), [
      "apg:foundation.cluster: neither context nor kubeconfig given; context, kubeconfig or both are needed, or the stack would go wherever kubectl points (CV-KUBE-01).",
    ]);
  });

  it("is named in full where another stack owns it", () => {
    assert.deepEqual(foundation({ stack: "prod" }), [
      'apg:foundation.stack: "prod" given; a stack\'s full name such as "organization/apg-platform/prod" is accepted (CV-KUBE-01).',
    ]);
  });
});
