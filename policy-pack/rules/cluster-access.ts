// Who may do everything in a cluster on AWS: the role that deploys, and the one for emergencies.
import { stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { clustersOf } from "../lib/eks.ts";
import { besideOf, Named, sourcesAmong, textOf } from "../lib/links.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { Undecidable } from "../lib/value.ts";
import { emergencyRole } from "../limits.ts";

const associationType = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const strong = /\/AmazonEKS(Cluster)?AdminPolicy$/;
const most = 1;

export const clustersHaveOneAdministrator = stackRule<Named>({
  name: "clusters-have-one-administrator-besides-emergencies",
  decides: ["AUD-SEC-05"],
  contributesTo: ["AUD-GO-05"],
  severity: "critical",
  description:
    "One role administers an EKS cluster, the one that deploys, and besides it the role for emergencies alone.",
  fix: "Give others AmazonEKSViewPolicy or AmazonEKSEditPolicy for a namespace, and rights by Roles of Kubernetes.",
  subjects: clustersOf,
  check: (cluster, stack, complain) => {
    const found = besideOf(stack, cluster, clustersOf(stack), "clusterName", associationType);
    const administrators = new Set<string>();
    for (const association of found.filter(({ props }) => strong.test(props.get("policyArn").string() ?? ""))) {
      const principal = principalOf(stack, association);
      if (!/(:|^)role\//.test(principal))
        complain(`${association.title} makes ${principal} an administrator: name a role, which ends by itself.`);
      else if (!emergencyRole.test(principal)) administrators.add(principal);
    }
    if (administrators.size > most)
      complain(
        `${cluster.title} is administered by ${[...administrators].sort().join(", ")}: keep the role that deploys alone.`,
      );
  },
});

/** The end of its ARN where it is a role of this stack, and otherwise what is said. */
function principalOf(stack: PlannedStack, association: CloudResource): string {
  const roles = stack.ofType("aws:iam/role:Role").map((cloud) => new Named(cloud));
  const [role, ...others] = sourcesAmong(association, "principalArn", roles);
  if (role !== undefined && others.length === 0) return `role/${textOf(role.cloud, "name") ?? role.resource.name}`;
  const known = textOf(association, "principalArn");
  if (known === undefined) throw new Undecidable(association.resource, "principalArn");
  return known;
}
