// The catalogue: every image that the sandbox can make, as data.
import { debianArchitecture } from "./apt.ts";
import { busybox, debianFiles, packaged, searchPath, single, users, type Recipe } from "./recipe.ts";
import { parted } from "./reference.ts";

const pythonPackages = "/usr/lib/python3/dist-packages";

/** Of the descriptions of all services of a cloud, those that object storage needs. */
const objectStorageData = [
  "_retry.json",
  "endpoints.json",
  "partitions.json",
  "s3",
  "sdk-default-configuration.json",
  "sso",
  "sso-oidc",
  "sts",
];

export const recipes: Readonly<Record<string, Recipe>> = {
  pause: single("registry.k8s.io/pause:3.10.1", "pause"),
  "storage-helper": {
    references: ["busybox:1.35"],
    ...busybox,
    files: users(),
    folders: ["/tmp"],
    entrypoint: ["/bin/sh"],
    user: "0:0",
    standsFor: "Debian's busybox",
  },
  coredns: single("registry.k8s.io/coredns/coredns:v1.12.4", "coredns"),
  "metrics-server": single("registry.k8s.io/metrics-server/metrics-server:v0.9.0", "metrics-server"),
  "local-path-provisioner": single(
    "rancher/local-path-provisioner:v0.0.30",
    "local-path-provisioner",
    "/usr/bin/local-path-provisioner",
  ),
  "reference-capability": {
    ...single("apg/audio-processing:1.0.0", "reference-capability"),
    references: ["apg/audio-processing:1.0.0", "apg/computer-vision:1.0.0"],
    standsFor: "the sandbox's reference capability, in place of the platform's own images",
  },
  redis: {
    references: ["redis:7.0.15"],
    packages: ["redis-server", "redis-sentinel", "redis-tools", ...busybox.packages],
    links: {
      ...busybox.links,
      ...Object.fromEntries(
        ["server", "sentinel", "cli"].map((name) => [`/usr/local/bin/redis-${name}`, `/usr/bin/redis-${name}`]),
      ),
    },
    files: debianFiles(["redis", 999, "/data"]),
    folders: ["/data", "/tmp"],
    entrypoint: ["/usr/local/bin/redis-server"],
    env: { PATH: searchPath },
    user: "999:999",
    workdir: "/data",
    standsFor: "Debian's redis-server, redis-sentinel and busybox",
  },
  postgresql: {
    references: ["ghcr.io/cloudnative-pg/postgresql:15"],
    packages: [
      "postgresql-15",
      "barman-cli-cloud",
      "python3-boto3",
      "python3-snappy",
      "ca-certificates",
      "openssl",
      "bash",
      "coreutils",
      "findutils",
      "grep",
      "gzip",
      "libc-bin",
      "mawk",
      "procps",
      "sed",
      "tar",
      "tzdata",
    ],
    // Compilation of queries to machine code (its library is dropped below), and locales besides C.UTF-8.
    without: ["libllvm14", "locales", "libc-l10n", "postgresql-common", "postgresql-client-common", "libjson-perl"],
    keep: {
      [`${pythonPackages}/botocore/data`]: objectStorageData,
      [`${pythonPackages}/boto3/data`]: ["s3"],
    },
    drop: ["/usr/lib/postgresql/15/lib/llvmjit.so", "/usr/lib/postgresql/15/lib/bitcode"],
    links: { "/usr/bin/awk": "mawk", "/bin/sh": "bash" },
    files: debianFiles(["postgres", 26, "/var/lib/postgresql"]),
    folders: ["/run/postgresql", "/var/run/postgresql", "/var/lib/postgresql", "/tmp"],
    entrypoint: ["/usr/lib/postgresql/15/bin/postgres"],
    // barman's programs are Python that nobody has compiled: each would start in two seconds, several times in a failover.
    env: { PATH: `/usr/lib/postgresql/15/bin:${searchPath}`, LANG: "C.UTF-8", PYTHONPYCACHEPREFIX: "/run/pycache" },
    user: "26:26",
    standsFor: "Debian's postgresql-15 and barman-cli-cloud, with C.UTF-8 as the only locale and without JIT",
  },
  "cloudnative-pg": {
    references: ["ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0"],
    tools: { "cloudnative-pg": `/operator/manager_${debianArchitecture}` },
    links: { "/manager": `/operator/manager_${debianArchitecture}` },
    entrypoint: ["/manager"],
    user: "10001:10001",
  },
  "data-tools": {
    references: ["apg/data-tools:1.0.0"],
    packages: [
      "awscli",
      "bash",
      "ca-certificates",
      "coreutils",
      "curl",
      "diffutils",
      "findutils",
      "grep",
      "gzip",
      "jq",
      "libc-bin",
      "mawk",
      "openssl",
      "postgresql-client-15",
      "python3",
      "redis-tools",
      "sed",
      "tar",
      "tzdata",
    ],
    // What chooses among several versions of psql, and what formats help texts.
    without: ["postgresql-common", "postgresql-client-common", "groff-base"],
    // And of three services whose commands it renames: without those it does not start.
    keep: { [`${pythonPackages}/awscli/botocore/data`]: [...objectStorageData, "codedeploy", "config", "opsworkscm"] },
    drop: ["examples", "topics", "data/ac.index"].map((of) => `${pythonPackages}/awscli/${of}`),
    tools: { versitygw: "/usr/local/bin/versitygw" },
    links: {
      "/bin/sh": "bash",
      "/usr/bin/awk": "mawk",
      ...Object.fromEntries(
        ["psql", "pg_dump", "pg_restore", "pg_isready"].map((name) => [
          `/usr/bin/${name}`,
          `../lib/postgresql/15/bin/${name}`,
        ]),
      ),
    },
    files: debianFiles(["tools", 10001, "/tmp"]),
    folders: ["/tmp"],
    entrypoint: ["/bin/bash"],
    // There is no pager, which the aws command would look for.
    env: { PATH: searchPath, LANG: "C.UTF-8", HOME: "/tmp", AWS_PAGER: "", PYTHONPYCACHEPREFIX: "/tmp/pycache" },
    user: "10001:10001",
    standsFor: "the same programs as images/data-tools/Dockerfile has, of Debian packages",
  },
  versitygw: single("versity/versitygw:v1.8.0", "versitygw", "/usr/local/bin/versitygw"),
  pgbouncer: packaged("ghcr.io/cloudnative-pg/pgbouncer:1.18.0", "pgbouncer", {
    program: "/usr/sbin/pgbouncer",
    published: "/usr/bin/pgbouncer",
    without: ["postgresql-common", "postgresql-client-common", "netbase", "openssl"],
    files: users(["pgbouncer", 998, "/"]),
    user: "998:998",
  }),
  "redis-exporter": packaged("oliver006/redis_exporter:v1.45.0", "prometheus-redis-exporter", {
    program: "/usr/bin/prometheus-redis-exporter",
    published: "/redis_exporter",
  }),
  "postgres-exporter": packaged("prometheuscommunity/postgres-exporter:v0.11.1", "prometheus-postgres-exporter", {
    program: "/usr/bin/prometheus-postgres-exporter",
    published: "/bin/postgres_exporter",
    without: ["daemon"],
  }),
  "node-exporter": packaged("prom/node-exporter:v1.5.0", "prometheus-node-exporter", {
    program: "/usr/bin/prometheus-node-exporter",
    published: "/bin/node_exporter",
  }),
  "blackbox-exporter": packaged("prom/blackbox-exporter:v0.23.0", "prometheus-blackbox-exporter", {
    program: "/usr/bin/prometheus-blackbox-exporter",
    published: "/bin/blackbox_exporter",
    without: ["libcap2-bin"],
  }),
  prometheus: packaged("prom/prometheus:v2.42.0", "prometheus", {
    program: "/usr/bin/prometheus",
    published: "/bin/prometheus",
    links: { "/bin/promtool": "/usr/bin/promtool" },
    // Time zones as source text, 200 MB; the pages read them from a file beside it.
    drop: ["/usr/share/javascript/moment-timezone/data"],
    folders: ["/tmp", "/prometheus"],
    workdir: "/prometheus",
  }),
  alertmanager: packaged("prom/alertmanager:v0.25.0", "prometheus-alertmanager", {
    program: "/usr/bin/prometheus-alertmanager",
    published: "/bin/alertmanager",
    links: { "/bin/amtool": "/usr/bin/amtool" },
    folders: ["/tmp", "/alertmanager"],
    workdir: "/alertmanager",
    standsFor: "Debian's prometheus-alertmanager, which has no web pages",
  }),
  "prometheus-adapter": single(
    "registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0",
    "prometheus-adapter",
    "/adapter",
  ),
  "opentelemetry-collector": {
    ...single("otel/opentelemetry-collector-contrib:0.149.0", "otelcol", "/otelcol-contrib"),
    folders: ["/tmp"],
    standsFor: "a collector of the components that the platform uses (tools/opentelemetry-collector/components.go)",
  },
  "argo-rollouts": {
    ...single("quay.io/argoproj/argo-rollouts:v1.9.2", "argo-rollouts", "/bin/rollouts-controller"),
    folders: ["/tmp"],
    user: "999:999",
  },
};

const byReference = new Map(
  Object.entries(recipes).flatMap(([name, { references }]) =>
    references.map((reference) => [parted(reference).name, name] as const),
  ),
);

/**
 * Name of the recipe of the image that a pod asks for by this reference; nothing when the sandbox cannot make it. A digest
 * is not looked at: what an image's digest is, is known when it is made (`isAskedFor` in store.ts).
 */
export function recipeFor(reference: string): string | undefined {
  return byReference.get(parted(reference).name);
}

/** The tools that the images are made of. */
export function toolsOf(names: Iterable<string>): string[] {
  return [...new Set([...names].flatMap((name) => Object.keys(recipes[name]!.tools ?? {})))];
}
