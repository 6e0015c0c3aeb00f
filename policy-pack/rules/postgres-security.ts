// Who may connect to PostgreSQL, and how: over TLS alone, as a named role that is no superuser.
import { objectRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { parameter } from "../lib/postgres.ts";
import type { Value } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { minTls } = thresholds.postgres;

/** A line of pg_hba.conf. */
interface HostRule {
  readonly text: string;
  readonly type: string;
  readonly database: string;
  readonly user: string;
  readonly address: string;
  readonly method: string;
}

export const postgresAcceptsTlsOnly = objectRule({
  name: "postgres-accepts-tls-only",
  decides: ["AUD-DB-06", "CV-DB-07", "CV-DATA-02"],
  severity: "critical",
  description: "Every Cluster and every Pooler lets clients in over TLS alone, by scram-sha-256 or a certificate.",
  fix: 'Give pg_hba hostssl lines with scram-sha-256 or cert only, and "hostnossl all all all reject" as the last one.',
  kinds: ["Cluster", "Pooler"],
  check: ({ kind, title, spec }, complain) => {
    judgeHostRules(title, spec.at(kind === "Cluster" ? "postgresql.pg_hba" : "pgbouncer.pg_hba"), complain);
  },
});

function judgeHostRules(title: string, list: Value, complain: Complain): void {
  const rules = list.strings().flatMap((line) => hostRule(line) ?? []);
  for (const { text, type, method } of rules) {
    if (method === "reject") continue;
    if (type !== "hostssl") complain(`${title} has "${text}" in pg_hba, which needs no TLS: begin it with hostssl.`);
    if (!["scram-sha-256", "cert"].includes(method))
      complain(`${title} has "${text}" in pg_hba: let it end in scram-sha-256 or cert.`);
  }
  const refused = rules
    .filter(({ type, method, database, user }) => {
      const plain = type === "host" || type === "hostnossl";
      return plain && method === "reject" && database === "all" && user === "all";
    })
    .map(({ address }) => address);
  if (!refused.includes("all") && !(refused.includes("0.0.0.0/0") && refused.includes("::/0"))) {
    // The operator's own last line lets everybody in, with or without TLS.
    complain(`${title} does not refuse connections without TLS: end pg_hba with "hostnossl all all all reject".`);
  }
}

function hostRule(line: string): HostRule | undefined {
  const text = line.replace(/#.*/, "").trim();
  const [type = "", database = "", user = "", ...rest] = text.split(/\s+/);
  if (type === "") return undefined;
  const [address = "", ...end] = type === "local" ? ["", ...rest] : rest;
  // An address may be followed by its mask.
  const method = /^[\d.]+$|:/.test(end[0] ?? "") ? end[1] : end[0];
  return { text, type, database, user, address, method: method ?? "" };
}

export const postgresSpeaksModernTls = objectRule({
  name: "postgres-speaks-modern-tls",
  decides: ["AUD-DB-06", "CV-DATA-02"],
  severity: "high",
  description: `Every Cluster speaks ${minTls} only.`,
  fix: `Set the parameter ssl_min_protocol_version to ${minTls}.`,
  kinds: ["Cluster"],
  check: (cluster, complain) => {
    const found = parameter(cluster, "ssl_min_protocol_version");
    if (found !== minTls) {
      complain(
        `${cluster.title} ${found === undefined ? "does not say which TLS it speaks" : `speaks ${found}`}: set the ` +
          `parameter ssl_min_protocol_version to ${minTls}.`,
      );
    }
  },
});

export const postgresShowsItsCertificate = objectRule({
  name: "postgres-shows-a-certificate-that-clients-can-verify",
  decides: ["CV-DB-07"],
  severity: "high",
  description: "Every Cluster's certificate is signed by an authority that clients know, and renewed by it.",
  fix: "Set certificates.serverTLSSecret and certificates.serverCASecret to the Secret of a Certificate of cert-manager.",
  kinds: ["Cluster"],
  check: ({ title, spec }, complain) => {
    const missing = ["serverTLSSecret", "serverCASecret"].filter(
      (key) => (spec.get("certificates").get(key).string() ?? "") === "",
    );
    if (missing.length > 0)
      complain(
        `${title} signs its certificate itself: set ${missing.map((key) => `certificates.${key}`).join(" and ")}.`,
      );
  },
});

const rights = ["superuser", "bypassrls"] as const;

export const postgresHasNoSuperusers = objectRule({
  name: "postgres-roles-have-least-rights",
  decides: ["AUD-DB-06"],
  severity: "high",
  description:
    "No role of a Cluster is a superuser or sees past row security, and passwords are kept as scram-sha-256.",
  fix: "Set enableSuperuserAccess to false, and remove superuser and bypassrls from managed roles.",
  kinds: ["Cluster"],
  check: (cluster, complain) => {
    const { title, spec } = cluster;
    if (spec.get("enableSuperuserAccess").boolean() === true)
      complain(`${title} lets the superuser in with a password: set enableSuperuserAccess to false.`);
    for (const role of spec.at("managed.roles").list()) {
      const excess = rights.filter((right) => role.get(right).boolean() === true);
      if (excess.length === 0 || role.get("ensure").string() === "absent") continue;
      complain(`${title} gives the role ${role.get("name").string() ?? ""} ${excess.join(" and ")}: remove it.`);
    }
    const statements = spec
      .at("bootstrap.initdb")
      .entries()
      .filter(([key]) => /^postInit.*SQL$/.test(key));
    for (const [key, list] of statements) {
      if (list.strings().some((sql) => /(?<!no)\b(superuser|bypassrls)\b/i.test(sql)))
        complain(`${title} makes a superuser in bootstrap.initdb.${key}: remove the statement.`);
    }
    const encryption = parameter(cluster, "password_encryption") ?? "scram-sha-256";
    if (encryption !== "scram-sha-256")
      complain(`${title} keeps passwords as ${encryption}: set the parameter password_encryption to scram-sha-256.`);
  },
});
