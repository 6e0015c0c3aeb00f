import { all, copy, drop, set, unset } from "../fixtures.ts";
import { deployment, namespace } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { cluster } from "./postgres.ts";

const pooler = `Pooler "${namespace}/postgres-pooler-rw"`;
const hba = "spec.postgresql.pg_hba";
const pooling = "spec.pgbouncer.parameters";

export const postgresAccessCases: RuleCases[] = [
  {
    rule: "postgres-accepts-tls-only",
    of: "data",
    good: [
      {
        when: "an address has a mask, and a line a comment",
        change: set("cluster", hba, [
          "hostssl app app 10.0.0.0 255.0.0.0 scram-sha-256 # the application",
          "hostssl replication all all cert map=x",
          "",
          "host all all all reject",
        ]),
      },
    ],
    bad: [
      {
        when: "the operator's own last line stays",
        change: set("cluster", hba, ["hostssl app app all scram-sha-256"]),
        on: "cluster",
        says: [`${cluster} does not refuse connections without TLS: end pg_hba with "hostnossl all all all reject".`],
      },
      {
        when: "lines need no TLS, or no real password",
        change: set("cluster", hba, [
          "host all all 10.0.0.0/8 scram-sha-256",
          "hostnossl app app all md5",
          "hostssl app app all trust",
          "hostssl app app 10.0.0.0 255.0.0.0 password",
          "hostnossl all all all reject",
        ]),
        on: "cluster",
        says: [
          `${cluster} has "host all all 10.0.0.0/8 scram-sha-256" in pg_hba, which needs no TLS: begin it with hostssl.`,
          `${cluster} has "hostnossl app app all md5" in pg_hba, which needs no TLS: begin it with hostssl.`,
          `${cluster} has "hostnossl app app all md5" in pg_hba: let it end in scram-sha-256 or cert.`,
          `${cluster} has "hostssl app app all trust" in pg_hba: let it end in scram-sha-256 or cert.`,
          `${cluster} has "hostssl app app 10.0.0.0 255.0.0.0 password" in pg_hba: let it end in scram-sha-256 or cert.`,
        ],
      },
      {
        when: "the pooler takes what comes",
        change: unset("pooler-rw", "spec.pgbouncer.pg_hba"),
        on: "pooler-rw",
        says: [`${pooler} does not refuse connections without TLS: end pg_hba with "hostnossl all all all reject".`],
      },
      {
        when: "addresses of version 6 are forgotten",
        change: all(unset("pooler-rw", "spec.pgbouncer.pg_hba.3")),
        on: "pooler-rw",
        says: [`${pooler} does not refuse connections without TLS: end pg_hba with "hostnossl all all all reject".`],
      },
    ],
  },
  {
    rule: "postgres-speaks-modern-tls",
    of: "data",
    bad: [
      {
        when: "it speaks an old one",
        change: set("cluster", "spec.postgresql.parameters.ssl_min_protocol_version", "TLSv1.2"),
        on: "cluster",
        says: [`${cluster} speaks TLSv1.2: set the parameter ssl_min_protocol_version to TLSv1.3.`],
      },
      {
        when: "it does not say",
        change: unset("cluster", "spec.postgresql.parameters.ssl_min_protocol_version"),
        on: "cluster",
        says: [`${cluster} does not say which TLS it speaks: set the parameter ssl_min_protocol_version to TLSv1.3.`],
      },
    ],
  },
  {
    rule: "postgres-shows-a-certificate-that-clients-can-verify",
    of: "data",
    bad: [
      {
        when: "the operator signs it",
        change: unset("cluster", "spec.certificates"),
        on: "cluster",
        says: [
          `${cluster} signs its certificate itself: set certificates.serverTLSSecret and certificates.serverCASecret.`,
        ],
      },
    ],
  },
  {
    rule: "postgres-roles-have-least-rights",
    of: "data",
    good: [
      {
        when: "a superuser is to be gone",
        change: all(
          set("cluster", "spec.managed.roles.0.superuser", true),
          set("cluster", "spec.managed.roles.0.ensure", "absent"),
        ),
      },
    ],
    bad: [
      {
        when: "superusers are everywhere",
        change: all(
          set("cluster", "spec.enableSuperuserAccess", true),
          set("cluster", "spec.managed.roles.0.superuser", true),
          set("cluster", "spec.managed.roles.0.bypassrls", true),
          set("cluster", "spec.bootstrap.initdb.postInitSQL", ["ALTER ROLE app WITH SUPERUSER"]),
          set("cluster", "spec.postgresql.parameters.password_encryption", "md5"),
        ),
        on: "cluster",
        says: [
          `${cluster} lets the superuser in with a password: set enableSuperuserAccess to false.`,
          `${cluster} gives the role tenant_acme superuser and bypassrls: remove it.`,
          `${cluster} makes a superuser in bootstrap.initdb.postInitSQL: remove the statement.`,
          `${cluster} keeps passwords as md5: set the parameter password_encryption to scram-sha-256.`,
        ],
      },
    ],
  },
  {
    rule: "postgres-is-pooled",
    of: "data",
    bad: [
      {
        when: "there is one for reading only",
        change: drop("pooler-rw"),
        on: "cluster",
        says: [`${cluster} has no pooler for writes: declare a Pooler of type rw that names it.`],
      },
      {
        when: "it is another cluster's, or in another namespace",
        change: all(
          set("pooler-rw", "spec.cluster.name", "other"),
          copy(
            "pooler-rw",
            "far",
            set("far", "metadata.namespace", "elsewhere"),
            set("far", "spec.cluster.name", "postgres"),
          ),
        ),
        on: "cluster",
        says: [`${cluster} has no pooler for writes: declare a Pooler of type rw that names it.`],
      },
    ],
  },
  {
    rule: "poolers-keep-to-the-pool-size",
    of: "data",
    good: [{ when: "parameters are numbers", change: set("pooler-rw", `${pooling}.max_db_connections`, 40) }].map(
      ({ when, change }) => ({ when, change: all(change, set("pooler-rw", `${pooling}.default_pool_size`, 40)) }),
    ),
    bad: [
      {
        when: "it is as PgBouncer comes",
        change: set("pooler-rw", pooling, {}),
        on: "pooler-rw",
        says: [
          `${pooler} keeps 0 server connections: set min_pool_size to 20, and 50 at most.`,
          `${pooler} opens any number of server connections: set max_db_connections to between 20 and 50.`,
        ],
      },
      {
        when: "it is large",
        change: all(
          set("pooler-rw", `${pooling}.min_pool_size`, "60"),
          set("pooler-rw", `${pooling}.max_db_connections`, "100"),
        ),
        on: "pooler-rw",
        says: [
          `${pooler} keeps 60 server connections: set min_pool_size to 20, and 50 at most.`,
          `${pooler} opens 100 server connections: set max_db_connections to between 20 and 50.`,
        ],
      },
      {
        when: "a pool is larger than all",
        change: set("pooler-rw", `${pooling}.default_pool_size`, "80"),
        on: "pooler-rw",
        says: [`${pooler} has a default_pool_size of 80 above its max_db_connections of 50: lower it.`],
      },
    ],
  },
  {
    rule: "poolers-are-several-and-pool-by-transaction",
    of: "data",
    bad: [
      {
        when: "it is one, and keeps sessions",
        change: all(unset("pooler-rw", "spec.instances"), unset("pooler-rw", "spec.pgbouncer.poolMode")),
        on: "pooler-rw",
        says: [
          `${pooler} has 1 instances: set instances to at least 2.`,
          `${pooler} pools by session: set pgbouncer.poolMode to transaction.`,
        ],
      },
    ],
  },
  {
    rule: "poolers-fit-the-database",
    of: "data",
    good: [{ when: "they just fit", change: set("cluster", "spec.postgresql.parameters.max_connections", "120") }],
    bad: [
      {
        when: "they do not",
        change: all(drop("pooler-ro"), set("cluster", "spec.postgresql.parameters.max_connections", "119")),
        on: "cluster",
        says: [
          `${cluster} allows 119 connections and its poolers of type rw may open 100: set the parameter max_connections to at least 120.`,
        ],
      },
      {
        when: "two of one type are too many together",
        change: copy("pooler-rw", "more", set("more", "metadata.name", "more"), set("more", "spec.instances", 3)),
        on: "cluster",
        says: [
          `${cluster} allows 200 connections and its poolers of type rw may open 250: set the parameter max_connections to at least 270.`,
        ],
      },
    ],
  },
  {
    rule: "applications-reach-postgres-through-poolers",
    of: "data",
    good: [
      {
        when: "everybody of the namespace reaches another port",
        change: set("instances", "spec.ingress.1", { from: [{ podSelector: {} }], ports: [{ port: 9187 }] }),
      },
    ],
    bad: [
      ...[
        { when: "everybody does", rule: { ports: [{ port: 5432 }] } },
        { when: "the namespace does", rule: { from: [{ podSelector: {} }], ports: [{ port: 5000, endPort: 6000 }] } },
        {
          when: "its capability does",
          rule: { from: [{ namespaceSelector: { matchLabels: { "apg.io/capability": "audio-processing" } } }] },
        },
      ].map(({ when, rule }) => ({
        when,
        change: set("instances", "spec.ingress.1", rule),
        on: "cluster",
        says: [
          `NetworkPolicy "${namespace}/postgres-instances" lets ${deployment} connect to the instances of ${cluster}: let it connect to the pods of the pooler only.`,
        ],
      })),
    ],
  },
];
