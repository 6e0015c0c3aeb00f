import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { managedSecret, storedValues } from "../../security/secrets/managed-secret.ts";
import { valueOf } from "../../security/secrets/template.ts";
import { certificatePath } from "../connection.ts";
import type { Parts } from "../parts.ts";
import { serverCertificate } from "../server-certificate.ts";
import type { GivenPostgres } from "./args.ts";
import * as names from "./names.ts";

/** The operator hands what changes in such a Secret to the instances without a restart. */
const reloaded = { "cnpg.io/reload": "true" };

/** Whether a role's password may change at any time, and if not, why not (CV-SECRET-02). */
function rotationOf(role: string) {
  return role === names.roles.owner
    ? // Jobs read it when they start, and are started again when the operator was not yet through.
      { rotates: true, rotation: "by hand" }
    : // Its pods have the address since they started, and PostgreSQL knows one password of a role: new connections fail.
      { rotates: false, rotation: "none because running pods would fail to sign in" };
}

/** A generated password for each role, and the addresses that hold it. */
export function roleSecrets(cluster: Parts<GivenPostgres>): void {
  const { clusterName, deletionProtection, secretStore } = cluster.args;
  const verified = `sslmode=verify-full&sslrootcert=${certificatePath({ file: names.certificateFile(clusterName) })}`;
  for (const role of Object.values(names.roles)) {
    const name = `${cluster.name}-role-${role}`;
    const { result: password } = new RandomPassword(
      `${cluster.name}-${role}`,
      { length: 32, special: false },
      { ...cluster.child, protect: deletionProtection },
    );
    const address = (host: string) =>
      `postgres://${role}:${valueOf("password")}@${host}:${names.ports.postgres}/${names.database}?${verified}`;
    const metadata = cluster.metadata(names.roleSecret(clusterName, role), "postgres");
    const stored = storedValues(
      name,
      cluster.args,
      {
        secret: names.roleSecret(clusterName, role),
        values: { password },
        ...rotationOf(role),
        critical: true,
        protect: deletionProtection,
      },
      secretStore,
      cluster.child,
    );
    managedSecret(
      name,
      {
        metadata: { ...metadata, labels: { ...metadata.labels, ...reloaded } },
        type: "kubernetes.io/basic-auth",
        data: {
          username: role,
          password: valueOf("password"),
          ...(role === names.roles.owner
            ? { url: address(`${clusterName}-rw`) }
            : {
                url: address(names.poolerName(clusterName, "rw")),
                "read-url": address(names.poolerName(clusterName, "ro")),
              }),
        },
      },
      stored,
      cluster.child,
    );
  }
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
