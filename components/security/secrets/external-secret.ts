import type { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type * as pulumi from "@pulumi/pulumi";
import { custom } from "../../data/custom.ts";
import { withDefaults } from "../../defaults.ts";
import * as store from "./store.ts";
import type { SecretStoreArgs } from "./store.ts";

/** A Secret of the cluster. */
export interface ManagedSecretParts {
  /** Metadata of the Secret. */
  metadata: { name: string; namespace: pulumi.Input<string>; labels: { [label: string]: string } };
  /** Type of the Secret. */
  type?: string;
  /** Texts by their keys, each with places for values. */
  data: { [key: string]: pulumi.Input<string> };
}

/** A Secret that External Secrets fills. */
export interface ExternalSecretParts extends ManagedSecretParts {
  /** Type of the Secret. */
  type?: string | undefined;
  /** Name in the store. */
  extract: pulumi.Input<string>;
  /** Name of the capability, whose store it is. */
  capability: string;
  /** Whether the engine waits until it is filled. */
  wait: boolean;
}

/** Declares that the operator makes the Secret, and keeps it as the store has it (AUD-SEC-03, CV-SECRET-02). */
export function externalSecret(
  name: string,
  { metadata, type, data, extract, capability, wait }: ExternalSecretParts,
  given: SecretStoreArgs,
  opts: pulumi.CustomResourceOptions,
): CustomResource {
  const { refreshMinutes } = withDefaults(given, { refreshMinutes: store.secretStoreDefaults.refreshMinutes });
  return custom(
    name,
    store.externalSecretsApi,
    "ExternalSecret",
    { ...metadata, ...(wait && { annotations: { "pulumi.com/waitFor": "condition=Ready" } }) },
    {
      refreshInterval: `${refreshMinutes}m`,
      secretStoreRef: { kind: "ClusterSecretStore", name: store.storeName(capability) },
      dataFrom: [{ extract: { key: extract } }],
      target: {
        name: metadata.name,
        creationPolicy: "Owner",
        // Who loses the secret in the store does not lose the service as well.
        deletionPolicy: "Retain",
        template: {
          engineVersion: "v2",
          ...(type !== undefined && { type }),
          metadata: { labels: metadata.labels },
          data,
        },
      },
    },
    opts,
  );
}
