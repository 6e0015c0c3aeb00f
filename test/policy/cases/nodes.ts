// Nodes and other machines.
import { add, all, set, unset, linked, unknownText, unknownObject } from "../fixtures.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

export const nodeCases: RuleCases[] = [
  {
    rule: "node-groups-are-large-enough",
    of: "foundation",
    bad: [
      {
        when: "there are two",
        change: set("base", "scalingConfig.minSize", 2),
        on: "base",
        says: ['NodeGroup "base" may have 2 nodes: set scalingConfig.minSize to at least 3.'],
      },
      {
        when: "they are small",
        change: set("base", "instanceTypes", ["m7i.large", "c7i.xlarge"]),
        on: "base",
        says: [
          'NodeGroup "base" has nodes of m7i.large, with 2 processors and 8 GiB: name a type with at least 4 and 16.',
          'NodeGroup "base" has nodes of c7i.xlarge, with 4 processors and 8 GiB: name a type with at least 4 and 16.',
        ],
      },
      {
        when: "nobody here knows the type",
        change: set("base", "instanceTypes", ["quantum.xlarge"]),
        on: "base",
        says: ['NodeGroup "base" has nodes of quantum.xlarge, whose size nobody here knows: name another type.'],
      },
      {
        when: "AWS chooses",
        change: unset("base", "instanceTypes"),
        on: "base",
        says: ['NodeGroup "base" leaves the size of its nodes to AWS: set instanceTypes.'],
      },
      {
        when: "nobody knows how many",
        change: set("base", "scalingConfig", unknownObject),
        on: "base",
        says: [undecidable('NodeGroup "base"', "scalingConfig")],
      },
    ],
  },
  {
    rule: "node-groups-span-three-zones",
    of: "foundation",
    bad: [
      {
        when: "they are in two zones",
        change: linked("base", "subnetIds", "private-a", "private-b"),
        on: "base",
        says: ['NodeGroup "base" is in 2 zones: give it subnets of 3.'],
      },
      {
        when: "one is in a public subnet",
        change: linked("base", "subnetIds", "private-a", "private-b", "public-c"),
        on: "base",
        says: ['NodeGroup "base" is in Subnet "public-c", which the internet reaches: give it private subnets alone.'],
      },
      {
        when: "nobody can say where they are",
        change: all(set("base", "subnetIds", ["subnet-0123"]), linked("base", "subnetIds")),
        on: "base",
        says: [undecidable('NodeGroup "base"', "subnetIds")],
      },
    ],
  },
  {
    rule: "nodes-run-a-maintained-image",
    of: "foundation",
    bad: [
      {
        when: "it is Amazon Linux 2",
        change: set("base", "amiType", "AL2_x86_64"),
        on: "base",
        says: ['NodeGroup "base" runs AL2_x86_64: set amiType to one of AL2023_* or BOTTLEROCKET_*.'],
      },
      {
        when: "AWS chooses",
        change: unset("base", "amiType"),
        on: "base",
        says: ['NodeGroup "base" runs what AWS chooses: set amiType to one of AL2023_* or BOTTLEROCKET_*.'],
      },
    ],
  },
  {
    rule: "node-classes-run-a-maintained-image",
    of: "foundation",
    bad: [
      {
        when: "it is Amazon Linux 2",
        change: set("standard", "spec.amiSelectorTerms.0.alias", "al2@v20250101"),
        on: "standard",
        says: [
          'EC2NodeClass "standard" starts another image than al2023 or bottlerocket: set spec.amiSelectorTerms to an alias of these.',
        ],
      },
      {
        when: "it is the latest",
        change: set("standard", "spec.amiSelectorTerms.0.alias", "bottlerocket@latest"),
        on: "standard",
        says: ['EC2NodeClass "standard" starts bottlerocket@latest, which changes outside the window: name a version.'],
      },
      {
        when: "it is chosen by tags",
        change: set("standard", "spec.amiSelectorTerms", [{ tags: { team: "audio" } }]),
        on: "standard",
        says: [
          'EC2NodeClass "standard" starts another image than al2023 or bottlerocket: set spec.amiSelectorTerms to an alias of these.',
        ],
      },
    ],
  },
  {
    rule: "node-roles-have-the-rights-of-nodes-alone",
    of: "foundation",
    good: [
      {
        when: "its ARN is an output",
        change: all(set("base", "nodeRoleArn", unknownText), linked("base", "nodeRoleArn", "node-role")),
      },
    ],
    bad: [
      {
        when: "nodes administer the account",
        change: set("node-AmazonEKSWorkerNodePolicy", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        on: "base",
        says: [
          'RolePolicyAttachment "node-AmazonEKSWorkerNodePolicy" gives nodes of NodeGroup "base" AdministratorAccess: pods get roles of their own.',
        ],
      },
      {
        when: "nodes have a policy of the stack",
        change: set("node-AmazonEKSWorkerNodePolicy", "policyArn", unknownText),
        on: "base",
        says: [
          'RolePolicyAttachment "node-AmazonEKSWorkerNodePolicy" gives nodes of NodeGroup "base" a policy of this stack: pods get roles of their own.',
        ],
      },
      {
        when: "the role has policies within",
        change: all(
          set("node-role", "inlinePolicies", [{ name: "all", policy: "{}" }]),
          set("node-role", "managedPolicyArns", ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]),
        ),
        on: "base",
        says: [
          'Role "node-role" gives nodes of NodeGroup "base" AmazonS3FullAccess: pods get roles of their own.',
          'Role "node-role" gives nodes of NodeGroup "base" a policy of its own: pods get roles of their own.',
        ],
      },
      {
        when: "the role has a policy beside it",
        change: add(resource("aws:iam/rolePolicy:RolePolicy", "beside", { role: "apg-test-node", policy: "{}" })),
        on: "base",
        says: ['RolePolicy "beside" gives nodes of NodeGroup "base" a policy of its own: pods get roles of their own.'],
      },
      {
        when: "nobody can say which role it is",
        change: set("base", "nodeRoleArn", unknownText),
        on: "base",
        says: [undecidable('NodeGroup "base"', "nodeRoleArn")],
      },
    ],
  },
  {
    rule: "node-class-roles-have-the-rights-of-nodes-alone",
    of: "foundation",
    good: [
      {
        when: "it has a profile of the role",
        change: all(
          unset("standard", "spec.role"),
          set("standard", "spec.instanceProfile", "nodes"),
          add(resource("aws:iam/instanceProfile:InstanceProfile", "profile", { name: "nodes", role: "apg-test-node" })),
        ),
      },
    ],
    bad: [
      {
        when: "nodes read all buckets",
        change: set("node-AmazonEKSWorkerNodePolicy", "policyArn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
        on: "standard",
        says: [
          'RolePolicyAttachment "node-AmazonEKSWorkerNodePolicy" gives nodes of EC2NodeClass "standard" AmazonS3ReadOnlyAccess: pods get roles of their own.',
        ],
      },
      {
        when: "nobody can say which role it is",
        change: set("standard", "spec.role", "elsewhere"),
        on: "standard",
        says: [undecidable('EC2NodeClass "standard"', "spec.role")],
      },
    ],
  },
  {
    rule: "node-groups-have-a-launch-template",
    proves: "nothing",
    of: "foundation",
    bad: [
      {
        when: "there is none",
        change: unset("base", "launchTemplate"),
        on: "base",
        says: [
          `NodeGroup "base" starts nodes with AWS' defaults: give it a launchTemplate with metadataOptions and encrypted disks.`,
        ],
      },
    ],
  },
];
