import * as pulumi from "@pulumi/pulumi";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretRotation } from "@pulumi/aws/secretsmanager/secretRotation.js";
import { policyDocument, roleArn } from "../../cloud/policy-document.ts";
import type { Home } from "../../data/parts.ts";
import { withDefaults } from "../../defaults.ts";
import * as store from "./store.ts";
import type { SecretStoreArgs } from "./store.ts";

/** A secret of the store as it will be. */
export interface KeptSecretParts {
  /** Whose it is. */
  home: Home;
  /** Name of the secret. */
  path: pulumi.Input<string>;
  /** Whether the function that rotates may read it. */
  rotates: boolean;
  /** How it is changed, in words. */
  rotation: string;
  /** Whether its loss would end the service. */
  critical: boolean;
  /** Whether the engine refuses to delete it. */
  protect: boolean;
  /** Further tags. */
  tags?: { [tag: string]: string };
}

/** Declares a secret of the store without a value: encrypted, copied to the other region, and readable by few. */
export function keptSecret(
  name: string,
  { home, path, rotates, rotation, critical, protect, tags }: KeptSecretParts,
  given: SecretStoreArgs,
  opts: pulumi.CustomResourceOptions,
): { secret: Secret; needed: pulumi.Resource[] } {
  const { accountId, region, replicaRegion, kmsKeyArn, replicaKmsKeyArn, readers } = given;
  const { capability, environment } = home;
  const reader = store.readerRole(environment, capability);
  const rotator = rotates ? given.rotation?.roleName : undefined;
  const roles = [roleArn(accountId, reader), ...(rotator === undefined ? [] : [roleArn(accountId, rotator)])];
  const secret = new Secret(
    name,
    {
      region,
      name: path,
      kmsKeyId: kmsKeyArn,
      recoveryWindowInDays: store.secretStoreDefaults.recoveryDays,
      replicas: [{ region: replicaRegion, kmsKeyId: replicaKmsKeyArn }],
      policy: policyDocument(
        store.guardOfSecret([...roles, ...readers], roleArn(accountId, store.writerRole(environment))),
      ),
      tags: {
        "apg:capability": capability,
        "apg:environment": environment,
        "apg:critical": String(critical),
        "apg:rotation": rotates ? "automatic" : rotation,
        "data-class": "restricted",
        ...tags,
      },
    },
    { ...opts, protect },
  );
  const arn = pulumi.output(path).apply((known) => store.secretArn(given, known));
  const reading = new RolePolicy(
    name,
    {
      role: reader,
      name: nameOfPolicy(path),
      policy: arn.apply((known) => policyDocument(store.readingStatements(known))),
    },
    { ...opts, dependsOn: [secret] },
  );
  return { secret, needed: [reading] };
}

/** A policy of a role is called after the secret that it is about. */
function nameOfPolicy(path: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(path).apply((known) => known.replaceAll("/", "."));
}

/** Declares that the function rotates the secret from now on. */
export function rotation(
  name: string,
  secret: Secret,
  path: pulumi.Output<string>,
  given: SecretStoreArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { functionArn, roleName } = given.rotation!;
  const { credentialDays } = withDefaults(given.rotation!, {
    credentialDays: store.secretStoreDefaults.credentialDays,
  });
  const rotating = new RolePolicy(
    `${name}-rotation`,
    {
      role: roleName,
      name: nameOfPolicy(path),
      policy: path.apply((known) => policyDocument(store.rotatingStatements(store.secretArn(given, known)))),
    },
    opts,
  );
  new SecretRotation(
    name,
    {
      region: given.region,
      secretId: secret.id,
      rotationLambdaArn: functionArn,
      // The service is only about to start with the first value.
      rotateImmediately: false,
      rotationRules: { automaticallyAfterDays: credentialDays },
    },
    { ...opts, dependsOn: [rotating] },
  );
}
