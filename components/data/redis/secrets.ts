import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { managedSecret, storedValues } from "../../security/secrets/managed-secret.ts";
import type { StoredValues } from "../../security/secrets/managed-secret.ts";
import { valueOf } from "../../security/secrets/template.ts";
import { aclFile, redisUsers, replicationConf, sentinelAuthConf, sentinelUsers, userNames } from "./acl.ts";
import { authFiles } from "./configuration.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";

/** A generated password for each user, in files that Redis reads and in the address that applications get. */
export function secrets(group: Group): StoredValues {
  const { namespace, deletionProtection, secretStore } = group.args;
  const values = Object.fromEntries(
    userNames.map((user) => {
      const opts = { ...group.child, protect: deletionProtection };
      return [user, new RandomPassword(`${group.name}-${user}`, { length: 32, special: false }, opts).result];
    }),
  );
  const stored = storedValues(
    `${group.name}-auth`,
    group.args,
    {
      secret: names.authSecret,
      values,
      // Redis reads its files when it starts: until all pods did, they would not know each other's passwords (CV-SECRET-02).
      rotates: false,
      rotation: "none because running servers keep the passwords they started with",
      critical: true,
      protect: deletionProtection,
    },
    secretStore,
    group.child,
  );
  managedSecret(
    `${group.name}-auth`,
    {
      metadata: group.metadata(names.authSecret, names.redis),
      data: {
        [authFiles.redisAcl]: aclFile(redisUsers),
        [authFiles.sentinelAcl]: aclFile(sentinelUsers),
        [authFiles.replication]: replicationConf(),
        [authFiles.sentinel]: sentinelAuthConf(group.args.group),
        steward: valueOf("steward"),
        probe: valueOf("probe"),
        exporter: valueOf("exporter"),
      },
    },
    stored,
    group.child,
  );
  managedSecret(
    `${group.name}-application`,
    {
      metadata: group.metadata(names.applicationSecret, names.redis),
      data: {
        url: pulumi.output(namespace).apply((inNamespace) => address(group, inNamespace)),
        username: "application",
        password: valueOf("application"),
      },
    },
    stored,
    group.child,
  );
  return stored;
}

/** Where clients ask for the master, and how they sign in to it and to the Sentinels. */
function address(group: Group, namespace: string): string {
  const application = valueOf("application");
  const hosts = group.podNames(names.sentinel).map((pod) => `${pod}.${namespace}.svc:${names.ports.sentinel}`);
  const query = `master=${group.args.group}&sentinel_username=application&sentinel_password=${application}`;
  return `rediss+sentinel://application:${application}@${hosts.join(",")}/0?${query}`;
}
