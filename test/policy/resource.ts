// What the fixtures are made of: resources as the engine has them.
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

export type Json = Record<string, JavaScriptValue>;

export interface FixtureResource {
  urn: string;
  type: string;
  name: string;
  props: Json;
  /** What the provider made of the inputs, where that matters. */
  outputs?: Json;
  /** Where inputs came from, by the URNs of resources. */
  propertyDependencies?: Record<string, string[]>;
  /** URN of the component that it is in. */
  parent?: string;
  /** URNs of the resources that it waits for. */
  dependencies?: string[];
  /** Region of the provider. */
  region?: string;
}

/** A resource of Kubernetes, or of another provider when the type says so. */
export function resource(type: string, name: string, props: Json): FixtureResource {
  const token = /^(aws|pulumi):/.test(type) ? type : `kubernetes:${type}`;
  return { urn: `urn:pulumi:test::apg-platform::${token}::${name}`, type: token, name, props };
}

export const namespace = "apg-audio-processing-test";
export const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
export const labels = { "apg.io/capability": "audio-processing", "apg.io/environment": "test" };
export const selector = { "app.kubernetes.io/name": "audio-processing", "app.kubernetes.io/component": "api" };

/** A Secret that External Secrets fills, with texts where these are looked at. */
export function externalSecret(name: string, secret: string, data: Json = {}): FixtureResource {
  return resource("external-secrets.io/v1:ExternalSecret", name, {
    metadata: metadata(secret),
    spec: {
      refreshInterval: "15m",
      secretStoreRef: { kind: "ClusterSecretStore", name: "apg-secrets-audio-processing" },
      dataFrom: [{ extract: { key: `apg-test/${namespace}/${secret}` } }],
      target: { name: secret, creationPolicy: "Owner", template: { engineVersion: "v2", data } },
    },
  });
}

export function metadata(name: string, more: Json = {}): Json {
  return { name, namespace, labels: { ...labels, "app.kubernetes.io/part-of": "apg-platform" }, ...more };
}
