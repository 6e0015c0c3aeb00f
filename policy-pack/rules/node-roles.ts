// Roles of nodes: every pod on a node could take them, so they hold no more than a node needs.
import { stackRule } from "../lib/define.ts";
import type { Complain } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import { nodeGroupType } from "../lib/eks.ts";
import { besideOf, linkOf, Named, namedOf, textOf } from "../lib/links.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { Undecidable } from "../lib/value.ts";
import type { Value } from "../lib/value.ts";

/** What AWS says that a node needs, and the agent by which people reach it. */
const ofNodes = [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonEC2ContainerRegistryPullOnly",
  "AmazonSSMManagedInstanceCore",
];
const awsOwn = /^arn:aws[\w-]*:iam::aws:policy\/(service-role\/)?/;
const fix = "Detach other policies from the node role, and give pods roles by PodIdentityAssociation.";

const rolesOf = (stack: PlannedStack) => namedOf(stack, "aws:iam/role:Role");

function judgeRole(stack: PlannedStack, role: Named, nodes: string, complain: Complain): void {
  const judge = (what: string, arn: Value) => {
    // One that is not known yet is of this stack, so not AWS' own.
    const name = arn.isText ? (arn.string() ?? "").replace(awsOwn, "") : "";
    if (!ofNodes.includes(name))
      complain(`${what} gives nodes of ${nodes} ${name || "a policy of this stack"}: pods get roles of their own.`);
  };
  const beside = (type: string) => besideOf(stack, role, rolesOf(stack), "role", type);
  for (const attachment of beside("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
    judge(attachment.title, attachment.props.get("policyArn"));
  for (const arn of role.cloud.props.get("managedPolicyArns").list()) judge(role.title, arn);
  const inline = beside("aws:iam/rolePolicy:RolePolicy").map(({ title }) => title);
  if (role.cloud.props.get("inlinePolicies").list().length > 0) inline.push(role.title);
  for (const title of inline)
    complain(`${title} gives nodes of ${nodes} a policy of its own: pods get roles of their own.`);
}

export const nodeRolesAreNodesAlone = stackRule<CloudResource>({
  name: "node-roles-have-the-rights-of-nodes-alone",
  decides: ["CV-ENV-03", "CV-SECRET-03"],
  severity: "critical",
  description:
    "The role of a node group has AWS' policies for nodes alone: what pods need, they have by an identity of their own.",
  fix,
  subjects: (stack) => stack.ofType(nodeGroupType),
  check: (group, stack, complain) => {
    const roles = rolesOf(stack);
    const role = linkOf(group, "nodeRoleArn", roles);
    if (role === undefined || role === "none") throw new Undecidable(group.resource, "nodeRoleArn");
    judgeRole(stack, role, group.title, complain);
  },
});

export const nodeClassRolesAreNodesAlone = stackRule({
  name: "node-class-roles-have-the-rights-of-nodes-alone",
  decides: ["CV-ENV-03", "CV-SECRET-03"],
  severity: "critical",
  description: "The role of the nodes that Karpenter starts has AWS' policies for nodes alone.",
  fix,
  subjects: ["EC2NodeClass"],
  check: ({ title, spec, resource }, stack, complain) => {
    const roles = rolesOf(stack);
    const profile = spec.get("instanceProfile").string();
    const profiles = stack
      .ofType("aws:iam/instanceProfile:InstanceProfile")
      .filter((each) => profile !== undefined && textOf(each, "name") === profile);
    const name = spec.get("role").string();
    const found = profiles.map((each) => linkOf(each, "role", roles));
    const role = profiles.length > 0 ? found[0] : roles.find(({ names }) => name !== undefined && names.includes(name));
    if (!(role instanceof Named))
      throw new Undecidable(resource, profile === undefined ? "spec.role" : "spec.instanceProfile");
    judgeRole(stack, role, title, complain);
  },
});
