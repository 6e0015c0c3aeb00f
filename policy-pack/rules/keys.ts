// Keys of KMS: renewed, hard to lose, and never used by those who manage them.
import { thresholds } from "../../checklist/thresholds.ts";
import { bucketsOf } from "../lib/buckets.ts";
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import { keysFor, keysOf, keyType, replicaType } from "../lib/keys.ts";
import type { Key } from "../lib/keys.ts";
import { actionsOf, conditionOf, principalsOf, statementsOf } from "../lib/policy-document.ts";
import type { Statement } from "../lib/policy-document.ts";

const { maxRotationDays, deletionDays } = thresholds.keys;
const externalTypes = ["aws:kms/externalKey:ExternalKey", "aws:kms/replicaExternalKey:ReplicaExternalKey"];

export const keysRotate = cloudRule({
  name: "keys-are-rotated-yearly",
  decides: ["AUD-SEC-07", "CV-DATA-01", "CV-DATA-03", "CV-SECRET-04"],
  severity: "high",
  description: `Every key that encrypts is one of AES-256, made by KMS and renewed at least every ${maxRotationDays} days.`,
  fix: `Set enableKeyRotation to true, and rotationPeriodInDays to at most ${maxRotationDays}.`,
  types: [keyType, ...externalTypes],
  check: ({ title, props, type }, complain) => {
    if (type !== keyType) {
      complain(`${title} is made elsewhere, so that KMS cannot renew it: declare a Key.`);
      return undefined;
    }
    // Keys that sign are of pairs, which KMS does not renew.
    if ((props.get("keyUsage").string() ?? "ENCRYPT_DECRYPT") !== "ENCRYPT_DECRYPT") return notConcerned;
    const spec = props.get("customerMasterKeySpec").string() ?? "SYMMETRIC_DEFAULT";
    if (spec !== "SYMMETRIC_DEFAULT")
      complain(`${title} encrypts by ${spec}: set customerMasterKeySpec to SYMMETRIC_DEFAULT, which is AES-256.`);
    if (props.get("enableKeyRotation").boolean() !== true)
      complain(`${title} is never renewed: set enableKeyRotation to true.`);
    const days = props.get("rotationPeriodInDays").number() ?? maxRotationDays;
    if (days > maxRotationDays)
      complain(`${title} is renewed every ${days} days: set rotationPeriodInDays to at most ${maxRotationDays}.`);
    return undefined;
  },
});

export const keysAreNotLostQuickly = cloudRule({
  name: "keys-are-not-deleted-quickly",
  decides: ["CV-DATA-03"],
  severity: "high",
  description: `A key that somebody deletes can be had back for ${deletionDays} days, and is in use until then.`,
  fix: `Set deletionWindowInDays to ${deletionDays}, and remove isEnabled.`,
  types: [keyType, replicaType],
  check: ({ title, props }, complain) => {
    const days = props.get("deletionWindowInDays").number() ?? deletionDays;
    if (days < deletionDays)
      complain(`${title} is gone ${days} days after its deletion: set deletionWindowInDays to ${deletionDays}.`);
    const on = props.get("isEnabled").boolean() ?? props.get("enabled").boolean() ?? true;
    if (!on) complain(`${title} is switched off, and with it what it encrypts: remove isEnabled.`);
  },
});

/** What changes who may use a key, or takes it away. */
const manages =
  /^kms:(\*|put\*|putkeypolicy|schedule\*|schedulekeydeletion|disable\*|disablekey|delete\*|deleteimportedkeymaterial|update\*|updateprimaryregion)$/;
/** What decrypts, or gives others the right to. */
const uses = /^kms:(\*|decrypt|encrypt|generatedatakey.*|reencrypt.*|sign|verify)$/;
const wholeAccount = /^(\d{12}|arn:aws[\w-]*:iam::\d{12}:root)$/;

/** Whom a statement names; where it names an account and a condition says which of its roles, these. */
function namedBy(statement: Statement): string[] {
  const roles = ["ArnEquals", "StringEquals"].flatMap(
    (operator) => conditionOf(statement, operator, "aws:PrincipalArn") ?? [],
  );
  const named = roles.filter((role) => !/[*?]/.test(role));
  return principalsOf(statement).flatMap((each) => (wholeAccount.test(each) && named.length > 0 ? named : [each]));
}

export const keysAreManagedByOthersThanTheirUsers = cloudRule({
  name: "keys-are-managed-by-others-than-their-users",
  decides: ["CV-DATA-03"],
  severity: "critical",
  description: "The policy of every key names who manages it and who uses it, and nobody does both.",
  fix: "Set policy with one statement for managers and one for users, each with the ARNs of roles.",
  settings: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "ARNs of roles that may do both, such as the one that deploys keys and what they encrypt.",
    },
  },
  types: [keyType, replicaType],
  check: ({ title, props }, complain, { allowed }) => {
    const policy = props.get("policy");
    if (!policy.isGiven) {
      complain(`${title} may be used by all of the account: set policy, and name managers and users in it.`);
      return;
    }
    const managers = new Set<string>();
    const users = new Set<string>();
    for (const statement of statementsOf(policy)) {
      if (!statement.allows) continue;
      const actions = actionsOf(statement);
      const principals = namedBy(statement);
      const everybody = statement.value.get("NotPrincipal").isGiven || principals.includes("*");
      if (everybody) complain(`${title} lets everybody in by ${statement.title}: name the principals.`);
      if (statement.value.get("NotAction").isGiven || actions.includes("*"))
        complain(`${title} allows more than its own actions in ${statement.title}: list them.`);
      const doesUse = actions.some((action) => uses.test(action));
      for (const account of principals.filter((each) => wholeAccount.test(each)).slice(0, doesUse ? 1 : 0))
        complain(`${title} may be used by all of ${account} in ${statement.title}: name roles.`);
      for (const principal of principals.filter((each) => each !== "*" && !wholeAccount.test(each))) {
        if (actions.some((action) => manages.test(action))) managers.add(principal);
        if (doesUse) users.add(principal);
      }
    }
    const mayDoBoth = Array.isArray(allowed) ? allowed : [];
    for (const both of [...managers].filter((each) => users.has(each) && !mayDoBoth.includes(each)))
      complain(`${title} is both managed and used by ${both}: let one role manage it, and another use it.`);
  },
});

export const keysAreOfOneDataClass = stackRule<Key>({
  name: "keys-are-of-one-data-class",
  decides: ["CV-DATA-03"],
  severity: "medium",
  description: "No key encrypts buckets with data of different classes.",
  fix: "Declare a Key for each class of data.",
  subjects: keysOf,
  check: (key, stack, complain) => {
    const keys = keysOf(stack);
    const own = bucketsOf(stack).filter((bucket) =>
      keysFor(bucket, keys).some((each) => each !== "none" && each.resource === key.resource),
    );
    const classes = new Set(own.flatMap(({ cloud }) => cloud.tag("data-class") ?? []));
    if (classes.size > 1)
      complain(
        `${key.cloud.title} encrypts data of the classes ${[...classes].sort().join(", ")}: declare a Key for each.`,
      );
    return own.length === 0 ? notConcerned : undefined;
  },
});
