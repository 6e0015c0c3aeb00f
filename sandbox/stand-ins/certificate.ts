// What cert-manager would do with a Certificate, with the sandbox's own authority in place of those outside.
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { makeCertificate, type CertificateFiles, type Loaded } from "../certificates.ts";

export interface Certificate {
  metadata: { name: string; namespace: string; generation?: number };
  spec: {
    secretName: string;
    commonName?: string;
    subject?: { organizations?: string[] };
    dnsNames?: string[];
    ipAddresses?: string[];
    isCA?: boolean;
    /** Go durations, such as 2160h. */
    duration?: string;
    renewBefore?: string;
    usages?: string[];
    issuerRef: { name: string; kind?: string; group?: string };
  };
}

const hour = 3600_000;
/** cert-manager's own: 90 days, renewed when a third is left. */
const defaultLife = 2160 * hour;

/** Milliseconds of a Go duration. */
export function durationOf(text: string): number {
  const units: Record<string, number> = { h: hour, m: 60_000, s: 1000 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0);
}

export const lifeOf = ({ spec }: Certificate) => (spec.duration ? durationOf(spec.duration) : defaultLife);

/** When a certificate is made anew. */
export function renewalOf(certificate: Certificate, expires: Date): Date {
  const { renewBefore } = certificate.spec;
  return new Date(expires.getTime() - (renewBefore ? durationOf(renewBefore) : lifeOf(certificate) / 3));
}

/** Whether a certificate that is there is the one that is asked for, and not due. */
export function satisfies(present: X509Certificate, certificate: Certificate, now: Date): boolean {
  const { commonName, isCA = false } = certificate.spec;
  const wanted = namesOf(certificate).map((name) => (isIP(name) ? `IP Address:${name}` : `DNS:${name}`));
  const has = present.subjectAltName?.split(", ") ?? [];
  return (
    wanted.toSorted().join() === has.toSorted().join() &&
    (commonName === undefined || present.subject.split("\n").includes(`CN=${commonName}`)) &&
    present.ca === isCA &&
    now < renewalOf(certificate, present.validToDate)
  );
}

const namesOf = ({ spec }: Certificate) => [...(spec.dnsNames ?? []), ...(spec.ipAddresses ?? [])];

/** @param signer The authority; without one it signs itself */
export function issueCertificate(certificate: Certificate, signer: Loaded | undefined, now: Date) {
  const { commonName, subject, isCA = false, usages = ["digital signature", "key encipherment"] } = certificate.spec;
  const names = namesOf(certificate);
  return makeCertificate(lifeOf(certificate), now, {
    subject: [
      ...(subject?.organizations ?? []).map((organization) => ({ O: [organization] })),
      ...(commonName ? [{ CN: [commonName] }] : []),
    ],
    signer,
    isAuthority: isCA,
    extensions: ({ ExtendedKeyUsage, ExtendedKeyUsageExtension, SubjectAlternativeNameExtension }) => [
      new ExtendedKeyUsageExtension([
        ...(usages.includes("client auth") ? [ExtendedKeyUsage.clientAuth] : []),
        ...(usages.includes("server auth") || !usages.includes("client auth") ? [ExtendedKeyUsage.serverAuth] : []),
      ]),
      ...(names.length
        ? [new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? "ip" : "dns", value })))]
        : []),
    ],
  });
}

/** The Secret that the certificate is handed over in, as cert-manager writes it. */
export function secretOf({ metadata, spec }: Certificate, { cert, key }: CertificateFiles, authority: string) {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: {
      name: spec.secretName,
      namespace: metadata.namespace,
      annotations: {
        "cert-manager.io/certificate-name": metadata.name,
        "cert-manager.io/issuer-name": spec.issuerRef.name,
        "cert-manager.io/issuer-kind": spec.issuerRef.kind ?? "Issuer",
      },
    },
    data: { "tls.crt": base64(cert), "tls.key": base64(key), "ca.crt": base64(authority) },
  };
}
