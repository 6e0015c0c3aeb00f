// Who may do what in the database: least privilege for the application, ownership for migrations, a role and a schema of its own
// for each tenant, and nothing for PUBLIC (AUD-DB-06, CV-DB-08).
import { tenantIdentifier } from "../tenants.ts";
import { database, loginRole, roles, signingIn, turns } from "./names.ts";

/** What the pooler signs in as to look up passwords; the operator's own name. */
const poolerRole = "cnpg_pooler_pgbouncer";

/** Statements that the operator runs once, in the new database, as its superuser. */
export function initialStatements(schema: string): string[] {
  const { application, owner } = roles;
  const rows = "SELECT, INSERT, UPDATE, DELETE";
  return [
    // The operator, which signs in as this role, sets passwords by statements: none of its statements is ever logged.
    "ALTER ROLE postgres SET log_min_duration_statement = -1",
    "ALTER ROLE postgres SET log_min_error_statement = 'panic'",
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    `CREATE ROLE ${application} NOLOGIN NOINHERIT`,
    // Whichever of them signs in is the application at once: rows, rights and policies know no login (CV-SECRET-02).
    ...turns
      .map(loginRole)
      .flatMap((login) => [
        `CREATE ROLE ${login} LOGIN INHERIT IN ROLE ${application}`,
        `ALTER ROLE ${login} SET role = '${application}'`,
      ]),
    `CREATE ROLE ${poolerRole} LOGIN`,
    `GRANT CONNECT ON DATABASE ${database} TO ${application}, ${poolerRole}`,
    // The function by which the pooler looks up passwords is in the schema public.
    `GRANT USAGE ON SCHEMA public TO ${poolerRole}`,
    // So are the statistics of statements, which metrics are read from.
    "GRANT USAGE ON SCHEMA public TO pg_monitor",
    `CREATE SCHEMA ${schema} AUTHORIZATION ${owner}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${application}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT ${rows} ON TABLES TO ${application}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT USAGE, SELECT ON SEQUENCES TO ${application}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
  ];
}

/**
 * Roles that the operator keeps as they are declared. The application and migrations are members of every tenant's role
 * without its rights: they take them for one transaction, by SET LOCAL ROLE, so that no query reaches another tenant's rows.
 * The application's logins have its rights, and by them no more: it does not inherit, so neither do they.
 */
export function managedRoles(tenants: readonly string[], passwordSecretOf: (role: string) => string) {
  const tenantRoles = tenants.map(tenantIdentifier);
  const person = {
    ensure: "present",
    superuser: false,
    createdb: false,
    createrole: false,
    replication: false,
    bypassrls: false,
  };
  const application = {
    name: roles.application,
    ...person,
    comment: "What the application is; its logins are members.",
    login: false,
    inherit: false,
    disablePassword: true,
    inRoles: tenantRoles,
  };
  const logins = turns.map(loginRole).map((role) => ({
    name: role,
    ...person,
    comment: "What the application signs in as when it is its turn.",
    login: true,
    inherit: true,
    passwordSecret: { name: passwordSecretOf(role) },
    inRoles: [roles.application],
  }));
  const owner = {
    name: roles.owner,
    ...person,
    comment: "Owns the tables; migrations sign in as it.",
    login: true,
    inherit: false,
    passwordSecret: { name: passwordSecretOf(roles.owner) },
    inRoles: tenantRoles,
  };
  const owners = tenantRoles.map((role) => ({
    name: role,
    ...person,
    comment: "Owns a tenant's schema; nobody signs in as it.",
    login: false,
    inherit: false,
    disablePassword: true,
  }));
  return [application, ...logins, owner, ...owners];
}

/** Schemas that the operator keeps: the application's, and one for each tenant, owned by its role (CV-DB-08). */
export function schemas(schema: string, tenants: readonly string[]) {
  return [
    { name: schema, owner: roles.owner, ensure: "present" },
    ...tenants.map((tenant) => ({
      name: tenantIdentifier(tenant),
      owner: tenantIdentifier(tenant),
      ensure: "present",
    })),
  ];
}

/** Who may connect, and how: these roles over TLS with a password, and nobody else (AUD-DB-06, CV-DB-07). */
export function hostRules(): string[] {
  return [
    ...signingIn.map((role) => `hostssl ${database} ${role} all scram-sha-256`),
    "hostssl all all all reject",
    "hostnossl all all all reject",
  ];
}

/** The pooler's own rules, before those that the operator adds and that would take a password in plain text. */
export function poolerHostRules(): string[] {
  return ["0.0.0.0/0", "::/0"].flatMap((addresses) => [
    `hostssl all all ${addresses} scram-sha-256`,
    `hostnossl all all ${addresses} reject`,
  ]);
}
