import * as pulumi from "@pulumi/pulumi";
import type { input as k8s } from "@pulumi/kubernetes/types/index.js";
import { certificateDefaults } from "./certificate-authority.ts";
import type { IssuerReference } from "./certificate-authority.ts";
import { custom } from "./custom.ts";

/** What is particular to the certificate of some servers. */
export interface ServerCertificate {
  /** Secret that holds it and its key. */
  secretName: string;
  /** Who signs it. */
  issuer: IssuerReference;
  /** Services of the namespace under which clients ask. */
  services: string[];
  /** Further names under which clients ask. */
  dnsNames?: string[];
  /** Addresses under which clients ask. */
  ipAddresses?: pulumi.Input<string>[];
  /** What the key is for. */
  usages: string[];
  /** What the Secret is made with. */
  secretTemplate?: object;
}

/** A certificate for every name of some services, which cert-manager renews (CV-CACHE-06, CV-DB-07). */
export function serverCertificate(
  name: string,
  metadata: k8s.meta.v1.ObjectMeta & { namespace: pulumi.Input<string> },
  { secretName, issuer, services, dnsNames = [], ipAddresses, usages, secretTemplate }: ServerCertificate,
  opts: pulumi.CustomResourceOptions,
): void {
  const { namespace } = metadata;
  const { duration, renewBefore, privateKey } = certificateDefaults;
  custom(
    name,
    "cert-manager.io/v1",
    "Certificate",
    metadata,
    {
      secretName,
      ...(secretTemplate !== undefined && { secretTemplate }),
      duration,
      renewBefore,
      privateKey: { ...privateKey },
      usages,
      dnsNames: [
        ...dnsNames,
        ...services.flatMap((service) => [
          service,
          pulumi.interpolate`${service}.${namespace}`,
          pulumi.interpolate`${service}.${namespace}.svc`,
          pulumi.interpolate`${service}.${namespace}.svc.cluster.local`,
        ]),
      ],
      ...(ipAddresses !== undefined && { ipAddresses }),
      issuerRef: { name: issuer.name, kind: issuer.kind ?? "Issuer", group: "cert-manager.io" },
    },
    opts,
  );
}
