// Who may do what in the cluster: named verbs on named resources, nobody everything, and no tenant beyond its namespace.
// The tenants of a cluster are its capabilities: each has a namespace, and groups called apg:<capability>:<role>.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { capabilityOf } from "../lib/namespaces.ts";
import type { Value } from "../lib/value.ts";
import { allPowerful, everybody, platformGroups } from "../limits.ts";

const roles = ["Role", "ClusterRole"] as const;
const bindings = ["RoleBinding", "ClusterRoleBinding"] as const;

const allowed = (what: string) => ({
  allowed: { type: "array", items: { type: "string" }, default: [], description: what } as const,
});

export const rolesHaveNoWildcards = objectRule({
  name: "roles-have-no-wildcards",
  decides: ["AUD-SEC-05"],
  contributesTo: ["CV-APPSEC-02"],
  severity: "high",
  description: "Every Role and ClusterRole names its verbs, resources and API groups.",
  fix: "Replace * in verbs, resources, apiGroups and nonResourceURLs by what is really needed.",
  settings: allowed("Names of roles that may have wildcards."),
  kinds: roles,
  check: (role, complain, { allowed }) => {
    if ((allowed as readonly string[]).includes(role.name)) return notConcerned;
    for (const rule of role.value.get("rules").list()) {
      for (const key of ["verbs", "resources", "apiGroups", "nonResourceURLs"]) {
        const wildcard = rule
          .get(key)
          .strings()
          .find((each) => each.includes("*"));
        if (wildcard !== undefined) complain(`${role.title} has ${wildcard} in ${key}: name what is needed instead.`);
      }
    }
    return undefined;
  },
});

export const rolesReadSecretsByName = objectRule({
  name: "roles-read-secrets-by-name",
  decides: ["CV-SECRET-03"],
  severity: "high",
  description: "A role that reads secrets names them, and cannot list them.",
  fix: "Add resourceNames to the rule on secrets, and remove list and watch from its verbs.",
  kinds: roles,
  check: (role, complain) => {
    for (const rule of role.value.get("rules").list()) {
      const resources = rule.get("resources").strings();
      if (!rule.get("apiGroups").strings().includes("") || !resources.includes("secrets")) continue;
      const verbs = rule.get("verbs").strings();
      const wide = verbs.filter((verb) => verb === "list" || verb === "watch");
      if (wide.length > 0) complain(`${role.title} may ${wide.join(" and ")} secrets: remove these verbs.`);
      // Who creates a secret has not read it, and cannot be held to a name.
      const creates = verbs.length > 0 && verbs.every((verb) => verb === "create");
      if (!creates && rule.get("resourceNames").list().length === 0) {
        complain(`${role.title} may use every secret: name the secrets in resourceNames.`);
      }
    }
  },
});

export const nobodyIsClusterAdmin = objectRule({
  name: "nobody-is-cluster-admin",
  decides: ["AUD-SEC-05"],
  severity: "critical",
  description: "Nothing is bound to cluster-admin, and nothing to the group of all power.",
  fix: "Bind a role with the rules that are really needed.",
  settings: allowed("Names of bindings that may give cluster-admin: those of the deploy and the break-glass role."),
  kinds: bindings,
  check: (binding, complain, { allowed }) => {
    if ((allowed as readonly string[]).includes(binding.name)) return notConcerned;
    if (binding.value.at("roleRef.name").string() === "cluster-admin") {
      complain(`${binding.title} makes its subjects cluster administrators: bind a role with the rules they need.`);
    }
    for (const subject of binding.value.get("subjects").list()) {
      const name = subject.get("name").string() ?? "";
      if (allPowerful.includes(name))
        complain(`${binding.title} names the group ${name}: remove it from the subjects.`);
    }
    return undefined;
  },
});

export const tenantsKeepToTheirNamespace = stackRule({
  name: "tenants-keep-to-their-namespace",
  decides: ["AUD-APG-04"],
  severity: "critical",
  description: "Groups and service accounts of a capability have permissions in its namespace alone.",
  fix: "Bind the capability's own groups and accounts by a RoleBinding in its own namespace.",
  subjects: bindings,
  check: (binding, stack, complain) => {
    const home = binding.kind === "RoleBinding" ? binding.namespace : undefined;
    const capability = home === undefined ? undefined : capabilityOf(stack, home);
    for (const subject of binding.value.get("subjects").list()) {
      const name = subject.get("name").string() ?? "";
      if (everybody.includes(name)) {
        complain(`${binding.title} gives permissions to ${name}, which is everybody: name a group of people instead.`);
      }
      const tenant = tenantOf(subject, name, (namespace) => capabilityOf(stack, namespace));
      if (tenant === undefined) continue;
      if (home === undefined) {
        complain(`${binding.title} gives ${name} of ${tenant} permissions in the whole cluster: use a RoleBinding.`);
      } else if (tenant !== capability) {
        complain(`${binding.title} gives ${name} of ${tenant} permissions in ${home}: remove it from the subjects.`);
      }
    }
  },
});

/** The capability that a subject belongs to, if it is a tenant's. */
function tenantOf(subject: Value, name: string, ofNamespace: (name: string) => string | undefined): string | undefined {
  if (subject.get("kind").string() === "ServiceAccount") return ofNamespace(subject.get("namespace").string() ?? "");
  return name.startsWith(platformGroups) ? undefined : /^apg:([^:]+):/.exec(name)?.[1];
}
