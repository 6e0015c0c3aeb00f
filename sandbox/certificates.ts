// The sandbox's own public key infrastructure. Three authorities, so that a certificate made for one purpose opens
// nothing else: the cluster's, the front proxy's (aggregated APIs) and etcd's.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import type * as x509 from "@peculiar/x509";
import { readIfPresent, writePrivate } from "./files.ts";

/** The API server's address inside a cluster with simulated nodes: the first one of the service range. */
const serviceAddress = "10.96.0.1";

export interface CertificateFiles {
  cert: string;
  key: string;
}

export interface CertificateRequest {
  authority: AuthorityName;
  commonName: string;
  /** The user's group. */
  organization?: string;
  /** DNS names and IP addresses that a server is reached by. */
  hosts?: string[];
  usages: ("server" | "client")[];
}

export type AuthorityName = keyof typeof authorities;
export type CertificateName = keyof typeof certificates;

const authorities = {
  ca: "apg-sandbox-ca",
  "front-proxy-ca": "apg-sandbox-front-proxy-ca",
  "etcd-ca": "apg-sandbox-etcd-ca",
};

const loopback = ["localhost", "127.0.0.1"];
const administrators = "system:masters";

const certificates = {
  apiserver: {
    authority: "ca",
    commonName: "kube-apiserver",
    hosts: [
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
      ...loopback,
      serviceAddress,
    ],
    usages: ["server"],
  },
  "apiserver-kubelet-client": {
    authority: "ca",
    commonName: "kube-apiserver-kubelet-client",
    organization: administrators,
    usages: ["client"],
  },
  admin: { authority: "ca", commonName: "apg-sandbox-admin", organization: administrators, usages: ["client"] },
  "controller-manager": {
    authority: "ca",
    commonName: "system:kube-controller-manager",
    hosts: loopback,
    usages: ["server", "client"],
  },
  scheduler: {
    authority: "ca",
    commonName: "system:kube-scheduler",
    hosts: loopback,
    usages: ["server", "client"],
  },
  kwok: { authority: "ca", commonName: "kwok-controller", usages: ["client"] },
  "kube-proxy": { authority: "ca", commonName: "system:kube-proxy", usages: ["client"] },
  "stand-ins": { authority: "ca", commonName: "apg-stand-ins", usages: ["client"] },
  "network-policy": { authority: "ca", commonName: "apg-network-policy", usages: ["client"] },
  "front-proxy-client": { authority: "front-proxy-ca", commonName: "front-proxy-client", usages: ["client"] },
  "etcd-server": { authority: "etcd-ca", commonName: "etcd", hosts: loopback, usages: ["server", "client"] },
  "etcd-client": { authority: "etcd-ca", commonName: "kube-apiserver-etcd-client", usages: ["client"] },
} satisfies Record<string, CertificateRequest>;

const day = 24 * 60 * 60 * 1000;
const renewBefore = 30 * day;
const authorityLife = 3650 * day;
const certificateLife = 365 * day;
/** A clock that is set back a little must not make a new certificate invalid. */
const clockTolerance = 60 * 60 * 1000;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface Certificates {
  authorities: Record<AuthorityName, CertificateFiles>;
  certificates: Record<CertificateName, CertificateFiles>;
  /** The key pair that signs service account tokens. */
  serviceAccount: { publicKey: string; privateKey: string };
}

/** Where they lie, whether they exist or not. */
export function certificatePaths(directory: string): Certificates {
  const paths = <Name extends string>(names: Record<Name, unknown>) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, filesOf(directory, name)])) as Record<
      Name,
      CertificateFiles
    >;
  return {
    authorities: paths(authorities),
    certificates: paths(certificates),
    serviceAccount: {
      publicKey: join(directory, "service-account.pub"),
      privateKey: join(directory, "service-account.key"),
    },
  };
}

/**
 * Creates what is missing in `directory`, and anew what is damaged or expires within 30 days of `now`.
 * @param addresses Further ones that the API server is reached by.
 */
export async function ensureCertificates(
  directory: string,
  now = new Date(),
  addresses: string[] = [],
): Promise<Certificates> {
  const paths = certificatePaths(directory);
  for (const [name, commonName] of Object.entries(authorities)) await ensureAuthority(directory, name, commonName, now);
  for (const [name, request] of Object.entries<CertificateRequest>(certificates)) {
    const hosts = name === "apiserver" ? [...(request.hosts ?? []), ...addresses] : request.hosts;
    await ensureCertificate(directory, name, { ...request, hosts }, now);
  }
  await ensureServiceAccountKey(paths.serviceAccount);
  return paths;
}

