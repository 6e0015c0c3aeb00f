import * as pulumi from "@pulumi/pulumi";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
import { RegistryScanningConfiguration } from "@pulumi/aws/ecr/registryScanningConfiguration.js";
import { ReplicationConfiguration } from "@pulumi/aws/ecr/replicationConfiguration.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import { RepositoryPolicy } from "@pulumi/aws/ecr/repositoryPolicy.js";
import { deepFrozen } from "../../checklist/thresholds.ts";
import type { AccountArgs } from "../cloud/account.ts";
import { customerKey } from "../cloud/keys.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import { refuse, unless, wholeNumber } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { withDefaults } from "../defaults.ts";
import { placeProblems, roleProblems } from "./account-problems.ts";
import { platformName, platformTags } from "./names.ts";
import { registryKeyStatements, repositoryStatements } from "./registry-policies.ts";

/** Arguments of `Registry`. */
export interface RegistryArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS, and who runs it; images are copied to its replica region. */
  account: AccountArgs;
  /** Names of the repositories, one for each image, as apg/audio-processing-api (AUD-INFRA-01). */
  repositories: string[];
  /** ARNs of the roles that pull, usually the nodes' (CV-IMG-04). */
  pullers: string[];
  /** ARNs of the roles that push, usually the pipeline's. @default nobody (CV-IMG-04) */
  publishers?: string[];
  /** Days after which an image without a tag is removed. @default 30 */
  untaggedDays?: number;
  /** Whether repositories are protected from deletion by Pulumi. @default true (AUD-INFRA-01) */
  deletionProtection?: boolean;
}

export const registryDefaults = deepFrozen({ untaggedDays: 30, deletionProtection: true });

/** The platform's images: private, encrypted, never moved, and scanned all the time (AUD-INFRA-01, AUD-SEC-04, CV-IMG-03 to CV-IMG-05). */
export class Registry extends pulumi.ComponentResource {
  /** What images' names start with, the region's registry; admission and rules name it. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:Registry", name, args, opts);
    refuse(name, problemsOf(args));
    const { environment, account, repositories, untaggedDays, deletionProtection } = withDefaults(
      args,
      registryDefaults,
    );
    const { accountId, region, replicaRegion, administrators } = account;
    const child = { parent: this };
    const tags = platformTags(environment);
    const places = [
      { suffix: "", where: region },
      ...(replicaRegion === region ? [] : [{ suffix: ".replica", where: replicaRegion }]),
    ];

    const declared = places.flatMap(({ suffix, where }) => {
      const key = customerKey(
        `${name}${suffix}`,
        {
          alias: platformName(environment, "registry"),
          region: where,
          description: `Images of ${environment}.`,
          administrators,
          users: [],
          services: registryKeyStatements(administrators, where),
          tags: { ...tags, "data-class": "internal" },
        },
        { ...child, protect: deletionProtection },
      );
      new RegistryScanningConfiguration(
        `${name}${suffix}`,
        {
          region: where,
          scanType: "ENHANCED",
          rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
        },
        child,
      );
      return repositories.map((repository) => {
        const logical = `${name}-${repository.replaceAll("/", "-")}${suffix}`;
        const created = new Repository(
          logical,
          {
            name: repository,
            region: where,
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
            forceDelete: false,
            tags: { ...tags, "data-class": "internal" },
          },
          { ...child, protect: deletionProtection },
        );
        const of = { repository: created.name, region: where };
        new RepositoryPolicy(logical, { ...of, policy: policyDocument(repositoryStatements(args, accountId)) }, child);
        new LifecyclePolicy(logical, { ...of, policy: lifecycle(untaggedDays) }, child);
        return created;
      });
    });
    if (replicaRegion !== region)
      new ReplicationConfiguration(
        name,
        {
          region,
          replicationConfiguration: {
            rules: [{ destinations: [{ region: replicaRegion, registryId: accountId }] }],
          },
        },
        // Otherwise ECR would make the copies' repositories by itself, without this key.
        { ...child, dependsOn: declared },
      );
    this.host = pulumi.output(registryHost(accountId, region));
    this.registerOutputs({ host: this.host });
  }
}

/** The address of an account's registry in a region. */
export function registryHost(accountId: string, region: string): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com`;
}

/** What has lost its tag is old; what has one is kept, as a rollback may need it. */
function lifecycle(days: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `Removes images without a tag after ${days} days.`,
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
        action: { type: "expire" },
      },
    ],
  });
}

function problemsOf(args: RegistryArgs): Problem[] {
  const { environment, account, repositories, pullers, publishers = [], untaggedDays } = args;
  return [
    ...placeProblems(environment, account),
    ...unless(repositories.length > 0, "repositories", "none", "at least one is needed (AUD-INFRA-01)"),
    ...repositories.flatMap((repository, at) => [
      ...unless(
        /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/.test(repository),
        `repositories[${at}]`,
        repository,
        "a name such as apg/audio-processing-api is accepted (AUD-INFRA-01)",
      ),
      ...unless(
        repositories.indexOf(repository) === at,
        `repositories[${at}]`,
        repository,
        "each name may be used once",
      ),
    ]),
    ...unless(pullers.length > 0, "pullers", "nobody", "at least one role is needed, the nodes' (CV-IMG-04)"),
    ...roleProblems("pullers", pullers, "CV-IMG-04"),
    ...roleProblems("publishers", publishers, "CV-IMG-04"),
    ...(untaggedDays === undefined ? [] : wholeNumber("untaggedDays", untaggedDays, { min: 1 })),
  ];
}
