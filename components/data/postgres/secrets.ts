import * as pulumi from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { certificatePath } from "../connection.ts";
import type { Parts } from "../parts.ts";
import { serverCertificate } from "../server-certificate.ts";
import type { GivenPostgres } from "./args.ts";
import * as names from "./names.ts";

/** The operator hands what changes in such a Secret to the instances without a restart. */
const reloaded = { "cnpg.io/reload": "true" };

/** A generated password for each role, and the addresses that hold it. */
export function roleSecrets(cluster: Parts<GivenPostgres>): void {
  const { clusterName, deletionProtection } = cluster.args;
  const verified = `sslmode=verify-full&sslrootcert=${certificatePath({ file: names.certificateFile(clusterName) })}`;
  for (const role of Object.values(names.roles)) {
    const { result } = new RandomPassword(
      `${cluster.name}-${role}`,
      { length: 32, special: false },
      { ...cluster.child, protect: deletionProtection },
    );
    const address = (host: string) =>
      pulumi.interpolate`postgres://${role}:${result}@${host}:${names.ports.postgres}/${names.database}?${verified}`;
    const metadata = cluster.metadata(names.roleSecret(clusterName, role), "postgres");
    new Secret(
      `${cluster.name}-role-${role}`,
      {
        metadata: { ...metadata, labels: { ...metadata.labels, ...reloaded } },
        type: "kubernetes.io/basic-auth",
        stringData: {
          username: role,
          password: result,
          ...(role === names.roles.owner
            ? { url: address(`${clusterName}-rw`) }
            : {
                url: address(names.poolerName(clusterName, "rw")),
                "read-url": address(names.poolerName(clusterName, "ro")),
              }),
        },
      },
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
