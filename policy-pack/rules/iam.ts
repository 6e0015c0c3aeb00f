// Rights on AWS: nobody may do everything, nobody unknown may take a role, and nobody has a key that lives for ever.
import { thresholds } from "../../checklist/thresholds.ts";
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { accepts, alarmsOf, pages } from "../lib/alarms.ts";
import { clustersOf } from "../lib/eks.ts";
import type { Named } from "../lib/links.ts";
import { textOf } from "../lib/links.ts";
import { actionsOf, conditionOf, principalsOf, statementsOf, texts } from "../lib/policy-document.ts";
import type { Statement } from "../lib/policy-document.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import type { Value } from "../lib/value.ts";
import { emergencyRole } from "../limits.ts";

const { maxEmergencySeconds } = thresholds.audit;
const iam = (...names: string[]) => names.map((name) => `aws:iam/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`);
const role = "aws:iam/role:Role";

export const rightsAreNamed = cloudRule({
  name: "policies-of-iam-name-what-they-allow",
  decides: ["AUD-SEC-05", "CV-SECRET-03"],
  severity: "critical",
  description: "No policy of IAM allows all actions of a service on everything, or everything but some.",
  fix: "List the actions, and name the resources by their ARNs.",
  types: [...iam("Policy", "RolePolicy", "UserPolicy", "GroupPolicy"), role],
  check: ({ title, props, type }, complain) => {
    const documents =
      type === role
        ? props
            .get("inlinePolicies")
            .list()
            .map((each) => each.get("policy"))
        : [props.get("policy")];
    const given = documents.filter((document) => document.isGiven);
    for (const statement of given.flatMap(statementsOf)) judgeRights(title, statement, complain);
    return given.length === 0 ? notConcerned : undefined;
  },
});

function judgeRights(title: string, statement: Statement, complain: Complain): void {
  const { value, allows, title: which } = statement;
  if (!allows) return;
  if (value.get("NotAction").isGiven || value.get("NotResource").isGiven) {
    complain(`${title} allows everything but some in ${which}: list what it allows.`);
    return;
  }
  const actions = actionsOf(statement);
  if (actions.includes("*")) complain(`${title} allows every action in ${which}: list them.`);
  const services = actions.filter((action) => /^[\w-]+:\*$/.test(action));
  // Where nothing of a resource is known yet, it is one: nobody hides a star behind an output.
  const everything = value
    .get("Resource")
    .oneOrMore()
    .some((each) => each.isText && each.string() === "*");
  if (services.length > 0 && everything)
    complain(
      `${title} allows ${services.join(", ")} on everything in ${which}: list the actions, and name the resources.`,
    );
}

export const rolesNameWhoTakesThem = cloudRule({
  name: "roles-name-who-may-take-them",
  decides: [],
  contributesTo: ["AUD-GO-05", "CV-PIPE-01"],
  severity: "critical",
  description: "Every role says who may take it, and an identity provider's for which of its users.",
  fix: "Name the principals in assumeRolePolicy, and the subject of a federated one in a condition on its :sub.",
  types: [role],
  check: ({ title, props }, complain) => {
    for (const statement of statementsOf(props.get("assumeRolePolicy"))) {
      if (!statement.allows) continue;
      if (statement.value.get("NotPrincipal").isGiven || principalsOf(statement).includes("*"))
        complain(`${title} may be taken by everybody by ${statement.title}: name the principals.`);
      const actions = actionsOf(statement);
      if (
        actions.some((action) => /^(\*|sts:\*|sts:assumerolewithwebidentity)$/.test(action)) &&
        isFederated(statement)
      ) {
        if (!namesASubject(statement))
          complain(
            `${title} may be taken by every user of an identity provider by ${statement.title}: add a condition on its :sub.`,
          );
      }
    }
  },
});

function isFederated({ value }: Statement): boolean {
  const principal = value.get("Principal");
  return principal.isGiven && !principal.isText && !principal.isList && principal.get("Federated").isGiven;
}

/** Whether a condition says for which subjects, by more than a star. */
function namesASubject({ value }: Statement): boolean {
  return value
    .get("Condition")
    .entries()
    .filter(([operator]) => /^String(Equals|Like)$/i.test(operator))
    .flatMap(([, keys]) => keys.entries())
    .some(([key, wanted]) => key.endsWith(":sub") && texts(wanted).every((subject) => /^[^*?]{4}/.test(subject)));
}

const tooStrong =
  /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess|AdministratorAccess-Amplify|SystemAdministrator)$/;

