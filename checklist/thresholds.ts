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
});
