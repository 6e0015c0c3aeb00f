import assert from "node:assert/strict";
import { Application } from "../../../components/index.ts";
import type { ApplicationArgs, Connection, MigrationArgs } from "../../../components/index.ts";
import { record, refusal } from "../recorder.ts";
import type { Inputs } from "../recorder.ts";
import { capabilityLabels, image, podLabels } from "./fixtures.ts";

const minimal: ApplicationArgs = {
  namespace: "apg-audio-processing-prod",
  capability: "audio-processing",
  environment: "prod",
  image,
};
const declare = (args: Partial<ApplicationArgs>) => new Application("audio", { ...minimal, ...args });
const recorded = (args: Partial<ApplicationArgs>) => record(() => declare(args));
const refused = (args: Partial<ApplicationArgs>) => refusal(() => declare(args));

const database: Connection = {
  name: "postgres",
  settings: { DATABASE_POOL: "20" },
  secrets: [{ env: "DATABASE_URL", secretName: "postgres-role-app", key: "url" }],
  certificates: [{ secretName: "postgres-tls", key: "ca.crt", file: "postgres-ca.crt" }],
  edges: [],
};
const cache: Connection = {
  name: "redis",
  settings: { REDIS_CA_FILE: "/etc/apg/certificates/redis-ca.crt" },
  secrets: [{ env: "REDIS_URL", secretName: "redis-application", key: "url" }],
  certificates: [{ secretName: "redis-tls", key: "ca.crt", file: "redis-ca.crt" }],
  edges: [],
};
const owner: Connection = {
  ...database,
  secrets: [{ env: "DATABASE_URL", secretName: "postgres-role-migrate", key: "url" }],
};
const migration: MigrationArgs = { args: ["migrate", "--all"], connection: owner };

const deployment = "kubernetes:apps/v1:Deployment";
const job = "kubernetes:batch/v1:Job";
const nameOf = (inputs: Inputs) => (inputs.metadata as { name: string }).name;
const podOf = (inputs: Inputs) =>
  (inputs.spec as { template: { spec: Inputs & { containers: Inputs[]; volumes: Inputs[] } } }).template.spec;
const fromSecret = (name: string, secretName: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secretName, key: "url" } },
});
const volume = (files: [secretName: string, path: string][]) => ({
  name: "certificates",
  projected: {
    sources: files.map(([name, path]) => ({ secret: { name, items: [{ key: "ca.crt", path }] } })),
  },
});
const mount = { name: "certificates", mountPath: "/etc/apg/certificates", readOnly: true };

describe("Application with connections", () => {
  it("gets the settings, Secrets and certificates of all of them", async () => {
    const secrets = [{ env: "API_KEY", secretName: "api", key: "url" }];
    const recording = await recorded({ connections: [database, cache], secrets });
    const { data } = recording.inputs("kubernetes:core/v1:ConfigMap", "audio-settings") as { data: Inputs };
    assert.equal(data.DATABASE_POOL, "20");
    assert.equal(data.REDIS_CA_FILE, "/etc/apg/certificates/redis-ca.crt");
    const { containers, volumes } = podOf(recording.inputs(deployment));
    const { env, volumeMounts } = containers[0] as { env: Inputs[]; volumeMounts: Inputs[] };
    assert.deepEqual(env.slice(1), [
      fromSecret("API_KEY", "api"),
      fromSecret("DATABASE_URL", "postgres-role-app"),
      fromSecret("REDIS_URL", "redis-application"),
    ]);
    assert.deepEqual(
      volumes.at(-1),
      volume([
        ["postgres-tls", "postgres-ca.crt"],
        ["redis-tls", "redis-ca.crt"],
      ]),
    );
    assert.deepEqual(volumeMounts.at(-1), mount);
  });

  it("goes over their settings with its own", async () => {
    const recording = await recorded({ connections: [database], settings: { DATABASE_POOL: "5" } });
    const { data } = recording.inputs("kubernetes:core/v1:ConfigMap", "audio-settings") as { data: Inputs };
    assert.equal(data.DATABASE_POOL, "5");
  });

  it("refuses a variable that two of them, or one of them and its own Secrets, set", async () => {
    assert.deepEqual(await refused({ connections: [database, { ...cache, settings: { DATABASE_URL: "x" } }] }), [
      "audio.connections[1]: DATABASE_URL given; connections[0] (postgres) sets it already (AUD-SEC-03).",
    ]);
    const secrets = [{ env: "REDIS_URL", secretName: "mine", key: "url" }];
    assert.deepEqual(await refused({ connections: [database, cache], secrets }), [
      "audio.connections[1]: REDIS_URL given; secrets[0] sets it already (AUD-SEC-03).",
    ]);
  });
});

