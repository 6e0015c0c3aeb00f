// The break-glass role: what it trusts and what it may. Whether it opens the door, only a drill can tell.
import assert from "node:assert/strict";
import { EmergencyAccess } from "../../../../components/security/emergency-access.ts";
import type { EmergencyAccessArgs } from "../../../../components/security/emergency-access.ts";
import { Runbooks } from "../../../../components/security/runbooks.ts";
import { record, refusal } from "../../recorder.ts";
import type { Recording } from "../../recorder.ts";
import { refusedByAws } from "../aws-check.ts";
import { accountId, complaints, jane, prod, region, state, statement } from "./fixtures.ts";

const declare = (args: Partial<EmergencyAccessArgs> = {}) =>
  new EmergencyAccess("access", { ...prod, principals: [jane], ...args });

describe("EmergencyAccess", () => {
  let recording: Recording<EmergencyAccess>;
  before(async () => {
    recording = await record(() => declare({ clusterName: "apg-prod" }), state);
  });

  it("has a role, its policy and its entry into the cluster", () => {
    const types = recording.resources.map(({ type }) => type).sort();
    assert.deepEqual(types, [
      "apg:security:EmergencyAccess",
      "aws:eks/accessEntry:AccessEntry",
      "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      "aws:iam/policy:Policy",
      "aws:iam/role:Role",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ]);
  });

  it("trusts named users with a fresh second factor, for an hour", () => {
    const { name, maxSessionDuration, assumeRolePolicy } = recording.inputs("aws:iam/role:Role");
    assert.deepEqual([name, maxSessionDuration], ["apg-prod-break-glass", 3600]);
    assert.deepEqual(statement(assumeRolePolicy, "BreakGlass"), {
      Sid: "BreakGlass",
      Effect: "Allow",
      Principal: { AWS: [jane] },
      Action: "sts:AssumeRole",
      Condition: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
      },
    });
  });

  it("reads the environment's secrets by its keys, and finds its cluster", async () => {
    const { policy } = recording.inputs("aws:iam/policy:Policy");
    const secret = (prefix: string) => `arn:aws:secretsmanager:${region}:${accountId}:secret:${prefix}*`;
    assert.deepEqual(statement(policy, "ReadSecrets").Resource, [secret("apg-prod/")]);
    assert.deepEqual(statement(policy, "DecryptSecrets").Condition, {
      StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` },
      "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/apg-prod-*" },
    });
    assert.equal(statement(policy, "FindCluster").Resource, `arn:aws:eks:${region}:${accountId}:cluster/apg-prod`);
    const without = await record(() => declare({ secretPrefixes: ["prod/"] }), state);
    const narrow = without.inputs("aws:iam/policy:Policy").policy;
    assert.deepEqual(statement(narrow, "ReadSecrets").Resource, [secret("prod/")]);
    assert.throws(() => statement(narrow, "FindCluster"), /^Error: 0 statements FindCluster$/);
    assert.equal(without.resources.filter(({ type }) => type.startsWith("aws:eks/")).length, 0);
  });

  it("administers the cluster", () => {
    const { policyArn, accessScope } = recording.inputs("aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    assert.equal(policyArn, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy");
    assert.deepEqual(accessScope, { type: "cluster" });
  });

  it("is accepted by AWS, as far as the stand-in knows, and by every rule", async () => {
    assert.deepEqual(await refusedByAws(recording.resources), []);
    const runbooks = await record(() => new Runbooks("runbooks", {}));
    assert.deepEqual(complaints(recording, runbooks.resources), []);
  });

  it("refuses nobody, everybody and roles", async () => {
    const rule =
      "the ARN of one user such as arn:aws:iam::123456789012:user/jane is accepted, as a role's session carries no MFA (CV-SECRET-08).";
    assert.deepEqual(await refusal(() => declare({ principals: [] })), [
      "access.principals: nobody given; at least one user is needed, or there would be no way in (CV-SECRET-08).",
    ]);
    const principals = ["arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:user/*"];
    assert.deepEqual(
      await refusal(() => declare({ principals })),
      principals.map((arn, at) => `access.principals[${at}]: ${arn} given; ${rule}`),
    );
    assert.deepEqual(await refusal(() => declare({ secretPrefixes: ["*"] })), [
      "access.secretPrefixes[0]: * given; the beginning of secrets' names is accepted, without wildcards (CV-SECRET-03).",
    ]);
  });
});
