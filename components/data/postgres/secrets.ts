import { RandomPassword } from "@pulumi/random/randomPassword.js";
import type * as pulumi from "@pulumi/pulumi";
import { managedSecret, storedValues } from "../../security/secrets/managed-secret.ts";
import type { StoredValues } from "../../security/secrets/managed-secret.ts";
import { hashOf, valueOf, versionKey } from "../../security/secrets/template.ts";
import { takingTurns } from "../../security/secrets/turns.ts";
import { certificatePath } from "../connection.ts";
import type { Parts } from "../parts.ts";
import { serverCertificate } from "../server-certificate.ts";
import type { GivenPostgres } from "./args.ts";
import * as names from "./names.ts";

/** The operator hands what changes in such a Secret to the instances without a restart. */
const reloaded = { "cnpg.io/reload": "true" };

/** Generated passwords of everybody who signs in, and the addresses that hold them. */
export function roleSecrets(cluster: Parts<GivenPostgres>): void {
  const { application, owner } = names.roles;
  const { clusterName } = cluster.args;
  // Jobs read it when they start, and are started again when the operator was not yet through (CV-SECRET-02).
  const own = stored(cluster, owner, { password: generated(cluster, owner) });
  signIn(cluster, owner, own, "password", { url: address(cluster, owner, `${clusterName}-rw`) });

  // PostgreSQL knows one password of a role, and running pods have the address that they started with (CV-SECRET-02).
  const shared = stored(
    cluster,
    application,
    takingTurns(names.turns, (turn) => generated(cluster, `${application}-${turn}`)),
  );
  for (const turn of names.turns) signIn(cluster, names.loginRole(turn), shared, turn);
  const login = names.loginRole(valueOf("login"));
  managedSecret(
    secretName(cluster, application),
    {
      metadata: cluster.metadata(names.roleSecret(clusterName, application), "postgres"),
      type: "kubernetes.io/basic-auth",
      data: {
        username: login,
        password: valueOf("password"),
        url: address(cluster, login, names.poolerName(clusterName, "rw")),
        "read-url": address(cluster, login, names.poolerName(clusterName, "ro")),
        [versionKey]: hashOf("password"),
      },
    },
    shared,
    cluster.child,
  );
}

const secretName = ({ name }: Parts<GivenPostgres>, role: string) => `${name}-role-${role.replaceAll("_", "-")}`;

function generated({ name, args, child }: Parts<GivenPostgres>, of: string): pulumi.Output<string> {
  return new RandomPassword(
    `${name}-${of}`,
    { length: 32, special: false },
    { ...child, protect: args.deletionProtection },
  ).result;
}

/** Values of one secret of the store, which the function that rotates renews. */
function stored(
  cluster: Parts<GivenPostgres>,
  role: string,
  values: { [name: string]: pulumi.Input<string> },
): StoredValues {
  const { clusterName, deletionProtection, secretStore } = cluster.args;
  const secret = names.roleSecret(clusterName, role);
  return storedValues(
    secretName(cluster, role),
    cluster.args,
    { secret, values, rotates: true, rotation: "by hand", critical: true, protect: deletionProtection },
    secretStore,
    cluster.child,
  );
}

/** The Secret by which the operator keeps a role's password. */
function signIn(
  cluster: Parts<GivenPostgres>,
  role: string,
  values: StoredValues,
  password: string,
  more: { [key: string]: string } = {},
): void {
  const metadata = cluster.metadata(names.roleSecret(cluster.args.clusterName, role), "postgres");
  managedSecret(
    secretName(cluster, role),
    {
      metadata: { ...metadata, labels: { ...metadata.labels, ...reloaded } },
      type: "kubernetes.io/basic-auth",
      data: { username: role, password: valueOf(password), ...more },
    },
    values,
    cluster.child,
  );
}

function address({ args: { clusterName } }: Parts<GivenPostgres>, role: string, host: string): string {
  const verified = `sslmode=verify-full&sslrootcert=${certificatePath({ file: names.certificateFile(clusterName) })}`;
  return `postgres://${role}:${valueOf("password")}@${host}:${names.ports.postgres}/${names.database}?${verified}`;
}

/** One certificate for instances and poolers, with every name under which a client may ask (CV-DB-07). */
export function certificate(cluster: Parts<GivenPostgres>): void {
  const { clusterName, issuer } = cluster.args;
  const secretName = names.serverSecret(clusterName);
  serverCertificate(
    `${cluster.name}-tls`,
    cluster.metadata(secretName, "postgres"),
    {
      secretName,
      issuer,
      services: [
        ...["rw", "r", "ro"].map((of) => `${clusterName}-${of}`),
        ...names.poolerTypes.map((type) => names.poolerName(clusterName, type)),
      ],
      usages: ["server auth"],
      secretTemplate: { labels: reloaded },
    },
    cluster.child,
  );
}
