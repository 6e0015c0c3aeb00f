// Tenants, as data stores know them: each has a schema and a role of its own in every database, and buckets of its own.
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** A tenant's name as an SQL identifier. */
export function tenantIdentifier(tenant: string): string {
  return `tenant_${identifier(tenant)}`;
}

/** A name as an SQL identifier that needs no quotes. */
export function identifier(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}

/** Problems of tenants' names: each must be usable as part of a bucket's name, and differ from all others in every form. */
export function tenantsProblems(path: string, tenants: readonly string[], items: string): Problem[] {
  return tenants.flatMap((tenant, index) => {
    const first = tenants.findIndex((other) => tenantIdentifier(other) === tenantIdentifier(tenant));
    return [
      ...unless(
        /^[a-z][a-z0-9-]{0,28}[a-z0-9]$/.test(tenant) && tenant !== "shared",
        `${path}[${index}]`,
        tenant,
        `lower-case letters, digits and hyphens, 2 to 30 characters, starting with a letter, are accepted, and not "shared" (${items})`,
      ),
      ...unless(
        first === index,
        `${path}[${index}]`,
        tenant,
        `it becomes ${tenantIdentifier(tenant)}, as ${path}[${first}] (${tenants[first] ?? ""}) does; each tenant needs a name of its own (${items})`,
      ),
    ];
  });
}
