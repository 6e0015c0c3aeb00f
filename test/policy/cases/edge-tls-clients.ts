import { all, set, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { container, containerPath } from "./case.ts";
import type { RuleCases } from "./case.ts";

const backend = 'BackendTLSPolicy "apg-vision-test/api"';
const variable = (name: string, value: string): Change => set("deployment", `${containerPath}.env.1`, { name, value });
const cache = (file: string): Change =>
  all(
    set("deployment", `${containerPath}.env.1`, {
      name: "REDIS_URL",
      valueFrom: { secretKeyRef: { name: "cache", key: "url" } },
    }),
    set("deployment", `${containerPath}.env.2`, { name: "REDIS_CA_FILE", value: file }),
  );

export const tlsClientCases: RuleCases[] = [
  {
    rule: "pods-verify-whom-they-call",
    good: [
      { when: "verification is switched on", change: variable("VERIFY_SSL", "true") },
      { when: "skipping is switched off", change: variable("VAULT_SKIP_VERIFY", "false") },
    ],
    bad: [
      {
        when: "a variable skips it",
        change: variable("VAULT_SKIP_VERIFY", "true"),
        on: "deployment",
        says: [
          `${container} trusts any certificate by VAULT_SKIP_VERIFY: remove it, and mount the authority's certificate.`,
        ],
      },
      {
        when: "the runtime does not verify",
        change: variable("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
        on: "deployment",
        says: [
          `${container} trusts any certificate by NODE_TLS_REJECT_UNAUTHORIZED: remove it, and mount the authority's certificate.`,
        ],
      },
      {
        when: "an address says so",
        change: variable("CACHE", "rediss://cache:6379/0?ssl_cert_reqs=none"),
        on: "deployment",
        says: [`${container} trusts any certificate by CACHE: remove it, and mount the authority's certificate.`],
      },
      {
        when: "an argument says so",
        change: set("deployment", `${containerPath}.args`, ["curl", "--insecure", "https://example.com"]),
        on: "deployment",
        says: [`${container} trusts any certificate by --insecure: remove it, and mount the authority's certificate.`],
      },
    ],
  },
  {
    rule: "cache-clients-verify-the-server",
    good: [{ when: "the authority is mounted", change: cache("/etc/apg/certificates/redis-ca.crt") }],
    bad: [
      {
        when: "the file is nowhere",
        change: cache("/tmp/redis-ca.crt"),
        on: "deployment",
        says: [
          `${container} has /tmp/redis-ca.crt, which is in no mounted Secret or ConfigMap, to verify its cache by: set REDIS_CA_FILE to a file of a mounted one.`,
        ],
      },
      {
        when: "there is no file",
        change: all(cache(""), unset("deployment", `${containerPath}.env.2`)),
        on: "deployment",
        says: [`${container} has no certificate to verify its cache by: set REDIS_CA_FILE to a file of a mounted one.`],
      },
    ],
  },
  {
    rule: "backends-are-verified-by-the-platforms-authority",
    of: "edge",
    bad: [
      {
        when: "every public authority will do, for any host",
        change: set("backend", "spec.validation", { wellKnownCACertificates: "System" }),
        on: "backend",
        says: [
          `${backend} trusts every public authority: name the platform's in spec.validation.caCertificateRefs alone.`,
          `${backend} expects no host: set spec.validation.hostname.`,
        ],
      },
    ],
  },
];
