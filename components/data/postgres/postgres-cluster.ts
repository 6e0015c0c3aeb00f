import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "../../defaults.ts";
import { refuse } from "../../validation.ts";
import type { Connection } from "../connection.ts";
import { custom } from "../custom.ts";
import { refuseUpdate } from "../guard.ts";
import { Parts } from "../parts.ts";
import { nameOf } from "../../names.ts";
import { postgresDefaults } from "./args.ts";
import type { GivenPostgres, PostgresClusterArgs } from "./args.ts";
import { backups } from "./backups.ts";
import { clusterAnnotations, clusterSpec, schemaOf } from "./cluster-spec.ts";
import { connectionOf, migrationConnectionOf } from "./connection.ts";
import { monitoring } from "./monitoring.ts";
import * as names from "./names.ts";
import { network } from "./network.ts";
import { pooler } from "./pooler.ts";
import { postgresProblems, unsafeUpdate } from "./problems.ts";
import { schemas } from "./roles.ts";
import { certificate, roleSecrets } from "./secrets.ts";

/** Highly available PostgreSQL with pooling, TLS, backups and monitoring, run by CloudNativePG. */
export class PostgresCluster extends pulumi.ComponentResource {
  /** What an application needs to use it, through the poolers. */
  readonly connection: Connection;
  /** What migrations need: the primary itself, as the owner of the tables (CV-DB-04). */
  readonly migrationConnection: Connection;
  /** Name of the cluster, for backups and drills. */
  readonly clusterName: pulumi.Output<string>;

  constructor(name: string, args: PostgresClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:PostgresCluster", name, args, opts);
    const given = withDefaults(args, postgresDefaults);
    refuse(name, postgresProblems(given));

    const parts = new Parts(name, given, this);
    roleSecrets(parts);
    certificate(parts);
    this.clusterName = instances(parts);
    for (const type of names.poolerTypes) pooler(parts, type);
    backups(parts);
    network(parts);
    if (given.monitoring !== undefined) monitoring(parts);

    this.connection = connectionOf(given.clusterName);
    this.migrationConnection = migrationConnectionOf(given.clusterName);
    this.registerOutputs({
      connection: this.connection,
      migrationConnection: this.migrationConnection,
      clusterName: this.clusterName,
    });
  }
}

/** The instances, and the one database in them; the engine deletes neither, unless it is told to. */
function instances(parts: Parts<GivenPostgres>): pulumi.Output<string> {
  const { clusterName, capability, tenants, dataClass, deletionProtection } = parts.args;
  const kept = { ...parts.child, protect: deletionProtection };
  const metadata = parts.metadata(clusterName, "postgres");
  const cluster = custom(
    parts.name,
    names.api,
    "Cluster",
    {
      ...metadata,
      labels: { ...metadata.labels, "data-class": dataClass },
      ...clusterAnnotations(parts.args),
    },
    clusterSpec(parts.args),
    { ...kept, hooks: refuseUpdate(parts.name, unsafeUpdate) },
  );
  custom(
    parts.name,
    names.api,
    "Database",
    parts.metadata(names.database, "postgres"),
    {
      cluster: { name: nameOf(cluster, clusterName) },
      name: names.database,
      owner: names.roles.owner,
      databaseReclaimPolicy: "retain",
      schemas: schemas(schemaOf(capability), tenants),
    },
    kept,
  );
  return nameOf(cluster, clusterName);
}
