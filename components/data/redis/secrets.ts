import * as pulumi from "@pulumi/pulumi";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import { aclFile, redisUsers, replicationConf, sentinelAuthConf, sentinelUsers, userNames } from "./acl.ts";
import type { Passwords } from "./acl.ts";
import { authFiles } from "./configuration.ts";
import type { Group } from "./group.ts";
import * as names from "./names.ts";

/** A generated password for each user, in files that Redis reads and in the address that applications get. */
export function secrets(group: Group): pulumi.Output<Passwords> {
  const { namespace, deletionProtection } = group.args;
  const generated = userNames.map((user) => {
    const opts = { ...group.child, protect: deletionProtection };
    return new RandomPassword(`${group.name}-${user}`, { length: 32, special: false }, opts).result;
  });
  const passwords = pulumi
    .all(generated)
    .apply((known) => Object.fromEntries(userNames.map((user, index) => [user, known[index]])) as Passwords);
  const file = (render: (known: Passwords) => string) => passwords.apply(render);
  new Secret(
    `${group.name}-auth`,
    {
      metadata: group.metadata(names.authSecret, names.redis),
      stringData: {
        [authFiles.redisAcl]: file((known) => aclFile(redisUsers, known)),
        [authFiles.sentinelAcl]: file((known) => aclFile(sentinelUsers, known)),
        [authFiles.replication]: file(replicationConf),
        [authFiles.sentinel]: file((known) => sentinelAuthConf(group.args.group, known)),
        steward: file(({ steward }) => steward),
        probe: file(({ probe }) => probe),
        exporter: file(({ exporter }) => exporter),
      },
    },
    group.child,
  );
  new Secret(
    `${group.name}-application`,
    {
      metadata: group.metadata(names.applicationSecret, names.redis),
      stringData: {
        url: pulumi.all([passwords, namespace]).apply(([known, inNamespace]) => address(group, known, inNamespace)),
        username: "application",
        password: file(({ application }) => application),
      },
    },
    group.child,
  );
  return passwords;
}

/** Where clients ask for the master, and how they sign in to it and to the Sentinels. */
function address(group: Group, { application }: Passwords, namespace: string): string {
  const hosts = group.podNames(names.sentinel).map((pod) => `${pod}.${namespace}.svc:${names.ports.sentinel}`);
  const query = `master=${group.args.group}&sentinel_username=application&sentinel_password=${application}`;
  return `rediss+sentinel://application:${application}@${hosts.join(",")}/0?${query}`;
}
