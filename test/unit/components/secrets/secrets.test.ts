import assert from "node:assert/strict";
import { SecretStores } from "../../../../components/security/secrets/secret-stores.ts";
import { Secrets } from "../../../../components/security/secrets/secrets.ts";
import { usualSecretReaders } from "../../../../components/security/secrets/args.ts";
import type { SecretsArgs } from "../../../../components/security/secrets/args.ts";
import { evaluate } from "../../../../policy-pack/lib/evaluate.ts";
import { PlannedStack } from "../../../../policy-pack/lib/planned-stack.ts";
import { allRules } from "../../../../policy-pack/rules/index.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { account, breakGlass, given, people, state, statements, store, types, writer } from "./fixtures.ts";
import * as pulumi from "@pulumi/pulumi";

const declare = (args: Partial<SecretsArgs> = {}) => record(() => new Secrets("secrets", { ...given, ...args }), state);
const audio = "arn:aws:iam::123456789012:role/apg-prod-secrets-audio-processing";
const vision = "arn:aws:iam::123456789012:role/apg-prod-secrets-computer-vision";
const rotator = "arn:aws:iam::123456789012:role/apg-prod-secret-rotation";
const operator = "arn:aws:iam::123456789012:role/apg-prod-external-secrets";

describe("Secrets", () => {
  let recording: Recording<Secrets>;
  before(async () => {
    recording = await declare();
  });

  const parent = "apg:security:Secrets";
  const children = (type: string, ...names: string[]) => names.map((name) => `${parent}$${type}::secrets-${name}`);
  const roles = ["operator", "audio-processing", "computer-vision"];
  const always = [
    `${parent}::secrets`,
    ...children("aws:iam/role:Role", "writer", ...roles),
    ...children("aws:iam/policy:Policy", "operator", "writer"),
    ...children("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "operator", "writer"),
    ...children("pulumi:providers:aws", "writer"),
    ...children("aws:eks/podIdentityAssociation:PodIdentityAssociation", "operator"),
    ...children("aws:kms/key:Key", "key"),
    ...children("aws:kms/replicaKey:ReplicaKey", "key-copy"),
    ...children("aws:kms/alias:Alias", "key", "key-copy"),
  ];
  const rotating = [
    ...children("aws:iam/role:Role", "rotation"),
    ...children("aws:iam/policy:Policy", "rotation"),
    ...children("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "rotation"),
    ...children("aws:cloudwatch/logGroup:LogGroup", "rotation"),
    ...children("aws:lambda/function:Function", "rotation"),
    ...children("aws:lambda/permission:Permission", "rotation"),
    ...children("aws:cloudwatch/eventRule:EventRule", "rotation-failed"),
    ...children("aws:cloudwatch/eventTarget:EventTarget", "rotation-failed"),
  ];

  it("is keys, roles, and what rotates", () => {
    assert.deepEqual(recording.paths, [...always, ...rotating].sort());
  });

  it("has nothing that rotates where that is not wanted, and calls nobody then", async () => {
    const { paths, value } = await declare({ rotation: false });
    assert.deepEqual(paths, [...always].sort());
    assert.equal(value.store.rotation, undefined);
    assert.deepEqual(usualSecretReaders({ ...given, rotation: false }), [writer, audio, vision]);
  });

  it("asks AWS for nothing that it refuses", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
  });

  it("gives the operator a role that reads nothing but takes those that do", () => {
    const [only, ...more] = statements(recording.inputs("aws:iam/policy:Policy", "secrets-operator").policy);
    assert.deepEqual(more, []);
    assert.deepEqual(only, {
      Sid: "TakeReaders",
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Resource: [audio, vision],
    });
    const [trust] = statements(recording.inputs("aws:iam/role:Role", "secrets-audio-processing").assumeRolePolicy);
    assert.deepEqual(trust!.Principal, { AWS: operator });
    assert.deepEqual(recording.inputs("aws:eks/podIdentityAssociation:PodIdentityAssociation"), {
      clusterName: "apg-prod",
      region: "eu-central-1",
      namespace: "external-secrets",
      serviceAccount: "external-secrets",
      roleArn: operator,
      tags: { "apg:environment": "prod" },
    });
  });

  it("lets whoever deploys put values in as another role, which may do nothing else", () => {
    const [trust] = statements(recording.inputs("aws:iam/role:Role", "secrets-writer").assumeRolePolicy);
    assert.deepEqual(trust!.Principal, { AWS: account.administrators });
    const [write, ...more] = statements(recording.inputs("aws:iam/policy:Policy", "secrets-writer").policy);
    assert.deepEqual(more, []);
    assert.equal(write!.Resource, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:apg-prod/*");
    assert.ok(!(write!.Action as string[]).some((action) => action.endsWith("GetSecretValue")));
    const { assumeRoles } = recording.inputs("pulumi:providers:aws", "secrets-writer");
    assert.match(JSON.stringify(assumeRoles), /roleArn/);
  });

  it("has a key that its managers cannot use, and a copy of it in the other region", () => {
    const used = (type: string, region: string) => {
      const { policy, region: where } = recording.inputs(type);
      assert.equal(where, region);
      const [manage, use, read] = statements(policy);
      assert.deepEqual(manage!.Principal, { AWS: account.administrators });
      assert.ok(!(manage!.Action as string[]).includes("kms:Decrypt"));
      assert.deepEqual(use!.Principal, { AWS: [writer, people, rotator] });
      assert.deepEqual(read!.Principal, { AWS: [audio, vision, breakGlass] });
      const through = { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } };
      assert.deepEqual([use!.Condition, read!.Condition], [through, through]);
    };
    used("aws:kms/key:Key", "eu-central-1");
    used("aws:kms/replicaKey:ReplicaKey", "eu-west-1");
    assert.deepEqual(recording.protectedPaths, [
      "aws:kms/key:Key::secrets-key",
      "aws:kms/replicaKey:ReplicaKey::secrets-key-copy",
    ]);
    const key = recording.dependencies("aws:kms/key:Key", "secrets-key");
    for (const role of [...roles, "writer", "rotation"])
      assert.ok(key.includes(`aws:iam/role:Role::secrets-${role}`), role);
  });

  it("rotates by a function that may log and generate, and no more by itself", () => {
    const { code, ...inputs } = recording.inputs("aws:lambda/function:Function");
    assert.ok(code !== undefined);
    assert.deepEqual(inputs, {
      region: "eu-central-1",
      name: "apg-prod-secret-rotation",
      description: "Generates new passwords of secrets.",
      role: rotator,
      runtime: "python3.13",
      architectures: ["arm64"],
      handler: "rotate.handler",
      memorySize: 128,
      timeout: 60,
      loggingConfig: { logFormat: "JSON", logGroup: "/apg/prod/secret-rotation" },
      tags: { "apg:environment": "prod" },
    });
    const allowed = statements(recording.inputs("aws:iam/policy:Policy", "secrets-rotation").policy);
    assert.deepEqual(
      allowed.map(({ Sid, Resource }) => [Sid, Resource]),
      [
        ["Generate", "*"],
        ["Log", "arn:aws:logs:eu-central-1:123456789012:log-group:/apg/prod/secret-rotation:*"],
      ],
    );
    const { retentionInDays, kmsKeyId } = recording.inputs("aws:cloudwatch/logGroup:LogGroup");
    assert.equal(retentionInDays, 365);
    assert.match(kmsKeyId as string, /^arn:aws:kms:/);
  });

  it("tells whoever keeps secrets all that they need, and who reads as a matter of course", async () => {
    const { kmsKeyArn, replicaKmsKeyArn, rotation, writer: provider, ...known } = recording.value.store;
    assert.deepEqual(known, {
      accountId: "123456789012",
      region: "eu-central-1",
      replicaRegion: "eu-west-1",
      readers: [breakGlass],
      refreshMinutes: 15,
    });
    assert.ok(provider !== undefined);
    for (const arn of [kmsKeyArn, replicaKmsKeyArn]) assert.match(await valueOf(pulumi.output(arn)), /^arn:aws:kms:/);
    assert.match(await valueOf(pulumi.output(rotation!.functionArn)), /^arn:aws:lambda:/);
    assert.deepEqual(usualSecretReaders(given), [writer, audio, vision, rotator]);
  });

  it("is accepted by every rule", () => {
    const resources = recording.resources.map(({ type, name, inputs }) => ({
      urn: `urn:pulumi:test::apg-platform::${type}::${name}`,
      type,
      name,
      props: inputs,
      dependencies: [],
    }));
    const complaints = evaluate(allRules, new PlannedStack(resources)).flatMap(({ rule, violations, unknown }) =>
      [...violations, ...unknown].map((each) => ({ rule, ...each })),
    );
    assert.deepEqual(complaints, []);
  });

  it("refuses what AWS or the checklists would, all at once", async () => {
    const wrong: Partial<SecretsArgs> = {
      account: { ...account, replicaRegion: account.region },
      capabilities: ["audio-processing", "audio-processing", "x".repeat(60)],
      writers: ["deploy"],
      credentialDays: 31,
      refreshMinutes: 0,
      logRetentionDays: 30,
    };
    assert.deepEqual(await refusal(() => new Secrets("secrets", { ...given, ...wrong })), [
      "secrets.account.replicaRegion: eu-central-1 given; another region than that of the secrets is needed (CV-SECRET-06).",
      `secrets.capabilities[2]: ${"x".repeat(60)} given; lower-case letters, digits and hyphens are allowed, starting with a letter, not ending with a hyphen, at most 47 characters.`,
      "secrets.capabilities[1]: audio-processing given; each capability may be named once (CV-SECRET-03).",
      "secrets.writers[0]: deploy given; the ARN of a role such as arn:aws:iam::123456789012:role/deploy is accepted (CV-SECRET-03).",
      "secrets.credentialDays: 31 given; at most 30 are allowed (CV-SECRET-02).",
      "secrets.refreshMinutes: 0 given; at least 1 is needed (CV-SECRET-02).",
      "secrets.logRetentionDays: 30 given; at least 365 are needed (AUD-SEC-08).",
    ]);
    assert.deepEqual(await refusal(() => new Secrets("secrets", { ...given, capabilities: [], writers: [] })), [
      "secrets.capabilities: nothing given; at least one capability is needed (CV-SECRET-03).",
      "secrets.writers: nothing given; at least one ARN of a role is needed (CV-SECRET-03).",
    ]);
  });
});

describe("SecretStores", () => {
  const declared = (capabilities: string[]) => new SecretStores("stores", { environment: "prod", capabilities, store });

  it("let each namespace use a store of its own, which has no keys", async () => {
    const recording = await record(() => declared(given.capabilities));
    const parent = "apg:security:SecretStores";
    assert.deepEqual(recording.paths, [
      `${parent}$${types.store}::stores-audio-processing`,
      `${parent}$${types.store}::stores-computer-vision`,
      `${parent}::stores`,
    ]);
    assert.deepEqual(recording.value.storeNames, {
      "audio-processing": "apg-secrets-audio-processing",
      "computer-vision": "apg-secrets-computer-vision",
    });
    assert.deepEqual(recording.inputs(types.store, "stores-audio-processing"), {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: {
        name: "apg-secrets-audio-processing",
        labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
        annotations: { "pulumi.com/waitFor": "condition=Ready" },
      },
      spec: {
        conditions: [{ namespaces: ["apg-audio-processing-prod"] }],
        provider: { aws: { service: "SecretsManager", region: "eu-central-1", role: audio } },
      },
    });
  });

  it("are for somebody", async () => {
    assert.deepEqual(await refusal(() => declared([])), [
      "stores.capabilities: nothing given; at least one is needed (CV-SECRET-03).",
    ]);
  });
});
