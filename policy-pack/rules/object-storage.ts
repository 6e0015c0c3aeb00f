// Buckets: private, encrypted, versioned, and each of one tenant and of one class of data.
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import { bucketsOf } from "../lib/buckets.ts";
import type { Bucket } from "../lib/buckets.ts";
import { bucketPurposes } from "../limits.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { dataClasses } = thresholds;
const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketsBlockThePublic = stackRule<Bucket>({
  name: "buckets-block-public-access",
  decides: ["CV-OBJ-01"],
  severity: "critical",
  description: "Every bucket has a public access block with all four switches on.",
  fix: `Declare a BucketPublicAccessBlock for the bucket with ${blocks.join(", ")} true.`,
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    const sides = bucket.sides("BucketPublicAccessBlock");
    if (sides.length === 0)
      complain(`${bucket.title} may be opened to the public: declare a BucketPublicAccessBlock that names it.`);
    for (const { title, props } of sides) {
      const off = blocks.filter((key) => props.get(key).boolean() !== true);
      if (off.length > 0) complain(`${title} lets ${bucket.title} be public: set ${off.join(", ")} to true.`);
    }
  },
});

const everybody = /\/(AllUsers|AuthenticatedUsers)$/;

export const bucketsAreTheirOwners = stackRule<Bucket>({
  name: "buckets-are-their-owners-alone",
  decides: ["CV-OBJ-01"],
  severity: "high",
  description: "No bucket is opened by an access control list or as a website, and its owner owns every object in it.",
  fix: "Remove acl, BucketAcl and BucketWebsiteConfiguration, and set objectOwnership to BucketOwnerEnforced.",
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    const { title, cloud } = bucket;
    const lists = [cloud, ...bucket.sides("BucketAcl")];
    for (const list of lists) {
      const acl = list.props.get("acl").string() ?? "private";
      if (/^(public|authenticated)-/.test(acl)) complain(`${list.title} makes ${title} ${acl}: remove acl.`);
      const grants = [...list.props.get("grants").list(), ...list.props.at("accessControlPolicy.grants").list()];
      const uris = grants.map((grant) => grant.get("uri").string() ?? grant.at("grantee.uri").string() ?? "");
      if (uris.some((uri) => everybody.test(uri)))
        complain(`${list.title} grants everybody access to ${title}: remove the grant.`);
    }
    if (cloud.props.get("website").isGiven || bucket.sides("BucketWebsiteConfiguration").length > 0)
      complain(`${title} is a website by itself: deliver it by a Distribution of CloudFront.`);
    for (const { title: controls, props } of bucket.sides("BucketOwnershipControls")) {
      const ownership = props.at("rule.objectOwnership").string() ?? "";
      if (ownership !== "BucketOwnerEnforced")
        complain(`${controls} gives objects in ${title} other owners: set objectOwnership to BucketOwnerEnforced.`);
    }
  },
});

export const bucketsAreEncrypted = stackRule<Bucket>({
  name: "buckets-are-encrypted-with-a-key-of-their-own",
  decides: ["AUD-SEC-07", "CV-DATA-01", "CV-OBJ-04"],
  severity: "high",
  description: "Every bucket encrypts what is put into it with a customer managed key, by a bucket key.",
  fix:
    "Declare a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms, kmsMasterKeyId and bucketKeyEnabled " +
    "true; a bucket that takes access logs may use AES256.",
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    const [side, ...others] = bucket.sides("BucketServerSideEncryptionConfiguration");
    if (side === undefined) {
      complain(
        `${bucket.title} is not encrypted with a key of its own: declare a BucketServerSideEncryptionConfiguration that ` +
          "names it.",
      );
      return;
    }
    const { title } = side;
    const ask = (what: string, todo: string) => complain(`${title} ${what} ${bucket.title}: ${todo}.`);
    if (others.length > 0) ask("is not the only one for", "declare one, or they undo each other");
    const rules = side.props.get("rules").list();
    for (const rule of rules) {
      const standard = rule.get("applyServerSideEncryptionByDefault");
      const algorithm = standard.get("sseAlgorithm").string() ?? "";
      // S3 delivers access logs under its own key.
      if (algorithm === "AES256" && bucket.takesLogs) continue;
      if (!algorithm.startsWith("aws:kms")) ask("encrypts no new objects by KMS in", "set sseAlgorithm to aws:kms");
      else if (!standard.get("kmsMasterKeyId").isGiven)
        ask("uses AWS' own key for", "set kmsMasterKeyId to a customer managed key");
      if (algorithm === "aws:kms" && rule.get("bucketKeyEnabled").boolean() !== true)
        ask("asks KMS for every object of", "set bucketKeyEnabled to true");
    }
    if (rules.length === 0) ask("has no rule for", "add one");
  },
});

