// Storage classes: volumes that are encrypted, can grow, and are made where their pod runs.
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { clustersOf } from "../lib/eks.ts";
import type { Named } from "../lib/links.ts";
import type { PlannedResource } from "../lib/rule.ts";

/** The driver as an add-on, and the one of Auto Mode. */
const provisioners = ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com"];
/** The driver within Kubernetes, which was removed. */
const removed = "kubernetes.io/aws-ebs";
const isDefault = "storageclass.kubernetes.io/is-default-class";

export const storageClassesAreSafe = objectRule({
  name: "storage-classes-encrypt-and-can-grow",
  decides: ["AUD-SEC-07", "CV-DATA-01", "CV-KUBE-06"],
  severity: "high",
  description: "Every StorageClass of EBS encrypts with a customer managed key, can grow, and waits for its pod.",
  fix: 'Set parameters.encrypted to "true", parameters.kmsKeyId, allowVolumeExpansion, and volumeBindingMode WaitForFirstConsumer.',
  kinds: ["StorageClass"],
  check: ({ title, value }, complain) => {
    const provisioner = value.get("provisioner").string() ?? "";
    if (provisioner === removed)
      complain(`${title} is of ${removed}, which is removed: set provisioner to ${provisioners[0]}.`);
    else if (!provisioners.includes(provisioner)) return notConcerned;
    const parameters = value.get("parameters");
    if (parameters.get("encrypted").string() !== "true")
      complain(`${title} makes volumes that are not encrypted: set parameters.encrypted to "true".`);
    if (!parameters.get("kmsKeyId").isGiven)
      complain(`${title} encrypts by AWS' own key, if at all: set parameters.kmsKeyId.`);
    if (value.get("allowVolumeExpansion").boolean() !== true)
      complain(`${title} makes volumes that cannot grow: set allowVolumeExpansion to true.`);
    if (value.get("volumeBindingMode").string() !== "WaitForFirstConsumer")
      complain(`${title} makes volumes in any zone: set volumeBindingMode to WaitForFirstConsumer.`);
    return undefined;
  },
});

/** The stack of a resource, and its project, by the URN. */
const stackOf = ({ urn }: PlannedResource) => urn.split("::", 2).join("::");

export const clustersHaveOneDefault = stackRule<Named>({
  name: "clusters-have-one-default-storage-class",
  decides: ["CV-KUBE-06"],
  severity: "medium",
  description: "A stack with an EKS cluster declares exactly one StorageClass as default, of EBS.",
  fix: `Set the annotation ${isDefault} to "true" on one StorageClass.`,
  subjects: clustersOf,
  check: (cluster, stack, complain) => {
    // Of stacks that are looked at together, each has a cluster of its own.
    const found = stack
      .ofKind("StorageClass")
      .filter((each) => each.annotation(isDefault) === "true")
      .filter(({ resource }) => stackOf(resource) === stackOf(cluster.resource));
    if (found.length !== 1)
      complain(`${cluster.title} has ${found.length} default storage classes: set ${isDefault} on one StorageClass.`);
    for (const { title, value } of found) {
      const provisioner = value.get("provisioner").string() ?? "";
      if (!provisioners.includes(provisioner))
        complain(`${title} is the default and of ${provisioner}: set provisioner to ${provisioners[0]}.`);
    }
  },
});