/** One certificate signed by an authority of `directory` (a kubelet's, for instance), created or renewed when necessary. */
export async function ensureCertificate(
  directory: string,
  name: string,
  request: CertificateRequest,
  now = new Date(),
): Promise<CertificateFiles> {
  const files = filesOf(directory, name);
  const signer = await load(filesOf(directory, request.authority));
  if (!signer) throw new Error(`The authority ${request.authority} has no certificate yet.`);
  const present = await load(files);
  if (
    present &&
    isUsable(present.cert, now) &&
    answers(present.cert, request) &&
    present.cert.verify(signer.cert.publicKey)
  ) {
    return files;
  }
  await issue(files, certificateLife, now, {
    subject: [...(request.organization ? [{ O: [request.organization] }] : []), { CN: [request.commonName] }],
    signer,
    extensions: ({ ExtendedKeyUsage, ExtendedKeyUsageExtension, SubjectAlternativeNameExtension }) => [
      new ExtendedKeyUsageExtension(
        request.usages.map((usage) => (usage === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth)),
      ),
      ...(request.hosts
        ? [
            new SubjectAlternativeNameExtension(
              request.hosts.map((value) => ({ type: isIP(value) ? "ip" : "dns", value })),
            ),
          ]
        : []),
    ],
  });
  return files;
}

async function ensureAuthority(directory: string, name: string, commonName: string, now: Date): Promise<void> {
  const files = filesOf(directory, name);
  const present = await load(files);
  if (present && isUsable(present.cert, now)) return;
  await issue(files, authorityLife, now, { subject: [{ CN: [commonName] }], extensions: () => [] });
}

async function ensureServiceAccountKey(files: Certificates["serviceAccount"]): Promise<void> {
  let privateKey = await readIfPresent(files.privateKey);
  if (privateKey === undefined) {
    privateKey = generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    await writePrivate(files.privateKey, privateKey);
  }
  await writePrivate(files.publicKey, createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString());
}

export interface Loaded {
  cert: X509Certificate;
  /** PEM. */
  key: string;
}

async function load(files: CertificateFiles): Promise<Loaded | undefined> {
  return loadPem(await readIfPresent(files.cert), await readIfPresent(files.key));
}

/** A certificate with its key, of their PEM texts, unless one of them is missing, unreadable or not the other's. */
export function loadPem(pem: string | undefined, key: string | undefined): Loaded | undefined {
  if (pem === undefined || key === undefined) return undefined;
  try {
    const cert = new X509Certificate(pem);
    return cert.checkPrivateKey(createPrivateKey(key)) ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

function isUsable(cert: X509Certificate, now: Date): boolean {
  return cert.validFromDate <= now && cert.validToDate.getTime() - now.getTime() > renewBefore;
}

/** Whether the certificate says what is wanted: a later version of this file may want more. */
function answers(cert: X509Certificate, request: CertificateRequest): boolean {
  const organization = request.organization ? `O=${request.organization}\n` : "";
  const hosts = request.hosts?.map((host) => (isIP(host) ? `IP Address:${host}` : `DNS:${host}`)).join(", ");
  return cert.subject === `${organization}CN=${request.commonName}` && cert.subjectAltName === hosts;
}

/** What a certificate says; an authority's signs others. */
export interface Content {
  subject: Record<string, string[]>[];
  /** Itself, when absent. */
  signer?: Loaded;
  /** @default where it signs itself */
  isAuthority?: boolean;
  extensions: (library: typeof x509) => x509.Extension[];
}

async function issue(files: CertificateFiles, life: number, now: Date, content: Content): Promise<void> {
  const { cert, key } = await makeCertificate(life, now, content);
  await writePrivate(files.key, key);
  await writePrivate(files.cert, cert);
}

/**
 * A certificate and its key, both as PEM.
 * @param life Milliseconds that it is valid from `now`.
 */
export async function makeCertificate(life: number, now: Date, content: Content): Promise<CertificateFiles> {
  // Loaded here, because an ordinary start has nothing to issue. The library needs the first to load at all.
  await import("reflect-metadata");
  const library = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { signer, isAuthority = !signer } = content;
  const usage = library.KeyUsageFlags;
  const cert = await library.X509CertificateGenerator.create(
    {
      serialNumber: `01${randomBytes(15).toString("hex")}`,
      subject: content.subject,
      issuer: signer ? new library.X509Certificate(signer.cert.raw).subjectName.toJSON() : content.subject,
      notBefore: new Date(now.getTime() - clockTolerance),
      notAfter: new Date(now.getTime() + life),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: signer ? await signingKey(signer.key) : keys.privateKey,
      extensions: [
        new library.BasicConstraintsExtension(isAuthority, undefined, true),
        new library.KeyUsagesExtension(isAuthority ? usage.keyCertSign | usage.cRLSign : usage.digitalSignature, true),
        await library.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        ...content.extensions(library),
      ],
    },
    webcrypto,
  );
  const key = library.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { cert: `${cert.toString("pem")}\n`, key: `${key}\n` };
}

async function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

function filesOf(directory: string, name: string): CertificateFiles {
  return { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
}
