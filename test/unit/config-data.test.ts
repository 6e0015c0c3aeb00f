// Data services in the configuration: values by themselves, and how they are resolved for the components.
import assert from "node:assert/strict";
import { validateConfig } from "../../config.ts";
import { capability, problemsOf, today, withData, withFirst, writtenAccount, writtenData } from "./config-fixtures.ts";

const first = "apg:capabilities[0]";
const resolved = (raw: unknown) => validateConfig(raw, { today });

/** Asserts that these keys under `apg:data` are refused in these words, and in no others. */
function refuses(keys: Record<string, unknown>, ...sentences: string[]) {
  assert.deepEqual(problemsOf(withData({ data: { ...writtenData(), ...keys } })), sentences);
}

/** The same for what the first capability says of its own data. */
function refusesSizes(data: unknown, ...sentences: string[]) {
  assert.deepEqual(
    problemsOf({ ...withFirst({ data }), data: writtenData() }),
    sentences.map((sentence) => `${first}.data${sentence}`),
  );
}

describe("data services in the configuration", () => {
  it("are resolved for every capability, whose own sizes stay its own", () => {
    const sizes = { postgres: { storage: "100Gi" }, redis: { memoryLimit: "8Gi" } };
    const raw = {
      ...withFirst({ data: sizes, migrationArgs: ["migrate"] }),
      data: {
        ...writtenData(),
        monitoring: { namespace: "monitoring", podLabels: { app: "prometheus" } },
        storageClass: "fast",
      },
      tenants: ["acme", "globex"],
      backup: { rtoMinutes: 10, method: "in-tree" },
    };
    const { capabilities, configured } = resolved(raw);
    const { images } = writtenData();
    const platform = {
      images,
      storageClass: "fast",
      tenants: ["acme", "globex"],
      backup: { rtoMinutes: 10, method: "in-tree" },
      allowUndigestedImages: false,
      apiServer: { peer: { cidr: "10.0.0.0/28" }, port: 443 },
      server: {
        endpoint: "https://objects.store.svc:7070",
        region: "us-east-1",
        peer: { namespace: "store", podLabels: { "app.kubernetes.io/name": "objects" } },
        port: 7070,
      },
      monitoring: { peer: { namespace: "monitoring", podLabels: { app: "prometheus" } } },
    };
    assert.deepEqual(
      capabilities.map(({ dataPlatform }) => dataPlatform),
      [platform, platform],
    );
    assert.deepEqual(
      capabilities.map(({ data, migrationArgs }) => [data, migrationArgs]),
      [
        [sizes, ["migrate"]],
        [undefined, undefined],
      ],
    );
    assert.deepEqual(configured, { tenants: ["acme", "globex"], backup: { rtoMinutes: 10, rpoMinutes: undefined } });
  });

  it("are none where nothing is said", () => {
    const { capabilities } = resolved({ ...withData(), data: undefined });
    assert.ok(capabilities.every((each) => !("dataPlatform" in each)));
  });

  it("may run images without a digest in the sandbox alone", () => {
    const { capabilities } = resolved({ ...withData(), environment: "sandbox" });
    assert.equal(capabilities[0]!.dataPlatform?.allowUndigestedImages, true);
  });

  it("take the numbers and booleans that `pulumi config set --path` makes of parameters and quantities", () => {
    const data = { postgres: { limits: { cpu: 2, memory: "8Gi" }, parameters: { jit: false, work_mem: 8192 } } };
    const { capabilities } = resolved({ ...withFirst({ data }), data: writtenData() });
    assert.deepEqual(capabilities[0]!.data?.postgres, {
      limits: { cpu: "2", memory: "8Gi" },
      parameters: { jit: "false", work_mem: "8192" },
    });
  });

  it("need images, an API server, and know no other keys", () => {
    assert.deepEqual(problemsOf(withData({ data: { images: {}, serverr: {} } })), [
      "apg:data.apiServer: missing; the API server's network and port are needed without foundation.aws (AUD-SEC-01).",
      ...["pgbouncer", "postgres", "redis", "tools"].map(
        (name) =>
          `apg:data.images.${name}: missing; an image as repository:1.2.3@sha256:<64 hex digits> is accepted (AUD-INFRA-01, CV-IMG-05).`,
      ),
      'apg:data.serverr: unknown key; the nearest known key is "server" (AUD-EXEC-03).',
    ]);
  });

  it("are reached at addresses, and never at the whole world", () => {
    const network = "a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04).";
    refuses(
      {
        apiServer: { cidr: "0.0.0.0/0", port: 0 },
        server: { ...(writtenData().server as object), endpoint: "http://s" },
      },
      `apg:data.apiServer.cidr: "0.0.0.0/0" given; ${network}`,
      "apg:data.apiServer.port: 0 given; a whole number from 1 to 65535 is accepted (CV-NET-01).",
      'apg:data.server.endpoint: "http://s" given; an https URL is accepted (CV-DATA-02).',
    );
  });

  it("are in an account that is named by twelve digits in quotes", () => {
    const aws = { clusterName: "apg-prod", endpointCidr: "10.20.0.0/24" };
    const within = (account: Record<string, unknown>) =>
      withData({ account: { ...writtenAccount(), ...account }, data: { ...writtenData(), aws } });
    const of = (account: Record<string, unknown>) => problemsOf(within(account));
    assert.deepEqual(of({ accountId: 123456789012, replicaRegion: "", administrators: "deploy" }), [
      "apg:account.accountId: 123456789012 given; twelve digits, in quotes, are accepted (CV-NET-02).",
      'apg:account.administrators: "deploy" given; a list of at least one role\'s ARN is accepted (CV-DATA-03).',
      'apg:account.replicaRegion: "" given; a region such as eu-west-1 is accepted (CV-OBJ-07).',
    ]);
    assert.deepEqual(of({ accountId: "1234" }), [
      'apg:account.accountId: "1234" given; twelve digits, in quotes, are accepted (CV-NET-02).',
    ]);
    const [first] = resolved(within({})).capabilities;
    assert.deepEqual(first!.dataPlatform?.aws, { ...writtenAccount(), ...aws });
  });

  it("are in an account and a network that are known, where the stack has none of its own", () => {
    refuses(
      { aws: { nameSuffix: "apg1" } },
      "apg:account: missing; the account is needed that everything on AWS is in (CV-NET-02).",
      "apg:data.aws.clusterName: missing; the name of the EKS cluster is needed without foundation.aws (CV-ENV-03).",
      "apg:data.aws.endpointCidr: missing; the network of S3's endpoint is needed without foundation.aws (CV-KUBE-04).",
    );
  });

  it("are protected, watched and of a release that can be named", () => {
    refuses(
      { deletionProtection: "no", monitoring: { namespace: "monitoring" }, operatorVersion: 1.28 },
      'apg:data.deletionProtection: "no" given; true or false is accepted (CV-BCP-02).',
      "apg:data.monitoring.podLabels: missing; an object of labels and their values is accepted (AUD-SEC-01).",
      'apg:data.operatorVersion: 1.28 given; a release of CloudNativePG such as "1.28", in quotes, is accepted (AUD-DB-04).',
    );
  });
});

