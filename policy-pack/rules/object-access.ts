// Who reaches buckets: over TLS alone, nobody by a wildcard, and pods by an identity of their own.
import { capabilityLabel, partLabel } from "../../checklist/labels.ts";
import { cloudRule, notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import { bucketPolicyTypes, bucketsOf, bucketTypes } from "../lib/buckets.ts";
import type { Bucket } from "../lib/buckets.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { podKinds, podOf } from "../lib/pod.ts";
import { actionsOf, conditionOf, principalsOf, statementsOf, texts } from "../lib/policy-document.ts";
import type { Statement } from "../lib/policy-document.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import type { Value } from "../lib/value.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { minTls } = thresholds.objects;

export const bucketsRefusePlainConnections = stackRule<Bucket>({
  name: "buckets-refuse-plain-connections",
  decides: ["CV-OBJ-03", "CV-DATA-02"],
  severity: "high",
  description: `Every bucket refuses requests without TLS, and with an older one than ${minTls}.`,
  fix:
    "Give it a BucketPolicy that denies everybody s3:* where aws:SecureTransport is false, and where s3:TlsVersion is " +
    `less than ${minTls}.`,
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    const statements = bucket
      .sides("BucketPolicy")
      .flatMap((side) => statementsOf(side.props.get("policy")).filter((each) => deniesAll(bucket, side, each)));
    const ask = (what: string, condition: string) =>
      complain(`${bucket.title} answers requests ${what}: deny s3:* in its BucketPolicy where ${condition}.`);
    if (!statements.some((each) => conditionOf(each, "Bool", "aws:SecureTransport") === "false"))
      ask("without TLS", "aws:SecureTransport is false");
    const version = (each: Statement) => Number(conditionOf(each, "NumericLessThan", "s3:TlsVersion") ?? 0);
    if (!statements.some((each) => version(each) >= Number(minTls)))
      ask("over old TLS", `s3:TlsVersion is less than ${minTls}`);
  },
});

/** Whether a statement denies everybody everything in the bucket, but for its condition. */
function deniesAll(bucket: Bucket, side: CloudResource, statement: Statement): boolean {
  if (statement.allows || statement.value.get("Condition").keys().length !== 1) return false;
  const everything = actionsOf(statement).some((action) => action === "s3:*" || action === "*");
  return (
    everything && principalsOf(statement).includes("*") && coversAll(bucket, side, statement.value.get("Resource"))
  );
}

/** The bucket and its objects. ARNs that are not known yet count when they came from the bucket. */
function coversAll(bucket: Bucket, side: CloudResource, resource: Value): boolean {
  const fromBucket = side.sourcesOf("policy").includes(bucket.resource.urn);
  if (!resource.isKnown) return fromBucket;
  const items = resource.oneOrMore();
  if (items.some((item) => !item.isKnown)) return fromBucket && items.length > 1;
  const arns = texts(resource);
  if (arns.includes("*")) return true;
  const of = bucket.name === undefined ? arns.filter((arn) => !arn.endsWith("/*")) : [`arn:aws:s3:::${bucket.name}`];
  return of.some((arn) => arns.includes(arn) && arns.includes(`${arn}/*`));
}

export const bucketPoliciesNameWhomTheyLetIn = cloudRule({
  name: "bucket-policies-name-whom-they-let-in",
  decides: ["CV-OBJ-03"],
  severity: "critical",
  description: "No policy of a bucket lets everybody in, not even under a condition.",
  fix: "Name the principals of every statement with the effect Allow.",
  types: [...bucketPolicyTypes, ...bucketTypes],
  check: ({ title, props }, complain) => {
    if (!props.get("policy").isGiven) return notConcerned;
    for (const statement of statementsOf(props.get("policy"))) {
      if (!statement.allows) continue;
      if (statement.value.get("NotPrincipal").isGiven || principalsOf(statement).includes("*"))
        complain(`${title} lets everybody in by ${statement.title}: name the principals.`);
    }
    return undefined;
  },
});

const identityPolicies = [
  "policy:Policy",
  "rolePolicy:RolePolicy",
  "userPolicy:UserPolicy",
  "groupPolicy:GroupPolicy",
].map((token) => `aws:iam/${token}`);
const attachments = [
  "rolePolicyAttachment:RolePolicyAttachment",
  "policyAttachment:PolicyAttachment",
  "userPolicyAttachment:UserPolicyAttachment",
  "groupPolicyAttachment:GroupPolicyAttachment",
].map((token) => `aws:iam/${token}`);
const role = "aws:iam/role:Role";

export const objectPoliciesNameTheirBuckets = stackRule<CloudResource>({
  name: "object-policies-name-their-buckets",
  decides: ["CV-OBJ-03"],
  severity: "critical",
  description: "Policies of IAM that speak of objects name actions and buckets, without wildcards.",
  fix: "List the actions instead of s3:*, and name each bucket by its ARN, arn:aws:s3:::<name>.",
  subjects: (stack) => stack.ofType(...identityPolicies, ...attachments, role),
  check: (resource, stack, complain) => {
    const { title, props, type } = resource;
    const buckets = bucketsOf(stack).map(({ resource: { urn } }) => urn);
    const fromBucket = (property: string) => resource.sourcesOf(property).some((urn) => buckets.includes(urn));
    if (attachments.includes(type)) {
      judgeManaged(title, [props.get("policyArn")], complain);
      return notConcerned;
    }
    if (type === role) {
      judgeManaged(title, props.get("managedPolicyArns").list(), complain);
      const inline = props.get("inlinePolicies").list();
      return inline.filter((each) => judgeDocument(title, each.get("policy"), fromBucket("inlinePolicies"), complain))
        .length > 0
        ? undefined
        : notConcerned;
    }
    return judgeDocument(title, props.get("policy"), fromBucket("policy"), complain) ? undefined : notConcerned;
  },
});

