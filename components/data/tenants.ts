// Tenants, as data stores know them: each has a schema and a role of its own in every database, and buckets of its own.
import { unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** The tenant that stands for the capability itself. */
export const ownTenant = "shared";

/** So long a tenant's role still fits into PostgreSQL's 63 characters. */
const maxLength = 56;

/** A name as buckets, roles and users carry it: lower case, letters and digits, words joined by hyphens. */
export function normalisedTenant(tenant: string): string {
  return tenant
    .normalize("NFKD")
    .replace(/\p{M}/gu, "") // accents, which NFKD has split off
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** A name as an SQL identifier that needs no quotes; two names share one only when they are one after normalisation. */
export function identifier(name: string): string {
  return normalisedTenant(name).replaceAll("-", "_");
}

/** A tenant's role and schema. */
export function tenantIdentifier(tenant: string): string {
  return `tenant_${identifier(tenant)}`;
}

/**
 * Problems of tenants' names: nothing left of one, one of ours, one too long, and two that are one after normalisation.
 * @param form What a store makes of a name, as the message shows it.
 */
export function tenantProblems(
  path: string,
  tenants: readonly string[],
  items: string,
  form: (tenant: string) => string = normalisedTenant,
): Problem[] {
  const normalised = tenants.map(normalisedTenant);
  return tenants.flatMap((tenant, index) => {
    const at = `${path}[${index}]`;
    const name = normalised[index]!;
    const first = normalised.indexOf(name);
    if (name === "") return unless(false, at, tenant, `letters or digits are needed (${items})`);
    if (name === ownTenant || name.startsWith(`${ownTenant}-`))
      return unless(false, at, tenant, `${ownTenant} is the capability's own; another name is needed (${items})`);
    if (name.length > maxLength)
      return unless(false, at, tenant, `at most ${maxLength} letters, digits and hyphens are allowed (${items})`);
    return unless(
      first === index,
      at,
      tenant,
      `it becomes ${form(tenant)}, as ${path}[${first}] (${tenants[first] ?? ""}) does; each tenant needs a name of its own (${items})`,
    );
  });
}
