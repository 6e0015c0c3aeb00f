// The part of a stack's configuration that is about how the world reaches it: names, certificates, limits and tokens. What
// holds between several values the components check themselves, with the same words, before anything is created.
import * as z from "zod";
import { thresholds } from "../checklist/thresholds.ts";
import { isNetwork } from "../components/capability/network-policies.ts";
import { amount, count, dnsLabel, object, podLabels, port, text } from "./values.ts";

const { edge: limits, replicas } = thresholds;

const hostAccepted = (items: string) => `a name such as api.example.com, in lower case, is accepted (${items})`;
const hostSyntax = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const host = (items: string) => z.string(hostAccepted(items)).regex(hostSyntax, hostAccepted(items));
const list = <T extends z.ZodType>(of: T, what: string, items: string) =>
  z.array(of, `a list of ${what} is accepted (${items})`);
const flag = (items: string) => z.boolean(`true or false is accepted (${items})`).optional();
const https = (items: string) => {
  const accepted = `an https URL is accepted (${items})`;
  return text(accepted).startsWith("https://", accepted);
};
const amounts = object({ cpu: amount("500m", "AUD-PROD-03"), memory: amount("1Gi", "AUD-PROD-03") }, "AUD-PROD-03");

const networkAccepted =
  "a network such as 10.20.0.0/16 is accepted, and never the whole world (AUD-SEC-01, CV-KUBE-04)";
const peer = object(
  {
    namespace: dnsLabel("AUD-SEC-01", 63).optional(),
    podLabels: podLabels.optional(),
    cidr: text(networkAccepted).refine(isNetwork, { error: networkAccepted }).optional(),
  },
  "AUD-SEC-01",
);

const emailAccepted = "an address that authorities can write to is accepted (CV-TLS-02)";
const acme = object(
  {
    server: https("CV-TLS-02"),
    caaDomain: host("CV-TLS-02"),
    externalAccount: object(
      {
        keyId: text("the identifier of the key that the authority gave out is accepted (CV-TLS-08)"),
        secretName: text("the name of a Secret in cert-manager's namespace is accepted (AUD-SEC-03)"),
        secretKey: text("a key of the Secret is accepted (AUD-SEC-03)").optional(),
      },
      "CV-TLS-08",
    ).optional(),
  },
  "CV-TLS-02",
);

const claim = (items: string) => text(`the name of a claim is accepted (${items})`).optional();

/** Where the world reaches the platform. */
export const edge = object(
  {
    domain: host("CV-CUT-01"),
    issuers: object(
      {
        email: z.string(emailAccepted).regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, emailAccepted),
        primary: acme.optional(),
        backup: acme,
        keyBackup: object(
          {
            storageLocation: dnsLabel("CV-TLS-08", 63),
            namespace: dnsLabel("CV-TLS-08", 63).optional(),
            schedule: text("a schedule as cron, UTC, is accepted (CV-TLS-08)").optional(),
          },
          "CV-TLS-08",
        ).optional(),
        useBackup: flag("CV-TLS-08"),
      },
      "CV-TLS-02, CV-TLS-08",
    ),
    dns: object(
      {
        zoneId: text("the identifier of a hosted zone is accepted (CV-CUT-01)").optional(),
        caa: flag("CV-TLS-02"),
      },
      "CV-CUT-01",
    ).optional(),
    firewall: object(
      {
        requestsPerFiveMinutes: count({ min: 10, max: limits.maxRequests }, "AUD-LB-06").optional(),
        shieldAdvanced: flag("CV-NET-03"),
      },
      "CV-NET-03",
    ).optional(),
    gateway: object(
      {
        minReplicas: count({ min: limits.minGatewayReplicas, max: replicas.max }, "CV-KUBE-05").optional(),
        maxReplicas: count({ min: limits.minGatewayReplicas, max: replicas.max }, "CV-KUBE-05").optional(),
        requests: amounts.optional(),
        limits: amounts.optional(),
        controller: peer.optional(),
        image: text("an image as repository:1.2.3@sha256:<64 hex digits> is accepted (AUD-INFRA-01)").optional(),
        mesh: flag("CV-NET-05"),
        egress: list(
          object(
            {
              name: dnsLabel("AUD-SEC-01"),
              peer,
              ports: list(port, "ports", "CV-NET-01").min(1, "at least one port is needed (CV-NET-01)"),
            },
            "AUD-SEC-01",
          ),
          "whom the gateway calls",
          "AUD-SEC-01",
        ).optional(),
      },
      "CV-KUBE-05",
    ).optional(),
    token: object(
      {
        issuer: text("the issuer, as tokens name it, is accepted (CV-APPSEC-01)"),
        audiences: list(text("an audience is accepted (CV-APPSEC-01)"), "audiences", "CV-APPSEC-01").min(
          1,
          "at least one audience is needed (CV-APPSEC-01)",
        ),
        jwksUri: https("CV-APPSEC-01"),
        factorClaim: z.enum(["amr", "acr"], "one of amr, acr is accepted (CV-APPSEC-01)").optional(),
        factors: list(text("a value of the claim is accepted (CV-APPSEC-01)"), "values", "CV-APPSEC-01").optional(),
        tenantClaim: claim("CV-APPSEC-08"),
        cookie: text("the name of a cookie is accepted (CV-APPSEC-01)").optional(),
      },
      "CV-APPSEC-01",
    ),
    deletionProtection: flag("CV-BCP-02"),
  },
  "AUD-LB-01",
);

const pathAccepted = "the beginning of a path such as /v1/items is accepted (AUD-LB-03)";
const paths = list(z.string(pathAccepted).startsWith("/", pathAccepted), "paths", "AUD-LB-03").optional();

/** What of a capability the world reaches. */
export const route = object(
  {
    hosts: list(host("CV-TLS-01"), "names", "CV-TLS-01").min(1, "at least one name is needed (CV-TLS-01)"),
    paths,
    stickyPaths: paths,
    backends: list(
      object(
        { service: dnsLabel("CV-SCALE-07", 63), weight: count({ min: 0, max: 100 }, "CV-SCALE-07") },
        "CV-SCALE-07",
      ),
      "services and their weights",
      "CV-SCALE-07",
    ).optional(),
    rateLimit: object(
      {
        tenantRequests: count({ min: 1 }, "AUD-LB-06").optional(),
        clientRequests: count({ min: 1 }, "AUD-LB-06").optional(),
        global: flag("AUD-LB-06"),
      },
      "AUD-LB-06",
    ).optional(),
    maxRequestSize: amount("10Mi", "CV-NET-04").optional(),
    timeoutSeconds: count({ min: 1 }, "CV-NET-04").optional(),
    stickyTimeoutSeconds: count({ min: 1 }, "CV-NET-04").optional(),
    healthPath: z.string(pathAccepted).startsWith("/", pathAccepted).optional(),
    publicHealth: flag("CV-APPSEC-08"),
    contentSecurityPolicy: text("the value of the header is accepted (CV-APPSEC-07)").optional(),
    allowedOrigins: list(https("CV-APPSEC-08"), "origins", "CV-APPSEC-08").optional(),
  },
  "CV-NET-04",
);
