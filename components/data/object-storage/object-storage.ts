import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../../validation.ts";
import type { StoreCredentials } from "../backup/store.ts";
import type { Connection } from "../connection.ts";
import { ownTenant } from "../tenants.ts";
import { accessLogNames } from "./access-logs.ts";
import type { AccessLogs, ObjectStorageArgs } from "./args.ts";
import { purposesOf } from "./args.ts";
import { awsStorage } from "./aws-storage.ts";
import { awsConnection, serverConnection } from "./connections.ts";
import { roleName, tenantAccount } from "./identities.ts";
import { bucketTemplate, plannedBuckets, tenantsOf } from "./plan.ts";
import { objectStorageProblems } from "./problems.ts";
import { credentialsOf } from "./served.ts";
import { servedStorage } from "./server-storage.ts";
import { bucketTags } from "./tags.ts";

/** A bucket that there is. */
export interface StoredBucket {
  /** Name of the bucket. */
  name: string;
  /** Name of the tenant, as it is in the bucket's name; `shared` for the capability's own. */
  tenant: string;
  /** What the bucket is for. */
  purpose: string;
  /** Class of the data in it. */
  dataClass: string;
}

/** How a tenant's own pods get to the tenant's buckets, and to no others. */
export interface TenantAccess {
  /** Name of the tenant, as it is in buckets' names. */
  tenant: string;
  /** Service account of the pods, on AWS. */
  serviceAccountName?: string;
  /** Keys of the tenant's user, on a server. */
  credentials?: StoreCredentials;
}

/** Buckets for a capability: one for each tenant and purpose, that no other tenant can reach (CV-OBJ-01 to CV-OBJ-08). */
export class ObjectStorage extends pulumi.ComponentResource {
  /** Names of the buckets that hold data, and what is in them. */
  readonly buckets: pulumi.Output<StoredBucket[]>;
  /** How an application that serves every tenant uses the buckets. */
  readonly connection: Connection;
  /** How each tenant's own pods use the tenant's buckets. */
  readonly tenantAccess: TenantAccess[];
  /** Where access is logged to; undefined on a server, which keeps logs of its own. */
  readonly accessLogs?: AccessLogs;

  constructor(name: string, args: ObjectStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:ObjectStorage", name, args, opts);
    refuse(name, objectStorageProblems(args));

    const { capability, environment, aws, server } = args;
    const buckets = plannedBuckets(args);
    const tenants = tenantsOf(args).filter((tenant) => tenant !== ownTenant);
    // The first purpose is what an application means that knows of one alone.
    const main = { bucket: buckets[0]!.name, template: bucketTemplate(args, purposesOf(args)[0]!.name) };

    if (aws !== undefined) {
      awsStorage(name, args, aws, this);
      this.connection = awsConnection(main, aws);
      this.tenantAccess = tenants.map((tenant) => ({ tenant, serviceAccountName: tenantAccount(tenant) }));
      this.accessLogs = accessLogNames(args);
    } else {
      const application = {
        accessKeyId: roleName(capability, environment, "application"),
        secretName: "object-storage-application",
        suffix: "application",
      };
      const users = tenants.map((tenant) => ({
        tenant,
        accessKeyId: roleName(capability, environment, `tenant-${tenant}`),
        secretName: `object-storage-tenant-${tenant}`,
        suffix: `${tenant}.tenant`,
      }));
      servedStorage(
        name,
        args,
        server!,
        {
          prefix: "object-storage",
          users: [application, ...users],
          buckets: buckets.map((bucket) => ({
            name: bucket.name,
            users: [application, ...users.filter(({ tenant }) => tenant === bucket.tenant)].map(
              (user) => user.accessKeyId,
            ),
            expireDays: bucket.expireDays,
            tags: bucketTags(args, bucket),
          })),
        },
        this,
      );
      this.connection = serverConnection(main, server!, credentialsOf(application));
      this.tenantAccess = users.map((user) => ({ tenant: user.tenant, credentials: credentialsOf(user) }));
    }

    this.buckets = pulumi.output(
      buckets.map((bucket) => ({
        name: bucket.name,
        tenant: bucket.tenant,
        purpose: bucket.purpose,
        dataClass: bucket.dataClass,
      })),
    );
    this.registerOutputs({ buckets: this.buckets });
  }
}
