// Certificates: for every host, renewed by themselves long before they end, and by another issuer if need be.
import { notConcerned, stackRule } from "../lib/define.ts";
import { isFor, issuerOf, leafCertificates, providerOf, signsBy } from "../lib/certificates.ts";
import type { KubernetesObject } from "../lib/kubernetes.ts";
import type { PlannedStack } from "../lib/planned-stack.ts";
import { entrances, isPublic, onlyRedirects, parentsOf } from "../lib/routes.ts";
import { lacksOf, runbooksName } from "../lib/runbooks.ts";
import type { Value } from "../lib/value.ts";
import { durationSeconds } from "../../checklist/cron.ts";
import { issuersNamespace } from "../limits.ts";
import { thresholds } from "../../checklist/thresholds.ts";

const { certificate, minIssuers } = thresholds.edge;
const { maxHours, minRenewBeforeHours } = certificate;

export const certificatesRenewThemselves = stackRule({
  name: "certificates-renew-themselves",
  decides: ["AUD-INFRA-07", "CV-TLS-02", "CV-MAINT-07"],
  severity: "high",
  description:
    `Every certificate is valid for at most ${maxHours}h, is renewed at least ${minRenewBeforeHours}h before its end with a ` +
    "new key, and is signed by an authority or by ACME.",
  fix:
    `Set duration to at most ${maxHours}h, renewBefore to at least ${minRenewBeforeHours}h, privateKey.rotationPolicy to ` +
    "Always, and issuerRef to an issuer with acme or ca.",
  subjects: leafCertificates,
  check: (subject, stack, complain) => {
    const { title, spec } = subject;
    const ask = (what: string, todo: string) => complain(`${title} ${what}: set ${todo}.`);
    // cert-manager's own.
    const duration = hours(spec.get("duration")) ?? 2160;
    if (!(duration <= maxHours)) ask(`is valid for ${duration} hours`, `spec.duration to at most ${maxHours}h`);
    const before = renewBefore(spec, duration);
    if (before === undefined)
      ask("does not say when it is renewed", `spec.renewBefore to at least ${minRenewBeforeHours}h`);
    else if (!(before >= minRenewBeforeHours))
      ask(`is renewed ${before} hours before its end`, `spec.renewBefore to at least ${minRenewBeforeHours}h`);
    if (spec.at("privateKey.rotationPolicy").string() !== "Always")
      ask("keeps its key for ever", "spec.privateKey.rotationPolicy to Always");
    if (!spec.at("issuerRef.name").isGiven) {
      ask("has no issuer", "spec.issuerRef");
      return undefined;
    }
    const issuer = issuerOf(stack, subject);
    // One of another stack proves nothing.
    if (issuer === undefined) return notConcerned;
    if (signsBy(issuer) === "selfSigned")
      ask(`is signed by itself, by ${issuer.title}`, "spec.issuerRef to an issuer with acme or ca");
    return undefined;
  },
});

/** Hours of a duration; not a number where the text is none. */
function hours(value: Value): number | undefined {
  const text = value.string();
  return text === undefined ? undefined : (durationSeconds(text) ?? NaN) / 3600;
}

function renewBefore(spec: Value, duration: number): number | undefined {
  const share = spec.get("renewBeforePercentage").number();
  return hours(spec.get("renewBefore")) ?? (share === undefined ? undefined : (duration * share) / 100);
}

export const hostsHaveCertificates = stackRule({
  name: "hosts-have-certificates",
  decides: ["CV-TLS-01", "AUD-INFRA-07"],
  severity: "critical",
  description: "Every host of a Gateway's listeners and of public routes is a name of a certificate that is planned.",
  fix: "Add the host to spec.dnsNames of a Certificate, and name its Secret in tls.certificateRefs of the listener.",
  subjects: (stack) => [...entrances(stack), ...stack.ofKind("HTTPRoute")],
  check: (subject, stack, complain) =>
    subject.kind === "Gateway" ? judgeGateway(subject, stack, complain) : judgeRoute(subject, stack, complain),
});

function judgeGateway(gateway: KubernetesObject, stack: PlannedStack, complain: (message: string) => void): void {
  for (const listener of gateway.spec.get("listeners").list()) {
    if (listener.get("protocol").string() === "HTTP") continue;
    const title = `Listener "${listener.get("name").string() ?? ""}" of ${gateway.title}`;
    const certificates = certificatesOf(gateway, listener, stack);
    const host = listener.get("hostname").string();
    if (certificates.length === 0)
      complain(
        `${title} shows what nobody renews: name the Secret of a Certificate of this stack in tls.certificateRefs.`,
      );
    else if (host !== undefined && !certificates.some((each) => isFor(each, host)))
      complain(`${title} has no certificate for ${host}: add it to spec.dnsNames of its Certificate.`);
  }
}

