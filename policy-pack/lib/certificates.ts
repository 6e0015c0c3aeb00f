// Certificates of cert-manager, and who signs them.
import type { KubernetesObject } from "./kubernetes.ts";
import type { PlannedStack } from "./planned-stack.ts";

/** Certificates of a server or a client: an authority's own is renewed with its key, so that what trusts it goes on doing so. */
export function leafCertificates(stack: PlannedStack): KubernetesObject[] {
  return stack.ofKind("Certificate").filter(({ spec }) => spec.get("isCA").boolean() !== true);
}

/** Whether a certificate is valid for a host, by name or by a wildcard for one label. */
export function isFor({ spec }: KubernetesObject, host: string): boolean {
  return spec
    .get("dnsNames")
    .strings()
    .some((name) => covers(name, host));
}

export function covers(name: string, host: string): boolean {
  const [wanted, given] = [host.toLowerCase(), name.toLowerCase()];
  if (given === wanted) return true;
  return given.startsWith("*.") && !wanted.startsWith("*.") && wanted.slice(wanted.indexOf(".")) === given.slice(1);
}

/** The issuer that a certificate names, if this stack plans it. A name that is not known yet is the one of where it came from. */
export function issuerOf(
  stack: PlannedStack,
  { namespace, resource, spec }: KubernetesObject,
): KubernetesObject | undefined {
  const kind = spec.at("issuerRef.kind").string() === "ClusterIssuer" ? "ClusterIssuer" : "Issuer";
  const issuers = stack.ofKind(kind);
  const name = spec.at("issuerRef.name");
  if (!name.isKnown) {
    const urns = resource.propertyDependencies?.spec ?? [];
    const sources = issuers.filter((issuer) => urns.includes(issuer.resource.urn));
    if (sources.length === 1) return sources[0];
  }
  return issuers.find(
    (issuer) => issuer.name === name.string() && (kind === "ClusterIssuer" || issuer.namespace === namespace),
  );
}

const kinds = ["acme", "ca", "vault", "venafi", "selfSigned"];

/** What an issuer signs by. Others than cert-manager's own have kinds that this stack does not know. */
export function signsBy({ spec }: KubernetesObject): string | undefined {
  return kinds.find((kind) => spec.get(kind).isGiven);
}

/** Who is behind an issuer: two of the same provider fail together. */
export function providerOf(issuer: KubernetesObject): string | undefined {
  const kind = signsBy(issuer);
  if (kind === "ca") return `ca ${issuer.spec.at("ca.secretName").string()}`;
  if (kind !== "acme") return kind;
  const server = issuer.spec.at("acme.server").string() ?? "";
  const host = URL.canParse(server) ? new URL(server).hostname : server;
  return `acme ${host.split(".").slice(-2).join(".")}`;
}
