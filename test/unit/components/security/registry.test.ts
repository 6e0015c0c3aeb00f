// Where images come from. Whether a push is refused, only the registry can tell.
import assert from "node:assert/strict";
import { Registry } from "../../../../components/security/registry.ts";
import type { RegistryArgs } from "../../../../components/security/registry.ts";
import { record, refusal, valueOf } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import {
  accountId,
  complaints,
  countsOf,
  deployer,
  keyArn,
  nodes,
  pipeline,
  prod,
  region,
  signatures,
  state,
  statement,
} from "./fixtures.ts";

const given = { repositories: ["apg/audio-api", "apg/model-server"], pullers: [nodes], publishers: [pipeline] };
const declare = (args: Partial<RegistryArgs> = {}) => new Registry("registry", { ...prod, ...given, ...args });

describe("Registry", () => {
  let recording: Recording<Registry>;
  before(async () => {
    recording = await record(declare, state);
  });

  it("has each repository in both regions, with a key in each", () =>
    assert.deepEqual(countsOf(recording), {
      "apg:security:Registry": 1,
      "aws:kms/key:Key": 2,
      "aws:kms/alias:Alias": 2,
      "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": 2,
      "aws:ecr/repository:Repository": 4,
      "aws:ecr/repositoryPolicy:RepositoryPolicy": 4,
      "aws:ecr/lifecyclePolicy:LifecyclePolicy": 4,
      "aws:ecr/replicationConfiguration:ReplicationConfiguration": 1,
    }));

  it("never moves a tag, encrypts by a key of its own and scans on push", () => {
    assert.deepEqual(recording.inputs("aws:ecr/repository:Repository", "registry-apg-audio-api"), {
      name: "apg/audio-api",
      region,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: keyArn }],
      forceDelete: false,
      tags: { "apg:environment": "prod", "data-class": "internal" },
    });
    const { region: where } = recording.inputs("aws:ecr/repository:Repository", "registry-apg-audio-api.replica");
    assert.equal(where, "eu-west-1");
    assert.equal(recording.protectedPaths.filter((path) => path.includes("ecr/repository:")).length, 4);
  });

  it("scans everything all the time", () => {
    const type = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";
    assert.deepEqual(recording.inputs(type, "registry"), {
      region,
      scanType: "ENHANCED",
      rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
    });
  });

  it("lets nodes pull and the pipeline push, and refuses everybody else's push", async () => {
    const { policy } = recording.inputs("aws:ecr/repositoryPolicy:RepositoryPolicy", "registry-apg-audio-api");
    const roles = (sid: string, test: string) => statement(policy, sid).Condition![test]!["aws:PrincipalArn"];
    assert.deepEqual(roles("Pull", "ArnEquals"), [nodes, pipeline]);
    assert.deepEqual(roles("Push", "ArnEquals"), [pipeline]);
    const service = `arn:aws:iam::${accountId}:role/aws-service-role/replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication`;
    assert.deepEqual(roles("DenyOtherPublishers", "ArnNotEquals"), [pipeline, service]);
    const nobody = await record(() => declare({ publishers: [] }), state);
    const closed = nobody.inputs("aws:ecr/repositoryPolicy:RepositoryPolicy", "registry-apg-audio-api").policy;
    assert.throws(() => statement(closed, "Push"));
  });

  it("lets ECR use the key for who makes a repository, and nobody else at all", () => {
    const { policy } = recording.inputs("aws:kms/key:Key", "registry.replica");
    const grant = statement(policy, "Registry");
    assert.deepEqual([grant.Principal, grant.Action], [{ AWS: [deployer] }, "kms:CreateGrant"]);
    assert.deepEqual(grant.Condition, {
      StringEquals: { "kms:ViaService": "ecr.eu-west-1.amazonaws.com" },
      Bool: { "kms:GrantIsForAWSResource": "true" },
    });
    assert.throws(() => statement(policy, "Use"));
  });

  it("copies images when both ends are there, and not within a region", async () => {
    const type = "aws:ecr/replicationConfiguration:ReplicationConfiguration";
    assert.deepEqual(recording.inputs(type).replicationConfiguration, {
      rules: [{ destinations: [{ region: "eu-west-1", registryId: accountId }] }],
    });
    const repositories = recording.dependencies(type, "registry").filter((path) => path.includes("repository:"));
    assert.equal(repositories.length, 4);
    const one = await record(() => declare({ account: { ...prod.account, replicaRegion: region } }), state);
    assert.equal(countsOf(one)[type], undefined);
    assert.equal(countsOf(one)["aws:ecr/repository:Repository"], 2);
  });

  it("removes what has lost its tag", () => {
    const { policy } = recording.inputs("aws:ecr/lifecyclePolicy:LifecyclePolicy", "registry-apg-audio-api");
    const { rules } = JSON.parse(policy as string) as { rules: { selection: object }[] };
    assert.deepEqual(
      rules.map(({ selection }) => selection),
      [{ tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 }],
    );
  });

  it("says where images are", async () =>
    assert.equal(await valueOf(recording.value.host), `${accountId}.dkr.ecr.${region}.amazonaws.com`));

  it("is accepted by AWS, as far as the stand-in knows, and by every rule", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
    const signed = await record(signatures);
    assert.deepEqual(complaints(recording, signed.resources), []);
    const rules = new Set(complaints(recording).map((each) => each.split(":")[0]));
    assert.deepEqual([...rules], ["images-of-repositories-must-be-signed"]);
  });

  it("refuses names and roles that are none", async () => {
    assert.deepEqual(await refusal(() => declare({ repositories: ["Audio", "apg/a", "apg/a"], pullers: ["node"] })), [
      "registry.repositories[0]: Audio given; a name such as apg/audio-processing-api is accepted (AUD-INFRA-01).",
      "registry.repositories[2]: apg/a given; each name may be used once.",
      "registry.pullers[0]: node given; the ARN of a role such as arn:aws:iam::123456789012:role/deployer is accepted (CV-IMG-04).",
    ]);
    assert.deepEqual(await refusal(() => declare({ repositories: [], pullers: [] })), [
      "registry.repositories: none given; at least one is needed (AUD-INFRA-01).",
      "registry.pullers: nobody given; at least one role is needed, the nodes' (CV-IMG-04).",
    ]);
  });
});
