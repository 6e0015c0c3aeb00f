// The catalogue: every image that the sandbox can make, as data.
import { normalised } from "./reference.ts";

export interface Recipe {
  /** The names under which pods ask for it: the published image's, so that elsewhere the same stack pulls that one. */
  references: string[];
  /** Debian packages that it is made of. */
  packages?: string[];
  /** Built tools (tool-pins.ts) and where each is put. */
  tools?: Record<string, string>;
  /** Links: path, and where it leads. */
  links?: Record<string, string>;
  /** Empty folders that any user may write to. */
  folders?: string[];
  /** Files with their content. */
  files?: Record<string, string>;
  entrypoint: string[];
  env?: Record<string, string>;
  /** User and group, as numbers. @default 65532, who owns nothing */
  user?: string;
  /** How it differs from the published image of that name, where it does: shown in the output. */
  standsFor?: string;
}

const nobody = "65532:65532";
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const users = (...entries: [name: string, id: number][]) => ({
  "/etc/passwd": ["root:x:0:0::/:/sbin/nologin", ...entries.map(([name, id]) => `${name}:x:${id}:${id}::/:/bin/sh`), ""].join("\n"),
  "/etc/group": ["root:x:0:", ...entries.map(([name, id]) => `${name}:x:${id}:`), ""].join("\n"),
});

/** One program and nothing else. */
const single = (reference: string, tool: string): Recipe => ({
  references: [reference],
  tools: { [tool]: `/${tool}` },
  entrypoint: [`/${tool}`],
});

/** A service of a Debian package. */
const packaged = (reference: string, name: string, program: string, more: Partial<Recipe> = {}): Recipe => ({
  references: [reference],
  packages: [name],
  entrypoint: [program],
  folders: ["/tmp"],
  standsFor: `Debian's ${name}`,
  ...more,
});

const shell = { packages: ["busybox-static"], links: { "/bin/sh": "busybox" } };

export const recipes: Readonly<Record<string, Recipe>> = {
  pause: single("registry.k8s.io/pause:3.10.1", "pause"),
  "storage-helper": {
    references: ["busybox:1.35"],
    packages: ["busybox-static"],
    links: Object.fromEntries(["sh", "mkdir", "rm"].map((applet) => [`/bin/${applet}`, "busybox"])),
    entrypoint: ["/bin/sh"],
    user: "0:0",
    standsFor: "Debian's busybox-static",
  },
  coredns: single("registry.k8s.io/coredns/coredns:v1.12.4", "coredns"),
  "metrics-server": single("registry.k8s.io/metrics-server/metrics-server:v0.9.0", "metrics-server"),
  "local-path-provisioner": single("rancher/local-path-provisioner:v0.0.30", "local-path-provisioner"),
  "reference-capability": {
    ...single("apg/audio-processing:1.0.0", "reference-capability"),
    references: ["apg/audio-processing:1.0.0", "apg/computer-vision:1.0.0"],
    standsFor: "the sandbox's reference capability, in place of the platform's own images",
  },
  redis: {
    references: ["redis:7.0.15"],
    packages: ["redis-server", "redis-sentinel", "redis-tools", ...shell.packages],
    links: { ...shell.links, ...Object.fromEntries(["cp", "cat", "sleep", "grep"].map((of) => [`/usr/local/bin/${of}`, "/bin/busybox"])) },
    files: users(["redis", 999]),
    folders: ["/data", "/tmp"],
    entrypoint: ["/usr/bin/redis-server"],
    user: "999:999",
    standsFor: "Debian's redis-server",
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
      "sed",
      "mawk",
      "tar",
      "gzip",
      "procps",
    ],
    links: { "/usr/bin/awk": "mawk", "/bin/sh": "bash" },
    files: users(["postgres", 26]),
    folders: ["/var/run/postgresql", "/var/lib/postgresql", "/tmp"],
    entrypoint: ["/usr/lib/postgresql/15/bin/postgres"],
    env: { PATH: `/usr/lib/postgresql/15/bin:${path}`, LANG: "C.UTF-8" },
    user: "26:26",
    standsFor: "Debian's postgresql-15 and barman-cli-cloud",
  },
  "cloudnative-pg": {
    references: ["ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0"],
    tools: { "cloudnative-pg-manager": "/operator/manager_amd64" },
    links: { "/manager": "/operator/manager_amd64" },
    entrypoint: ["/manager"],
    user: "10001:10001",
  },
  versitygw: single("versity/versitygw:v1.8.0", "versitygw"),
  pgbouncer: packaged("ghcr.io/cloudnative-pg/pgbouncer:1.18.0", "pgbouncer", "/usr/sbin/pgbouncer", {
    files: users(["pgbouncer", 998]),
    user: "998:998",
  }),
  "redis-exporter": packaged("oliver006/redis_exporter:v1.45.0", "prometheus-redis-exporter", "/usr/bin/prometheus-redis-exporter"),
  "postgres-exporter": packaged(
    "prometheuscommunity/postgres-exporter:v0.11.1",
    "prometheus-postgres-exporter",
    "/usr/bin/prometheus-postgres-exporter",
  ),
  "node-exporter": packaged("prom/node-exporter:v1.5.0", "prometheus-node-exporter", "/usr/bin/prometheus-node-exporter"),
  "blackbox-exporter": packaged(
    "prom/blackbox-exporter:v0.23.0",
    "prometheus-blackbox-exporter",
    "/usr/bin/prometheus-blackbox-exporter",
  ),
  prometheus: packaged("prom/prometheus:v2.42.0", "prometheus", "/usr/bin/prometheus", { folders: ["/tmp", "/prometheus"] }),
  alertmanager: packaged("prom/alertmanager:v0.25.0", "prometheus-alertmanager", "/usr/bin/prometheus-alertmanager", {
    folders: ["/tmp", "/alertmanager"],
  }),
};

export const recipeUser = ({ user }: Recipe): string => user ?? nobody;

const byReference = new Map(
  Object.entries(recipes).flatMap(([name, { references }]) => references.map((one) => [normalised(one), name] as const)),
);

/** Name of the recipe of the image that a pod asks for by this reference; nothing when the sandbox cannot make it. */
export function recipeFor(reference: string): string | undefined {
  return byReference.get(normalised(reference));
}

/** The tools that the images are made of. */
export function toolsOf(names: Iterable<string>): string[] {
  return [...names].flatMap((name) => Object.keys(recipes[name]!.tools ?? {}));
}
