// Where secrets come from, and who can read which.
import { cloudRule, notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { isOwnKey } from "../lib/own-key.ts";
import { statementsOf, texts } from "../lib/policy-document.ts";
import type { Statement } from "../lib/policy-document.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import type { Rule } from "../lib/rule.ts";
import { emergencyRole } from "../limits.ts";
import type { Value } from "../lib/value.ts";

const stores = ["ClusterSecretStore", "SecretStore"] as const;

export const storesHoldNoKeys: Rule = objectRule({
  name: "secret-stores-hold-no-keys",
  decides: ["CV-SECRET-07"],
  severity: "critical",
  description:
    "Every store of External Secrets is AWS Secrets Manager or Vault, and is signed in to by a service account.",
  fix:
    "Set spec.provider.aws.service to SecretsManager with its region and without auth.secretRef, or spec.provider.vault " +
    "with auth.kubernetes alone.",
  kinds: stores,
  check: ({ title, spec }, complain) => {
    const provider = spec.get("provider");
    const aws = provider.get("aws");
    const vault = provider.get("vault");
    if (!aws.exists && !vault.exists) {
      complain(`${title} is neither AWS Secrets Manager nor Vault: set spec.provider.aws or spec.provider.vault.`);
      return;
    }
    if (aws.exists) {
      if (aws.get("service").string() !== "SecretsManager")
        complain(`${title} is not AWS Secrets Manager: set spec.provider.aws.service to SecretsManager.`);
      if (!aws.get("region").exists) complain(`${title} has no region: set spec.provider.aws.region.`);
      if (aws.at("auth.secretRef").isGiven)
        complain(`${title} has access keys: remove auth.secretRef, and give the service account an identity.`);
    }
    if (vault.exists) {
      const ways = vault.get("auth").keys();
      if (ways.length !== 1 || ways[0] !== "kubernetes")
        complain(`${title} is signed in to by ${ways.join(", ") || "nobody"}: use auth.kubernetes alone.`);
    }
  },
});

export const storesServeNamedNamespaces: Rule = objectRule({
  name: "cluster-secret-stores-serve-named-namespaces",
  decides: ["CV-SECRET-03"],
  severity: "high",
  description: "Every ClusterSecretStore says which namespaces can use it.",
  fix: "Set spec.conditions with namespaces, namespaceSelector or namespaceRegexes, and give each capability a store of its own.",
  kinds: ["ClusterSecretStore"],
  check: ({ title, spec }, complain) => {
    const conditions = spec.get("conditions").list();
    const open = conditions.filter((condition) => !isNarrow(condition));
    if (conditions.length === 0 || open.length > 0)
      complain(`${title} can be used by every namespace: name those that may in spec.conditions.`);
  },
});

function isNarrow(condition: Value): boolean {
  const selector = condition.get("namespaceSelector");
  return (
    condition.get("namespaces").list().length > 0 ||
    condition.get("namespaceRegexes").list().length > 0 ||
    selector.get("matchLabels").keys().length > 0 ||
    selector.get("matchExpressions").list().length > 0
  );
}

/** What somebody may read whose job is emergencies, and whose every use pages: secrets whose names start so. */
const ofEmergencies = /^arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^*?]+\*$/;
const reading = ["secretsmanager:getsecretvalue", "secretsmanager:batchgetsecretvalue"];
const single = /^arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^*?]+(-\?{6})?$/;

export const policiesReadSecretsByName: Rule = cloudRule({
  name: "policies-read-secrets-by-name",
  decides: ["CV-SECRET-03"],
  severity: "high",
  description: "Every policy that lets somebody read the value of a secret names single secrets.",
  fix:
    "Name the ARN of each secret in Resource; -?????? stands for the end that AWS gives it. The role for emergencies may " +
    "name what the environment's start with.",
  types: ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/role:Role"],
  check: (resource, complain) => {
    const accepted = isOfEmergencies(resource) ? [single, ofEmergencies] : [single];
    const readers = documentsOf(resource).flatMap(statementsOf).filter(readsSecrets);
    if (readers.length === 0) return notConcerned;
    for (const statement of readers) {
      const named = texts(statement.value.get("Resource"));
      const wide = named.find((arn) => !accepted.some((form) => form.test(arn)));
      if (wide !== undefined || named.length === 0)
        complain(
          `${resource.title} lets somebody read more than one secret in ${statement.title}: name single ARNs instead of ` +
            `${wide ?? "NotResource"}.`,
        );
    }
    return undefined;
  },
});

function isOfEmergencies({ props, resource }: CloudResource): boolean {
  const name = props.get("name");
  return emergencyRole.test(name.isText ? (name.string() ?? "") : resource.name);
}

/** The policies in a resource; a role may have some of its own. */
function documentsOf({ type, props }: CloudResource): Value[] {
  if (!type.endsWith(":Role")) return [props.get("policy")];
  return props
    .get("inlinePolicies")
    .list()
    .map((each) => each.get("policy"))
    .filter((policy) => policy.isGiven);
}

function readsSecrets({ value, allows }: Statement): boolean {
  if (!allows) return false;
  if (value.get("NotAction").isGiven) return true;
  const patterns = texts(value.get("Action")).map((action) => asPattern(action.toLowerCase()));
  return reading.some((action) => patterns.some((pattern) => pattern.test(action)));
}

function asPattern(action: string): RegExp {
  const escaped = action
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`);
}

const stackType = "pulumi:pulumi:Stack";

export const thirdPartyKeysAreKept: Rule = stackRule<CloudResource>({
  name: "third-party-keys-are-in-the-store",
  decides: ["CV-ENV-04"],
  severity: "high",
  description:
    "Every key of another service that the stack's config names is a secret of the cloud store, brought by an ExternalSecret.",
  fix: "Declare a secret of Secrets Manager whose name ends with third-party/<name>, and an ExternalSecret for it.",
  subjects: (stack) => stack.ofType(stackType),
  check: (_, stack, complain) => {
    const keys = stack.config.thirdParty;
    if (keys.length === 0) return notConcerned;
    for (const key of keys) {
      const kept = stack
        .ofType("aws:secretsmanager/secret:Secret")
        .find(({ props }) => isOf(key, props.get("name").string()));
      if (kept === undefined)
        complain(
          `The key of ${key} is not in the cloud store: declare a secret whose name ends with third-party/${key}.`,
        );
      else if (!isOwnKey(kept.props.get("kmsKeyId")))
        complain(`${kept.title} is encrypted with AWS' own key: set kmsKeyId to a customer managed key.`);
      else if (!isBrought(stack, kept.props.get("name").string() ?? ""))
        complain(`${kept.title} reaches no pod: declare an ExternalSecret for it.`);
    }
    return undefined;
  },
});

function isOf(key: string, name = ""): boolean {
  return [`third-party/${key}`, `third-party/${key}/key`].some((end) => name === end || name.endsWith(`/${end}`));
}

function isBrought(stack: PlannedStack, name: string): boolean {
  return stack.ofKind("ExternalSecret").some(({ spec }) => {
    const keys = [
      ...spec
        .get("dataFrom")
        .list()
        .map((from) => from.at("extract.key")),
      ...spec
        .get("data")
        .list()
        .map((entry) => entry.at("remoteRef.key")),
    ];
    return keys.some((key) => key.string() === name);
  });
}