describe("Application with a migration", () => {
  it("runs it to its end, as the owner of the tables, before the first new pod", async () => {
    const recording = await recorded({ connections: [database], migration, priorityClassName: "high" });
    const { metadata, spec } = recording.inputs(job, "audio-migrate") as { metadata: Inputs; spec: Inputs };
    const labels = { ...capabilityLabels, ...podLabels, "app.kubernetes.io/component": "migrate" };
    assert.match(String(metadata.name), /^audio-processing-api-migrate-[0-9a-f]{10}$/);
    assert.deepEqual(metadata, { name: metadata.name, namespace: "apg-audio-processing-prod", labels });
    assert.deepEqual(spec, {
      backoffLimit: 20,
      activeDeadlineSeconds: 600,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "OnFailure",
          serviceAccountName: "audio-processing-api",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          priorityClassName: "high",
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            runAsGroup: 10001,
            fsGroup: 10001,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "migrate",
              image,
              imagePullPolicy: "IfNotPresent",
              args: ["migrate", "--all"],
              envFrom: [
                {
                  configMapRef: { name: nameOf(recording.inputs("kubernetes:core/v1:ConfigMap", "audio-settings")) },
                },
              ],
              env: [
                { name: "DATABASE_POOL", value: "20" },
                { name: "PGOPTIONS", value: "-c lock_timeout=5s" },
                fromSecret("DATABASE_URL", "postgres-role-migrate"),
              ],
              resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
              securityContext: {
                runAsNonRoot: true,
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, mount],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "512Mi" } }, volume([["postgres-tls", "postgres-ca.crt"]])],
        },
      },
    });
    assert.ok(recording.dependencies(deployment, "audio").includes(`${job}::audio-migrate`));
  });

  it("has none, and waits for none, where none is given", async () => {
    const recording = await recorded({ connections: [database] });
    assert.ok(!recording.resources.some(({ type }) => type === job));
  });

  it("runs again for another image, other arguments or another address, and for nothing else", async () => {
    const named = async (args: Partial<ApplicationArgs>) =>
      nameOf((await recorded({ migration, ...args })).inputs(job, "audio-migrate"));
    const first = await named({});
    const elsewhere = { ...owner, settings: { DATABASE_POOL: "10" } };
    const others = [
      await named({ image: image.replace("1.4.2", "1.4.3") }),
      await named({ migration: { ...migration, args: ["migrate"] } }),
      await named({ migration: { ...migration, connection: elsewhere } }),
    ];
    assert.equal(new Set([first, ...others]).size, 4);
    assert.equal(await named({ minAvailable: 3, settings: { LOG_LEVEL: "warning" } }), first);
  });

  it("waits for what the application waits for", async () => {
    const recording = await record(() => {
      const first = new Application("first", { ...minimal, component: "first" });
      return new Application("audio", { ...minimal, migration }, { dependsOn: [first] });
    });
    const waits = (type: string, name: string) => recording.dependencies(type, name).includes(`${deployment}::first`);
    assert.ok(waits(deployment, "audio") && waits(job, "audio-migrate"));
    assert.ok(!waits("kubernetes:core/v1:Service", "audio"));
  });

  it("refuses one that would serve, hold locks for long, or have no time", async () => {
    const bad = { args: [], connection: owner, lockTimeoutSeconds: 6, deadlineSeconds: 0 };
    assert.deepEqual(await refused({ migration: bad }), [
      "audio.migration.args: nothing given; at least one argument is needed, or the program would serve (CV-DB-04).",
      "audio.migration.lockTimeoutSeconds: 6 given; at most 5 are allowed (AUD-EXEC-02, CV-DB-04).",
      "audio.migration.deadlineSeconds: 0 given; at least 1 is needed (CV-DB-04).",
    ]);
  });
});
