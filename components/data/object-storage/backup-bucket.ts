import * as pulumi from "@pulumi/pulumi";
import { namespaceName } from "../../capability/naming.ts";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import type { BackupStore } from "../backup/store.ts";
import { ownTenant } from "../tenants.ts";
import { backupBucketDefaults, objectStorageDefaults } from "./args.ts";
import type { AwsAccountArgs, BackupBucketArgs } from "./args.ts";
import { guardStatements } from "../../cloud/bucket-guard.ts";
import { endpointPeer } from "./connections.ts";
import { leastRole, podIdentity } from "../../cloud/roles.ts";
import { roleName } from "./identities.ts";
import { podTrust } from "../../cloud/pod-trust.ts";
import { replicationPolicies, replicationTrust, workloadPolicies } from "./identity-policies.ts";
import { copiedKey, customerKey } from "../../cloud/keys.ts";
import { backupKeyAlias, replicaName, reservedPurposes } from "./naming.ts";
import { ownBucket } from "./plan.ts";
import { bucketArn, policyDocument, roleArn } from "../../cloud/policy-document.ts";
import { backupBucketProblems } from "./problems.ts";
import { protectedBucket, replication } from "../../cloud/protected-bucket.ts";
import { credentialsOf } from "./served.ts";
import { servedStorage } from "./server-storage.ts";
import { bucketTags } from "./tags.ts";

/** A bucket that backups go to, that nobody can empty, and whose key is no other's (CV-DATA-07, CV-OBJ-07). */
export class BackupBucket extends pulumi.ComponentResource {
  /** The bucket as backups use it. */
  readonly store: BackupStore;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:BackupBucket", name, args, opts);
    refuse(name, backupBucketProblems(args));

    const { aws, server } = args;
    this.store = aws === undefined ? this.#served(name, args, server!) : this.#onAws(name, args, aws);
    this.registerOutputs({ bucket: this.store.bucket });
  }

  #served(name: string, args: BackupBucketArgs, server: NonNullable<BackupBucketArgs["server"]>): BackupStore {
    const { dataClass, retentionDays, expireDays } = withDefaults(args, backupBucketDefaults);
    const bucket = ownBucket(args, "backup");
    const user = {
      accessKeyId: roleName(args.capability, args.environment, "backup"),
      secretName: "backup-storage",
      suffix: "backup",
    };
    const tags = bucketTags(args, { tenant: ownTenant, purpose: reservedPurposes.backup, dataClass });
    servedStorage(
      name,
      args,
      server,
      {
        prefix: "backup-storage",
        users: [user],
        buckets: [{ name: bucket, users: [user.accessKeyId], expireDays, lockDays: retentionDays, tags }],
      },
      this,
    );
    return {
      bucket,
      region: server.region,
      endpoint: server.endpoint,
      authority: server.authority,
      credentials: credentialsOf(user),
      peer: server.peer,
      port: server.port,
    };
  }

  #onAws(name: string, args: BackupBucketArgs, aws: AwsAccountArgs): BackupStore {
    const { capability, environment, namespace } = args;
    const { accountId, region, replicaRegion, administrators, clusterName, serviceAccounts } = aws;
    const { dataClass, retentionDays, expireDays, deletionProtection } = withDefaults(args, backupBucketDefaults);
    const { archiveAfterDays } = objectStorageDefaults;
    const bucket = ownBucket(args, "backup", aws.nameSuffix);
    const tags = bucketTags(args, { tenant: ownTenant, purpose: reservedPurposes.backup, dataClass });
    const alias = backupKeyAlias(capability, environment);
    const aliases = [`alias/${alias}`];
    const here = { accountId, region };
    const there = { accountId, region: replicaRegion };

    // A role for each service account, as the trust names one; all of them are the backup's.
    const home = namespaceName(capability, environment);
    const accounts = [
      ...serviceAccounts.map((account) => ({ account, within: home, where: namespace })),
      ...(args.otherAccounts ?? []).map((other) => ({
        account: other.serviceAccount,
        within: other.namespace,
        where: other.namespace,
      })),
    ];
    const accountRoles = accounts.map((each) => ({
      ...each,
      role: roleName(capability, environment, `backup-${each.account}`),
    }));
    const roles = accountRoles.flatMap(({ account, within, where, role }) => {
      const complete = leastRole(
        `${name}-${account}.account`,
        {
          role,
          trust: podTrust(within, account),
          policies: workloadPolicies([bucket], aliases, here),
          description: `Backups of ${capability} in ${environment}, for pods of ${account}.`,
          tags,
        },
        { parent: this },
      );
      podIdentity(
        `${name}-${account}.account`,
        { clusterName, region, namespace: where, serviceAccount: account, accountId, role, tags },
        { parent: this, dependsOn: complete },
      );
      return complete;
    });
    const copier = roleName(capability, environment, "backup.replication");
    const copierRole = leastRole(
      `${name}-replication`,
      {
        role: copier,
        trust: replicationTrust(accountId),
        policies: replicationPolicies([bucket], aliases, here, there, true),
        description: `Copies of ${capability}'s backups in ${environment}, into ${replicaRegion}.`,
        tags,
      },
      { parent: this },
    );

    const users = [...accountRoles.map(({ role }) => roleArn(accountId, role)), ...(args.writers ?? [])];
    const copierArn = roleArn(accountId, copier);
    const planned = {
      alias,
      description: `Backups of ${capability} in ${environment}.`,
      administrators,
      users: [...users, copierArn],
      tags,
    };
    const opts = {
      parent: this,
      protect: deletionProtection,
      dependsOn: [...roles, ...copierRole, ...(args.writersReady ?? [])],
    };
    const key = customerKey(name, { ...planned, region }, opts, true);
    const copyKey = copiedKey(`${name}-replica`, key, { ...planned, region: replicaRegion }, opts);

    const declare = (
      logical: string,
      of: { bucket: string; region: string; kmsKeyArn: pulumi.Output<string>; accessLogs?: string | undefined },
      writers: string[],
      more: { [tag: string]: string },
    ) =>
      protectedBucket(
        logical,
        {
          ...of,
          policy: policyDocument(
            guardStatements({
              bucket: of.bucket,
              writers: [...writers, copierArn, ...administrators],
              // Nobody else can decrypt what is here.
              readers: [],
              namedKey: true,
            }),
          ),
          expireDays,
          archiveAfterDays,
          lockDays: retentionDays,
          tags: { ...tags, ...more },
        },
        deletionProtection,
        { parent: this },
      );
    const source = declare(
      name,
      { bucket, region, kmsKeyArn: key.arn, accessLogs: args.accessLogs?.bucket },
      users,
      {},
    );
    const copied = declare(
      `${name}-replica`,
      {
        bucket: replicaName(bucket),
        region: replicaRegion,
        kmsKeyArn: copyKey.arn,
        accessLogs: args.accessLogs?.replicaBucket,
      },
      [],
      { "apg:replica-of": bucket },
    );
    replication(
      name,
      source,
      { role: copierArn, region, destination: bucketArn(replicaName(bucket)), kmsKeyArn: copyKey.arn },
      { parent: this, dependsOn: [source.versioning, copied.versioning, ...copierRole] },
    );
    return { bucket, region, kmsKeyArn: key.arn, peer: endpointPeer(aws), port: 443 };
  }
}
