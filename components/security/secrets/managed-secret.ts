// Secrets that the platform generates: kept in the cloud store and brought into the cluster from there, or, where there is
// no such store, as Secrets of the program.
import * as pulumi from "@pulumi/pulumi";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import type { Home } from "../../data/parts.ts";
import { nameOf } from "../../names.ts";
import { externalSecret } from "./external-secret.ts";
import type { ManagedSecretParts } from "./external-secret.ts";
import { keptSecret, rotation } from "./kept-secret.ts";
import { secretPath } from "./store.ts";
import type { SecretStoreArgs } from "./store.ts";
import { filled, hasPlaces } from "./template.ts";

/** Values that belong together, such as the passwords of one service. */
export interface PlannedValues {
  /** Name of the secret in the store, after its namespace. */
  secret: string;
  /** The values by their names, letters and digits alone. */
  values: { [name: string]: pulumi.Input<string> };
  /** Whether the function that rotates knows by the values how to renew them (rotation/rotate.py, turns.ts) (CV-SECRET-02). */
  rotates: boolean;
  /** Why it is not, or how else it is changed; a tag says it to whoever looks. Letters, digits and spaces. */
  rotation: string;
  /** Whether its loss would end the service (CV-SECRET-06). */
  critical: boolean;
  /** Whether the engine refuses to delete it. */
  protect: boolean;
}

/** Where values are. */
export interface StoredValues {
  /** The values themselves. */
  values: { [name: string]: pulumi.Input<string> };
  /** Whose they are. */
  home: Home;
  /** Name in the store; nothing where there is no store. */
  path?: pulumi.Output<string>;
  /** The store, and what must be there before a value can be read. */
  store?: SecretStoreArgs;
  /** What must be there before a value can be read. */
  needed: pulumi.Resource[];
}

/** Keeps values in the store, readable by their capability alone; does nothing where there is none. */
export function storedValues(
  name: string,
  home: Home,
  planned: PlannedValues,
  given: SecretStoreArgs | undefined,
  opts: pulumi.CustomResourceOptions,
): StoredValues {
  const { values } = planned;
  if (given === undefined) return { values, home, needed: [] };
  const { environment, namespace } = home;
  const rotates = planned.rotates && given.rotation !== undefined;
  const path = pulumi.output(namespace).apply((of) => secretPath(environment, of, planned.secret));
  const { secret, needed } = keptSecret(name, { home, path, ...planned, rotates }, given, opts);
  const writing = given.writer === undefined ? opts : { ...opts, provider: given.writer };
  const version = new SecretVersion(
    name,
    {
      region: given.region,
      secretId: secret.id,
      secretString: pulumi.secret(pulumi.jsonStringify(values)),
      // A stage of its own keeps the first version from being cleaned up, after which it would be put in anew.
      ...(rotates && { versionStages: ["AWSCURRENT", "apg-first"] }),
    },
    // What was generated anew is not undone.
    rotates ? { ...writing, ignoreChanges: ["secretString", "versionStages"] } : writing,
  );
  if (rotates) rotation(name, secret, path, given, { ...opts, dependsOn: [version] });
  return { values, home, path, store: given, needed: [version, ...needed] };
}

/** Declares the Secret: filled from the store, or with the values themselves. Whoever takes its name waits for it. */
export function managedSecret(
  name: string,
  { metadata, type, data }: ManagedSecretParts,
  stored: StoredValues,
  opts: pulumi.CustomResourceOptions,
): { resource: pulumi.Resource; secretName: pulumi.Output<string> } {
  if (stored.store === undefined) {
    const stringData = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, withValues(text, stored)]));
    const resource = new Secret(name, { metadata, ...(type !== undefined && { type }), stringData }, opts);
    return { resource, secretName: nameOf(resource, metadata.name) };
  }
  const resource = externalSecret(
    name,
    { metadata, type, data, extract: stored.path!, capability: stored.home.capability, wait: true },
    stored.store,
    { ...opts, dependsOn: stored.needed },
  );
  return { resource, secretName: nameOf(resource, metadata.name) };
}

/** A text without places is known before the values are. */
function withValues(text: pulumi.Input<string>, { values }: StoredValues): pulumi.Input<string> {
  if (typeof text === "string" && !hasPlaces(text)) return text;
  return pulumi.all([text, values]).apply(([template, known]) => filled(template, known));
}