/** AWS' own policies that reach every bucket of the account. */
function judgeManaged(title: string, arns: readonly Value[], complain: Complain): void {
  const wide = /\/(AdministratorAccess|PowerUserAccess|AmazonS3FullAccess|AmazonS3ReadOnlyAccess)$/;
  for (const arn of arns) {
    if (arn.isText && wide.test(arn.string() ?? ""))
      complain(
        `${title} gives access to every bucket: attach a policy that names the buckets instead of ${arn.string()}.`,
      );
  }
}

/** Judges a document, and says whether it speaks of objects at all. */
function judgeDocument(title: string, document: Value, fromBucket: boolean, complain: Complain): boolean {
  const statements = statementsOf(document).filter(({ allows }) => allows);
  let speaks = false;
  for (const statement of statements) {
    const ask = (what: string, todo: string) => complain(`${title} ${what} in ${statement.title}: ${todo}.`);
    if (statement.value.get("NotAction").isGiven) ask("allows all but some actions", "list the actions");
    const actions = actionsOf(statement).filter((action) => action === "*" || action.startsWith("s3:"));
    if (actions.length === 0) continue;
    speaks = true;
    if (actions.some((action) => action === "*" || action === "s3:*")) ask("allows s3:*", "list the actions");
    if (statement.value.get("NotResource").isGiven) ask("allows all but some buckets", "list the buckets");
    for (const item of statement.value.get("Resource").oneOrMore()) {
      // An ARN that is not known yet, of a bucket of this stack, has no wildcard in the bucket's name.
      if (!item.isKnown && fromBucket) continue;
      const arn = item.string() ?? "";
      const bucket = /^arn:aws[\w-]*:s3:::([^/]*)/.exec(arn)?.[1];
      if (arn === "*" || (bucket !== undefined && /[*?]/.test(bucket))) ask(`allows ${arn}`, "name the bucket");
    }
  }
  return speaks;
}

export const bucketRolesBelongToServiceAccounts = stackRule<CloudResource>({
  name: "bucket-roles-belong-to-service-accounts",
  decides: ["CV-OBJ-03", "CV-ENV-03"],
  severity: "high",
  description:
    "A role that pods take belongs to one service account by name, and every bucket is reached by such a role.",
  fix: "Declare a PodIdentityAssociation with the role, the namespace and a service account of its own, not default.",
  subjects: (stack) => [
    ...stack.ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation"),
    ...bucketsOf(stack)
      .filter(({ holdsData }) => holdsData)
      .map(({ cloud }) => cloud),
  ],
  check: (subject, stack, complain) => {
    if (bucketTypes.includes(subject.type)) {
      const bound = stack.ofType("aws:eks/podIdentityAssociation:PodIdentityAssociation");
      if (bound.length > 0) return undefined;
      complain(`${subject.title} is reached by no pod's own identity: declare a PodIdentityAssociation.`);
      return undefined;
    }
    judgeAssociation(subject, stack, complain);
    return undefined;
  },
});

function judgeAssociation(association: CloudResource, stack: PlannedStack, complain: Complain): void {
  const { title, props } = association;
  const account = props.get("serviceAccount").string() ?? "";
  const namespace = props.get("namespace").string() ?? "";
  if (account === "" || account === "default")
    complain(`${title} gives its role to every pod without an account of its own: name a service account.`);
  const planned = stack.namespace(namespace);
  // CloudNativePG makes the account of a Cluster, by its name.
  const made = (["ServiceAccount", "Cluster"] as const).some((kind) => stack.named(kind, namespace, account));
  // What is restored into a namespace for drills is there only while a drill runs.
  const passing = planned?.label(partLabel) !== undefined;
  // An operator's account comes with its chart, which cannot be rendered everywhere.
  const own = planned?.label(capabilityLabel) !== undefined;
  if (planned !== undefined && own && !made && !passing)
    complain(`${title} is for the service account ${account}, which ${planned.title} does not have: declare it.`);
}

const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

export const podsHoldNoCloudKeys = objectRule({
  name: "pods-hold-no-cloud-keys",
  decides: ["CV-ENV-03"],
  severity: "high",
  description: "Pods reach the cloud by an identity of their own, not by keys that somebody stored.",
  fix: "Remove the keys, and declare a PodIdentityAssociation for the pods' service account (inheritFromIAMRole for a Cluster).",
  settings: {
    acceptStoredKeys: {
      type: "boolean",
      default: false,
      description: "Whether stored keys are accepted, as an S3-compatible server needs them.",
    },
  },
  kinds: [...podKinds, "Cluster", "ObjectStore"],
  check: (object, complain, { acceptStoredKeys }) => {
    if (acceptStoredKeys === true) return notConcerned;
    const ask = (who: string) => complain(`${who} holds a stored key of the cloud: give the pods an identity instead.`);
    for (const { value, title } of podOf(object)?.allContainers ?? []) {
      const names = value
        .get("env")
        .list()
        .map((each) => each.get("name").string() ?? "");
      if (names.some((name) => keys.includes(name))) ask(title);
    }
    for (const path of ["backup.barmanObjectStore", "configuration"]) {
      if (object.kind === (path === "configuration" ? "ObjectStore" : "Cluster"))
        if (object.spec.at(path).at("s3Credentials.accessKeyId").exists) ask(object.title);
    }
    return undefined;
  },
});
