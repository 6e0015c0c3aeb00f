import { add, all, drop, set, unknownText, unset } from "../fixtures.ts";
import type { Change } from "../fixtures.ts";
import { externalSecret, metadata, resource } from "../resource.ts";
import { container, containerPath, deployment, namespace, podPath } from "./case.ts";
import type { RuleCases } from "./case.ts";
import { secretStoreCases } from "./secret-stores.ts";

const external = `ExternalSecret "${namespace}/postgres-role-migrate"`;
const database = `ExternalSecret "${namespace}/database"`;
const cache = `ExternalSecret "${namespace}/redis-application"`;

const plain = (props: Record<string, unknown>): Change =>
  add(resource("core/v1:Secret", "plain", { metadata: metadata("plain"), ...(props as object) }));

const template = "spec.target.template.data";
const url = (text: string) => set("database-secret", `${template}.url`, text);

/** The application has a cache too. */
const cached = (text: string): Change =>
  all(
    add(externalSecret("cache-secret", "redis-application", { url: text })),
    set("deployment", `${containerPath}.env.1`, {
      name: "REDIS_URL",
      valueFrom: { secretKeyRef: { name: "redis-application", key: "url" } },
    }),
  );

export const secretsCases: RuleCases[] = [
  {
    rule: "secrets-are-not-the-programs",
    good: [{ when: "somebody in the cluster fills it in", change: plain({ type: "kubernetes.io/tls" }) }],
    bad: [
      {
        when: "the program fills a Secret",
        change: plain({ stringData: { password: "open sesame" } }),
        on: "plain",
        says: [
          `Secret "${namespace}/plain" holds what the program puts in: let an ExternalSecret fill it from the cloud store.`,
        ],
      },
      {
        when: "nobody knows yet what it puts in",
        change: plain({ data: unknownText }),
        on: "plain",
        says: [
          `Secret "${namespace}/plain" holds what the program puts in: let an ExternalSecret fill it from the cloud store.`,
        ],
      },
    ],
  },
  {
    rule: "pods-take-secrets-from-the-store",
    good: [
      {
        when: "cert-manager makes it",
        change: all(
          drop("database-authority"),
          add(
            resource("cert-manager.io/v1:Certificate", "certificate", {
              metadata: metadata("database"),
              spec: { secretName: "database-ca" },
            }),
          ),
        ),
      },
      { when: "it is an operator's own", change: set("deployment", "metadata.namespace", "cnpg-system") },
    ],
    bad: [
      {
        when: "nobody knows where it comes from",
        change: all(drop("database-secret"), set("deployment", `${podPath}.imagePullSecrets`, [{ name: "registry" }])),
        on: "deployment",
        says: [
          `${deployment} uses the Secret database, which no ExternalSecret fills: declare one with spec.target.name database.`,
          `${deployment} uses the Secret registry, which no ExternalSecret fills: declare one with spec.target.name registry.`,
        ],
      },
      {
        when: "the ExternalSecret fills another",
        change: set("database-authority", "spec.target.name", "authority"),
        on: "deployment",
        says: [
          `${deployment} uses the Secret database-ca, which no ExternalSecret fills: declare one with spec.target.name database-ca.`,
        ],
      },
      {
        when: "an ExternalSecret's target is not known",
        change: set("database-secret", "spec.target.name", unknownText),
        on: "database-secret",
        says: [
          `${database} cannot be decided at preview: spec.target.name is unknown; make it known, by a value from config or from an output that the provider gives at preview.`,
        ],
      },
    ],
  },
  {
    rule: "external-secrets-are-fresh",
    of: "secrets",
    good: [
      { when: "it takes the operator's own interval", change: unset("password-external", "spec.refreshInterval") },
      { when: "it takes exactly an hour", change: set("password-external", "spec.refreshInterval", "59m60s") },
    ],
    bad: [
      ...["2h", "0", "0s", "1h1s"].map((interval) => ({
        when: `it asks every ${interval}`,
        change: set("password-external", "spec.refreshInterval", interval),
        on: "password-external",
        says: [
          `${external} asks for new values every ${interval}: set spec.refreshInterval to at most 1h, and not to 0.`,
        ],
      })),
      {
        when: "it asks once",
        change: set("password-external", "spec.refreshPolicy", "CreatedOnce"),
        on: "password-external",
        says: [`${external} asks for new values CreatedOnce: set spec.refreshPolicy to Periodic.`],
      },
    ],
  },
  {
    rule: "database-addresses-name-the-pooler",
    of: "data",
    good: [
      {
        when: "the name is a whole one",
        change: url(`postgres://app:{{ .password }}@postgres-pooler-ro.${namespace}.svc:5432/app?sslmode=verify-full`),
      },
    ],
    bad: [
      {
        when: "the address is no secret",
        change: set("deployment", `${containerPath}.env.0`, { name: "DATABASE_URL", value: "postgres://db/app" }),
        on: "deployment",
        says: [`${container} has DATABASE_URL from elsewhere than a Secret: use valueFrom.secretKeyRef.`],
      },
      {
        when: "nobody knows what the Secret says",
        change: drop("database-secret"),
        on: "deployment",
        says: [
          `${container} has DATABASE_URL from the Secret database, which no ExternalSecret fills: declare one whose template says the address.`,
        ],
      },
      {
        when: "the store says the address, and no template",
        change: unset("database-secret", `${template}.url`),
        on: "deployment",
        says: [
          `${container} has DATABASE_URL from ${database}, whose template does not say url: write the address in spec.target.template.data.`,
        ],
      },
      {
        when: "the server is not verified",
        change: url("postgres://app:{{ .password }}@postgres-pooler-rw:5432/app?sslmode=require"),
        on: "deployment",
        says: [
          `${container} has DATABASE_URL from ${database}, whose url does not verify the server: add sslmode=verify-full.`,
        ],
      },
      {
        when: "it is that of an instance",
        change: url("postgres://app:{{ .password }}@postgres-rw:5432/app?sslmode=verify-full"),
        on: "deployment",
        says: [
          `${container} has DATABASE_URL from ${database}, whose url names postgres-rw, which is no pooler: name the Service of one.`,
        ],
      },
      {
        when: "the template is not known",
        change: url(unknownText),
        on: "database-secret",
        says: [
          `${database} cannot be decided at preview: ${template}.url is unknown; make it known, by a value from config or from an output that the provider gives at preview.`,
        ],
      },
    ],
  },
  {
    rule: "cache-addresses-use-tls",
    good: [
      {
        when: "the Sentinels are asked over TLS",
        change: cached(
          "rediss+sentinel://application:{{ .application }}@sentinel-0:26379,sentinel-1:26379/0?master=apg",
        ),
      },
      { when: "one server is asked over TLS", change: cached("rediss://:{{ .application }}@cache:6379/0") },
    ],
    bad: [
      {
        when: "the cache is asked in plain text",
        change: cached("redis://:{{ .application }}@cache:6379/0"),
        on: "deployment",
        says: [`${container} has REDIS_URL from ${cache}, whose url asks for no TLS: use the scheme rediss.`],
      },
      {
        when: "the Sentinels are not told for which group",
        change: cached("rediss+sentinel://application:{{ .application }}@sentinel-0:26379/0"),
        on: "deployment",
        says: [
          `${container} has REDIS_URL from ${cache}, whose url does not name the Sentinels' group: add master=<group>.`,
        ],
      },
    ],
  },
  ...secretStoreCases,
];
