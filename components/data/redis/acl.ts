// Who may do what. Nobody signs in as `default`; every user has generated passwords, of which Redis knows the hashes.
import { deepFrozen } from "../../../checklist/thresholds.ts";
import { hashOf, valueOf } from "../../security/secrets/template.ts";
import { ports } from "./names.ts";
import { slotsOf } from "../../security/secrets/turns.ts";

const hello = "&__sentinel__:hello";
/** To sign in and to say who one is; by category, because a name that a release does not know keeps it from starting. */
const connection = "+@connection -@admin -@dangerous";

/** Users of the data pods. */
export const redisUsers = deepFrozen({
  /** All keys and channels, no administration; `info` and `role` because clients ask for them. */
  application: "~* &* +@all -@admin -@dangerous +info +role",
  replication: "+psync +replconf +ping",
  sentinel: `${hello} ${connection} +multi +exec +info +role +subscribe +publish +slaveof +config|rewrite +client|kill +script|kill`,
  /** The scripts of the pods themselves: roles, hand-over, renewed certificates and passwords (CV-SECRET-02). */
  steward: "+ping +info +client|pause +client|unpause +replicaof +config|set +acl|setuser",
  probe: "+ping +info",
  /** Not `config|get`, which would show passwords. */
  exporter: "+ping +info +client|setname +slowlog|get +slowlog|len +latency|latest +latency|histogram",
  backup: "+ping +info +psync +sync +replconf",
});

/** Users of the Sentinels. */
export const sentinelUsers = deepFrozen({
  application: `&* ${connection} +subscribe +unsubscribe +psubscribe +punsubscribe +role +sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|myid +sentinel|replicas +sentinel|slaves +sentinel|sentinels`,
  sentinel: `${hello} ${connection} +info +subscribe +publish +sentinel|is-master-down-by-addr`,
  steward: "+ping +sentinel|master +sentinel|failover",
  probe: "+ping +sentinel|ckquorum +sentinel|master",
  exporter:
    "+ping +info +client|setname +sentinel|masters +sentinel|master +sentinel|sentinels +sentinel|slaves +sentinel|replicas +sentinel|ckquorum",
});

export type User = keyof typeof redisUsers;
export const userNames = Object.keys(redisUsers) as User[];

/** An ACL file: one line a user, with the places of the hashes of its passwords: in use, next, and before (CV-SECRET-02). */
export function aclFile(users: Readonly<Partial<Record<User, string>>>): string {
  const hashes = (user: string) =>
    slotsOf(user)
      .map((slot) => `#${hashOf(slot)}`)
      .join(" ");
  const line = ([user, rules]: [string, string]) => `user ${user} on ${hashes(user)} resetchannels -@all ${rules}\n`;
  return ["user default off resetpass resetchannels -@all\n", ...Object.entries(users).map(line)].join("");
}

/** How replicas sign in to their master. */
export function replicationConf(): string {
  return `masteruser replication\nmasterauth ${valueOf("replication")}\n`;
}

/** How an exporter signs in to the server beside it, whichever that is. Releases before 1.50 look for it without its name. */
export function exporterPasswords(): string {
  const servers = [ports.redis, ports.sentinel].flatMap((port) => [
    `rediss://exporter@localhost:${port}`,
    `rediss://localhost:${port}`,
  ]);
  return JSON.stringify(Object.fromEntries(servers.map((server) => [server, valueOf("exporter")])));
}

/** How a Sentinel signs in to the data pods and to the others. */
export function sentinelAuthConf(group: string): string {
  const password = valueOf("sentinel");
  return [
    `sentinel auth-user ${group} sentinel`,
    `sentinel auth-pass ${group} ${password}`,
    "sentinel sentinel-user sentinel",
    `sentinel sentinel-pass ${password}`,
    "",
  ].join("\n");
}
