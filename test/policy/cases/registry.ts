// The registry of images.
import { add, drop, set, unset, unknownText } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { resource } from "../resource.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

/** Says from which registries images come. */
const registries = (...names: string[]): Change =>
  add(resource("pulumi:pulumi:Stack", "config", { configured: { security: { registries: names } } }));

export const registryCases: RuleCases[] = [
  {
    rule: "repositories-keep-their-tags",
    of: "security",
    bad: [
      {
        when: "tags move",
        change: unset("repository", "imageTagMutability"),
        on: "repository",
        says: ['Repository "repository" lets tags be moved to other images: set imageTagMutability to IMMUTABLE.'],
      },
    ],
  },
  {
    rule: "repositories-are-encrypted-with-a-key-of-their-own",
    of: "security",
    bad: [
      {
        when: "nothing is said",
        change: unset("repository", "encryptionConfigurations"),
        on: "repository",
        says: [
          'Repository "repository" is not encrypted with a key of its own: set encryptionType to KMS, and kmsKey.',
        ],
      },
      {
        when: "the key is AWS' own",
        change: set("repository", "encryptionConfigurations", [{ encryptionType: "KMS" }]),
        on: "repository",
        says: [
          'Repository "repository" is not encrypted with a key of its own: set encryptionType to KMS, and kmsKey.',
        ],
      },
    ],
  },
  {
    rule: "repositories-scan-on-push",
    of: "security",
    bad: [
      {
        when: "images are taken unseen",
        change: set("repository", "imageScanningConfiguration.scanOnPush", false),
        on: "repository",
        says: ['Repository "repository" takes images unseen: set imageScanningConfiguration.scanOnPush to true.'],
      },
    ],
  },
  {
    rule: "registries-scan-continuously",
    of: "security",
    bad: [
      {
        when: "nothing scans again",
        change: drop("scanning"),
        on: "repository",
        says: ['Repository "repository" is not scanned again after the push: declare a RegistryScanningConfiguration.'],
      },
      {
        when: "it is the basic scan",
        change: set("scanning", "scanType", "BASIC"),
        on: "repository",
        says: [
          'RegistryScanningConfiguration "scanning" does not scan Repository "repository" again: set scanType to ENHANCED, with a rule CONTINUOUS_SCAN for *.',
        ],
      },
      {
        when: "some repositories are left out",
        change: set("scanning", "rules.0.repositoryFilters", [{ filter: "prod*", filterType: "WILDCARD" }]),
        on: "repository",
        says: [
          'RegistryScanningConfiguration "scanning" does not scan Repository "repository" again: set scanType to ENHANCED, with a rule CONTINUOUS_SCAN for *.',
        ],
      },
    ],
  },
  {
    rule: "signatures-of-images-are-enforced",
    of: "security",
    good: [
      {
        when: "a key signs",
        change: set("signatures", "spec.authorities.0", { name: "key", key: { data: unknownText } }),
      },
    ],
    bad: [
      {
        when: "it only warns",
        change: set("signatures", "spec.mode", "warn"),
        on: "signatures",
        says: ['ClusterImagePolicy "signed" only warns: set spec.mode to enforce.'],
      },
      {
        when: "anybody signs",
        change: set("signatures", "spec.authorities.0.keyless.identities", [
          { issuer: "https://issuer.test", subjectRegExp: ".*" },
        ]),
        on: "signatures",
        says: [
          `ClusterImagePolicy "signed" accepts anybody's signature by spec.authorities[0]: name the identity of a workflow, or a key.`,
        ],
      },
      {
        when: "everything passes",
        change: set("signatures", "spec.authorities", [{ static: { action: "pass" } }]),
        on: "signatures",
        says: [
          `ClusterImagePolicy "signed" accepts anybody's signature by spec.authorities[0]: name the identity of a workflow, or a key.`,
        ],
      },
      {
        when: "nobody signs",
        change: unset("signatures", "spec.authorities"),
        on: "signatures",
        says: ['ClusterImagePolicy "signed" says of nobody that they sign: set spec.authorities.'],
      },
    ],
  },
  {
    rule: "images-of-repositories-must-be-signed",
    of: "security",
    good: [
      {
        when: "one folder is covered",
        change: set("signatures", "spec.images.0.glob", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/audio/*"),
      },
    ],
    bad: [
      {
        when: "there is no policy",
        change: drop("signatures"),
        on: "repository",
        says: [
          'Repository "repository" has images that run without a signature: declare a ClusterImagePolicy whose glob covers it.',
        ],
      },
      {
        when: "another folder is covered",
        change: set("signatures", "spec.images.0.glob", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/vision/**"),
        on: "repository",
        says: [
          'Repository "repository" has images that run without a signature: declare a ClusterImagePolicy whose glob covers it.',
        ],
      },
      {
        when: "nobody knows what is covered",
        change: set("signatures", "spec.images.0.glob", unknownText),
        on: "signatures",
        says: [undecidable('ClusterImagePolicy "signed"', "spec.images[0].glob")],
      },
    ],
  },
  {
    rule: "images-come-from-declared-registries",
    good: [
      { when: "the registry is declared", change: registries("registry.test") },
      { when: "nothing is declared", change: add() },
    ],
    bad: [
      {
        when: "it is not",
        change: registries("registry.other"),
        on: "deployment",
        says: [
          'Container "api" of Deployment "apg-audio-processing-test/api" uses the image registry.test/audio/api:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, of a registry that the stack does not declare: use ECR, or add it to registries of apg:security.',
        ],
      },
    ],
  },
];
