import * as pulumi from "@pulumi/pulumi";
import type { AccountArgs } from "../cloud/account.ts";
import { podTrust } from "../cloud/pod-trust.ts";
import { policyDocument } from "../cloud/policy-document.ts";
import { leastRole, podIdentity } from "../cloud/roles.ts";
import { clusterStateDefaults } from "../data/backup/policy.ts";
import { challengeRole } from "../edge/challenge-role.ts";
import type { ChallengeIdentityArgs } from "../edge/challenge-role.ts";
import { dnsLabel, refuse, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";
import { policyController, policyControllerRole, veleroAccount, veleroRole } from "./names.ts";
import { veleroPolicies } from "./velero-policies.ts";

/** Velero, and the buckets that it writes to. */
export interface ClusterStateIdentityArgs {
  /** Namespace that Velero runs in. @default "velero" */
  namespace?: string;
  /** ARN of a role of this account that is there already, with rights of its own. @default a role is made (CV-DATA-07) */
  roleArn?: string;
  /** Names of the capabilities whose backups' buckets it writes to. */
  capabilities: string[];
  /** End of the buckets' names, as `DataAccountArgs` has it. @default none */
  nameSuffix?: string;
}

/** Whose signatures are read. */
export interface SignatureIdentityArgs {
  /** ARNs of the repositories whose images are signed (AUD-SEC-04). */
  repositories: string[];
}

/** Arguments of `OperatorIdentities`. */
export interface OperatorIdentitiesArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The account on AWS. */
  account: AccountArgs;
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;
  /** Velero. @default the cluster's state is not copied (CV-BCP-02) */
  clusterState?: ClusterStateIdentityArgs;
  /** Sigstore's policy controller. @default nobody checks signatures (CV-IMG-06) */
  signatures?: SignatureIdentityArgs;
  /** cert-manager, which proves names by records of their zone. @default it proves none (CV-TLS-02) */
  challenges?: ChallengeIdentityArgs;
}

/**
 * The roles of operators that no other part of a platform makes, and the identities by which their pods have them (CV-ENV-03).
 * A pod that starts before its identity is there never gets one: operators come after this.
 */
export class OperatorIdentities extends pulumi.ComponentResource {
  /** Velero's role; complete when all of it is there. */
  readonly clusterState: pulumi.Resource[];

  constructor(name: string, args: OperatorIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:operators:OperatorIdentities", name, args, opts);
    refuse(name, problemsOf(args));
    const { environment, account, clusterName, clusterState, signatures } = args;
    const { accountId, region } = account;
    const child = { parent: this };
    const tags = { "apg:environment": environment };
    const bound = { clusterName, region, accountId, tags };

    this.clusterState = [];
    if (clusterState !== undefined) {
      const { roleArn, capabilities, nameSuffix, namespace = clusterStateDefaults.namespace } = clusterState;
      const pods = { namespace, serviceAccount: veleroAccount };
      if (roleArn === undefined)
        this.clusterState = leastRole(
          `${name}-velero`,
          {
            role: veleroRole(environment),
            trust: podTrust(namespace, veleroAccount),
            policies: veleroPolicies({ environment, accountId, region, capabilities, nameSuffix }),
            description: `Velero's pods: backups of ${environment}.`,
            tags,
          },
          child,
        );
      podIdentity(
        `${name}-velero`,
        { ...bound, ...pods, role: roleArn === undefined ? veleroRole(environment) : nameIn(roleArn) },
        { ...child, dependsOn: this.clusterState },
      );
    }
    if (signatures !== undefined) {
      const { namespace, serviceAccount } = policyController;
      const role = policyControllerRole(environment);
      const complete = leastRole(
        `${name}-policy-controller`,
        {
          role,
          trust: podTrust(namespace, serviceAccount),
          policies: [pullPolicy(signatures.repositories)],
          description: `Policy controller's pods: signatures of ${environment}'s images.`,
          tags,
        },
        child,
      );
      podIdentity(
        `${name}-policy-controller`,
        { ...bound, namespace, serviceAccount, role },
        { ...child, dependsOn: complete },
      );
    }
    if (args.challenges !== undefined)
      challengeRole(name, { environment, account, clusterName, ...args.challenges }, child);
    this.registerOutputs({});
  }
}

/** Lets somebody pull from some repositories: what is known of an image, its signatures among it. */
export function pullPolicy(repositories: readonly string[]): string {
  return policyDocument([
    // Whoever signs in signs in to all of a registry; what is there each repository says by itself.
    { Sid: "SignIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "Pull",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: [...repositories],
    },
  ]);
}

/** A registry of ECR: whose it is, where, and in which folder images are. */
const ecr = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\/(.+))?$/;

/** ARNs of a stack's repositories; where another stack has them, of all in the registries of ECR that images come from. */
export function repositoriesOf(
  { accountId, region }: AccountArgs,
  names: readonly string[] | undefined,
  registries: readonly string[],
): string[] {
  const arn = (where: string, whose: string, which: string) => `arn:aws:ecr:${where}:${whose}:repository/${which}`;
  if (names !== undefined) return names.map((name) => arn(region, accountId, name));
  return registries.flatMap((registry) => {
    const [, whose, where, folder] = ecr.exec(registry) ?? [];
    return whose === undefined ? [] : [arn(where!, whose, folder === undefined ? "*" : `${folder}/*`)];
  });
}

/** A role's name with its path, as it stands in its ARN. */
const nameIn = (arn: string) => arn.slice(arn.indexOf(":role/") + ":role/".length);

function problemsOf(args: OperatorIdentitiesArgs): Problem[] {
  const { environment, account, clusterState, signatures, challenges } = args;
  const { roleArn, capabilities = [] } = clusterState ?? {};
  return [
    ...dnsLabel("environment", environment, 20),
    ...unless(
      clusterState === undefined || capabilities.length > 0,
      "clusterState.capabilities",
      "none",
      "at least one is needed, or there is no bucket for backups (CV-BCP-02)",
    ),
    ...unless(
      roleArn === undefined || roleArn.startsWith(`arn:aws:iam::${account.accountId}:role/`),
      "clusterState.roleArn",
      roleArn ?? "",
      `the ARN of a role of the account ${account.accountId} is accepted, as pods take no other's (CV-DATA-07)`,
    ),
    ...unless(
      signatures === undefined || signatures.repositories.length > 0,
      "signatures.repositories",
      "none",
      "at least one is needed, whose signatures are read (AUD-SEC-04)",
    ),
    ...unless(
      challenges === undefined || challenges.hosts.length > 0,
      "challenges.hosts",
      "none",
      "at least one is needed, which is proved (CV-TLS-01)",
    ),
  ];
}