describe("tenants in the configuration", () => {
  it("are a list of names", () => {
    assert.deepEqual(problemsOf(withData({ tenants: { acme: {} } })), [
      "apg:tenants: an object given; a list of names of tenants is accepted (CV-DB-08, CV-OBJ-02).",
    ]);
    assert.deepEqual(problemsOf(withData({ tenants: ["acme", ""] })), [
      'apg:tenants[1]: "" given; a list of names of tenants is accepted (CV-DB-08, CV-OBJ-02).',
    ]);
  });
});

describe("backups in the configuration", () => {
  it("are kept, made and tried as the checklists ask at least", () => {
    const backup = {
      databaseSchedule: "",
      retentionDays: 7,
      rtoMinutes: 60,
      rpoMinutes: 0,
      method: "barman",
      clusterState: { namespace: "Velero" },
    };
    assert.deepEqual(problemsOf(withData({ backup })), [
      'apg:backup.clusterState.namespace: "Velero" given; a name of lower-case letters, digits and hyphens, starting with a letter, at most 63 characters, is accepted (CV-BCP-02).',
      'apg:backup.databaseSchedule: "" given; a schedule as cron, UTC, is accepted (AUD-DB-03).',
      'apg:backup.method: "barman" given; one of plugin, in-tree is accepted (AUD-DB-03).',
      "apg:backup.retentionDays: 7 given; at least 30 is needed (AUD-DB-03, CV-DB-03).",
      "apg:backup.rpoMinutes: 0 given; at least 1 is needed (CV-BCP-08).",
      "apg:backup.rtoMinutes: 60 given; at most 15 are allowed (CV-BCP-08).",
    ]);
  });
});

