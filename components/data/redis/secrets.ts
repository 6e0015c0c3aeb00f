import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { managedSecret, storedValues } from "../../security/secrets/managed-secret.ts";
import type { StoredValues } from "../../security/secrets/managed-secret.ts";
import { hashOf, valueOf, versionKey } from "../../security/secrets/template.ts";
import { slotted } from "../../security/secrets/turns.ts";
import * as acl from "./acl.ts";
import { authFiles } from "./configuration.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";

/** Generated passwords of each user, in files that Redis reads and in the address that applications get. */
export function secrets(group: Group): StoredValues {
  const { namespace, deletionProtection, secretStore } = group.args;
  const generated = (of: string) =>
    new RandomPassword(
      `${group.name}-${of.replace("Next", "-next")}`,
      { length: 32, special: false },
      { ...group.child, protect: deletionProtection },
    ).result;
  const values = Object.assign({}, ...acl.userNames.map((user) => slotted(user, generated))) as StoredValues["values"];
  const stored = storedValues(
    `${group.name}-auth`,
    group.args,
    {
      secret: names.authSecret,
      values,
      rotates: true,
      rotation: "by hand",
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
        [authFiles.redisAcl]: acl.aclFile(acl.redisUsers),
        [authFiles.sentinelAcl]: acl.aclFile(acl.sentinelUsers),
        [authFiles.replication]: acl.replicationConf(),
        [authFiles.sentinel]: acl.sentinelAuthConf(group.args.group),
        steward: valueOf("steward"),
        probe: valueOf("probe"),
        [authFiles.exporter]: acl.exporterPasswords(),
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
        [versionKey]: hashOf("application"),
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
