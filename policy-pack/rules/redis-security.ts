// How Redis and its Sentinels are reached: over TLS alone, with passwords that come from a Secret.
import { demand, redisRule } from "../lib/redis-rule.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { tlsProtocols } = thresholds.redis;

export const redisListensOnTls = redisRule({
  name: "redis-listens-on-tls-only",
  decides: ["AUD-CACHE-06", "CV-CACHE-06", "CV-DATA-02"],
  severity: "critical",
  description: "Redis and its Sentinels have no port without TLS, and speak to each other over it as well.",
  fix: `Set port 0, tls-port, tls-replication yes and tls-protocols ${tlsProtocols} in redis.conf and sentinel.conf.`,
  of: "both",
  check: (subject, complain) => {
    const port = subject.isData ? "6379" : "26379";
    demand(subject, complain, "port", "0", (value) => value === "0");
    demand(subject, complain, "tls-port", port, (value) => Number(value) > 0);
    demand(subject, complain, "tls-replication", "yes", (value) => value === "yes");
    demand(subject, complain, "tls-protocols", tlsProtocols, (value) => value === tlsProtocols);
  },
});

/** Directives whose value is a password. */
const passwords = ["requirepass", "masterauth"];
const sentinelPasswords = ["auth-pass", "sentinel-pass"];

export const redisRequiresPasswords = redisRule({
  name: "redis-requires-passwords-from-a-secret",
  decides: ["AUD-CACHE-06", "CV-CACHE-06"],
  severity: "critical",
  description: "Redis and its Sentinels let nobody in without a password, and every password comes from a Secret.",
  fix: "Mount a Secret and name its files by aclfile and include in redis.conf and sentinel.conf.",
  of: "both",
  check: ({ workload, configuration, isData }, complain) => {
    const title = workload.title;
    const ofSentinel = configuration.all("sentinel").map(([name]) => name ?? "");
    const plain = [
      ...passwords.filter((name) => configuration.inPlainText(name)),
      ...sentinelPasswords.filter((name) => ofSentinel.includes(name)).map((name) => `sentinel ${name}`),
    ];
    for (const name of plain)
      complain(`${title} has the password of ${name} in plain text: move the line into a Secret and include it.`);
    const from = (...names: string[]) => names.some((name) => configuration.fromSecret(name));
    if (!from("aclfile", "include", "requirepass") && plain.length === 0) {
      complain(
        `${title} lets everybody in without a password${configuration.elsewhere}: name an aclfile, or a file to include, ` +
          "of a mounted Secret.",
      );
    } else if (!from("include", isData ? "masterauth" : "aclfile") && plain.length === 0) {
      complain(`${title} has no password for its master${configuration.elsewhere}: include one from a mounted Secret.`);
    }
  },
});
