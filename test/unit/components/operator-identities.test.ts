// The identities of operators that nobody makes by hand: who has them, and what they may.
import assert from "node:assert/strict";
import { OperatorIdentities, pullPolicy, repositoriesOf } from "../../../components/operators/identities.ts";
import type { OperatorIdentitiesArgs } from "../../../components/operators/identities.ts";
import { policyControllerRoleArn, veleroRoleArn } from "../../../components/operators/names.ts";
import { veleroPolicies } from "../../../components/operators/velero-policies.ts";
import { BackupBucket } from "../../../components/data/object-storage/backup-bucket.ts";
import { clusterNames } from "../../../components/foundation/cluster/names.ts";
import { account, accountId } from "./foundation-fixtures.ts";
import { aws, onAws, parsed, statement } from "./object-storage-fixtures.ts";
import { record, refusal } from "../recorder.ts";

const types = {
  role: "aws:iam/role:Role",
  policy: "aws:iam/policy:Policy",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  identity: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
} as const;
const args: OperatorIdentitiesArgs = { environment: "prod", account, clusterName: "apg-prod" };
const clusterState = { capabilities: ["audio-processing", "computer-vision"], nameSuffix: "apg1" };
const repositories = [`arn:aws:ecr:eu-central-1:${accountId}:repository/apg/audio-processing`];
const declare = (given: Partial<OperatorIdentitiesArgs>) => new OperatorIdentities("identities", { ...args, ...given });
const scope = { environment: "prod", accountId, region: "eu-central-1", ...clusterState };

