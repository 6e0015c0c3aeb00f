import type * as pulumi from "@pulumi/pulumi";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { capabilityLabels, namespaceName } from "../../capability/naming.ts";
import { ownTenant } from "../tenants.ts";
import { accessLogBuckets } from "./access-logs.ts";
import { objectStorageDefaults } from "./args.ts";
import type { AwsStorageArgs, ObjectStorageArgs } from "./args.ts";
import { guardStatements } from "../../cloud/bucket-guard.ts";
import { distributionStatement } from "./bucket-policies.ts";
import { delivery } from "./delivery.ts";
import { leastRole, podIdentity } from "../../cloud/roles.ts";
import { accountRole, roleName, tenantAccount, tenantRole } from "./identities.ts";
import { podTrust } from "../../cloud/pod-trust.ts";
import { replicationPolicies, replicationTrust, workloadPolicies } from "./identity-policies.ts";
import { customerKey } from "../../cloud/keys.ts";
import { replicaName } from "./naming.ts";
import { plannedBuckets, tenantsOf } from "./plan.ts";
import type { PlannedBucket } from "./plan.ts";
import { bucketTags } from "./tags.ts";
import { bucketArn, policyDocument, roleArn } from "../../cloud/policy-document.ts";
import { protectedBucket, replication } from "../../cloud/protected-bucket.ts";

const replicationRole = "replication";

