// Registries of images: tags that nobody moves, scans that go on, and pods that pull from nowhere else.
import { cloudRule, notConcerned, stackRule } from "../lib/define.ts";
import type { CloudResource } from "../lib/cloud.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import { podOf } from "../lib/pod.ts";

const repositoryType = "aws:ecr/repository:Repository";
const scanningType = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";

export const tagsStay = cloudRule({
  name: "repositories-keep-their-tags",
  decides: [],
  contributesTo: ["CV-IMG-05"],
  severity: "high",
  description: "A tag of an image in ECR is for ever that image's.",
  fix: "Set imageTagMutability to IMMUTABLE.",
  types: [repositoryType],
  check: ({ title, props }, complain) => {
    if (props.get("imageTagMutability").string() !== "IMMUTABLE")
      complain(`${title} lets tags be moved to other images: set imageTagMutability to IMMUTABLE.`);
  },
});

export const imagesAreEncrypted = cloudRule({
  name: "repositories-are-encrypted-with-a-key-of-their-own",
  decides: ["AUD-SEC-07", "CV-DATA-01"],
  contributesTo: ["CV-IMG-04"],
  severity: "high",
  description: "Every repository of ECR is encrypted with a customer managed key.",
  fix: "Set encryptionConfigurations to [{encryptionType: KMS, kmsKey: <ARN>}].",
  types: [repositoryType],
  check: ({ title, props }, complain) => {
    const [config] = props.get("encryptionConfigurations").list();
    if (!(config?.get("encryptionType").string() ?? "").startsWith("KMS") || config?.get("kmsKey").isGiven !== true)
      complain(`${title} is not encrypted with a key of its own: set encryptionType to KMS, and kmsKey.`);
  },
});

export const imagesAreScannedOnPush = cloudRule({
  name: "repositories-scan-on-push",
  decides: ["AUD-SEC-04"],
  contributesTo: ["CV-IMG-03"],
  severity: "high",
  description: "Every image is looked through for vulnerabilities when it is pushed.",
  fix: "Set imageScanningConfiguration.scanOnPush to true.",
  types: [repositoryType],
  check: ({ title, props }, complain) => {
    if (props.at("imageScanningConfiguration.scanOnPush").boolean() !== true)
      complain(`${title} takes images unseen: set imageScanningConfiguration.scanOnPush to true.`);
  },
});

export const imagesAreScannedAlways = stackRule<CloudResource>({
  name: "registries-scan-continuously",
  decides: ["AUD-SEC-04", "CV-AUDIT-05"],
  contributesTo: ["CV-IMG-03"],
  severity: "high",
  description: "A stack with repositories has their registry scanned again whenever a vulnerability becomes known.",
  fix: "Declare a RegistryScanningConfiguration with scanType ENHANCED and a rule CONTINUOUS_SCAN for all repositories.",
  subjects: (stack) => stack.ofType(repositoryType),
  check: ({ title }, stack, complain) => {
    const configurations = stack.ofType(scanningType);
    if (configurations.length === 0)
      complain(`${title} is not scanned again after the push: declare a RegistryScanningConfiguration.`);
    for (const { title: scanning, props } of configurations) {
      const always = props
        .get("rules")
        .list()
        .some(
          (rule) =>
            rule.get("scanFrequency").string() === "CONTINUOUS_SCAN" &&
            rule
              .get("repositoryFilters")
              .oneOrMore()
              .some((filter) => filter.get("filter").string() === "*"),
        );
      if (props.get("scanType").string() !== "ENHANCED" || !always)
        complain(
          `${scanning} does not scan ${title} again: set scanType to ENHANCED, with a rule CONTINUOUS_SCAN for *.`,
        );
    }
  },
});

const ecr = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com\//;

export const imagesComeFromDeclaredRegistries = stackRule({
  name: "images-come-from-declared-registries",
  decides: [],
  contributesTo: ["AUD-INFRA-01", "CV-IMG-04"],
  severity: "high",
  description: "Where the stack says from which registries images come, no pod has one from elsewhere.",
  fix: "Push the image to the account's ECR, or add its registry to registries of apg:security.",
  subjects: (stack) => (stack.config.registries === undefined ? [] : stack.workloads),
  check: (workload: KubernetesObject, stack, complain) => {
    const pod = podOf(workload);
    const { registries } = stack.config;
    if (pod === undefined || registries === undefined) return notConcerned;
    for (const { title, value } of pod.allContainers) {
      const image = value.get("image").string() ?? "";
      const isOf = (registry: string) => image.startsWith(registry.endsWith("/") ? registry : `${registry}/`);
      if (!ecr.test(image) && !registries.some(isOf))
        complain(
          `${title} uses the image ${image}, of a registry that the stack does not declare: use ECR, or add it to registries of apg:security.`,
        );
    }
    return undefined;
  },
});
