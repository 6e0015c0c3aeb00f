import { all, drop, find, set, unknownText, unset } from "../fixtures.ts";
import type { RuleCases } from "./case.ts";
import { undecidable } from "./object-storage.ts";

const certificate = 'Certificate "apg-gateway-test/gateway-tls"';
const listener = 'Listener "https" of Gateway "apg-gateway-test/apg"';
const issuer = 'ClusterIssuer "acme"';

export const certificateCases: RuleCases[] = [
  {
    rule: "certificates-renew-themselves",
    of: "edge",
    good: [
      {
        when: "it is renewed at a share of its life",
        change: all(unset("certificate", "spec.renewBefore"), set("certificate", "spec.renewBeforePercentage", 40)),
      },
      {
        when: "its issuer's name is not known yet",
        change: (stack) => {
          set("certificate", "spec.issuerRef.name", unknownText)(stack);
          find(stack, "certificate").propertyDependencies = { spec: [find(stack, "issuer").urn] };
        },
      },
      {
        when: "an authority's own is for years",
        change: all(set("certificate", "spec.isCA", true), set("certificate", "spec.duration", "26280h")),
      },
    ],
    bad: [
      {
        when: "it is for a year, renewed on its last day, with the old key",
        change: all(
          set("certificate", "spec.duration", "8760h"),
          set("certificate", "spec.renewBefore", "24h"),
          unset("certificate", "spec.privateKey.rotationPolicy"),
        ),
        on: "certificate",
        says: [
          `${certificate} is valid for 8760 hours: set spec.duration to at most 2160h.`,
          `${certificate} is renewed 24 hours before its end: set spec.renewBefore to at least 720h.`,
          `${certificate} keeps its key for ever: set spec.privateKey.rotationPolicy to Always.`,
        ],
      },
      {
        when: "it does not say when, and by whom",
        change: all(unset("certificate", "spec.renewBefore"), unset("certificate", "spec.issuerRef")),
        on: "certificate",
        says: [
          `${certificate} does not say when it is renewed: set spec.renewBefore to at least 720h.`,
          `${certificate} has no issuer: set spec.issuerRef.`,
        ],
      },
      {
        when: "nobody knows who signs it",
        change: set("certificate", "spec.issuerRef.name", unknownText),
        on: "certificate",
        says: [undecidable(certificate, "spec.issuerRef.name")],
      },
      {
        when: "it is signed by itself",
        change: set("certificate", "spec.issuerRef.name", "self-signed"),
        on: "certificate",
        says: [
          `${certificate} is signed by itself, by ClusterIssuer "self-signed": set spec.issuerRef to an issuer with acme or ca.`,
        ],
      },
    ],
  },
  {
    rule: "hosts-have-certificates",
    of: "edge",
    good: [
      {
        when: "the certificate has the host alone",
        change: all(
          set("certificate", "spec.dnsNames", ["api.example.com"]),
          unset("gateway", "spec.listeners.0.hostname"),
        ),
      },
      {
        when: "the Gateway is another stack's",
        change: all(drop("gateway"), drop("certificate")),
      },
    ],
    bad: [
      {
        when: "a host has none",
        change: set("api", "spec.hostnames", ["api.example.com", "api.example.org"]),
        on: "api",
        says: [
          `HTTPRoute "apg-vision-test/api" has no certificate for api.example.org: add it to spec.dnsNames of its Gateway's Certificate.`,
        ],
      },
      {
        when: "a listener has a host that its certificate has not",
        change: set("gateway", "spec.listeners.0.hostname", "*.example.org"),
        on: "gateway",
        says: [`${listener} has no certificate for *.example.org: add it to spec.dnsNames of its Certificate.`],
      },
      {
        when: "a listener has another Secret",
        change: all(
          set("gateway", "spec.listeners.0.tls.certificateRefs.0.name", "by-hand"),
          ...["api", "upload", "probes"].map(drop),
        ),
        on: "gateway",
        says: [
          `${listener} shows what nobody renews: name the Secret of a Certificate of this stack in tls.certificateRefs.`,
        ],
      },
      {
        when: "a route answers to any host",
        change: all(unset("gateway", "spec.listeners.0.hostname"), unset("api", "spec.hostnames")),
        on: "api",
        says: ['HTTPRoute "apg-vision-test/api" answers to any host: set spec.hostnames.'],
      },
    ],
  },
  {
    rule: "issuers-have-a-backup",
    of: "edge",
    bad: [
      {
        when: "the second is the first's own test",
        change: set("issuer-backup", "spec.acme.server", "https://acme-staging-v02.api.letsencrypt.org/directory"),
        on: "issuer",
        says: [`${issuer} has nobody to stand in for it: declare a ClusterIssuer of another provider.`],
      },
      {
        when: "the second is the platform's own authority, which the world does not trust",
        change: set("issuer-backup", "spec", { ca: { secretName: "ca" } }),
        on: "issuer",
        says: [`${issuer} has nobody to stand in for it: declare a ClusterIssuer of another provider.`],
      },
      {
        when: "nobody backs up its keys, and nobody wrote down what to do",
        change: all(set("keys-backup", "spec.template.includedNamespaces", ["apps"]), drop("runbooks")),
        on: "issuer",
        says: [
          `${issuer} has keys that nobody backs up: declare a Schedule of velero.io with cert-manager in includedNamespaces.`,
          `${issuer} has no written change-over: put certificate-renewal.md into a ConfigMap apg-runbooks.`,
        ],
      },
      {
        when: "the text is not complete",
        change: set("runbooks", ["data", "certificate-renewal.md"], "## Trigger\nIt ends.\n"),
        on: "issuer",
        says: [
          'ConfigMap "apg-gateway-test/apg-runbooks" has a certificate-renewal.md that lacks the heading "## Steps", the heading "## Check", the heading "## Undo", the heading "## Owner": write it.',
        ],
      },
    ],
  },
];
