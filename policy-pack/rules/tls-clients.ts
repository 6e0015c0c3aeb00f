// Clients trust the platform's own authority, and nobody is let off proving who they are.
import { verifiesService } from "../lib/clients.ts";
import { objectRule, podRule, stackRule } from "../lib/define.ts";
import type { Value } from "../lib/value.ts";

/** Names that switch verification off when they are true, or on. */
const skips =
  /(^|_)(SKIP_(TLS_|SSL_|CERT_)?VERIFY|(TLS|SSL)_SKIP_VERIFY|(TLS|SSL)_INSECURE|INSECURE_(TLS|SSL)|INSECURE_SKIP_VERIFY|(SSL|TLS)_NO_VERIFY)$/;
const verifies = /^(NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY)$|(^|_)((SSL|TLS)_VERIFY|VERIFY_(SSL|TLS|CERTS?))$/;
const yes = /^(1|true|yes|on)$/i;
const no = /^(0|false|no|off|none)$/i;
const switches =
  /(^|[\s"'])--(insecure(-skip-(tls-)?verify)?|tls-?skip-verify|skip-verify|no-check-certificate|no-verify-ssl|insecure-skip-tls-verify)(=true)?(?=$|[\s"'])/;
const inAddress = /[?&](sslmode=(disable|allow|prefer)|ssl_cert_reqs=none|tls=skip-verify)(&|$)/i;

export const podsVerifyWhomTheyCall = podRule({
  name: "pods-verify-whom-they-call",
  decides: ["CV-TLS-05"],
  severity: "high",
  description: "No container is told to trust any certificate.",
  fix: "Remove the setting that skips verification, and mount the certificate of the authority.",
  check: (pod, complain) => {
    for (const { title, value } of pod.allContainers) {
      for (const variable of value.get("env").list()) {
        const name = variable.get("name").string() ?? "";
        const setting = variable.get("value");
        // What comes from a Secret cannot be read.
        if (!setting.isText) continue;
        const text = setting.string() ?? "";
        if ((skips.test(name) && yes.test(text)) || (verifies.test(name) && no.test(text)) || inAddress.test(text))
          complain(`${title} trusts any certificate by ${name}: remove it, and mount the authority's certificate.`);
      }
      const found = switches.exec(commandOf(value));
      if (found !== null)
        complain(`${title} trusts any certificate by --${found[2]}: remove it, and mount the authority's certificate.`);
    }
  },
});

function commandOf(container: Value): string {
  return [...container.get("command").strings(), ...container.get("args").strings()].join(" ");
}

const root = "REDIS_CA_FILE";

export const cacheClientsVerify = stackRule({
  name: "cache-clients-verify-the-server",
  decides: ["CV-TLS-05"],
  severity: "high",
  description: "Every container with the address of a cache verifies it by a certificate that is mounted into it.",
  fix: `Set ${root} to a file of a mounted Secret or ConfigMap that holds the authority.`,
  subjects: (stack) => stack.workloads,
  check: verifiesService({ service: "cache", addresses: ["REDIS_URL"], root }),
});

export const backendsAreVerified = objectRule({
  name: "backends-are-verified-by-the-platforms-authority",
  decides: ["CV-TLS-05"],
  severity: "high",
  description: "Every BackendTLSPolicy names the host that it expects, and the authority's own certificate.",
  fix: "Set spec.validation.hostname and caCertificateRefs, and remove wellKnownCACertificates.",
  kinds: ["BackendTLSPolicy"],
  check: ({ title, spec }, complain) => {
    const validation = spec.get("validation");
    if (validation.get("wellKnownCACertificates").isGiven || validation.get("caCertificateRefs").list().length === 0)
      complain(
        `${title} trusts every public authority: name the platform's in spec.validation.caCertificateRefs alone.`,
      );
    if ((validation.get("hostname").string() ?? "") === "")
      complain(`${title} expects no host: set spec.validation.hostname.`);
  },
});
