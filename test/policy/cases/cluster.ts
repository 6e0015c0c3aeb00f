// The cluster on AWS, and its volumes.
import { all, copy, drop, set, unset, unlinked, unknownText, unknownList, unknownObject } from "../fixtures.ts";
import { clusterMinor } from "../good-foundation.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

const isDefault = "storageclass.kubernetes.io/is-default-class";

export const clusterCases: RuleCases[] = [
  {
    rule: "clusters-have-a-private-endpoint-alone",
    of: "foundation",
    bad: [
      {
        when: "the world reaches it",
        change: set("eks", "vpcConfig.endpointPublicAccess", true),
        on: "eks",
        says: ['Cluster "eks" has a public endpoint: set vpcConfig.endpointPublicAccess to false.'],
      },
      {
        when: "nothing is said",
        change: all(unset("eks", "vpcConfig.endpointPublicAccess"), unset("eks", "vpcConfig.endpointPrivateAccess")),
        on: "eks",
        says: [
          'Cluster "eks" has a public endpoint: set vpcConfig.endpointPublicAccess to false.',
          'Cluster "eks" has no private endpoint: set vpcConfig.endpointPrivateAccess to true.',
        ],
      },
      {
        when: "nobody knows",
        change: set("eks", "vpcConfig", unknownObject),
        on: "eks",
        says: [undecidable('Cluster "eks"', "vpcConfig")],
      },
    ],
  },
  {
    rule: "clusters-run-a-supported-version",
    of: "foundation",
    bad: [
      {
        when: "it has no version",
        change: unset("eks", "version"),
        on: "eks",
        says: ['Cluster "eks" names no version of Kubernetes: set version to a minor one.'],
      },
      {
        when: "it is too old for the checklist",
        change: set("eks", "version", "1.27"),
        on: "eks",
        says: ['Cluster "eks" runs Kubernetes 1.27: set version to 1.28 or newer.'],
      },
      {
        when: "its support has ended",
        change: set("eks", "version", "1.33"),
        on: "eks",
        says: [
          'Cluster "eks" runs Kubernetes 1.33, whose standard support has ended (2026-07-29 at the latest): set a newer version.',
        ],
      },
      {
        when: "its support ended before the list begins",
        change: set("eks", "version", "1.29"),
        on: "eks",
        says: [
          'Cluster "eks" runs Kubernetes 1.29, whose standard support has ended (2026-07-29 at the latest): set a newer version.',
        ],
      },
      {
        when: "it may fall into extended support",
        change: set("eks", "upgradePolicy.supportType", "EXTENDED"),
        on: "eks",
        says: ['Cluster "eks" may fall into extended support: set upgradePolicy.supportType to STANDARD.'],
      },
    ],
  },
  {
    rule: "node-groups-follow-their-cluster",
    of: "foundation",
    good: [
      { when: "nodes are a minor version behind", change: set("base", "version", `1.${clusterMinor - 1}`) },
      { when: "nodes leave the version to their cluster", change: unset("base", "version") },
    ],
    bad: [
      {
        when: "nodes are two minor versions behind",
        change: all(set("eks", "version", "1.60"), set("base", "version", "1.58")),
        on: "base",
        says: ['NodeGroup "base" runs Kubernetes 1.58, and Cluster "eks" 1.60: set it to that, or to one before.'],
      },
      {
        when: "nodes are before their cluster",
        change: all(set("eks", "version", "1.60"), set("base", "version", "1.61")),
        on: "base",
        says: ['NodeGroup "base" runs Kubernetes 1.61, and Cluster "eks" 1.60: set it to that, or to one before.'],
      },
      {
        when: "nodes have no minor version",
        change: set("base", "version", "latest"),
        on: "base",
        says: ['NodeGroup "base" has the version latest: set it to a minor version of Kubernetes.'],
      },
    ],
  },
  {
    rule: "clusters-encrypt-their-secrets",
    of: "foundation",
    bad: [
      {
        when: "nothing is said",
        change: unset("eks", "encryptionConfig"),
        on: "eks",
        says: [
          'Cluster "eks" does not encrypt Secrets by a key of its own: set encryptionConfig.resources to [secrets].',
        ],
      },
      {
        when: "no key is named",
        change: unset("eks", "encryptionConfig.provider.keyArn"),
        on: "eks",
        says: ['Cluster "eks" names no key for its Secrets: set encryptionConfig.provider.keyArn.'],
      },
    ],
  },
  {
    rule: "clusters-log-their-control-plane",
    of: "foundation",
    bad: [
      {
        when: "two logs are off",
        change: set("eks", "enabledClusterLogTypes", ["api", "authenticator", "scheduler"]),
        on: "eks",
        says: ['Cluster "eks" keeps no log of audit, controllerManager: add it to enabledClusterLogTypes.'],
      },
      {
        when: "nobody knows",
        change: set("eks", "enabledClusterLogTypes", unknownList),
        on: "eks",
        says: [undecidable('Cluster "eks"', "enabledClusterLogTypes")],
      },
    ],
  },
  {
    rule: "clusters-know-their-users-by-access-entries",
    of: "foundation",
    bad: [
      {
        when: "a ConfigMap counts too",
        change: set("eks", "accessConfig.authenticationMode", "API_AND_CONFIG_MAP"),
        on: "eks",
        says: ['Cluster "eks" lets a ConfigMap say who may use it: set accessConfig.authenticationMode to API.'],
      },
      {
        when: "its creator is its administrator",
        change: unset("eks", "accessConfig.bootstrapClusterCreatorAdminPermissions"),
        on: "eks",
        says: [
          'Cluster "eks" makes whoever creates it its administrator: set accessConfig.bootstrapClusterCreatorAdminPermissions to false, and declare an AccessEntry.',
        ],
      },
    ],
  },
  {
    rule: "clusters-have-one-administrator-besides-emergencies",
    of: "foundation",
    bad: [
      {
        when: "a second role administers it",
        change: copy("deployer", "second", set("second", "principalArn", "arn:aws:iam::123456789012:role/team")),
        on: "eks",
        says: [
          'Cluster "eks" is administered by arn:aws:iam::123456789012:role/apg-test-deploy, arn:aws:iam::123456789012:role/team: keep the role that deploys alone.',
        ],
      },
      {
        when: "a user administers it",
        change: set("deployer", "principalArn", "arn:aws:iam::123456789012:user/jane"),
        on: "eks",
        says: [
          'AccessPolicyAssociation "deployer" makes arn:aws:iam::123456789012:user/jane an administrator: name a role, which ends by itself.',
        ],
      },
      {
        when: "nobody can say who does",
        change: unlinked("emergencies", "principalArn"),
        on: "emergencies",
        says: [undecidable('AccessPolicyAssociation "emergencies"', "principalArn")],
      },
    ],
  },
  {
    rule: "clusters-are-safe-from-deletion",
    of: "foundation",
    bad: [
      {
        when: "one call deletes it",
        change: unset("eks", "deletionProtection"),
        on: "eks",
        says: ['Cluster "eks" can be deleted by one call: set deletionProtection to true.'],
      },
    ],
  },
  {
    rule: "clusters-have-their-add-ons",
    of: "foundation",
    good: [
      { when: "an add-on names its cluster by an output", change: set("addon-coredns", "clusterName", unknownText) },
    ],
    bad: [
      {
        when: "two are missing",
        change: all(drop("addon-coredns"), drop("addon-aws-ebs-csi-driver")),
        on: "eks",
        says: ['Cluster "eks" has no add-on coredns, aws-ebs-csi-driver: declare an Addon that names it.'],
      },
    ],
  },
  {
    rule: "add-ons-are-pinned-and-fit-their-cluster",
    of: "foundation",
    bad: [
      {
        when: "an add-on has no version",
        change: unset("addon-vpc-cni", "addonVersion"),
        on: "addon-vpc-cni",
        says: ['Addon "addon-vpc-cni" is of no stated version: set addonVersion, such as v1.19.2-eksbuild.1.'],
      },
      {
        when: "kube-proxy is too old",
        change: all(set("eks", "version", "1.60"), set("addon-kube-proxy", "addonVersion", "v1.58.0-eksbuild.1")),
        on: "addon-kube-proxy",
        says: [
          'Addon "addon-kube-proxy" is of v1.58.0-eksbuild.1, and Cluster "eks" of 1.60: set addonVersion to one of that.',
        ],
      },
    ],
  },
  {
    rule: "storage-classes-encrypt-and-can-grow",
    of: "foundation",
    good: [{ when: "another driver is not concerned", change: set("gp3", "provisioner", "efs.csi.aws.com") }],
    bad: [
      {
        when: "all is left to the defaults",
        change: all(
          set("gp3", "parameters", {}),
          unset("gp3", "allowVolumeExpansion"),
          set("gp3", "volumeBindingMode", "Immediate"),
        ),
        on: "gp3",
        says: [
          'StorageClass "gp3" makes volumes that are not encrypted: set parameters.encrypted to "true".',
          `StorageClass "gp3" encrypts by AWS' own key, if at all: set parameters.kmsKeyId.`,
          'StorageClass "gp3" makes volumes that cannot grow: set allowVolumeExpansion to true.',
          'StorageClass "gp3" makes volumes in any zone: set volumeBindingMode to WaitForFirstConsumer.',
        ],
      },
      {
        when: "the driver is the removed one",
        change: set("gp3", "provisioner", "kubernetes.io/aws-ebs"),
        on: "gp3",
        says: ['StorageClass "gp3" is of kubernetes.io/aws-ebs, which is removed: set provisioner to ebs.csi.aws.com.'],
      },
    ],
  },
  {
    rule: "clusters-have-one-default-storage-class",
    of: "foundation",
    bad: [
      {
        when: "there is none",
        change: set("gp3", ["metadata", "annotations", isDefault], "false"),
        on: "eks",
        says: [
          'Cluster "eks" has 0 default storage classes: set storageclass.kubernetes.io/is-default-class on one StorageClass.',
        ],
      },
      {
        when: "there are two",
        change: copy("gp3", "gp3-other"),
        on: "eks",
        says: [
          'Cluster "eks" has 2 default storage classes: set storageclass.kubernetes.io/is-default-class on one StorageClass.',
        ],
      },
      {
        when: "it is of another driver",
        change: set("gp3", "provisioner", "efs.csi.aws.com"),
        on: "eks",
        says: ['StorageClass "gp3" is the default and of efs.csi.aws.com: set provisioner to ebs.csi.aws.com.'],
      },
    ],
  },
];