export const bucketsKeepVersions = stackRule<Bucket>({
  name: "buckets-keep-versions",
  decides: ["CV-OBJ-05"],
  severity: "high",
  description: "Every bucket keeps the versions of its objects.",
  fix: "Declare a BucketVersioning with versioningConfiguration.status Enabled.",
  subjects: bucketsOf,
  check: (bucket, _stack, complain) => {
    const sides = bucket.sides("BucketVersioning");
    if (sides.length === 0) complain(`${bucket.title} keeps no versions: declare a BucketVersioning that names it.`);
    for (const { title, props } of sides) {
      const status = props.at("versioningConfiguration.status").string() ?? "";
      if (status !== "Enabled") complain(`${title} switches versions of ${bucket.title} off: set status to Enabled.`);
    }
  },
});

/** Purposes for which a bucket may be nobody's in particular. */
const ofAllTenants: readonly string[] = [...bucketPurposes.logs, ...bucketPurposes.replicas, ...bucketPurposes.backups];

export const bucketsBelongToATenant = stackRule<Bucket>({
  name: "buckets-belong-to-one-tenant",
  decides: ["CV-OBJ-02"],
  severity: "high",
  description: "Every bucket of data says which tenant's it is, and every tenant of the stack has one.",
  fix: "Declare a bucket for each entry of apg:tenants with the tag apg:tenant, and that tenant in its name.",
  subjects: (stack) => bucketsOf(stack).filter(({ purpose }) => !ofAllTenants.includes(purpose ?? "")),
  check: (bucket, stack, complain) => {
    if (!bucket.holdsData) return notConcerned;
    const tenant = bucket.cloud.tag("apg:tenant") ?? "";
    if (tenant === "") {
      complain(`${bucket.title} does not say whose it is: set the tag apg:tenant to one tenant.`);
      return undefined;
    }
    if (bucket.name !== undefined && !plain(bucket.name).includes(plain(tenant)))
      complain(`${bucket.title} is called ${bucket.name} and belongs to ${tenant}: put the tenant into its name.`);
    const { tenants } = stack.config;
    if (tenants === undefined) return notConcerned;
    const others = bucketsOf(stack).filter(({ holdsData }) => holdsData);
    // Somebody has to be told what is missing: the first.
    if (others[0]?.resource !== bucket.resource) return undefined;
    const owners = others.map(({ cloud }) => plain(cloud.tag("apg:tenant") ?? ""));
    for (const missing of tenants.filter((each) => !owners.includes(plain(each))))
      complain(`The tenant ${missing} has no bucket beside ${bucket.title}: declare one with the tag apg:tenant.`);
    return undefined;
  },
});

/** A name as buckets' names can have it. */
function plain(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

export const cloudDataIsClassed = cloudRule({
  name: "buckets-and-secrets-say-their-data-class",
  decides: [],
  contributesTo: ["CV-DATA-04"],
  severity: "medium",
  description: `Every bucket and every secret of Secrets Manager has the tag data-class: ${dataClasses.join(", ")}.`,
  fix: `Set the tag data-class to one of ${dataClasses.join(", ")}.`,
  types: ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:secretsmanager/secret:Secret"],
  check: (resource, complain) => {
    if (!dataClasses.includes(resource.tag("data-class") ?? ""))
      complain(
        `${resource.title} does not say how sensitive it is: set the tag data-class to one of ${dataClasses.join(", ")}.`,
      );
  },
});