/** Declares everything of `ObjectStorage` on AWS. */
export function awsStorage(name: string, args: ObjectStorageArgs, aws: AwsStorageArgs, parent: pulumi.Resource): void {
  const { capability, environment, namespace } = args;
  const { accountId, region, replicaRegion, administrators, readers = [], clusterName, serviceAccounts, cdn } = aws;
  const protect = args.deletionProtection ?? objectStorageDefaults.deletionProtection;
  const child = { parent };
  const here = { accountId, region };
  const there = { accountId, region: replicaRegion };
  const tags = { "apg:capability": capability, "apg:environment": environment };
  const buckets = plannedBuckets(args);
  const classes = [...new Set(buckets.map(({ dataClass }) => dataClass))];
  const alias = (dataClass: string) => `apg-${capability}-${environment}-${dataClass}`;
  const aliases = (of: readonly PlannedBucket[]) => [
    ...new Set(of.map(({ dataClass }) => `alias/${alias(dataClass)}`)),
  ];
  const names = (of: readonly PlannedBucket[]) => of.map((bucket) => bucket.name);
  const arn = (role: string) => roleArn(accountId, role);

  // One role for pods that serve every tenant, and one for each tenant's own.
  const podRole = (suffix: string, serviceAccount: string, role: string, reach: readonly PlannedBucket[]) => {
    const complete = leastRole(
      `${name}-${suffix}`,
      {
        role,
        trust: podTrust(namespaceName(capability, environment), serviceAccount),
        policies: workloadPolicies(names(reach), aliases(reach), here),
        description: `Objects of ${capability} in ${environment}, for pods of ${serviceAccount}.`,
        tags,
      },
      child,
    );
    podIdentity(
      `${name}-${suffix}`,
      { clusterName, region, namespace, serviceAccount, accountId, role, tags },
      { parent, dependsOn: complete },
    );
    return complete;
  };
  const tenants = tenantsOf(args).filter((tenant) => tenant !== ownTenant);
  const roles = [
    ...serviceAccounts.flatMap((account) =>
      podRole(`${account}.account`, account, accountRole(args, account), buckets),
    ),
    ...tenants.flatMap((tenant) => {
      new ServiceAccount(
        `${name}-${tenant}.tenant`,
        {
          metadata: { name: tenantAccount(tenant), namespace, labels: capabilityLabels(capability, environment) },
          automountServiceAccountToken: false,
        },
        child,
      );
      const own = buckets.filter((bucket) => bucket.tenant === tenant);
      return podRole(`${tenant}.tenant`, tenantAccount(tenant), tenantRole(args, tenant), own);
    }),
  ];
  const copier = roleName(capability, environment, replicationRole);
  const copierRole = leastRole(
    `${name}-replication`,
    {
      role: copier,
      trust: replicationTrust(accountId),
      policies: replicationPolicies(names(buckets), aliases(buckets), here, there, false),
      description: `Copies of ${capability}'s objects in ${environment}, into ${replicaRegion}.`,
      tags,
    },
    child,
  );

  const logs = accessLogBuckets(name, args, aws, protect, child);

  const accounts = serviceAccounts.map((account) => arn(accountRole(args, account)));
  const publicBuckets = buckets.filter((bucket) => bucket.public);
  const distribution =
    cdn === undefined
      ? undefined
      : delivery(`${name}-delivery`, `apg-${capability}-${environment}`, publicBuckets, region, cdn, tags, child);

  const keys = Object.fromEntries(
    classes.map((dataClass) => {
      const of = buckets.filter((bucket) => bucket.dataClass === dataClass);
      const planned = {
        alias: alias(dataClass),
        description: `${dataClass} data of ${capability} in ${environment}.`,
        administrators,
        readers,
        tags: { ...tags, "data-class": dataClass },
      };
      const opts = { parent, protect, dependsOn: [...roles, ...copierRole] };
      return [
        dataClass,
        {
          key: customerKey(
            `${name}-${dataClass}`,
            {
              ...planned,
              region,
              users: [...accounts, ...tenants.map((tenant) => arn(tenantRole(args, tenant))), arn(copier)],
              // The distribution's own ARN is known too late; the bucket's policy names it.
              services: of.some((bucket) => bucket.public) ? [distributionKeyStatement(accountId)] : [],
            },
            opts,
          ),
          copy: customerKey(
            `${name}-${dataClass}.replica`,
            { ...planned, region: replicaRegion, users: [arn(copier)] },
            opts,
          ),
        },
      ];
    }),
  );

  for (const bucket of buckets) {
    const { tenant, purpose, dataClass, expireDays, archiveAfterDays } = bucket;
    const logical = `${name}-${tenant}.${purpose}`;
    const { key, copy } = keys[dataClass]!;
    const own = tenant === ownTenant ? [] : [arn(tenantRole(args, tenant))];
    const guard = (of: string, writers: string[]) =>
      guardStatements({ bucket: of, writers: [...writers, arn(copier), ...administrators], readers, namedKey: false });
    const common = { expireDays, archiveAfterDays };
    const guarded = guard(bucket.name, [...accounts, ...own]);
    const source = protectedBucket(
      logical,
      {
        ...common,
        bucket: bucket.name,
        region,
        kmsKeyArn: key.arn,
        policy:
          bucket.public && distribution !== undefined
            ? policyDocument([...guarded, distributionStatement(bucket.name, aws.accountId)])
            : policyDocument(guarded),
        accessLogs: logs.bucket,
        tags: bucketTags(args, bucket),
      },
      protect,
      { parent, dependsOn: logs.declared },
    );
    const copied = protectedBucket(
      `${logical}.replica`,
      {
        ...common,
        bucket: replicaName(bucket.name),
        region: replicaRegion,
        kmsKeyArn: copy.arn,
        policy: policyDocument(guard(replicaName(bucket.name), [])),
        accessLogs: logs.replicaBucket,
        tags: { ...bucketTags(args, bucket), "apg:replica-of": bucket.name },
      },
      protect,
      { parent, dependsOn: logs.declared },
    );
    replication(
      logical,
      source,
      {
        role: arn(copier),
        region,
        destination: bucketArn(replicaName(bucket.name)),
        kmsKeyArn: copy.arn,
      },
      { parent, dependsOn: [source.versioning, copied.versioning, ...copierRole] },
    );
  }
}

function distributionKeyStatement(accountId: string) {
  return {
    Sid: "Deliver",
    Effect: "Allow" as const,
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${accountId}:distribution/*` } },
  };
}
