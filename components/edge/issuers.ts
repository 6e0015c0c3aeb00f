import type * as pulumi from "@pulumi/pulumi";
import { certificateDefaults } from "../data/certificate-authority.ts";
import { custom } from "../data/custom.ts";
import { nameOf } from "../names.ts";
import { edgeDefaults } from "./args.ts";
import type { AcmeArgs, EdgeArgs } from "./args.ts";
import { certManager, edgeNames } from "./names.ts";

/** Labels of what serves the whole cluster. */
export const platformLabels = {
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/part-of": "apg-platform",
};

/** Names of the issuers, once they are declared. */
export interface Issuers {
  /** The one that signs the gateway's certificate. */
  signing: string;
  /** Everything that must be there before it signs. */
  declared: pulumi.Resource[];
}

/**
 * Declares who signs: two authorities of different providers, which prove names by records so that it works before anything
 * is reachable, and one of the platform's own for names that no other can prove (CV-TLS-02, CV-TLS-05, CV-TLS-08).
 */
export function clusterIssuers(
  name: string,
  args: EdgeArgs,
  zoneId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): Issuers {
  const { environment, domain, account } = args;
  const { email, primary = edgeDefaults.primary, backup, useBackup = false } = args.issuers;
  const { issuers } = edgeNames(environment);
  const issuer = (suffix: string, of: string, spec: object, more: pulumi.CustomResourceOptions = {}) =>
    custom(`${name}-${suffix}`, "cert-manager.io/v1", "ClusterIssuer", { name: of, labels: platformLabels }, spec, {
      ...opts,
      ...more,
    });
  const solver = {
    selector: { dnsZones: [domain] },
    dns01: { route53: { region: account.region, hostedZoneID: zoneId } },
  };
  const acme = ({ server, externalAccount }: AcmeArgs, of: string) => ({
    acme: {
      server,
      email,
      privateKeySecretRef: { name: `${of}-account` },
      ...(externalAccount !== undefined && {
        externalAccountBinding: {
          keyID: externalAccount.keyId,
          keySecretRef: { name: externalAccount.secretName, key: externalAccount.secretKey ?? "key" },
        },
      }),
      solvers: [solver],
    },
  });
  const declared = [
    issuer("acme", issuers.primary, acme(primary, issuers.primary)),
    issuer("acme-backup", issuers.backup, acme(backup, issuers.backup)),
  ];
  const self = issuer("self-signed", issuers.selfSigned, { selfSigned: {} });
  const { duration, renewBefore, privateKey } = certificateDefaults.authority;
  const authority = custom(
    `${name}-internal`,
    "cert-manager.io/v1",
    "Certificate",
    { name: issuers.internal, namespace: certManager.namespace, labels: platformLabels },
    {
      isCA: true,
      commonName: `${environment} internal`,
      secretName: issuers.internal,
      duration,
      renewBefore,
      privateKey: { ...privateKey },
      usages: ["cert sign", "crl sign"],
      issuerRef: { name: nameOf(self, issuers.selfSigned), kind: "ClusterIssuer", group: "cert-manager.io" },
    },
    opts,
  );
  issuer("internal", issuers.internal, { ca: { secretName: issuers.internal } }, { dependsOn: authority });
  return { signing: useBackup ? issuers.backup : issuers.primary, declared };
}
