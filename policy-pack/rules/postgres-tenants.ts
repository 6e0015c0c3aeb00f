// Tenants in the database: each has a schema and a role of its own.
import { notConcerned, stackRule } from "../lib/define.ts";
import { belongingTo } from "../lib/postgres.ts";
import type { Value } from "../lib/value.ts";

export const tenantsHaveSchemas = stackRule({
  name: "tenants-have-schemas-of-their-own",
  decides: ["CV-APG-06", "CV-DB-08"],
  severity: "critical",
  description: "Every tenant of the stack has a schema in each Cluster that a role of its own owns.",
  fix: "Give a Database of the Cluster one schema for each entry of apg:tenants, and the Cluster one managed role as its owner.",
  subjects: ["Cluster"],
  check: (cluster, stack, complain) => {
    const { tenants = [] } = stack.config;
    if (tenants.length === 0) return notConcerned;
    const roles = present(cluster.spec.at("managed.roles").list()).map((role) => role.get("name").string() ?? "");
    const schemas = belongingTo(stack, cluster, "Database")
      .filter(({ spec }) => spec.get("ensure").string() !== "absent")
      .flatMap(({ spec }) => present(spec.get("schemas").list()))
      .map((schema) => ({ name: schema.get("name").string() ?? "", owner: schema.get("owner").string() ?? "" }));
    for (const tenant of tenants) {
      const own = schemas.find(({ name }) => identifierOf(name) === identifierOf(tenant));
      if (own === undefined) {
        complain(`${cluster.title} has no schema for the tenant ${tenant}: add one to the schemas of its Database.`);
        continue;
      }
      const { name, owner } = own;
      const others = schemas.filter((schema) => schema !== own && schema.owner === owner);
      if (owner === "" || others.length > 0) {
        complain(
          `${cluster.title} lets ${owner === "" ? "the owner of the database" : owner} own the schema ${name} and others: ` +
            "give it an owner of its own.",
        );
      } else if (!roles.includes(owner)) {
        complain(`${cluster.title} does not manage the role ${owner} of the schema ${name}: add it to managed.roles.`);
      }
    }
    return undefined;
  },
});

function present(list: readonly Value[]): Value[] {
  return list.filter((each) => each.get("ensure").string() !== "absent");
}

/** What is the same in a tenant's name and in the schema's, which is an SQL identifier. */
function identifierOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^tenant_/, "");
}
