import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { managedSecret, storedValues } from "../../../../components/security/secrets/managed-secret.ts";
import type { SecretStoreArgs } from "../../../../components/security/secrets/store.ts";
import { hashOf, valueOf } from "../../../../components/security/secrets/template.ts";
import { record } from "../../recorder.ts";
import type { Inputs } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { breakGlass, home, plain, state, statements, store, types, writer } from "./fixtures.ts";

const labels = { "app.kubernetes.io/name": "audio-processing" };
const metadata = { name: "cache", namespace: home.namespace, labels };
const path = "apg-prod/apg-audio-processing-prod/cache";

const declare = (given: SecretStoreArgs | undefined, rotates = true) =>
  record(() => {
    const opts = {};
    const stored = storedValues(
      "cache",
      home,
      {
        secret: "cache",
        values: { password: pulumi.secret("open sesame"), other: "words" },
        rotates,
        rotation: "none because we say so",
        critical: true,
        protect: true,
      },
      given,
      opts,
    );
    return managedSecret(
      "cache",
      {
        metadata,
        type: "Opaque",
        data: { url: `rediss://:${valueOf("password")}@cache`, acl: `#${hashOf("other")}` },
      },
      stored,
      opts,
    );
  }, state);

describe("a managed Secret without a store", () => {
  it("is one of the program, with the values in their places", async () => {
    const { resources, protectedPaths } = await declare(undefined);
    assert.deepEqual(
      resources.map(({ type, name }) => `${type}::${name}`),
      [`${types.secret}::cache`],
    );
    assert.deepEqual(protectedPaths, []);
    const { stringData, ...inputs } = resources[0]!.inputs;
    assert.deepEqual(inputs, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque" });
    assert.deepEqual(plain(stringData), {
      url: "rediss://:open sesame@cache",
      acl: `#${createHash("sha256").update("words").digest("hex")}`,
    });
  });
});

describe("a managed Secret with a store", () => {
  it("is kept there, readable by few, and comes into the cluster as its template says", async () => {
    const recording = await declare(store);
    assert.deepEqual(
      recording.resources.map(({ type, name }) => `${type}::${name}`).sort(),
      [
        `${types.kept}::cache`,
        `${types.version}::cache`,
        `${types.rotation}::cache`,
        `${types.rolePolicy}::cache`,
        `${types.rolePolicy}::cache-rotation`,
        `${types.external}::cache`,
      ].sort(),
    );
    assert.deepEqual(await refusedByAws(recording.resources), []);

    const { policy, ...kept } = recording.inputs(types.kept);
    assert.deepEqual(kept, {
      region: "eu-central-1",
      name: path,
      kmsKeyId: store.kmsKeyArn,
      recoveryWindowInDays: 30,
      replicas: [{ region: "eu-west-1", kmsKeyId: store.replicaKmsKeyArn }],
      tags: {
        "apg:capability": "audio-processing",
        "apg:environment": "prod",
        "apg:critical": "true",
        "apg:rotation": "automatic",
        "data-class": "restricted",
      },
    });
    assert.deepEqual(recording.protectedPaths, [`${types.kept}::cache`]);
    const [back, guard] = statements(policy);
    assert.deepEqual([back!.Effect, back!.Principal], ["Allow", { AWS: writer }]);
    assert.equal(guard!.Effect, "Deny");
    assert.deepEqual((guard!.Condition as { ArnNotEquals: Inputs }).ArnNotEquals, {
      "aws:PrincipalArn": [
        "arn:aws:iam::123456789012:role/apg-prod-secrets-audio-processing",
        "arn:aws:iam::123456789012:role/apg-prod-secret-rotation",
        breakGlass,
        writer,
      ],
    });
    const reading = recording.inputs(types.rolePolicy, "cache");
    assert.equal(reading.role, "apg-prod-secrets-audio-processing");
    assert.equal(reading.name, "apg-prod.apg-audio-processing-prod.cache");
    assert.equal(
      statements(reading.policy)[0]!.Resource,
      `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${path}-??????`,
    );

    const version = recording.inputs(types.version);
    assert.deepEqual(version.versionStages, ["AWSCURRENT", "apg-first"]);
    assert.deepEqual(JSON.parse(plain(version.secretString) as string), { password: "open sesame", other: "words" });

    assert.deepEqual(recording.inputs(types.external), {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { ...metadata, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
      spec: {
        refreshInterval: "15m",
        secretStoreRef: { kind: "ClusterSecretStore", name: "apg-secrets-audio-processing" },
        dataFrom: [{ extract: { key: path } }],
        target: {
          name: "cache",
          creationPolicy: "Owner",
          deletionPolicy: "Retain",
          template: {
            engineVersion: "v2",
            type: "Opaque",
            metadata: { labels },
            data: { url: "rediss://:{{ .password }}@cache", acl: "#{{ .other | sha256sum }}" },
          },
        },
      },
    });
    const waits = recording.dependencies(types.external, "cache");
    for (const needed of [`${types.version}::cache`, `${types.rolePolicy}::cache`]) assert.ok(waits.includes(needed));
  });

  it("rotates where it can, from the day after it is there", async () => {
    const recording = await declare({ ...store, rotation: { ...store.rotation!, credentialDays: 7 } });
    const { secretId, ...rotation } = recording.inputs(types.rotation);
    assert.ok(secretId);
    assert.deepEqual(rotation, {
      region: "eu-central-1",
      rotationLambdaArn: store.rotation!.functionArn,
      rotateImmediately: false,
      rotationRules: { automaticallyAfterDays: 7 },
    });
    assert.equal(recording.inputs(types.rolePolicy, "cache-rotation").role, "apg-prod-secret-rotation");
    assert.ok(recording.dependencies(types.rotation, "cache").includes(`${types.rolePolicy}::cache-rotation`));
  });

  const { accountId, region, replicaRegion, kmsKeyArn, replicaKmsKeyArn, readers } = store;
  const nothingRotates = { accountId, region, replicaRegion, kmsKeyArn, replicaKmsKeyArn, readers };
  for (const [when, given, rotates] of [
    ["it cannot", store, false],
    ["nothing rotates", nothingRotates, true],
  ] as const)
    it(`says why it does not rotate where ${when}`, async () => {
      const recording = await declare(given, rotates);
      assert.ok(!recording.resources.some(({ type }) => type === types.rotation));
      assert.equal((recording.inputs(types.kept).tags as Inputs)["apg:rotation"], "none because we say so");
      assert.equal(recording.inputs(types.version).versionStages, undefined);
    });

  it("has its values in the version alone, and there as a secret", async () => {
    const { resources } = await declare(store);
    const holding = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("open sesame"));
    assert.deepEqual(
      holding.map(({ type }) => type),
      [types.version],
    );
    const { secretString } = holding[0]!.inputs;
    assert.notEqual(plain(secretString), secretString);
  });
});