/** The certificates of a listener: those whose Secrets it names. */
function certificatesOf(gateway: KubernetesObject, listener: Value, stack: PlannedStack): KubernetesObject[] {
  const secrets = listener
    .at("tls.certificateRefs")
    .list()
    .map((ref) => ({ name: ref.get("name").string(), namespace: ref.get("namespace").string() ?? gateway.namespace }));
  return leafCertificates(stack).filter((each) =>
    secrets.some(
      ({ name, namespace }) => each.namespace === namespace && each.spec.get("secretName").string() === name,
    ),
  );
}

function judgeRoute(
  route: KubernetesObject,
  stack: PlannedStack,
  complain: (message: string) => void,
): void | typeof notConcerned {
  if (!isPublic(route) || onlyRedirects(route)) return notConcerned;
  const gateways = parentsOf(route).flatMap((parent) => {
    const gateway = stack.named("Gateway", parent.namespace, parent.name);
    return gateway === undefined ? [] : [{ gateway, listener: parent.listener }];
  });
  // The Gateway of another stack has its certificates there.
  if (gateways.length === 0) return notConcerned;
  const listeners = gateways.flatMap(({ gateway, listener }) =>
    gateway.spec
      .get("listeners")
      .list()
      .filter((each) => listener === undefined || each.get("name").string() === listener)
      .map((each) => ({ gateway, listener: each })),
  );
  const hosts = route.spec.get("hostnames").strings();
  if (hosts.length === 0 && listeners.some(({ listener }) => !listener.get("hostname").isGiven))
    complain(`${route.title} answers to any host: set spec.hostnames.`);
  const certificates = listeners.flatMap(({ gateway, listener }) => certificatesOf(gateway, listener, stack));
  for (const host of hosts.filter((each) => !certificates.some((certificate) => isFor(certificate, each))))
    complain(`${route.title} has no certificate for ${host}: add it to spec.dnsNames of its Gateway's Certificate.`);
  return undefined;
}

const runbook = "certificate-renewal.md";

export const issuersHaveABackup = stackRule({
  name: "issuers-have-a-backup",
  decides: ["CV-TLS-08"],
  severity: "medium",
  description: `There are ${minIssuers} ClusterIssuers of different providers, their keys are backed up, and how to change over is written down.`,
  fix:
    `Declare a second ClusterIssuer of another provider, a Schedule of velero.io with ${issuersNamespace} in ` +
    `includedNamespaces, and ${runbook} in a ConfigMap ${runbooksName}.`,
  // What is missing is told to the first.
  subjects: (stack) => interchangeable(stack).slice(0, 1),
  check: (issuer, stack, complain) => {
    const providers = new Set(interchangeable(stack).map(providerOf));
    if (providers.size < minIssuers)
      complain(`${issuer.title} has nobody to stand in for it: declare a ClusterIssuer of another provider.`);
    if (!stack.ofKind("Schedule").some(backsUpKeys))
      complain(
        `${issuer.title} has keys that nobody backs up: declare a Schedule of velero.io with ${issuersNamespace} in ` +
          "includedNamespaces.",
      );
    const texts = stack
      .ofKind("ConfigMap")
      .filter(({ name, value }) => name === runbooksName && value.get("data").get(runbook).isGiven);
    if (texts.length === 0)
      complain(`${issuer.title} has no written change-over: put ${runbook} into a ConfigMap ${runbooksName}.`);
    for (const { title, value } of texts) {
      const lacks = lacksOf(value.get("data").get(runbook).string() ?? "");
      if (lacks.length > 0) complain(`${title} has a ${runbook} that lacks ${lacks.join(", ")}: write it.`);
    }
  },
});

/** The issuers that can stand in for each other: the world trusts no authority of one's own, where others are used. */
function interchangeable(stack: PlannedStack): KubernetesObject[] {
  const all = stack.ofKind("ClusterIssuer").filter((each) => signsBy(each) !== "selfSigned");
  const known = all.filter((each) => signsBy(each) !== "ca");
  return known.length > 0 ? known : all;
}

function backsUpKeys({ spec }: KubernetesObject): boolean {
  const included = spec.at("template.includedNamespaces").strings();
  const excluded = spec.at("template.excludedNamespaces").strings();
  const all = included.length === 0 || included.includes("*");
  return (
    (all || included.includes(issuersNamespace)) &&
    !excluded.includes(issuersNamespace) &&
    spec.get("paused").boolean() !== true
  );
}