export const nobodyIsAdministrator = cloudRule({
  name: "nobody-is-made-an-administrator",
  decides: ["AUD-SEC-05"],
  contributesTo: ["AUD-GO-05"],
  severity: "critical",
  description: "Nobody in the stack gets one of AWS' policies that allow everything.",
  fix: "Write a policy with the actions that are needed.",
  types: [
    ...iam("RolePolicyAttachment", "PolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment"),
    ...iam("RolePolicyAttachmentsExclusive", "Role"),
  ],
  check: ({ title, props }, complain) => {
    const listed = ["managedPolicyArns", "policyArns"].flatMap((key) => props.get(key).list());
    // One that is not known yet is of this stack, so not AWS' own.
    const known = [props.get("policyArn"), ...listed].filter((arn) => arn.isText);
    for (const arn of known.map((each) => each.string() ?? "").filter((each) => tooStrong.test(each)))
      complain(`${title} gives ${arn.split("/").at(-1)}: write a policy with the actions that are needed.`);
    return known.length === 0 ? notConcerned : undefined;
  },
});

export const nobodyHasAnAccessKey = cloudRule({
  name: "nobody-has-an-access-key",
  decides: ["CV-ENV-03"],
  severity: "critical",
  description:
    "No user has an access key or a password of AWS: people come by the identity provider, and programs by roles.",
  fix: "Remove it, and use a role: PodIdentityAssociation for pods, OIDC for pipelines, the identity provider for people.",
  types: iam("AccessKey", "UserLoginProfile", "ServiceSpecificCredential"),
  check: ({ title }, complain) => {
    complain(`${title} lives until somebody remembers it: remove it, and use a role.`);
  },
});

export const emergencyRolesAreGuarded = cloudRule({
  name: "emergency-roles-need-mfa-and-end-soon",
  decides: ["CV-SECRET-08"],
  severity: "critical",
  description: `The role for emergencies is taken with MFA alone, and for ${maxEmergencySeconds / 60} minutes at most.`,
  fix: `Add the condition aws:MultiFactorAuthPresent to assumeRolePolicy, and set maxSessionDuration to ${maxEmergencySeconds}.`,
  types: [role],
  check: ({ title, props, resource }, complain) => {
    if (!isEmergency(props.get("name"), resource.name)) return notConcerned;
    for (const statement of statementsOf(props.get("assumeRolePolicy")).filter(({ allows }) => allows)) {
      if (conditionOf(statement, "Bool", "aws:MultiFactorAuthPresent") !== "true")
        complain(
          `${title} may be taken without MFA by ${statement.title}: add the condition aws:MultiFactorAuthPresent true.`,
        );
    }
    const seconds = props.get("maxSessionDuration").number() ?? maxEmergencySeconds;
    if (seconds > maxEmergencySeconds)
      complain(`${title} lasts ${seconds} s: set maxSessionDuration to ${maxEmergencySeconds}.`);
    return undefined;
  },
});

function isEmergency(name: Value, logical: string): boolean {
  return emergencyRole.test(name.isText ? (name.string() ?? "") : logical);
}

export const emergenciesPage = stackRule<Named>({
  name: "emergency-access-is-there-and-pages",
  decides: ["CV-SECRET-08"],
  severity: "high",
  description: "A stack with an EKS cluster has a role for emergencies, and whoever takes it pages somebody.",
  fix: "Declare the role, an EventRule on AssumeRole with its ARN, and an EventTarget to the paging topic.",
  subjects: clustersOf,
  check: (cluster, stack, complain) => {
    const roles = stack.ofType(role).filter(({ props, resource }) => isEmergency(props.get("name"), resource.name));
    if (roles.length === 0)
      complain(`${cluster.title} has no way in for emergencies: declare a Role called break-glass.`);
    if (stack.config.leavesAccountToOthers) return notConcerned;
    for (const each of roles) {
      if (!takingPages(stack, textOf(each, "name") ?? ""))
        complain(
          `${each.title} is taken unnoticed: declare an EventRule on its AssumeRole with a topic as EventTarget.`,
        );
    }
    return undefined;
  },
});

function takingPages(stack: PlannedStack, name: string): boolean {
  return alarmsOf(stack).some((alarm) => {
    const calls = accepts(alarm.pattern, "detail.eventName") ?? ["AssumeRole"];
    const arns = accepts(alarm.pattern, "detail.requestParameters.roleArn") ?? [];
    return (
      calls.includes("AssumeRole") &&
      arns.some((arn) => typeof arn === "string" && name !== "" && arn.endsWith(`/${name}`)) &&
      pages(stack, alarm)
    );
  });
}
