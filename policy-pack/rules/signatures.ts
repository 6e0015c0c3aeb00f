// Signatures of images: the cluster admits none of the platform's repositories without.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import type { Value } from "../lib/value.ts";

export const signaturesAreEnforced = objectRule({
  name: "signatures-of-images-are-enforced",
  decides: ["AUD-SEC-04"],
  contributesTo: ["CV-IMG-06"],
  severity: "high",
  description: "Every ClusterImagePolicy refuses what is not signed, and says who signs.",
  fix: "Set spec.mode to enforce, and give each entry of spec.authorities the identity of one workflow, or a key.",
  kinds: ["ClusterImagePolicy"],
  check: ({ title, spec }, complain) => {
    // The controller enforces where nothing is said.
    if ((spec.get("mode").string() ?? "enforce") !== "enforce")
      complain(`${title} only warns: set spec.mode to enforce.`);
    const authorities = spec.get("authorities").list();
    if (authorities.length === 0) complain(`${title} says of nobody that they sign: set spec.authorities.`);
    for (const authority of authorities.filter((each) => !namesASigner(each)))
      complain(`${title} accepts anybody's signature by ${authority.path}: name the identity of a workflow, or a key.`);
  },
});

function namesASigner(authority: Value): boolean {
  if (authority.get("static").isGiven) return false;
  if (authority.get("key").isGiven) return true;
  const identities = authority.at("keyless.identities").list();
  const named = (identity: Value) =>
    (identity.get("subject").string() ?? "").length > 0 ||
    /^[^.*]{8}/.test((identity.get("subjectRegExp").string() ?? "").replace(/^\^/, ""));
  return identities.length > 0 && identities.every(named);
}

const ecr = /^[^/]*\.dkr\.ecr[^/]*\//;

export const repositoriesAreSigned = stackRule<CloudResource>({
  name: "images-of-repositories-must-be-signed",
  decides: ["AUD-SEC-04"],
  contributesTo: ["CV-IMG-06"],
  severity: "high",
  description: "In the stack of a repository of ECR, a ClusterImagePolicy asks for a signature of its images.",
  fix: "Declare a ClusterImagePolicy with spec.images[].glob <registry>/**.",
  settings: {
    acceptNone: {
      type: "boolean",
      default: false,
      description: "Whether a stack may be without signatures, for instance while its pipeline does not sign yet.",
    },
  },
  subjects: (stack) => stack.ofType("aws:ecr/repository:Repository"),
  check: ({ title, props, resource }, stack, complain, { acceptNone }) => {
    const globs = stack
      .ofKind("ClusterImagePolicy")
      .flatMap(({ spec }) => spec.get("images").list())
      .map((image) => image.get("glob").string() ?? "");
    if (globs.length === 0 && acceptNone === true) return notConcerned;
    const name = props.get("name").isText ? (props.get("name").string() ?? "") : resource.name;
    if (!globs.some((glob) => covers(glob, name)))
      complain(`${title} has images that run without a signature: declare a ClusterImagePolicy whose glob covers it.`);
    return undefined;
  },
});

/** Whether a glob covers a repository of the registry that it names itself, or of all. */
function covers(glob: string, name: string): boolean {
  const [host = "registry/"] = ecr.exec(glob) ?? [];
  const pattern = glob
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return new RegExp(`^${pattern}$`).test(`${host}${name}`);
}
