// The identities of operators that reach AWS for everybody.
import { all, drop, set } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";

const location = 'BackupStorageLocation "velero/state"';
const policy = 'ClusterImagePolicy "signed"';
const nobodyWrites = `${location} is written by nobody: declare a PodIdentityAssociation for the service account velero in velero.`;
const nobodyReads =
  `${policy} asks for signatures that nobody can read, so no image could run: declare a PodIdentityAssociation for the ` +
  `policy controller's service account in cosign-system.`;

export const operatorIdentityCases: RuleCases[] = [
  {
    rule: "cluster-state-is-copied-by-an-identity",
    of: "foundation",
    good: [
      { when: "the cluster and its Velero are another stack's", change: all(drop("eks"), drop("velero-identity")) },
      {
        when: "it goes to another server, by a key of that",
        change: all(
          drop("velero-identity"),
          set("state-location", "spec.config.s3Url", "https://objects.test"),
          set("state-location", "spec.credential", { name: "objects", key: "cloud" }),
        ),
      },
      {
        when: "it goes to another cloud",
        change: all(drop("velero-identity"), set("state-location", "spec.provider", "gcp")),
      },
    ],
    bad: [
      { when: "nobody has one", change: drop("velero-identity"), on: "state-location", says: [nobodyWrites] },
      {
        when: "another account has it",
        change: set("velero-identity", "serviceAccount", "default-velero"),
        on: "state-location",
        says: [nobodyWrites],
      },
      {
        when: "it is for another namespace",
        change: set("velero-identity", "namespace", "backups"),
        on: "state-location",
        says: [nobodyWrites],
      },
      {
        when: "a key is stored, whoever's the cluster is",
        change: all(drop("eks"), set("state-location", "spec.credential", { name: "cloud", key: "cloud" })),
        on: "state-location",
        says: [
          `${location} is written with a stored key of the cloud: remove credential, and give Velero an identity.`,
        ],
      },
    ],
  },
  {
    rule: "signatures-are-read-by-an-identity",
    of: "foundation",
    good: [
      {
        when: "the cluster and who checks are another stack's",
        change: all(drop("eks"), drop("controller-identity")),
      },
      {
        when: "images are of a registry that anybody reads",
        change: all(drop("controller-identity"), set("signatures", "spec.images.0.glob", "ghcr.io/apg/**")),
      },
      {
        when: "the controller's account has another name",
        change: set("controller-identity", "serviceAccount", "webhook"),
      },
    ],
    bad: [
      { when: "nobody has one", change: drop("controller-identity"), on: "signatures", says: [nobodyReads] },
      {
        when: "somebody else has it",
        change: set("controller-identity", "namespace", "keda"),
        on: "signatures",
        says: [nobodyReads],
      },
      {
        when: "one of several registries is ECR",
        change: all(
          drop("controller-identity"),
          set("signatures", "spec.images", [
            { glob: "ghcr.io/apg/**" },
            { glob: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/**" },
          ]),
        ),
        on: "signatures",
        says: [nobodyReads],
      },
    ],
  },
];
