import * as pulumi from "@pulumi/pulumi";
import type { Role } from "@pulumi/aws/iam/role.js";
import { Provider } from "@pulumi/aws/provider.js";
import { copiedKey, customerKey } from "../../cloud/keys.ts";
import { podTrust } from "../../cloud/pod-trust.ts";
import { policyDocument, roleArn } from "../../cloud/policy-document.ts";
import { leastRole, podIdentity } from "../../cloud/roles.ts";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import { rotationAlarm } from "./alarms.ts";
import { secretsDefaults, secretsProblems } from "./args.ts";
import type { GivenSecrets, SecretsArgs } from "./args.ts";
import { logStatement, rotationFunction, rotationPolicy, rotationTrust } from "./rotation-function.ts";
import { readerArn, readerRole, rotationName, writerRole, writingStatements } from "./store.ts";
import type { SecretStoreArgs } from "./store.ts";

const takes = ["sts:AssumeRole", "sts:TagSession"];

/**
 * An environment's secrets in AWS Secrets Manager: keys, who reads what, and what rotates it. The External Secrets operator has
 * a role that reads nothing. For each capability it takes another, which reads that capability's secrets alone (CV-SECRET-03).
 * Declare it before the operator, whose pods get their role when they start; and `SecretStores` after it.
 */
export class Secrets extends pulumi.ComponentResource {
  /** What everything that keeps secrets is given. */
  readonly store: SecretStoreArgs;

  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Secrets", name, args, opts);
    const given = withDefaults(args, secretsDefaults);
    refuse(name, secretsProblems(given));

    const { environment, account, emergencyRoles, refreshMinutes, credentialDays, alarmTopicArn } = given;
    const { accountId, region, replicaRegion } = account;
    const child = { parent: this };
    const writing = declareWriter(name, given, child);
    // A key's policy can only name roles that there are, and those for emergencies are somebody else's.
    const others = [opts?.dependsOn ?? []].flat() as pulumi.Input<pulumi.Resource>[];
    const roles = [...others, ...writing, ...declareRoles(name, given, child)];
    const keys = declareKeys(name, given, { ...child, dependsOn: roles, protect: given.deletionProtection });
    const functionArn = given.rotation
      ? rotationFunction(name, { ...place(given), kmsKeyArn: keys.kmsKeyArn }, { ...child, dependsOn: roles })
      : undefined;
    if (given.rotation && alarmTopicArn !== undefined)
      rotationAlarm(name, { environment, region, topicArn: alarmTopicArn }, child);

    this.store = {
      accountId,
      region,
      replicaRegion,
      ...keys,
      readers: [...emergencyRoles],
      // By the role's own ARN: as long as there is no role, nobody tries to take it.
      writer: new Provider(
        `${name}-writer`,
        { region, assumeRoles: [{ roleArn: writing[0].arn, sessionName: "secrets" }] },
        { ...child, dependsOn: writing },
      ),
      refreshMinutes,
      ...(functionArn && { rotation: { functionArn, roleName: rotationName(environment), credentialDays } }),
    };
    this.registerOutputs({ store: this.store });
  }
}

function place({ environment, account, logRetentionDays }: GivenSecrets) {
  return { environment, accountId: account.accountId, region: account.region, logRetentionDays };
}

/** The role by which the engine puts values in: who manages keys uses none, so it is another than whoever deploys (CV-DATA-03). */
function declareWriter(
  name: string,
  { environment, account }: GivenSecrets,
  opts: pulumi.CustomResourceOptions,
): [Role, ...pulumi.Resource[]] {
  const { administrators } = account;
  const [role, ...rest] = leastRole(
    `${name}-writer`,
    {
      role: writerRole(environment),
      description: `Puts generated passwords into the secrets of ${environment}.`,
      trust: policyDocument([
        { Sid: "Deploy", Effect: "Allow", Principal: { AWS: administrators }, Action: "sts:AssumeRole" },
      ]),
      policies: [policyDocument(writingStatements(account, environment))],
      tags: { "apg:environment": environment },
    },
    opts,
  );
  return [role as Role, ...rest];
}

/** The operator's role, which may take those of the capabilities; these; and that of the function. */
function declareRoles(name: string, given: GivenSecrets, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { environment, account, capabilities, clusterName, operatorNamespace, operatorAccount } = given;
  const { accountId, region } = account;
  const tags = { "apg:environment": environment };
  const operator = `apg-${environment}-external-secrets`;
  const readers = capabilities.map((capability) => readerArn(accountId, environment, capability));
  const operating = leastRole(
    `${name}-operator`,
    {
      role: operator,
      description: "Takes the roles that read secrets, for the External Secrets operator.",
      trust: podTrust(operatorNamespace, operatorAccount),
      policies: [policyDocument([{ Sid: "TakeReaders", Effect: "Allow", Action: takes, Resource: readers }])],
      tags,
    },
    opts,
  );
  podIdentity(
    `${name}-operator`,
    {
      clusterName,
      region,
      namespace: operatorNamespace,
      serviceAccount: operatorAccount,
      accountId,
      role: operator,
      tags,
    },
    { ...opts, dependsOn: operating },
  );
  const trust = policyDocument([
    { Sid: "Operator", Effect: "Allow", Principal: { AWS: roleArn(accountId, operator) }, Action: takes },
  ]);
  const reading = capabilities.flatMap((capability) =>
    leastRole(
      `${name}-${capability}`,
      {
        role: readerRole(environment, capability),
        description: `Reads the secrets of ${capability}.`,
        trust,
        // Each secret adds a policy about itself.
        policies: [],
        tags: { ...tags, "apg:capability": capability },
      },
      // A policy of trust can only name a role that there is.
      { ...opts, dependsOn: operating },
    ),
  );
  const rotating = given.rotation
    ? leastRole(
        `${name}-rotation`,
        {
          role: rotationName(environment),
          description: "Generates new passwords of secrets.",
          trust: rotationTrust,
          policies: [rotationPolicy(place(given))],
          tags,
        },
        opts,
      )
    : [];
  return [...operating, ...reading, ...rotating];
}

/** The key of the secrets, and its copy in the other region (CV-SECRET-04, CV-SECRET-06). */
function declareKeys(name: string, given: GivenSecrets, opts: pulumi.CustomResourceOptions) {
  const { environment, account, capabilities, writers, emergencyRoles, rotation } = given;
  const { accountId, region, replicaRegion, administrators } = account;
  const planned = {
    alias: `apg-${environment}-secrets`,
    administrators,
    via: "secretsmanager",
    users: [
      roleArn(accountId, writerRole(environment)),
      ...writers,
      ...(rotation ? [roleArn(accountId, rotationName(environment))] : []),
    ],
    readers: [...capabilities.map((each) => readerArn(accountId, environment, each)), ...emergencyRoles],
    tags: { "apg:environment": environment, "apg:purpose": "secrets", "data-class": "restricted" },
  };
  const primary = customerKey(
    `${name}-key`,
    {
      ...planned,
      region,
      description: `Secrets of ${environment}.`,
      services: rotation ? [logStatement(place(given))] : [],
    },
    opts,
    true,
  );
  const copy = copiedKey(
    `${name}-key-copy`,
    primary,
    { ...planned, region: replicaRegion, description: `Copies of the secrets of ${environment}.` },
    opts,
  );
  return { kmsKeyArn: primary.arn, replicaKmsKeyArn: copy.arn };
}
