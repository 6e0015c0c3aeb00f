import * as pulumi from "@pulumi/pulumi";
import { custom } from "../data/custom.ts";
import { nameOf } from "../names.ts";
import { distinct, refuse, unless } from "../validation.ts";
import type { Problem } from "../validation.ts";

/** Label by which a namespace asks that its images are signed. */
export const signedImagesLabel = "policy.sigstore.dev/include";

/** Who signs, as the certificate of a signature without a key says it. */
export interface SignerArgs {
  /** Who vouches for the signer, an https URL. @default GitHub's, https://token.actions.githubusercontent.com */
  issuer?: string;
  /** Who signs: the workflow's address with its branch or tag (CV-IMG-06). */
  subject: string;
}

/** Arguments of `ImagePolicy`. */
export interface ImagePolicyArgs {
  /** What the names of images start with that must be signed, usually `Registry.host` (AUD-SEC-04). */
  registries: pulumi.Input<string>[];
  /** Who signs without a key, by the pipeline's identity (CV-IMG-06). @default none; then a key is needed */
  signers?: SignerArgs[];
  /** The key that signatures are checked by: its public part in PEM. @default none */
  publicKey?: pulumi.Input<string>;
  /** The key that signatures are checked by, in AWS KMS: awskms:///arn:aws:kms:... @default none */
  kmsKey?: pulumi.Input<string>;
  /** Address of the authority that certifies signers, https. @default the public one of Sigstore */
  fulcioUrl?: string;
}

const policyName = "apg-signed-images";
const githubIssuer = "https://token.actions.githubusercontent.com";
const publicFulcio = "https://fulcio.sigstore.dev";
const publicRekor = "https://rekor.sigstore.dev";

/**
 * Admits only images that the pipeline has signed, in the namespaces with the label `policy.sigstore.dev/include: "true"`
 * (AUD-SEC-04, CV-IMG-06). It needs sigstore's policy-controller in the cluster.
 */
export class ImagePolicy extends pulumi.ComponentResource {
  /** Name of the policy. */
  readonly policyName: pulumi.Output<string>;

  constructor(name: string, args: ImagePolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:ImagePolicy", name, args, opts);
    refuse(name, problemsOf(args));
    const policy = custom(
      name,
      "policy.sigstore.dev/v1beta1",
      "ClusterImagePolicy",
      { name: policyName },
      {
        mode: "enforce",
        images: args.registries.map((registry) => ({ glob: pulumi.interpolate`${registry}/**` })),
        authorities: authoritiesOf(args),
      },
      { parent: this },
    );
    this.policyName = nameOf(policy, policyName);
    this.registerOutputs({ policyName: this.policyName });
  }
}

function authoritiesOf({ signers = [], publicKey, kmsKey, fulcioUrl = publicFulcio }: ImagePolicyArgs): object[] {
  return [
    ...(signers.length === 0
      ? []
      : [
          {
            name: "pipeline",
            keyless: {
              url: fulcioUrl,
              identities: signers.map(({ issuer = githubIssuer, subject }) => ({ issuer, subject })),
            },
            ctlog: { url: publicRekor },
          },
        ]),
    ...(publicKey === undefined ? [] : [{ name: "key", key: { data: publicKey, hashAlgorithm: "sha256" } }]),
    ...(kmsKey === undefined ? [] : [{ name: "kms", key: { kms: kmsKey, hashAlgorithm: "sha256" } }]),
  ];
}

function problemsOf({
  registries,
  signers = [],
  publicKey,
  kmsKey,
  fulcioUrl = publicFulcio,
}: ImagePolicyArgs): Problem[] {
  const https = (path: string, value: string) =>
    unless(value.startsWith("https://"), path, value, "an https URL is accepted (CV-IMG-06)");
  return [
    ...unless(registries.length > 0, "registries", "none", "at least one is needed (AUD-SEC-04)"),
    ...registries.flatMap((registry, at) =>
      typeof registry === "string"
        ? unless(
            /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]*[a-z0-9])?$/.test(registry),
            `registries[${at}]`,
            registry,
            "a registry such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com is accepted, without a * (AUD-SEC-04)",
          )
        : [],
    ),
    ...unless(
      signers.length > 0 || publicKey !== undefined || kmsKey !== undefined,
      "signers",
      "nobody",
      "who signs is needed, or a key, or no image could run (CV-IMG-06)",
    ),
    ...signers.flatMap(({ issuer = githubIssuer, subject }, at) => [
      ...https(`signers[${at}].issuer`, issuer),
      ...unless(
        subject !== "" && !subject.includes("*"),
        `signers[${at}].subject`,
        subject,
        "the identity of one workflow is accepted, such as https://github.com/apg/api/.github/workflows/release.yml@refs/heads/main (CV-IMG-06)",
      ),
    ]),
    ...distinct(
      "signers",
      signers.map(({ issuer = githubIssuer, subject }) => `${issuer} ${subject}`),
    ),
    ...https("fulcioUrl", fulcioUrl),
  ];
}
