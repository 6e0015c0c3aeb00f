import * as pulumi from "@pulumi/pulumi";
import { namespaceName } from "../../capability/naming.ts";
import { custom } from "../../data/custom.ts";
import { refuse, unless } from "../../validation.ts";
import { externalSecretsApi, readerArn, storeName } from "./store.ts";
import type { SecretStoreArgs } from "./store.ts";

/** Arguments of `SecretStores`. */
export interface SecretStoresArgs {
  /** Name of the environment; a DNS label. */
  environment: string;
  /** Names of the capabilities, as `Secrets` has them. */
  capabilities: string[];
  /** The environment's secrets, usually `Secrets.store`. */
  store: SecretStoreArgs;
}

/**
 * How the cluster gets at secrets: for each capability a store that its namespace alone can use, and by which it reads its own
 * secrets alone. No key is stored anywhere: the operator has an identity, and takes the capability's role (CV-SECRET-07).
 */
export class SecretStores extends pulumi.ComponentResource {
  /** Names of the stores, by the names of the capabilities. */
  readonly storeNames: { [capability: string]: string };

  constructor(name: string, args: SecretStoresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:SecretStores", name, args, opts);
    const { environment, capabilities, store } = args;
    refuse(name, unless(capabilities.length > 0, "capabilities", "", "at least one is needed (CV-SECRET-03)"));
    for (const capability of capabilities) {
      custom(
        `${name}-${capability}`,
        externalSecretsApi,
        "ClusterSecretStore",
        {
          name: storeName(capability),
          labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" },
          // Who cannot sign in is heard of here, and not from every secret.
          annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        {
          conditions: [{ namespaces: [namespaceName(capability, environment)] }],
          provider: {
            aws: {
              service: "SecretsManager",
              region: store.region,
              role: readerArn(store.accountId, environment, capability),
            },
          },
        },
        { parent: this },
      );
    }
    this.storeNames = Object.fromEntries(capabilities.map((capability) => [capability, storeName(capability)]));
    this.registerOutputs({ storeNames: this.storeNames });
  }
}
