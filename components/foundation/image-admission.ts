import type * as pulumi from "@pulumi/pulumi";
import { refuse, unless } from "../validation.ts";
import { admissionPolicy, allContainers } from "./admission-policy.ts";

/** Which images may run. */
export interface ImageAdmissionArgs {
  /** What images' names start with: registries, or folders of them, without a / at the end (CV-IMG-04). */
  registries: string[];
  /** Whether an image without a digest may run, as it does where none has been pushed. @default false (AUD-INFRA-01, CV-IMG-05) */
  allowUndigested?: boolean;
}

const registryName = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._/-]*[a-z0-9])?$/;

/**
 * A semantic version before the digest, if there is one; the latest is none. PostgreSQL's versions have two numbers, and such a
 * tag is taken with a digest alone: elsewhere it would be one that moves. In RE2.
 */
const version =
  String.raw`^[^@]+:(v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(@sha256:[0-9a-f]{64})?` +
  String.raw`|[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?@sha256:[0-9a-f]{64})$`;

/** Images come from the declared registries, by a version and a digest, and never by latest (CV-IMG-04, CV-IMG-05). */
export function restrictImages(name: string, args: ImageAdmissionArgs, opts: pulumi.CustomResourceOptions): void {
  const { registries, allowUndigested = false } = args;
  refuse(name, [
    ...unless(registries.length > 0, "registries", "none", "at least one is needed, or no pod could run (CV-IMG-04)"),
    ...registries.flatMap((registry, at) =>
      unless(
        registryName.test(registry),
        `registries[${at}]`,
        registry,
        "a registry such as registry.example.org/apg is accepted (CV-IMG-04)",
      ),
    ),
  ]);
  const listed = registries.map((registry) => JSON.stringify(`${registry}/`)).join(", ");
  admissionPolicy(
    `${name}-images`,
    {
      policyName: "apg-images",
      resources: ["pods", "pods/ephemeralcontainers"],
      variables: { containers: allContainers },
      validations: [
        {
          expression: `variables.containers.all(c, [${listed}].exists(r, c.image.startsWith(r)))`,
          message: `images from ${registries.join(", ")} alone may run (CV-IMG-04, AUD-SEC-04)`,
        },
        {
          expression: `variables.containers.all(c, c.image.matches(r"${version}"))`,
          message: "every image needs a semantic version as its tag, 1.2.3, and never latest (CV-IMG-05)",
        },
        ...(allowUndigested
          ? []
          : [
              {
                expression: 'variables.containers.all(c, c.image.matches("@sha256:[0-9a-f]{64}$"))',
                message: "every image needs its digest, @sha256:<64 hex digits> (AUD-INFRA-01, CV-IMG-05)",
              },
            ]),
      ],
    },
    opts,
  );
}
