/**
 * The numbers of both production checklists, once: component defaults and policy rules read them from here, and every
 * number names the items it comes from. A number without a checklist item is a choice of this project and says so.
 */

export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** The value with itself and everything in it frozen. */
export function deepFrozen<T extends object>(value: T): DeepReadonly<T> {
  for (const child of Object.values(value)) {
    if (typeof child === "object" && child !== null) deepFrozen(child as object);
  }
  return Object.freeze(value) as DeepReadonly<T>;
}

export const thresholds = deepFrozen({
  /** Pods per Deployment: never fewer, never more (AUD-PROD-02, CV-KUBE-03). */
  replicas: { min: 3, max: 10 },

  /** What a pod requests at least and is limited to at most, summed over its containers (AUD-PROD-03, CV-MAN-06). */
  resources: {
    requests: { cpu: "500m", memory: "1Gi" },
    limits: { cpu: "2000m", memory: "4Gi" },
    /** A memory request is at least this share of its limit (CV-SCALE-02). */
    minMemoryRequestShare: 0.25,
  },

  scaling: {
    /** Utilisation of the pods' requests at which the autoscaler adds pods (AUD-PROD-04, CV-SCALE-01). */
    cpuPercent: 70,
    memoryPercent: 80,
    /** Longest scale-up window (AUD-SCALE-05). */
    scaleUp: { maxStabilizationSeconds: 60 },
    /** Shortest scale-down window, and the steepest step down (AUD-SCALE-05). */
    scaleDown: { minStabilizationSeconds: 300, maxPercent: 25, minPeriodSeconds: 60 },
  },

  /** Pods that stay during voluntary disruptions; always fewer than the minimum replicas (CV-MAN-08, CV-SCALE-03). */
  disruption: { minAvailable: 2, unhealthyPodEvictionPolicy: "AlwaysAllow" },

  rollout: {
    /** A new pod is ready before an old one stops (AUD-PROD-06, AUD-EXEC-04, AUD-FACT-02). */
    maxUnavailable: 0,
    minSurge: 1,
    minReadySeconds: 10,
    minTerminationGraceSeconds: 30,
    /** Old revisions kept for a rollback (CV-MAN-01). */
    minRevisionHistory: 3,
  },

  /** Liveness and readiness on different paths (AUD-PROD-05, CV-MAN-07). */
  probes: { maxPeriodSeconds: 10, minFailureThreshold: 3 },

  /** Spread keys of every workload with at least `replicas.min` pods (CV-SCALE-04). */
  spread: { topologyKeys: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], maxSkew: 1 },

  /** Labels that every Deployment carries (CV-MAN-01). */
  requiredLabels: ["app.kubernetes.io/name", "app.kubernetes.io/version", "app.kubernetes.io/part-of"],

  /** Pod security standard of every application namespace (AUD-SEC-02, CV-KUBE-08). */
  podSecurity: {
    level: "restricted",
    /** Our choice: the standard's text as of the Kubernetes minor that the tests run on. */
    version: "v1.36",
  },

  quota: {
    /** Entries that every quota has (CV-KUBE-07). */
    hard: ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory", "pods", "persistentvolumeclaims"],
    /** The quota over the peak that is forecast (CV-SCALE-08). */
    headroom: 1.3,
  },

  settings: {
    /** The local cache's share of the memory limit (AUD-CSTR-01, CV-PERF-04). */
    maxLocalCacheShare: 0.25,
    cacheLevels: "local,redis", // AUD-CACHE-02, AUD-CSTR-01
    logFormat: "json", // AUD-LOG-01
    logLevels: ["info", "warning"], // AUD-LOG-06, CV-ENV-06
    sameSite: ["Lax", "Strict"], // CV-APPSEC-03
    maxSessionIdleMinutes: 30, // CV-APPSEC-03
    maxSessionHours: 12, // CV-APPSEC-03
    /** Workers per pod are at most this many per CPU of the limit, and one more (CV-ENV-07). */
    maxWorkersPerCpu: 2,
    /** Settings that must be set, whatever their value (CV-ENV-07, CV-ENV-08, AUD-LOG-06). */
    required: [
      "WEB_WORKERS",
      "WEB_THREADS",
      "BATCH_SIZE",
      "REQUEST_TIMEOUT_SECONDS",
      "DB_POOL_SIZE",
      "DEBUG_REQUEST_HEADER",
    ],
  },

  postgres: {
    /** The version that both lists agree on (AUD-DB-01), and the oldest that the second accepts by itself (CV-DB-01). */
    major: 15,
    minMajor: 14,
    /** One primary and two replicas, one of them synchronous (AUD-DB-04, CV-DB-02). */
    minInstances: 3,
    minSynchronous: 1,
    /** Server connections that each instance of a pooler keeps, and has at most (AUD-DB-02, CV-DB-05). */
    pool: { min: 20, max: 50 },
    /** Instances of a pooler (CV-DB-05), and connections that poolers leave to operators and replicas (AUD-DB-02). */
    minPoolers: 2,
    reservedConnections: 20,
    /** Our choice: a deleted primary lets go of its sessions within seconds; measured, the usual 180 s kept it serving. */
    maxSmartShutdownSeconds: 30,
    /** Longest time until a written row is in the archive (CV-BCP-08). */
    maxArchiveTimeoutSeconds: 300,
    /** Queries that take longer are logged (CV-PERF-05). */
    maxSlowQueryMilliseconds: 500,
    /** The only protocol (CV-DB-07, merged to the stricter). */
    minTls: "TLSv1.3",
  },

  redis: {
    minMajor: 7, // AUD-CACHE-01
    minReplicas: 3, // AUD-CACHE-01, CV-CACHE-01
    /** Sentinels, an odd number, and how many must agree (AUD-CACHE-04). */
    minSentinels: 3,
    quorum: 2,
    maxDownAfterMilliseconds: 5000, // AUD-CACHE-04
    minReplicasToWrite: 1, // CV-CACHE-02
    /** Memory of the data, and the container's limit over it, for copy on write (AUD-CACHE-05). */
    maxmemory: "4Gi",
    memoryHeadroom: 1.25,
    evictionPolicy: "allkeys-lru", // AUD-CSTR-02, CV-CACHE-05
    minHitRate: 0.85, // AUD-CSTR-05, CV-CACHE-07
    tlsProtocols: "TLSv1.3", // AUD-CACHE-06
  },

  backup: {
    /** Days that backups are kept, and hours between two of them (AUD-DB-03, CV-DB-03). */
    minRetentionDays: 30,
    maxHoursBetween: 24,
    /** Recovery targets (CV-BCP-08, AUD-FACT-02). */
    maxRtoMinutes: 15,
    maxRpoMinutes: 5,
    /** Days between two restore drills (CV-BCP-02, stricter than AUD-SOP-03's 30). */
    maxDaysBetweenDrills: 7,
  },

  objects: {
    /** Days until an unfinished upload is removed, an object is cold, and an old version is gone (CV-OBJ-05, CV-OBJ-06). */
    maxAbortMultipartDays: 7,
    coldAfterDays: 30,
    noncurrentDays: 30,
    /** Minutes until a replica is in the other region (CV-OBJ-07). */
    replicationMinutes: 15,
    minTls: "1.3", // CV-OBJ-03
  },

  edge: {
    minZones: 3, // AUD-LB-01
    /** How often targets are probed, and how many failures take one out (AUD-LB-02). */
    healthCheck: { maxIntervalSeconds: 15, unhealthyThreshold: 2, matcher: "200" },
    minDeregistrationSeconds: 30, // CV-SCALE-06
    /** Requests of one address in five minutes, and what is answered beyond (AUD-LB-06). */
    maxRequests: 2000,
    rateWindowSeconds: 300,
    tooManyRequests: 429,
    /** TLS 1.3 alone, as the load balancer and the gateway write it (AUD-SEC-06, CV-TLS-03). */
    sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
    minTls: "1.3",
    minHstsSeconds: 31_536_000, // CV-TLS-04
    minGatewayReplicas: 2, // CV-KUBE-05
    /** Seconds that a record without an alias may live (CV-CUT-01). */
    maxTtlSeconds: 60,
    minRegions: 2, // AUD-LB-05
    /** Hours that a certificate is valid at most, and before its end is renewed (AUD-INFRA-07, CV-TLS-02). */
    certificate: { maxHours: 2160, minRenewBeforeHours: 720 },
    minIssuers: 2, // CV-TLS-08
    /** Headers of every response (CV-APPSEC-07). */
    headers: [
      "Strict-Transport-Security",
      "Content-Security-Policy",
      "X-Content-Type-Options",
      "X-Frame-Options",
      "Referrer-Policy",
      "Permissions-Policy",
    ],
  },

  secrets: {
    /** Days between two rotations: of a credential of a database or cache, and of anything else (CV-SECRET-02). */
    maxCredentialDays: 30,
    maxRotationDays: 90,
    /** Minutes until pods could have a new value (CV-SECRET-02). */
    maxRefreshMinutes: 60,
    /** Days that a deleted secret can be restored (CV-SECRET-06). */
    recoveryDays: 30,
  },

  cluster: {
    minVersion: "1.28", // CV-KUBE-01
    /** Last day of standard support on EKS, by version, as AWS' release calendar has it; what is not here is refused (CV-KUBE-01). */
    standardSupport: { "1.33": "2026-07-29", "1.34": "2026-12-02", "1.35": "2027-03-27" },
    /** Zones, one node in each, and what a node has at least (CV-KUBE-02, CV-NET-02). */
    minZones: 3,
    minNodes: 3,
    minCpu: 4,
    minMemoryGib: 16,
    /** Every kind of log that a control plane writes (AUD-SEC-08, CV-AUDIT-01). */
    logTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    /** Hours until a node is replaced at the latest (CV-MAINT-01). */
    maxNodeHours: 720,
    /** Logs of containers on a node (AUD-RUN-04, CV-MAINT-06). */
    containerLogMaxSize: "50Mi",
    containerLogMaxFiles: 5,
    /** Instance families with NVIDIA accelerators (CV-MODEL-05). */
    gpuFamilies: ["g4dn", "g5", "g6", "g6e", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200"],
  },

  network: {
    /** Seconds over which flow logs are gathered (CV-NET-07). */
    flowLogSeconds: 60,
    /** Services of AWS whose endpoint is in the network: what is secret, and what a node starts with (CV-SECRET-04). */
    requiredEndpoints: ["ecr.api", "ecr.dkr", "sts", "secretsmanager", "kms", "logs"],
  },

  /** Days that logs are kept (AUD-LOG-03, CV-LOG-03). */
  logRetentionDays: 90,

  keys: { maxRotationDays: 365, deletionDays: 30 }, // CV-DATA-03

  audit: {
    /** Years that nobody can delete the audit trail (CV-AUDIT-01, CV-LOG-07; AUD-SEC-08 asks for one). */
    lockYears: 6,
    /** Findings of GuardDuty from this severity on page somebody (AUD-SOP-06, CV-NET-08). */
    pagingSeverity: 7,
    /** Longest session of the role for emergencies (CV-SECRET-08). */
    maxEmergencySeconds: 3600,
  },

  /** Classes of data, from the least to the most sensitive (CV-DATA-04). */
  dataClasses: ["public", "internal", "confidential", "restricted"],
});
