// Object storage on an S3-compatible server. What the scripts do to a server is not proved here.
import assert from "node:assert/strict";
import type { ObjectStorage } from "../../../components/data/object-storage/object-storage.ts";
import { evaluate } from "../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../policy-pack/lib/planned-stack.ts";
import { reveal } from "../../../policy-pack/lib/sentinels.ts";
import { allRules } from "../../../policy-pack/rules/index.ts";
import { record } from "../recorder.ts";
import type { Inputs, Recording } from "../recorder.ts";
import { declare, server } from "./object-storage-fixtures.ts";

const job = "kubernetes:batch/v1:Job";
const state = (type: string): Inputs | undefined =>
  type === "random:index/randomPassword:RandomPassword" ? { result: "generated" } : undefined;
const recorded = (more: Partial<typeof server> = {}, tenants = ["Acme", "Beta Corp."]) =>
  record(() => declare({ server: { ...server, ...more }, tenants }), state);
const nameOf = (recording: Recording<ObjectStorage>, type: string, name: string) =>
  (recording.inputs(type, name).metadata as { name: string }).name;

interface Plan {
  users: string[];
  buckets: { name: string; policy: { Statement: { Sid: string; Principal: unknown }[] }; [rule: string]: unknown }[];
}

describe("ObjectStorage on a server", () => {
  let recording: Recording<ObjectStorage>;
  before(async () => {
    recording = await recorded();
  });

  it("has keys for each user, a Job that makes users and buckets, and a CronJob that removes what has expired", () => {
    assert.deepEqual(recording.resources.map(({ type, name }) => `${type} ${name}`).sort(), [
      "apg:data:ObjectStorage storage",
      "kubernetes:batch/v1:CronJob storage-retention",
      "kubernetes:batch/v1:Job storage-setup",
      "kubernetes:core/v1:ConfigMap storage-setup",
      "kubernetes:core/v1:Secret storage-acme.tenant",
      "kubernetes:core/v1:Secret storage-application",
      "kubernetes:core/v1:Secret storage-beta-corp.tenant",
      "kubernetes:core/v1:ServiceAccount storage-setup",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy storage-retention-object-storage-retention-allow-to-object-storage",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy storage-setup-object-storage-setup-allow-to-object-storage",
      "random:index/randomPassword:RandomPassword storage-acme.tenant",
      "random:index/randomPassword:RandomPassword storage-application",
      "random:index/randomPassword:RandomPassword storage-beta-corp.tenant",
    ]);
  });

  it("puts each user's keys into a Secret of its own, and nowhere else", () => {
    const secret = recording.inputs("kubernetes:core/v1:Secret", "storage-acme.tenant");
    assert.equal((secret.metadata as Inputs).name, "object-storage-tenant-acme");
    // As the engine gets it, marked as a secret.
    const { value } = secret.stringData as { value: Inputs };
    assert.deepEqual(value, {
      "access-key-id": "apg-audio-processing-prod-tenant-acme",
      "secret-access-key": "generated",
    });
    const elsewhere = recording.resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    assert.ok(!JSON.stringify(elsewhere).includes("generated"));
  });

  it("plans a bucket for each tenant that the tenant and the application alone reach", () => {
    const data = recording.inputs("kubernetes:core/v1:ConfigMap").data as Record<string, string>;
    const { users, buckets } = JSON.parse(data["plan.json"]!) as Plan;
    assert.deepEqual(
      users,
      ["application", "tenant-acme", "tenant-beta-corp"].map((of) => `apg-audio-processing-prod-${of}`),
    );
    const { policy, ...acme } = buckets[1]!;
    assert.deepEqual(acme, {
      name: "apg-audio-processing-acme-prod",
      tags: {
        "apg:capability": "audio-processing",
        "apg:environment": "prod",
        "apg:tenant": "acme",
        "apg:purpose": "data",
        "data-class": "confidential",
      },
      expireDays: 365,
      noncurrentDays: 30,
      abortDays: 7,
    });
    const reached = { AWS: ["apg-audio-processing-prod-application", "apg-audio-processing-prod-tenant-acme"] };
    assert.deepEqual(
      policy.Statement.map(({ Sid, Principal }) => [Sid, Principal]),
      [
        ["DenyPlainHttp", "*"],
        ["Buckets", reached],
        ["Objects", reached],
      ],
    );
    assert.ok(data["setup.py"]!.startsWith("#!") && data["retention.sh"]!.startsWith("#!"));
  });

  it("runs again when anything of it changes, and not otherwise", async () => {
    const name = nameOf(recording, job, "storage-setup");
    assert.match(name, /^object-storage-setup-[0-9a-f]{10}$/);
    assert.equal(nameOf(await recorded(), job, "storage-setup"), name);
    const others = [await recorded({}, ["Acme"]), await recorded({ credentialsVersion: 2 })];
    const names = [name, ...others.map((other) => nameOf(other, job, "storage-setup"))];
    assert.equal(new Set(names).size, 3);
  });

  it("tells an application where the server is, whom to trust and which keys to use", () => {
    assert.deepEqual(recording.value.connection, {
      name: "object-storage",
      settings: {
        S3_BUCKET: "apg-audio-processing-shared-prod",
        S3_BUCKET_TEMPLATE: "apg-audio-processing-{tenant}-prod",
        S3_REGION: "eu-central-1",
        S3_ENDPOINT: server.endpoint,
        S3_CA_FILE: "/etc/apg/certificates/object-storage-ca.crt",
      },
      secrets: [
        { env: "AWS_ACCESS_KEY_ID", secretName: "object-storage-application", key: "access-key-id" },
        { env: "AWS_SECRET_ACCESS_KEY", secretName: "object-storage-application", key: "secret-access-key" },
      ],
      certificates: [{ secretName: "object-store-authority", key: "ca.crt", file: "object-storage-ca.crt" }],
      edges: [{ name: "object-storage", peer: server.peer, ports: [7070] }],
    });
    assert.equal(recording.value.accessLogs, undefined);
    assert.deepEqual(recording.value.tenantAccess[0], {
      tenant: "acme",
      credentials: {
        secretName: "object-storage-tenant-acme",
        accessKeyIdKey: "access-key-id",
        secretAccessKeyKey: "secret-access-key",
      },
    });
  });

  it("is accepted by every rule that does not ask for identities of pods, with a namespace around it", () => {
    const namespace = "apg-audio-processing-prod";
    const surroundings = [
      {
        type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        name: "deny",
        inputs: {
          metadata: { name: "deny", namespace },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        },
      },
    ];
    const stack = new PlannedStack(
      [...recording.resources, ...surroundings].map(({ type, name, inputs }) => ({
        urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
        type,
        name,
        props: reveal(structuredClone(inputs)),
        dependencies: [],
      })),
    );
    const likeTheSandbox = {
      "pods-hold-no-cloud-keys": { acceptStoredKeys: true },
      "secrets-are-not-the-programs": { acceptDeclared: true },
      "pods-take-secrets-from-the-store": { acceptOthers: true },
    };
    const complaints = evaluate(allRules, stack, likeTheSandbox).flatMap(({ rule, violations, unknown }) =>
      // The namespace's own quota is CapabilityNamespace's.
      rule === "namespaces-have-a-quota-and-a-limit-range" ? [] : [...violations, ...unknown],
    );
    assert.deepEqual(complaints, []);
  });
});
