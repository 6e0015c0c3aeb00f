import * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../../checklist/thresholds.ts";
import { capabilityLabels } from "../../capability/naming.ts";
import { withDefaults } from "../../defaults.ts";
import { dnsLabel, refuse, unless } from "../../validation.ts";
import type { Problem } from "../../validation.ts";
import { externalSecret } from "./external-secret.ts";
import { keptSecret } from "./kept-secret.ts";
import { secretPath } from "./store.ts";
import type { SecretStoreArgs } from "./store.ts";
import { hashOf, valueOf, versionKey } from "./template.ts";

/** A key of somebody else's service, which people put into the store. */
export interface ThirdPartyKeyArgs {
  /** Name of the service; a DNS label. The Secret is called `third-party-<name>`, and its key `key` (CV-ENV-04). */
  name: string;
  /** Whether the service ends with it. @default false (CV-SECRET-06) */
  critical?: boolean;
}

/** Arguments of `ThirdPartyKeys`. */
export interface ThirdPartyKeysArgs {
  /** Namespace of the pods that use the keys, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
  /** The environment's secrets, usually `Secrets.store`. */
  store: SecretStoreArgs;
  /** The services. */
  keys: ThirdPartyKeyArgs[];
  /** Whether the engine refuses to delete what people put in. @default true (CV-SECRET-06) */
  deletionProtection?: boolean;
}

export const thirdPartyKeysDefaults = deepFrozen({ deletionProtection: true });

/** Name of the Secret with the key of a service. */
export function thirdPartySecret(name: string): string {
  return `third-party-${name}`;
}

/**
 * Keys of other people's services (CV-ENV-04). The program declares a secret without a value, so that no key is ever in its
 * config or state; people put it in by `aws secretsmanager put-secret-value --secret-id <its name>
 * --secret-string '{"key":"…"}'`. Only the service itself can make a new one, so that nothing here rotates it.
 */
export class ThirdPartyKeys extends pulumi.ComponentResource {
  /** Names of the Secrets, by the names of the services. */
  readonly secretNames: { [name: string]: string };

  constructor(name: string, args: ThirdPartyKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:security:ThirdPartyKeys", name, args, opts);
    refuse(name, thirdPartyProblems(args));

    const { namespace, capability, environment, store, keys } = args;
    const { deletionProtection } = withDefaults(args, thirdPartyKeysDefaults);
    const home = { namespace, capability, environment };
    const child = { parent: this };
    for (const key of keys) {
      const path = pulumi
        .output(namespace)
        .apply((known) => secretPath(environment, known, `third-party/${key.name}/key`));
      const { needed } = keptSecret(
        `${name}-${key.name}`,
        {
          home,
          path,
          rotates: false,
          rotation: "by hand because only the service can make a new key",
          critical: key.critical ?? false,
          protect: deletionProtection,
          tags: { "apg:third-party": key.name },
        },
        store,
        child,
      );
      externalSecret(
        `${name}-${key.name}`,
        {
          metadata: {
            name: thirdPartySecret(key.name),
            namespace,
            labels: capabilityLabels(capability, environment),
          },
          data: { key: valueOf("key"), [versionKey]: hashOf("key") },
          extract: path,
          capability,
          // Until somebody has put the key in there is nothing to wait for.
          wait: false,
        },
        store,
        { ...child, dependsOn: needed },
      );
    }

    this.secretNames = Object.fromEntries(keys.map((key) => [key.name, thirdPartySecret(key.name)]));
    this.registerOutputs({ secretNames: this.secretNames });
  }
}

function thirdPartyProblems({ keys }: ThirdPartyKeysArgs): Problem[] {
  const names = keys.map((key) => key.name);
  return names.flatMap((given, at) => [
    ...dnsLabel(`keys[${at}].name`, given, 50),
    ...unless(names.indexOf(given) === at, `keys[${at}].name`, given, "each service may be named once (CV-ENV-04)"),
  ]);
}
