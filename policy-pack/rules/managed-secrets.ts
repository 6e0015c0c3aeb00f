// Secrets come from the cloud store, by External Secrets, and stay fresh.
import { thresholds } from "../../checklist/thresholds.ts";
import { notConcerned, objectRule, stackRule } from "../lib/define.ts";
import { capabilityOf } from "../lib/namespaces.ts";
import { podOf } from "../lib/pod.ts";
import type { Rule } from "../lib/rule.ts";
import { fillersOf, isCertificate, isFilledByProgram, secretsOf } from "../lib/secret-references.ts";

const items = ["AUD-SEC-03", "CV-MAN-04", "CV-SECRET-01"];

export const programHoldsNoSecrets: Rule = objectRule({
  name: "secrets-are-not-the-programs",
  decides: items,
  severity: "high",
  description: "No Secret holds values that the program puts in: External Secrets fills Secrets from the cloud store.",
  fix: "Declare an ExternalSecret in its place, and keep the values in the cloud store.",
  settings: {
    acceptDeclared: {
      type: "boolean",
      default: false,
      description: "Accept Secrets that the program fills, as where there is no cloud store.",
    },
  },
  kinds: ["Secret"],
  check: (secret, complain, { acceptDeclared }) => {
    if (!isFilledByProgram(secret)) return undefined;
    if (acceptDeclared === true) return notConcerned;
    complain(`${secret.title} holds what the program puts in: let an ExternalSecret fill it from the cloud store.`);
    return undefined;
  },
});

export const podsTakeSecretsFromTheStore: Rule = stackRule({
  name: "pods-take-secrets-from-the-store",
  decides: items,
  severity: "high",
  description:
    "Every Secret that a capability's pods use is filled by an ExternalSecret, or by cert-manager where it is a certificate.",
  fix: "Declare an ExternalSecret whose spec.target.name is the Secret's name.",
  settings: {
    acceptOthers: {
      type: "boolean",
      default: false,
      description: "Accept Secrets that come from elsewhere, as where there is no cloud store.",
    },
  },
  subjects: (stack) => stack.workloads,
  check: (workload, stack, complain, { acceptOthers }) => {
    const pod = podOf(workload);
    // What an operator's pods use it often makes itself; what the program gives them the other rule judges.
    if (pod === undefined || capabilityOf(stack, workload.namespace) === undefined) return notConcerned;
    const { namespace } = workload;
    const used = secretsOf(pod);
    const others = used.filter(
      (name) => fillersOf(stack, namespace, name).length === 0 && !isCertificate(stack, namespace, name),
    );
    if (used.length === 0 || (others.length > 0 && acceptOthers === true)) return notConcerned;
    for (const name of others)
      complain(
        `${pod.title} uses the Secret ${name}, which no ExternalSecret fills: declare one with spec.target.name ${name}.`,
      );
    return undefined;
  },
});

const { maxRefreshMinutes } = thresholds.secrets;

export const externalSecretsAreFresh: Rule = objectRule({
  name: "external-secrets-are-fresh",
  decides: ["CV-SECRET-02"],
  severity: "medium",
  description: "Every ExternalSecret asks for new values at least every hour.",
  fix: 'Set spec.refreshInterval to "1h" or less, and leave spec.refreshPolicy at Periodic.',
  kinds: ["ExternalSecret"],
  check: ({ title, spec }, complain) => {
    const policy = spec.get("refreshPolicy").string() ?? "Periodic";
    if (policy !== "Periodic") complain(`${title} asks for new values ${policy}: set spec.refreshPolicy to Periodic.`);
    // Without one the operator takes an hour.
    const interval = spec.get("refreshInterval").string() ?? "1h";
    const minutes = minutesIn(interval);
    if (minutes === undefined || minutes === 0 || minutes > maxRefreshMinutes)
      complain(`${title} asks for new values every ${interval}: set spec.refreshInterval to at most 1h, and not to 0.`);
  },
});

/** Minutes in a duration as Go writes it. */
function minutesIn(duration: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|m|s))+$/.test(duration)) return duration === "0" ? 0 : undefined;
  const unit = { h: 60, m: 1, s: 1 / 60 };
  return [...duration.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)]
    .map(([, amount, of]) => Number(amount) * unit[of as keyof typeof unit])
    .reduce((sum, part) => sum + part, 0);
}
