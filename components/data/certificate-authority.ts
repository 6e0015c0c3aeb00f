import * as pulumi from "@pulumi/pulumi";
import { deepFrozen } from "../../checklist/thresholds.ts";
import { capabilityLabels } from "../capability/naming.ts";
import { nameOf } from "../names.ts";
import { custom } from "./custom.ts";

/** Who signs certificates: an issuer of cert-manager. */
export interface IssuerReference {
  /** Name of the issuer. */
  name: pulumi.Input<string>;
  /** Issuer or ClusterIssuer. @default "Issuer" */
  kind?: string;
}

/** Arguments of `CertificateAuthority`. */
export interface CertificateAuthorityArgs {
  /** Namespace whose services it signs for, usually `CapabilityNamespace.namespace`. */
  namespace: pulumi.Input<string>;
  /** Name of the capability; a DNS label. */
  capability: string;
  /** Name of the environment; a DNS label. */
  environment: string;
}

export const certificateDefaults = deepFrozen({
  /** How long a server's certificate is valid, and how long before its end it is renewed (CV-CACHE-06, CV-DB-07). */
  duration: "2160h",
  renewBefore: "720h",
  privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
  /** The authority's own: it is renewed with its key, so that what trusts it goes on trusting it. */
  authority: {
    name: "data-ca",
    duration: "26280h",
    renewBefore: "4380h",
    privateKey: { algorithm: "ECDSA", size: 384, rotationPolicy: "Never" },
  },
});

/** An authority for the servers of one namespace alone: nobody else's certificate passes for one of theirs (CV-DB-07). */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** The issuer that signs with the authority's key. */
  readonly issuer: IssuerReference;

  constructor(name: string, args: CertificateAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("apg:data:CertificateAuthority", name, args, opts);
    const { namespace, capability, environment } = args;
    const { authority } = certificateDefaults;
    const child = { parent: this };
    const metadata = (of: string) => ({ name: of, namespace, labels: capabilityLabels(capability, environment) });
    const issuer = (of: string, spec: object) =>
      custom(`${name}-${of}`, "cert-manager.io/v1", "Issuer", metadata(of), spec, child);

    const self = issuer("data-self-signed", { selfSigned: {} });
    const certificate = custom(
      `${name}-${authority.name}`,
      "cert-manager.io/v1",
      "Certificate",
      metadata(authority.name),
      {
        isCA: true,
        commonName: `${capability} ${environment} data`,
        secretName: authority.name,
        duration: authority.duration,
        renewBefore: authority.renewBefore,
        privateKey: { ...authority.privateKey },
        usages: ["cert sign", "crl sign"],
        issuerRef: { name: nameOf(self, "data-self-signed"), kind: "Issuer", group: "cert-manager.io" },
      },
      child,
    );
    const signing = custom(
      `${name}-data`,
      "cert-manager.io/v1",
      "Issuer",
      metadata("data"),
      { ca: { secretName: authority.name } },
      { ...child, dependsOn: certificate },
    );

    this.issuer = { name: nameOf(signing, "data"), kind: "Issuer" };
    this.registerOutputs({ issuer: this.issuer });
  }
}