describe("OperatorIdentities", () => {
  it("are two roles, and who has them", async () => {
    const recording = await record(() => declare({ clusterState, signatures: { repositories } }));
    const component = "apg:operators:OperatorIdentities";
    assert.deepEqual(
      recording.paths.sort(),
      [
        `${component}::identities`,
        ...[types.role, types.policy, types.attachment, types.identity].flatMap((type) => [
          `${component}$${type}::identities-velero`,
          `${component}$${type}::identities-policy-controller`,
        ]),
        `${component}$${types.policy}::identities-velero-2`,
        `${component}$${types.attachment}::identities-velero-2`,
      ].sort(),
    );
    const identity = (of: string) => {
      const { clusterName, namespace, serviceAccount, roleArn } = recording.inputs(types.identity, `identities-${of}`);
      return [clusterName, namespace, serviceAccount, roleArn];
    };
    assert.deepEqual(identity("velero"), ["apg-prod", "velero", "velero", veleroRoleArn(accountId, "prod")]);
    assert.deepEqual(identity("policy-controller"), [
      "apg-prod",
      "cosign-system",
      "policy-controller-webhook",
      policyControllerRoleArn(accountId, "prod"),
    ]);
    for (const [of, name] of [
      ["velero", "apg-prod-velero"],
      ["policy-controller", "apg-prod-policy-controller"],
    ] as const) {
      assert.equal(recording.inputs(types.role, `identities-${of}`)["name"], name);
      // A pod that has the role's name before its rights would be told that it has none.
      const waits = recording.dependencies(types.identity, `identities-${of}`);
      assert.ok(waits.includes(`${types.attachment}::identities-${of}`), of);
    }
  });

  it("lets the pods of one service account take each role", async () => {
    const recording = await record(() =>
      declare({ clusterState: { ...clusterState, namespace: "backups" }, signatures: { repositories } }),
    );
    const accounts = ["velero", "policy-controller"].map((of) => {
      const trust = recording.inputs(types.role, `identities-${of}`)["assumeRolePolicy"];
      return statement(trust, "Pods").Condition;
    });
    const of = (namespace: string, serviceAccount: string) => ({
      StringEquals: {
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
    });
    assert.deepEqual(accounts, [of("backups", "velero"), of("cosign-system", "policy-controller-webhook")]);
    assert.equal(recording.inputs(types.identity, "identities-velero")["namespace"], "backups");
  });

  it("give pods a role that is there already, and make none then", async () => {
    const roleArn = `arn:aws:iam::${accountId}:role/backup/velero`;
    const { resources, value } = await record(() => declare({ clusterState: { ...clusterState, roleArn } }));
    assert.deepEqual(
      resources.map(({ type }) => type),
      ["apg:operators:OperatorIdentities", types.identity],
    );
    assert.equal(resources[1]!.inputs["roleArn"], roleArn);
    assert.deepEqual(value.clusterState, []);
  });

  it("are none where nobody asks", async () => {
    assert.equal((await record(() => declare({}))).resources.length, 1);
  });

  it("refuse a role of another account, and nothing to back up or to read", async () => {
    const roleArn = "arn:aws:iam::999999999999:role/velero";
    assert.deepEqual(
      await refusal(() => declare({ clusterState: { capabilities: [], roleArn }, signatures: { repositories: [] } })),
      [
        "identities.clusterState.capabilities: none given; at least one is needed, or there is no bucket for backups (CV-BCP-02).",
        `identities.clusterState.roleArn: ${roleArn} given; the ARN of a role of the account ${accountId} is accepted, as pods take no other's (CV-DATA-07).`,
        "identities.signatures.repositories: none given; at least one is needed, whose signatures are read (AUD-SEC-04).",
      ],
    );
  });
});

describe("Velero's rights", () => {
  const [buckets, volumes] = veleroPolicies(scope);

  it("are those on its folder in the backups' buckets, by their keys and through S3", async () => {
    const bucket = (of: string) => `arn:aws:s3:::apg-${of}-shared-backup-prod-apg1`;
    const both = [bucket("audio-processing"), bucket("computer-vision")];
    assert.deepEqual(statement(buckets, "List").Resource, both);
    assert.deepEqual(statement(buckets, "List").Condition, { StringLikeIfExists: { "s3:prefix": "velero/*" } });
    const { Action, Resource } = statement(buckets, "Objects");
    assert.deepEqual(
      Resource,
      both.map((each) => `${each}/velero/*`),
    );
    assert.deepEqual(Action, [
      "s3:GetObject",
      "s3:PutObject",
      "s3:PutObjectTagging",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ]);
    assert.deepEqual(statement(buckets, "Keys").Condition, {
      "ForAnyValue:StringEquals": {
        "kms:ResourceAliases": ["alias/apg-audio-processing-prod-backup", "alias/apg-computer-vision-prod-backup"],
      },
      StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": both },
    });
    // The names that a BackupBucket has.
    const { resources } = await record(
      () =>
        new BackupBucket("backup", {
          capability: "audio-processing",
          environment: "prod",
          namespace: onAws.namespace,
          aws: { ...aws, nameSuffix: "apg1", serviceAccounts: ["postgres"] },
        }),
      (type) => (type.startsWith("aws:kms/") ? { arn: `arn:${type}`, keyId: "0f0e" } : undefined),
    );
    const named = resources.flatMap(({ type, inputs }) =>
      type === "aws:s3/bucket:Bucket" ? [inputs["bucket"]] : type === "aws:kms/alias:Alias" ? [inputs["name"]] : [],
    );
    assert.ok(named.includes("apg-audio-processing-shared-backup-prod-apg1"));
    assert.ok(named.includes("alias/apg-audio-processing-prod-backup"));
  });

  it("are to copy volumes of the driver's, and to change copies and volumes of its own alone", () => {
    const has = { "aws:RequestTag/velero.io/backup": "false" };
    const own = { "aws:ResourceTag/velero.io/backup": "false" };
    const seen = parsed(volumes).Statement.map(({ Sid, Action, Condition }) => [Sid, Action, Condition]);
    assert.deepEqual(seen.slice(0, 8), [
      [
        "Describe",
        ["ec2:DescribeVolumes", "ec2:DescribeSnapshots"],
        { StringEquals: { "aws:RequestedRegion": "eu-central-1" } },
      ],
      ["CopyVolumes", "ec2:CreateSnapshot", { StringEquals: { "aws:ResourceTag/ebs.csi.aws.com/cluster": "true" } }],
      ["MarkCopies", "ec2:CreateSnapshot", { Null: has }],
      ["RestoreVolumes", "ec2:CreateVolume", { Null: has }],
      ["RestoreOwnCopies", "ec2:CreateVolume", { Null: own }],
      ["TagVolumes", "ec2:CreateTags", { StringEquals: { "ec2:CreateAction": "CreateVolume" } }],
      ["TagCopies", "ec2:CreateTags", { StringEquals: { "ec2:CreateAction": "CreateSnapshot" } }],
      ["DeleteOwnCopies", "ec2:DeleteSnapshot", { Null: own }],
    ]);
    const key = { "kms:ResourceAliases": `alias/${clusterNames("prod").volumesAlias}` };
    for (const Sid of ["VolumeKey", "VolumeKeyGrants"]) {
      const condition = statement(volumes, Sid).Condition as Record<string, object>;
      assert.deepEqual(condition["ForAnyValue:StringEquals"], key);
      assert.deepEqual(condition["StringEquals"], { "kms:ViaService": "ec2.eu-central-1.amazonaws.com" });
    }
  });

  it("fit into policies of AWS' size, however many capabilities there are", () => {
    const capabilities = Array.from({ length: 21 }, (_, at) => `${"capability-".repeat(2)}${at}`);
    const policies = veleroPolicies({ ...scope, capabilities });
    assert.equal(policies.length, 4);
    for (const policy of policies) assert.ok(policy.length < 6144, String(policy.length));
  });
});

describe("the policy controller's rights", () => {
  it("are to pull from the stack's repositories alone", () => {
    assert.deepEqual(
      parsed(pullPolicy(repositories)).Statement.map(({ Action, Resource }) => [Action, Resource]),
      [
        ["ecr:GetAuthorizationToken", "*"],
        [["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repositories],
      ],
    );
  });

  it("are on the registries' repositories where another stack has them, and on none outside of ECR", () => {
    const named = repositoriesOf(account, ["apg/audio-processing"], ["ghcr.io/apg"]);
    assert.deepEqual(named, [`arn:aws:ecr:${account.region}:${accountId}:repository/apg/audio-processing`]);
    const host = "999999999999.dkr.ecr.eu-west-1.amazonaws.com";
    const arn = "arn:aws:ecr:eu-west-1:999999999999:repository";
    assert.deepEqual(repositoriesOf(account, undefined, [host, `${host}/apg`, "ghcr.io/apg"]), [
      `${arn}/*`,
      `${arn}/apg/*`,
    ]);
  });
});
