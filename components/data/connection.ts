import { deepFrozen } from "../../checklist/thresholds.ts";
import type { NetworkEdge } from "../capability/network-policies.ts";
import type { SecretReference } from "../capability/workload-args.ts";

/** A certificate of an authority, as a file in the pods that trust it. */
export interface CertificateReference {
  /** Name of the Secret, in the namespace of the pods. */
  secretName: string;
  /** Key of the certificate in the Secret. */
  key: string;
  /** Name of the file under /etc/apg/certificates. */
  file: string;
}

/**
 * All that a workload needs to use a service: variables, Secrets, certificates, and whom it may call. It follows from
 * names alone, so that a ConfigMap made of it has its name at preview, and a network policy its peers.
 */
export interface Connection {
  /** Name of the service; a DNS label. */
  name: string;
  /** Environment variables; never secrets. */
  settings: { [env: string]: string };
  /** Environment variables from Secrets. */
  secrets: SecretReference[];
  /** Authorities that the workload trusts for this service. */
  certificates: CertificateReference[];
  /** Whom the workload calls. */
  edges: NetworkEdge[];
}

export const connectionDefaults = deepFrozen({ certificatesDirectory: "/etc/apg/certificates" });

/** Where a certificate is in the pods that trust it. */
export function certificatePath({ file }: Pick<CertificateReference, "file">): string {
  return `${connectionDefaults.certificatesDirectory}/${file}`;
}
