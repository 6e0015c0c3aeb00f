// Choices of the rules that no checklist gives a number or a list for. The checklists' own numbers are in
// checklist/thresholds.ts.

/** Components that run beside an application and have settings of their own, by `app.kubernetes.io/component`. */
export const infrastructureComponents: readonly string[] = [
  "buckets",
  "migrate",
  "model-server",
  "pooler",
  "postgres",
  "redis",
  "redis-backup",
  "restore-drill",
  "sentinel",
];

/** Those of them that keep data in memory, and so may be larger than an application's pods (AUD-CACHE-05). */
export const memoryStores: readonly string[] = ["model-server", "redis"];

/** Room that a namespace may leave for what operators and service meshes put beside the containers of such pods. */
export const besideStores = { cpu: "500m", memory: "512Mi" } as const;

/** Velero's service account, by the name that its chart gives it. */
export const stateCopier = "velero";

/** Namespace of Sigstore's policy controller, by the name that its documentation gives it. */
export const signatureController = "cosign-system";

/** Programs that are a database server, by the last part of their image's name (AUD-DB-01). */
export const databasePrograms =
  /^(postgres|postgresql|postgis|timescaledb|pgvector|spilo|mysql|mysql-server|mariadb|percona|mongo|mongodb)([-_](server|ha|alpine|repmgr|galera|\d+))?$/;

/** Programs that are a server of Redis' protocol, by the last part of their image's name (AUD-CACHE-01). */
export const cachePrograms =
  /^(redis|valkey|keydb|redict|dragonfly)([-_](server|sentinel|cluster|stack|stack-server|alpine))?$/;

/** Publishers and programs whose images get no fixes any more. */
export const abandonedImages = /(^|\/)(bitnami|bitnamilegacy|minio)\/|^minio(:|@|$)/;

/** Components that load models before they serve, and so need a startup probe (CV-MAN-07). */
export const slowStarters: readonly string[] = ["model-server"];

/** The environment whose namespaces prove what the checklists ask of production (AUD-PROD-01). */
export const productionEnvironment = "prod";

/** Address blocks with a shorter prefix than this are "everybody", however they are cut (CV-KUBE-04). */
export const shortestPrefix = { ipv4: 8, ipv6: 16 } as const;

/** Groups of the platform's own team; every other `apg:<name>:` group is a capability's, so a tenant's (AUD-APG-04). */
export const platformGroups = "apg:platform:";

/** Subjects that stand for everybody, or for all power. */
export const everybody: readonly string[] = ["system:anonymous", "system:authenticated", "system:unauthenticated"];
export const allPowerful: readonly string[] = ["system:masters"];

/** Annotation with which a pod asks, for a stated reason, for what the rule would refuse otherwise. */
export const exceptions = {
  /** Resources outside the checklist's range (CV-MAN-06). */
  limits: "apg.io/limits-exception",
  /** A token for the Kubernetes API, which the pod calls (AUD-SEC-05). */
  token: "apg.io/calls-kubernetes-api",
} as const;

/** Alerts by the names that the catalogue gives them (AUD-DB-05, CV-CACHE-07). */
export const databaseAlerts: readonly string[] = [
  "PgReplicationLag",
  "PgConnectionsHigh",
  "PgLongTransaction",
  "PgDeadTuples",
  "PgArchiveFailing",
  "PgDiskFillingUp",
];
export const cacheAlerts: readonly string[] = [
  "RedisDown",
  "RedisMemoryHigh",
  "RedisReplicationBroken",
  "CacheHitRateLow",
];

/** What the tag apg:purpose calls buckets that hold no data of their own, and those that hold everybody's. */
export const bucketPurposes: Readonly<Record<"logs" | "replicas" | "backups", readonly string[]>> = {
  logs: ["access-logs", "logs"],
  replicas: ["replica"],
  backups: ["backup"],
};

/** What does backups and drills, by `app.kubernetes.io/component` (CV-CACHE-08, CV-BCP-02). */
export const backupComponents = { cache: "redis-backup", drill: "restore-drill" } as const;

/** The alert by which people learn that more would be lost than is promised (CV-BCP-08). */
export const riskAlert = "RpoAtRisk";

/** The dashboard of a database, and what the titles of its panels say (CV-DB-06). */
export const dashboard = {
  label: "grafana_dashboard",
  uid: "database",
  panels: ["transactions", "cache hit", "locks", "replication lag", "slow queries"],
} as const;

/** Paths that are answered without a token: probes, which know no user (CV-APPSEC-08). */
export const openPaths = /^\/(health|healthz|livez|readyz)(\/|$)/;

/** What a token says of a second factor (CV-APPSEC-01), and values that are a single one by themselves (RFC 8176). */
export const secondFactor = { claims: ["amr", "acr"], singles: ["kba", "pin", "pwd"] } as const;

/** The header that names a request's tenant (CV-APPSEC-08). */
export const tenantHeader = /tenant/i;

/** The label of routes whose clients stay on one pod (AUD-LB-03). */
export const stickyLabel = "apg.io/sticky";

/** Where cert-manager keeps the keys of its ClusterIssuers (CV-TLS-08). */
export const issuersNamespace = "cert-manager";

/** Where Istio's rules for the whole mesh are (CV-NET-05). */
export const meshNamespace = "istio-system";

/** AWS' own groups of firewall rules that every web ACL has (CV-NET-03). */
export const managedRules = {
  threats: [
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
  ],
  flood: "AWSManagedRulesAntiDDoSRuleSet",
} as const;

/** What the tag apg:tier of subnets says (CV-NET-02), and apg:purpose of the security groups that the world may reach (CV-NET-01). */
export const networkTiers: readonly string[] = ["public", "private", "data"];
export const balancerPurposes: readonly string[] = ["load-balancer"];

/** The role for emergencies, by its name (CV-SECRET-08). */
export const emergencyRole = /break-?glass/i;
