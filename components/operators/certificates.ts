// What Envoy Gateway and its proxies prove to each other who they are with. Its chart has them made by a hook, which
// helm.v4.Chart does not run; cert-manager makes them, and makes them anew before they end.
import type * as pulumi from "@pulumi/pulumi";
import { certificateDefaults } from "../data/certificate-authority.ts";
import { nameOf } from "../names.ts";
import { custom } from "../data/custom.ts";

const certManager = "cert-manager.io/v1";
const labels = { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "apg-platform" };

/** Secrets by the names under which Envoy Gateway looks for them, and who they are for. */
const holders = {
  "envoy-gateway": ["envoy-gateway", ...hostsOf("envoy-gateway")],
  envoy: hostsOf("*"),
  "envoy-rate-limit": hostsOf("*"),
} as const;

/** Declares an authority of Envoy Gateway's own, and its certificates. */
export function gatewayCertificates(
  name: string,
  namespace: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const metadata = (objectName: string) => ({ name: objectName, namespace, labels });
  const authority = "envoy-gateway-ca";
  const self = custom(`${name}-self`, certManager, "Issuer", metadata("self-signed"), { selfSigned: {} }, opts);
  const root = custom(
    `${name}-authority`,
    certManager,
    "Certificate",
    metadata(authority),
    {
      isCA: true,
      commonName: authority,
      secretName: authority,
      duration: certificateDefaults.authority.duration,
      renewBefore: certificateDefaults.authority.renewBefore,
      privateKey: { ...certificateDefaults.authority.privateKey },
      issuerRef: { kind: "Issuer", name: nameOf(self, "self-signed") },
    },
    opts,
  );
  const issuer = custom(
    `${name}-authority`,
    certManager,
    "Issuer",
    metadata(authority),
    { ca: { secretName: authority } },
    { ...opts, dependsOn: [root] },
  );
  return Object.entries(holders).map(([secretName, dnsNames]) =>
    custom(
      `${name}-${secretName}`,
      certManager,
      "Certificate",
      metadata(secretName),
      {
        secretName,
        commonName: secretName,
        dnsNames: [...dnsNames],
        duration: certificateDefaults.duration,
        renewBefore: certificateDefaults.renewBefore,
        usages: ["digital signature", "key encipherment", "server auth", "client auth"],
        privateKey: { ...certificateDefaults.privateKey },
        issuerRef: { kind: "Issuer", name: nameOf(issuer, authority) },
      },
      opts,
    ),
  );
}

/**
 * Declares the random value that Envoy Gateway asks for when it starts, and from which it derives names that nobody can guess.
 * External Secrets makes it up in the cluster, so that it is in no state and in no plan, and makes it anew every hour as it does
 * all Secrets: it is read at the start alone, and what the edge uses of Envoy derives nothing from it.
 */
export function gatewaySalt(name: string, namespace: string, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const metadata = (objectName: string) => ({ name: objectName, namespace, labels });
  const secret = "envoy-oidc-hmac";
  const generator = custom(
    `${name}-salt`,
    "generators.external-secrets.io/v1alpha1",
    "Password",
    metadata(secret),
    { length: 48, digits: 12, symbols: 0, noUpper: false, allowRepeat: true },
    opts,
  );
  const filled = custom(
    `${name}-salt`,
    "external-secrets.io/v1",
    "ExternalSecret",
    metadata(secret),
    {
      refreshInterval: "1h",
      target: { name: secret, template: { engineVersion: "v2", data: { "hmac-secret": "{{ .password }}" } } },
      dataFrom: [
        {
          sourceRef: {
            generatorRef: {
              apiVersion: "generators.external-secrets.io/v1alpha1",
              kind: "Password",
              name: nameOf(generator, secret),
            },
          },
        },
      ],
    },
    opts,
  );
  return [generator, filled];
}

function hostsOf(service: string): string[] {
  const home = "envoy-gateway-system";
  return [`${service}.${home}`, `${service}.${home}.svc`, `${service}.${home}.svc.cluster.local`];
}