describe("a capability's own data in the configuration", () => {
  it("is refused where its database loses what it has, or its pools are outside of the checklists' range", () => {
    refusesSizes(
      {
        postgres: {
          instances: 2,
          synchronous: 0,
          archiveTimeoutSeconds: 900,
          storage: "lots",
          pooler: { instances: 1, minPoolSize: 10, maxConnections: 60 },
          recoverFrom: { targetTime: "2026-05-01 12:00:00+00" },
        },
      },
      ".postgres.archiveTimeoutSeconds: 900 given; at most 300 are allowed (CV-BCP-08).",
      ".postgres.instances: 2 given; at least 3 is needed (AUD-DB-04, CV-DB-02).",
      ".postgres.pooler.instances: 1 given; at least 2 is needed (CV-DB-05).",
      ".postgres.pooler.maxConnections: 60 given; at most 50 are allowed (AUD-DB-02).",
      ".postgres.pooler.minPoolSize: 10 given; at least 20 is needed (AUD-DB-02).",
      ".postgres.recoverFrom.serverName: missing; a name of lower-case letters, digits and hyphens, starting with a letter, at most 63 characters, is accepted (CV-DB-03).",
      '.postgres.storage: "lots" given; a Kubernetes quantity such as "50Gi" is accepted (AUD-DB-03).',
      ".postgres.synchronous: 0 given; at least 1 is needed (AUD-DB-04).",
    );
  });

  it("is refused where its cache cannot fail over, and where its buckets have no class or end", () => {
    refusesSizes(
      {
        redis: { replicas: 2, sentinels: 2, quorum: 1, memoryLimit: "big", dataClass: "secret" },
        purposes: [{ name: "Media", dataClass: "secret", expireDays: 0 }, "data"],
      },
      '.purposes[0].dataClass: "secret" given; one of public, internal, confidential, restricted is accepted (CV-DATA-04).',
      ".purposes[0].expireDays: 0 given; at least 1 is needed (CV-OBJ-06, CV-DATA-08).",
      '.purposes[0].name: "Media" given; a name of lower-case letters, digits and hyphens, starting with a letter, at most 20 characters, is accepted (CV-OBJ-02).',
      '.purposes[1]: "data" given; an object with name, dataClass, expireDays, archiveAfterDays, public is accepted (CV-OBJ-02).',
      '.redis.dataClass: "secret" given; one of public, internal, confidential, restricted is accepted (CV-DATA-04).',
      '.redis.memoryLimit: "big" given; a Kubernetes quantity such as "5Gi" is accepted (AUD-CACHE-05).',
      ".redis.quorum: 1 given; at least 2 is needed (AUD-CACHE-04).",
      ".redis.replicas: 2 given; at least 3 is needed (AUD-CACHE-01).",
      ".redis.sentinels: 2 given; at least 3 is needed (AUD-CACHE-04).",
    );
  });

  it("names what it does not know, and refuses a cluster's name, which is the platform's", () => {
    refusesSizes(
      { postgress: {}, redis: { image: "redis:7" } },
      '.postgress: unknown key; the nearest known key is "postgres" (AUD-EXEC-03).',
      ".redis.image: unknown key; replicas, sentinels, quorum, memoryLimit, cpuLimit, requests, storage, dataClass are known here (AUD-EXEC-03).",
    );
  });

  it("is migrated by arguments, at least one", () => {
    const refused = (migrationArgs: unknown) =>
      problemsOf({ ...withData(), capabilities: [capability("audio-processing", { migrationArgs })] });
    assert.deepEqual(refused([]), [
      `${first}.migrationArgs: a list given; at least one argument is needed (CV-DB-04).`,
    ]);
    assert.deepEqual(refused("migrate"), [
      `${first}.migrationArgs: "migrate" given; a list of arguments is accepted (CV-DB-04).`,
    ]);
    assert.deepEqual(refused(["migrate", ""]), [
      `${first}.migrationArgs[1]: "" given; an argument is accepted (CV-DB-04).`,
    ]);
  });
});
