// Identities of the operators that reach AWS for everybody: without one nothing is backed up, and no signature can be read.
import { notConcerned, stackRule } from "../lib/define.ts";
import { clustersOf } from "../lib/eks.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { signatureController, stateCopier } from "../limits.ts";

const associationType = "aws:eks/podIdentityAssociation:PodIdentityAssociation";

/** Whether a service account of the namespace has a role; an account may be left open. */
function hasIdentity(stack: PlannedStack, namespace: string, serviceAccount?: string): boolean {
  return stack
    .ofType(associationType)
    .some(
      ({ props }) =>
        props.get("namespace").string() === namespace &&
        [undefined, props.get("serviceAccount").string()].includes(serviceAccount),
    );
}

export const stateIsCopiedByAnIdentity = stackRule({
  name: "cluster-state-is-copied-by-an-identity",
  decides: ["CV-BCP-02", "CV-ENV-03"],
  severity: "high",
  description:
    "Where backups of a cluster's objects go to AWS, Velero has an identity for it in the stack of the cluster, and a stored key in none.",
  fix: "Declare a PodIdentityAssociation for Velero's service account, and remove spec.credential of the BackupStorageLocation.",
  subjects: ["BackupStorageLocation"],
  check: (location, stack, complain) => {
    const { title, namespace, spec } = location;
    // Another server than AWS knows no identities of pods.
    if (spec.get("provider").string() !== "aws" || spec.get("config").get("s3Url").isGiven) return notConcerned;
    if (spec.get("credential").isGiven)
      complain(`${title} is written with a stored key of the cloud: remove credential, and give Velero an identity.`);
    // On the cluster of another stack Velero and its identity are that stack's.
    else if (clustersOf(stack).length === 0) return notConcerned;
    else if (!hasIdentity(stack, namespace, stateCopier))
      complain(
        `${title} is written by nobody: declare a PodIdentityAssociation for the service account ${stateCopier} in ${namespace}.`,
      );
    return undefined;
  },
});

const ecr = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//;

export const signaturesAreReadByAnIdentity = stackRule({
  name: "signatures-are-read-by-an-identity",
  decides: ["AUD-SEC-04"],
  contributesTo: ["CV-IMG-06"],
  severity: "high",
  description:
    "Where images of ECR must be signed, whoever checks that has an identity to read signatures, in the stack of the cluster.",
  fix: "Declare a PodIdentityAssociation for the policy controller's service account, with the right to pull.",
  subjects: ["ClusterImagePolicy"],
  check: (policy, stack, complain) => {
    if (clustersOf(stack).length === 0 || !namesEcr(policy)) return notConcerned;
    if (!hasIdentity(stack, signatureController))
      complain(
        `${policy.title} asks for signatures that nobody can read, so no image could run: declare a PodIdentityAssociation ` +
          `for the policy controller's service account in ${signatureController}.`,
      );
    return undefined;
  },
});

function namesEcr({ spec }: KubernetesObject): boolean {
  return spec
    .get("images")
    .list()
    .some((image) => ecr.test(image.get("glob").string() ?? ""));
}
